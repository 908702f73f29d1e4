//! That baselines keep what they were told, and say what is wrong with them.

use std::path::Path;

use jiff::civil::date;

use super::*;
use crate::finding::Level;

fn entry(rule: &str, fingerprint: &str, file: &str) -> Entry {
    Entry {
        rule: rule.to_owned(),
        fingerprint: fingerprint.to_owned(),
        file: file.to_owned(),
        function: "f".to_owned(),
        message: "a client is built".to_owned(),
        count: 1,
        since: date(2026, 1, 2),
        reason: None,
    }
}

#[test]
fn a_file_reads_as_it_was_written() {
    let known = Entry { count: 2, reason: Some("old".to_owned()), ..entry("r", "1", "a.rs") };
    let (baseline, added) = Baseline::default().with(vec![entry("r", "2", "b.rs"), known]);
    assert_eq!((added, baseline.len()), (3, 3));
    let text = baseline.to_text().expect("it can be written");
    insta::assert_snapshot!(text);
    assert_eq!(Baseline::parse(&text, Path::new("b.json")).expect("it can be read"), baseline);
}

#[test]
fn what_is_known_keeps_date_and_reason() {
    let old = Entry { reason: Some("old".to_owned()), ..entry("r", "1", "a.rs") };
    let (baseline, _) = Baseline::default().with(vec![old]);
    let moved = Entry { since: date(2026, 3, 4), ..entry("r", "1", "moved.rs") };
    let (baseline, added) = baseline.with(vec![moved.clone(), moved]);
    assert_eq!(added, 1);
    let kept = &baseline.entries[0];
    assert_eq!((kept.file.as_str(), kept.count, kept.since), ("moved.rs", 2, date(2026, 1, 2)));
    assert_eq!(kept.reason.as_deref(), Some("old"));
}

#[test]
fn the_order_does_not_depend_on_when_something_was_added() {
    let (a, b) = (entry("r", "1", "b.rs"), entry("r", "2", "a.rs"));
    let (one, _) = Baseline::default().with(vec![a.clone()]);
    let (other, _) = Baseline::default().with(vec![b.clone()]);
    assert_eq!(one.with(vec![b]).0, other.with(vec![a]).0);
}

#[test]
fn stale_is_what_was_looked_for_and_not_found() {
    let (baseline, _) = Baseline::default().with(vec![
        entry("on", "1", "a.rs"),
        entry("off", "2", "a.rs"),
        entry("gone", "3", "a.rs"),
        entry("on", "4", "elsewhere.rs"),
    ]);
    let levels: std::collections::BTreeMap<String, Level> =
        [("on".to_owned(), Level::Error), ("off".to_owned(), Level::Off)].into();
    let is_on = |entry: &Entry| levels.get(&entry.rule).is_none_or(|level| *level != Level::Off);
    let scope = Scope { is_on: &is_on, is_analysed: &|file| file == "a.rs" };
    let stale = scope.stale(&baseline, [].into_iter());
    let left = baseline.without(&stale);
    let left: Vec<&str> = left.entries.iter().map(|entry| entry.fingerprint.as_str()).collect();
    assert_eq!(left, ["2", "4"]);
}

#[test]
fn mistakes_have_places() {
    let said = |text: &str| match Baseline::parse(text, Path::new("b.json")) {
        Ok(_) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(said(""), "b.json:1:0: not a baseline: EOF while parsing a value");
    assert_eq!(said("{\n  \"findings\": [}"), "b.json:2:16: not a baseline: expected value");
    let version = said("{\"schema_version\": 2, \"findings\": []}");
    assert_eq!(version, "the baseline b.json has schema_version 2; this release knows 1");
    let entry = |more: &str| {
        let known = "\"rule\": \"r\", \"fingerprint\": \"1\", \"file\": \"a\", \"message\": \"m\"";
        said(&format!("{{\"schema_version\": 1,\n\"findings\": [{{{known}, {more}}}]}}"))
    };
    assert_eq!(entry("\"since\": \"2026-01-02\""), "nothing");
    assert!(entry("\"since\": \"yesterday\"").starts_with("b.json:2:"), "{}", entry("\"since\": \"yesterday\""));
    assert!(entry("\"since\": \"2026-01-02\", \"raeson\": \"r\"").contains("unknown field `raeson`"));
}
