//! How reports look: snapshots at a fixed width, and properties that must hold at any width.

use super::samples::{bare, find, full, hostile, sources, step, withheld};
use super::*;
use crate::finding::{Finding, Level, Role};

fn text(format: Format, report: &Report, sources: &Sources, style: &Style) -> String {
    let mut out = Vec::new();
    render(format, report, sources, style, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn only(finding: Finding) -> Report {
    Report { findings: vec![finding], ..Report::default() }
}

fn quiet(width: usize) -> Style {
    Style { quiet: true, ..Style::plain(width) }
}

#[test]
fn human_unicode() {
    let (report, sources) = full();
    insta::assert_snapshot!(text(Format::Human, &report, &sources, &Style::plain(90)));
}

#[test]
fn human_ascii() {
    let (report, sources) = full();
    let style = Style { unicode: false, ..Style::plain(90) };
    let text = text(Format::Human, &report, &sources, &style);
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn human_color() {
    let (report, sources) = full();
    let style = Style { color: true, links: true, ..Style::plain(90) };
    insta::assert_snapshot!(text(Format::Human, &report, &sources, &style).replace('\u{1b}', "^["));
}

#[test]
fn short() {
    let (report, sources) = full();
    insta::assert_snapshot!(text(Format::Short, &report, &sources, &Style::plain(80)));
}

#[test]
fn json() {
    let (report, sources) = full();
    let text = text(Format::Json, &report, &sources, &Style::plain(80));
    assert!(text.ends_with("}\n"));
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

const PROGRAMS: [Format; 8] = [
    Format::Json,
    Format::Jsonl,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Checkstyle,
    Format::RustcJson,
];

/// Each format for programs, with all that a report may hold.
#[test]
fn formats_for_programs() {
    let (report, sources) = withheld();
    for format in PROGRAMS {
        let text = text(format, &report, &sources, &Style::plain(80)).replace(env!("CARGO_PKG_VERSION"), "[version]");
        let text = if format == Format::Sarif { without_help(&text) } else { text };
        insta::assert_snapshot!(format!("programs_{format:?}").to_lowercase(), text);
    }
}

/// SARIF without the pages of the rules.
fn without_help(text: &str) -> String {
    let mut log: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("a list") {
        rule["help"] = "[the rule's page]".into();
    }
    serde_json::to_string_pretty(&log).expect("it is JSON")
}

#[test]
fn sarif_without_what_is_withheld() {
    let (report, sources) = withheld();
    let results = |with: bool| {
        let text = text(Format::Sarif, &report, &sources, &Style { withheld: with, ..Style::plain(80) });
        let log: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        log["runs"][0]["results"].as_array().expect("a list").len()
    };
    assert_eq!((results(true), results(false)), (4, 2));
}

/// What GitHub would refuse is not written; the gravest are kept.
#[test]
fn sarif_stays_below_githubs_limit() {
    const MAX: usize = 25_000;
    let place = find("a.rs", "redis", "redis");
    let finding = |level| bare("client-per-call", level, "a client is built", place.clone());
    let mut findings = vec![finding(Level::Warning); MAX];
    findings.extend(vec![finding(Level::Error); 3]);
    let report = Report { findings, ..Report::default() };
    let text = text(Format::Sarif, &report, &Sources::default(), &Style::plain(80));
    let log: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), MAX);
    assert!(results[..3].iter().all(|result| result["level"] == "error"));
    let notification = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["message"]["text"], "3 results more than the 25000 that are written");
}

/// No text of the checked program becomes more than text.
#[test]
fn hostile_texts_stay_texts() {
    let (report, sources) = hostile();
    let text = |format| text(format, &report, &sources, &Style::plain(80));
    let control = |ch: char| ch.is_control() && ch != '\n';
    for format in [Format::Json, Format::Sarif, Format::Gitlab] {
        assert!(!text(format).contains(control), "{format:?}");
        serde_json::from_str::<serde_json::Value>(&text(format)).expect("it is JSON");
    }
    for format in [Format::Jsonl, Format::RustcJson] {
        assert!(!text(format).contains(control), "{format:?}");
        for line in text(format).lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("it is JSON");
        }
    }
    let is_link = |line: &str| line.trim_start().starts_with("\"text\"") && line.contains("](javascript");
    assert!(!text(Format::Sarif).lines().any(is_link), "no links in messages");
    for format in [Format::Human, Format::Short, Format::Annotated, Format::Github, Format::Junit, Format::Checkstyle] {
        assert!(!text(format).contains(|ch| control(ch) || ch == '\u{202e}'), "{format:?}");
    }
    for format in [Format::Junit, Format::Checkstyle] {
        let text = text(format);
        let mut reader = quick_xml::Reader::from_str(&text);
        while reader.read_event().expect("it is XML") != quick_xml::events::Event::Eof {}
        assert!(!text.contains(['\u{fffe}', '\u{ffff}']), "{format:?}");
    }
    junit_parser::from_reader(text(Format::Junit).as_bytes()).expect("it is JUnit's XML");
}

/// What is quoted does not become a workflow command.
#[test]
fn hostile_texts_are_no_commands() {
    let (report, sources) = hostile();
    let text = |format| text(format, &report, &sources, &Style::plain(80));
    let commands = |text: &str| text.lines().filter(|line| line.trim_start().starts_with("::")).count();
    assert_eq!(commands(&text(Format::Github)), 2, "a finding and a problem");
    let log = text(Format::Annotated);
    let (quoted, after) = log.split_once("::group::").expect("there are annotations");
    assert!(quoted.starts_with("::stop-commands::"));
    assert_eq!(commands(after), 3, "a finding, a problem and the end of the group");
}

#[test]
fn statistics_leave_empty_columns_out() {
    let (mut report, sources) = withheld();
    let style = Style { statistics: true, ..quiet(80) };
    let table = |report: &Report| {
        let text = text(Format::Short, report, &sources, &style);
        text.split_once("\nrule").map(|(_, table)| format!("rule{table}")).expect("there is a table")
    };
    insta::assert_snapshot!(table(&report));
    report.withheld.clear();
    assert!(!table(&report).contains("suppressed"));
}

#[test]
fn json_of_nothing() {
    let text = text(Format::Json, &Report::default(), &Sources::default(), &Style::plain(80));
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn human_of_nothing() {
    let text = text(Format::Human, &Report::default(), &Sources::default(), &Style::plain(80));
    assert_eq!(text, "no findings; 0 constructions seen in 0 files of 0 packages, 0 suppressed\n");
}

#[test]
fn wide_and_combining_characters_keep_the_mark_in_place() {
    let code = "fn f() {\n\tlet 名前e\u{301} = (\"日本語\", redis::Client::open(url)); // ü\n}\n";
    let place = find("src/宽.rs", code, "redis::Client::open(url)");
    let finding = bare("client-per-call", Level::Error, "`f` builds a client", place);
    let sources = sources(&[("src/宽.rs", code)]);
    insta::assert_snapshot!(text(Format::Human, &only(finding), &sources, &quiet(80)));
}

#[test]
fn overlong_lines_are_cut_around_the_construction() {
    let code = format!("fn f() {{ {} redis::Client::open(url) {} }}\n", "a();".repeat(100), "b();".repeat(100));
    let place = find("src/min.rs", &code, "redis::Client::open(url)");
    let mut finding = bare("client-per-call", Level::Error, "`f` builds a client", place.clone());
    finding.chain = vec![step(place, "f", "builds the client", Role::Construction)];
    let sources = sources(&[("src/min.rs", &code)]);
    insta::assert_snapshot!(text(Format::Human, &only(finding), &sources, &quiet(70)));
}

#[test]
fn missing_sources_and_places_outside_are_no_error() {
    let place = find("src/gone.rs", "a\n\n\nredis", "redis");
    let mut finding = bare("client-per-call", Level::Pedantic, "`f` builds a client", place.clone());
    finding.chain = vec![step(place, "f", "builds the client", Role::Construction)];
    let report = only(finding);
    let expected = text(Format::Human, &report, &Sources::default(), &quiet(80));
    insta::assert_snapshot!(expected);
    let sources = sources(&[("src/gone.rs", "a")]);
    assert_eq!(text(Format::Human, &report, &sources, &quiet(80)), expected);
}

#[test]
fn every_span_of_a_text_can_be_drawn() {
    use crate::source::{Pos, Span};
    let code = "\ta\u{301}日\r\n\r\n  b\n\nc\td\ne\nf\n\u{1b}[31mg\nh\r\ni\nj";
    let sources = sources(&[("a.rs", code)]);
    let spots: Vec<Pos> = (0..14).flat_map(|line| [0, 1, 3, 9].map(|column| Pos { line, column })).collect();
    for start in &spots {
        for end in spots.iter().filter(|end| *end >= start) {
            let span = Span { start: *start, end: *end };
            let place = crate::finding::Location { file: "a.rs".to_owned(), span };
            let finding = bare("client-per-call", Level::Error, "m", place);
            let drawn = text(Format::Human, &only(finding), &sources, &quiet(40));
            assert!(!drawn.contains(['\u{1b}', '\t', '\r']), "{span:?}");
            assert!(!drawn.contains("Failed"), "{drawn}");
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let (report, sources) = full();
    for width in [50, 60, 80, 120] {
        for line in text(Format::Human, &report, &sources, &quiet(width)).lines() {
            let wide = super::text::width(line);
            assert!(wide <= width || !line.trim().contains(' '), "{width}: {line}");
        }
    }
}
