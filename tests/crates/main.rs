//! Published crates, and what is found in them: `crates.toml`, which says how it is read.
//!
//! Ignored, because the crates have to be downloaded first:
//!
//! ```console
//! $ tests/crates/fetch.sh && cargo test --test crates -- --ignored
//! ```

mod list;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use connlint::check::{Checked, Request, run};
use connlint::rules::page::pages;

use list::{Crate, Place, crates};

/// Room for deep expressions in an unoptimised build.
const STACK: usize = 64 << 20;

/// The folder that `fetch.sh` fills.
fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("CONNLINT_CRATES") {
        return folder.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    cache.expect("there is a home folder").join("connlint/crates")
}

/// Checks the package in `folder` with the rules that are on by default.
fn check(folder: &Path) -> Checked {
    let known = pages().expect("the pages are well-formed").iter().map(|page| (page.id.as_str(), page.level));
    let request = Request {
        paths: vec![folder.to_owned()],
        levels: connlint::cli::levels(known, false, &[]).expect("no level is changed"),
        ..Request::new(folder.to_owned())
    };
    run(&request).expect("there is something to check")
}

/// What differs between `krate` and what is found in it; empty when nothing does.
fn difference(krate: &Crate, checked: &Checked) -> String {
    let mut found: BTreeMap<Place, Vec<u32>> = BTreeMap::new();
    for finding in &checked.report.findings {
        let lines = found.entry(Place::of(finding)).or_default();
        lines.push(finding.location.span.start.line);
    }
    let mut text = String::new();
    for expected in &krate.finding {
        let lines = found.get_mut(&expected.place);
        if lines.is_none_or(|lines| lines.pop().is_none()) {
            let was = if expected.known_wrong { "a known false alarm" } else { "right" };
            let _ = writeln!(text, "- {}\n    {was}: {}", expected.place, expected.reason);
        }
    }
    for missing in &krate.missing {
        if found.get_mut(&missing.place).is_some_and(|lines| lines.pop().is_some()) {
            let _ = writeln!(text, "+ {}\n    no longer missing: make it a finding", missing.place);
        }
    }
    for (place, lines) in &found {
        for line in lines {
            let _ = writeln!(text, "+ {place}\n    at line {line}; if it is right:\n{}", place.entry());
        }
    }
    for problem in &checked.report.problems {
        let _ = writeln!(text, "! {}:{}: {}", problem.file, problem.line, problem.message);
    }
    let seen = checked.report.summary.constructions;
    if seen < krate.constructions {
        let _ = writeln!(text, "! {seen} constructions are seen instead of {}", krate.constructions);
    }
    text
}

#[test]
#[ignore = "the crates are downloaded by tests/crates/fetch.sh"]
fn found_as_expected() {
    let folder = folder();
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().expect("threads can be made");
    let mut text = String::new();
    for krate in crates() {
        let name = format!("{}-{}", krate.name, krate.version);
        let sources = folder.join(&name);
        let checksum = std::fs::read_to_string(sources.join(".checksum")).unwrap_or_default();
        assert_eq!(checksum.trim_end(), krate.checksum, "{name} is not there as listed: run tests/crates/fetch.sh");
        let difference = difference(&krate, &pool.install(|| check(&sources)));
        if !difference.is_empty() {
            let _ = writeln!(text, "{name}: {}\n{difference}", krate.why);
        }
    }
    assert!(
        text.is_empty(),
        "expected (-) and found (+) differ; see \"Published crates\" in CONTRIBUTING.md\n\n{text}"
    );
}

/// What the list promises about itself; needs no crate.
#[test]
fn the_list_is_in_order() {
    let crates = crates();
    let names: Vec<_> = crates.iter().map(|krate| (&krate.name, &krate.version)).collect();
    assert!(names.is_sorted(), "the crates are in order");
    assert!(crates.len() >= 15, "there are at least 15 crates");
    let changed = crates.windows(2).filter(|pair| pair[0].name == pair[1].name);
    let changed = changed.filter(|pair| pair[0].finding.len() > pair[1].finding.len());
    assert!(changed.count() >= 3, "some crates have the defect in one version and not in the next");

    let known: Vec<_> = pages().expect("the pages are well-formed").iter().map(|page| page.id.as_str()).collect();
    for krate in &crates {
        assert!(krate.checksum.len() == 64 && !krate.why.is_empty(), "{}: a checksum and a why", krate.name);
        for listed in krate.finding.iter().chain(&krate.missing) {
            let place = &listed.place;
            assert!(known.contains(&place.rule.as_str()), "{}: no rule `{}`", krate.name, place.rule);
            assert!(!listed.reason.is_empty(), "{}: `{place}` has no reason", krate.name);
        }
    }
}
