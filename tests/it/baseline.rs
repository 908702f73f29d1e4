//! The baseline, on the built binary: from the first `write` to the last `prune`.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::common::binary::{Run, connlint};
use super::common::write;

const MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [dependencies]\naxum = \"0.8\"\nredis = \"1\"\n";

const MAIN: &str = "\
mod routes;

fn main() {
    serve(axum::Router::new().route(\"/a\", axum::routing::get(routes::a)));
}
";

const ROUTES: &str = "\
pub async fn a() -> String {
    let client = redis::Client::open(\"redis://h/\").unwrap();
    format!(\"{client:?}\")
}
";

/// As [`ROUTES`], after everything that a finding survives.
const EDITED: &str = "\
use std::fmt::Debug;

fn formerly_elsewhere(shown: impl Debug) -> String { format!(\"{shown:?}\") }

/// Now with a comment.
pub async fn a(
) -> String {
    let renamed =
        redis::Client::open(
            \"redis://another-host/\",
        ).unwrap();
    formerly_elsewhere(renamed)
}
";

const MENDED: &str = "pub async fn a() -> String {\n    String::new()\n}\n";

const SECOND: &str = "\
pub async fn b() -> String {
    let client = redis::Client::open(\"redis://h/\").unwrap();
    format!(\"{client:?}\")
}
";

const FILE: &str = "connlint-baseline.json";

fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/routes.rs", ROUTES)]);
    folder
}

/// The command on a day.
fn on(day: u64, folder: &Path, args: &[&str]) -> Run {
    let seconds = (day * 24 * 60 * 60).to_string();
    connlint(args).within(folder).env("SOURCE_DATE_EPOCH", &seconds)
}

/// A project whose one finding is in the baseline.
fn with_baseline() -> TempDir {
    let folder = project();
    on(20_000, folder.path(), &["baseline", "write", "--reason", "before connlint"]).exits(0);
    folder
}

fn baseline(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(FILE)).expect("there is a baseline")
}

#[test]
fn what_is_written_is_not_reported() {
    let folder = project();
    let said = on(20_000, folder.path(), &["baseline", "write", "--reason", "before connlint"]).exits(0).both();
    assert_eq!(said, "connlint-baseline.json: 1 added, 0 kept\n");
    insta::assert_snapshot!("file", baseline(folder.path()));
    connlint(&["check"]).within(folder.path()).exits(0);
    connlint(&["check", "src/routes.rs"]).within(folder.path()).exits(0);
    connlint(&["check", "routes.rs"]).within(&folder.path().join("src")).exits(0);
    connlint(&["check", "--no-baseline"]).within(folder.path()).exits(1);
    let shown = connlint(&["baseline", "show"]).within(folder.path()).exits(0).both();
    insta::assert_snapshot!("show", shown);
    let why = connlint(&["why", "src/routes.rs:2"]).within(folder.path()).exits(0).out;
    assert!(why.contains("silenced: in the baseline since 2024-10-04: before connlint"), "{why}");
}

#[test]
fn findings_survive_edits() {
    let folder = with_baseline();
    write(folder.path(), &[("src/routes.rs", EDITED)]);
    let said = connlint(&["check", "--strict-baseline"]).within(folder.path()).exits(0).both();
    assert!(said.starts_with("no findings"), "{said}");
}

#[test]
fn new_findings_are_reported_and_can_be_added() {
    let folder = with_baseline();
    write(folder.path(), &[("src/routes.rs", &format!("{SECOND}\n{ROUTES}"))]);
    let said = connlint(&["check", "--format", "short"]).within(folder.path()).exits(1).out;
    assert_eq!(said.lines().filter(|line| line.contains("client-per-")).count(), 1, "{said}");
    assert!(said.starts_with("src/routes.rs:2:"), "{said}");
    let said = on(20_001, folder.path(), &["baseline", "write", "--update"]).exits(0).both();
    assert_eq!(said, "connlint-baseline.json: 1 added, 1 kept\n");
    insta::assert_snapshot!("updated", baseline(folder.path()));
    connlint(&["check"]).within(folder.path()).exits(0);
}

/// SARIF says of each result whether the baseline has it; without one it says nothing.
#[test]
fn sarif_tells_what_is_new() {
    let folder = with_baseline();
    write(folder.path(), &[("src/routes.rs", &format!("{SECOND}\n{ROUTES}"))]);
    let states = |args: &[&str]| -> Vec<Option<String>> {
        let args = [&["check", "--format", "sarif", "--sarif-withheld", "always"], args].concat();
        let log: Value = serde_json::from_str(&connlint(&args).within(folder.path()).exits(1).out).expect("JSON");
        let results = log["runs"][0]["results"].as_array().expect("results").iter();
        results.map(|result| result["baselineState"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(states(&[]), [Some("new".to_owned()), Some("unchanged".to_owned())]);
    assert_eq!(states(&["--no-baseline"]), [None, None]);
}

/// As many findings as there are entries, though they look alike.
#[test]
fn one_more_of_the_same_is_reported() {
    let folder = with_baseline();
    let twice =
        ROUTES.replace("    format!", "    let other = redis::Client::open(\"redis://h/\").unwrap();\n    format!");
    write(folder.path(), &[("src/routes.rs", &twice)]);
    let said = connlint(&["check", "--format", "short"]).within(folder.path()).exits(1).out;
    assert_eq!(said.lines().filter(|line| line.contains("[client-per-request]")).count(), 1, "{said}");
}

#[test]
fn nothing_is_overwritten_unasked() {
    let folder = with_baseline();
    let before = baseline(folder.path());
    write(folder.path(), &[("src/routes.rs", MENDED)]);
    let said = connlint(&["baseline", "write"]).within(folder.path()).exits(2).both();
    insta::assert_snapshot!("exists", said);
    connlint(&["baseline", "write", "--update"]).within(folder.path()).exits(0);
    assert_eq!(baseline(folder.path()), before, "an update removes nothing");
}

#[test]
fn what_is_gone_is_said_and_pruned() {
    let folder = with_baseline();
    let prune = || connlint(&["baseline", "prune"]).within(folder.path()).exits(0).both();
    assert_eq!(prune(), "connlint-baseline.json: 0 removed, 1 left\n");
    write(folder.path(), &[("src/routes.rs", MENDED)]);
    let said = connlint(&["check", "--width", "200"]).within(folder.path()).exits(0).out;
    assert!(said.contains("1 finding of the baseline gone"), "{said}");
    connlint(&["check", "--strict-baseline"]).within(folder.path()).exits(1);
    assert_eq!(prune(), "connlint-baseline.json: 1 removed, 0 left\n");
    connlint(&["check", "--strict-baseline"]).within(folder.path()).exits(0);
}

/// Nothing is called gone that was not looked for.
#[test]
fn what_was_not_looked_for_is_not_gone() {
    let folder = with_baseline();
    let strict = |args: &[&str]| {
        let args = [&["check", "--strict-baseline"], args].concat();
        connlint(&args).within(folder.path()).exits(0);
    };
    strict(&["-A", "client-per-request", "-A", "client-per-call"]);
    strict(&["src/main.rs"]);
    strict(&["--families", "http"]);
    strict(&["--min-confidence", "high"]);
    write(folder.path(), &[("src/routes.rs", "pub async fn a( {")]);
    strict(&[]);
    std::fs::remove_file(folder.path().join("src/routes.rs")).expect("it is there");
    connlint(&["check", "--strict-baseline"]).within(folder.path()).exits(1);
}

#[test]
fn a_comment_comes_before_the_baseline() {
    let folder = with_baseline();
    let allowed = format!("// connlint: allow(client-per-request, client-per-call) -- rare\n{ROUTES}");
    write(folder.path(), &[("src/routes.rs", &allowed)]);
    let said = connlint(&["check", "--width", "200", "-A", "unused-suppression"]).within(folder.path()).exits(0).out;
    assert!(said.contains("1 suppressed") && said.contains("1 finding of the baseline gone"), "{said}");
}

#[test]
fn broken_baselines_end_the_run() {
    let folder = with_baseline();
    let check = || connlint(&["check"]).within(folder.path()).exits(2).both();
    write(folder.path(), &[(FILE, &baseline(folder.path()).replace("\"since\"", "\"sincee\""))]);
    insta::assert_snapshot!("malformed", check());
    write(folder.path(), &[(FILE, "<<<<<<< HEAD\n")]);
    assert!(check().contains("connlint-baseline.json:1:1: not a baseline: expected value"), "{}", check());
    connlint(&["check", "--no-baseline"]).within(folder.path()).exits(1);
    let missing = connlint(&["check", "--baseline", "other.json"]).within(folder.path()).exits(2).both();
    insta::assert_snapshot!("missing", missing);
    connlint(&["baseline", "write", "--baseline", "other.json"]).within(folder.path()).exits(0);
    connlint(&["check", "--baseline", "other.json"]).within(folder.path()).exits(0);
}
