//! Comments that allow findings, on the built binary; what a comment covers is in `fixtures/practice/unused-suppression`.

use std::path::Path;

use super::common::binary::connlint;
use super::common::write;

const MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [dependencies]\naxum = \"0.8\"\nredis = \"1\"\n";

const MAIN: &str = "\
mod routes;
use axum::{Router, routing::get};

fn app() -> Router {
    Router::new().route(\"/a\", get(routes::a)).route(\"/b\", get(routes::b))
}

fn main() {
    serve(app());
}
";

/// Two handlers, one constructor: the comments of the first handler and of the constructor.
fn routes(handler: &str, constructor: &str) -> String {
    format!(
        "{handler}\npub async fn a() -> String {{\n    connect()\n}}\n\n\
         pub async fn b() -> String {{\n    connect()\n}}\n\n\
         {constructor}\nfn connect() -> String {{\n    \
         let client = redis::Client::open(\"redis://h/\").unwrap();\n    format!(\"{{client:?}}\")\n}}\n"
    )
}

fn project(folder: &Path, routes: &str) {
    write(folder, &[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/routes.rs", routes)]);
}

/// What `check --format short` says of the project with these options.
#[track_caller]
fn short(routes: &str, options: &[&str], code: i32) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    project(folder.path(), routes);
    let args = [&["check", "--format", "short"], options].concat();
    connlint(&args).within(folder.path()).exits(code).both()
}

const ONE: &str = "// connlint: allow(client-per-request)";
const ONE_WITH_REASON: &str = "// connlint: allow(client-per-request) -- one call a day";

#[test]
fn a_comment_silences_and_is_counted() {
    let said = short(&routes("", ONE_WITH_REASON), &[], 0);
    assert!(said.starts_with("no findings") && said.contains("1 suppressed"), "{said}");
}

#[test]
fn a_comment_at_one_handler_of_two_is_not_enough() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    project(folder.path(), &routes(ONE_WITH_REASON, ""));
    insta::assert_snapshot!("in_part", connlint(&["check"]).within(folder.path()).exits(1).both());
}

#[test]
fn everything_is_shown_when_asked_for() {
    let said = short(&routes("// connlint: alow(x)", ONE), &["--no-suppressions"], 1);
    assert!(said.contains("error[client-per-request]") && said.contains("0 suppressed"), "{said}");
    assert!(!said.contains("suppression]"), "nothing is said of the comments: {said}");
}

#[test]
fn reasons_can_be_required() {
    assert!(short(&routes("", ONE_WITH_REASON), &["--require-reasons"], 0).contains("1 suppressed"));
    let said = short(&routes("", ONE), &["--require-reasons"], 1);
    assert!(said.contains("src/routes.rs:10:1: error[invalid-suppression]: the reason is missing"), "{said}");
    assert!(said.contains("1 suppressed"), "it silences all the same: {said}");
    assert!(short(&routes("", ONE), &["--require-reasons", "-A", "invalid-suppression"], 0).contains("no findings"));
}

#[test]
fn rules_that_are_off_are_not_judged() {
    let unused = "// connlint: allow(client-in-loop, duplicate-client) -- the second is off";
    let said = short(&routes("", &format!("{unused}\n{ONE}")), &[], 1);
    assert!(said.contains("`client-in-loop` is allowed where") && !said.contains("`duplicate-client`"), "{said}");
    let options = ["-A", "client-in-loop", "-A", "client-per-request"];
    assert!(short(&routes("", &format!("{unused}\n{ONE}")), &options, 0).contains("no findings"));
}

#[test]
fn code_that_was_not_analysed_is_not_judged() {
    let tests = "#[cfg(test)]\nmod tests {\n    // connlint: allow(client-in-loop)\n    fn t() {}\n}\n";
    assert!(short(&routes(tests, ONE), &[], 0).contains("no findings"));
    let said = short(&routes(tests, ONE), &["--all-targets"], 1);
    assert!(said.contains("warning[unused-suppression]"), "{said}");
    let broken = "// connlint: allow(client-in-loop)\nfn broken( {\n}\n";
    let said = short(&routes(broken, ONE), &[], 0);
    assert!(said.contains("problem") && !said.contains("unused-suppression"), "{said}");
}

#[test]
fn findings_about_comments_in_full() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let comments =
        "// connlint: allow(client-per-requets, client-in-loop) -- why\n// connlint: allow(client-per-request) why";
    project(folder.path(), &routes("", comments));
    insta::assert_snapshot!("comments", connlint(&["check"]).within(folder.path()).exits(1).both());
    let json = connlint(&["check", "--format", "json"]).within(folder.path()).exits(1).out;
    let report: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let findings = report["findings"].as_array().expect("there are findings");
    let unknown = findings.iter().find(|finding| finding["rule"] == "unknown-rule").expect("it is found");
    for key in ["resource", "family", "call", "function"] {
        assert!(unknown[key].is_null(), "{unknown}");
    }
    assert_eq!(unknown["chain"], serde_json::json!([]));
}

#[test]
fn why_names_the_comment() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    project(folder.path(), &routes("", ONE_WITH_REASON));
    let why =
        |args: &[&str]| connlint(&[&["why", "src/routes.rs:12"], args].concat()).within(folder.path()).exits(0).both();
    insta::assert_snapshot!("why", why(&[]));
    let answer: serde_json::Value = serde_json::from_str(&why(&["--format", "json"])).expect("it is JSON");
    assert_eq!(answer["silenced"][0]["rule"], "client-per-request");
}
