//! The configuration in effect: levels by path, excludes, old findings, clients and frameworks of one's own.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::common::annotations::read;
use super::common::binary::connlint;
use super::common::{MANIFEST, ONE_FINDING as SOURCE, root, write};

/// A workspace of two packages with a finding each.
fn workspace(config: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(
        folder.path(),
        &[
            (".git/HEAD", ""),
            ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"api\", \"tools\"]\n"),
            ("api/Cargo.toml", &MANIFEST.replace("app", "api")),
            ("api/src/main.rs", SOURCE),
            ("tools/Cargo.toml", &MANIFEST.replace("app", "tools")),
            ("tools/src/main.rs", SOURCE),
            ("connlint.toml", config),
        ],
    );
    folder
}

/// The report of a run: what is found, by file and rule, and the totals.
fn report(folder: &Path, args: &[&str]) -> (BTreeMap<String, String>, Value) {
    let args = [&["check", "--format", "json"], args].concat();
    let said = connlint(&args).within(folder).succeeds_or_finds();
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("an array");
    let found = findings.iter().map(|finding| (text(&finding["location"]["file"]), text(&finding["level"]))).collect();
    let summary = report["summary"].clone();
    let counted = ["errors", "warnings", "pedantic", "suppressed", "baselined", "below_level", "skipped"];
    let sum: u64 = counted.iter().filter_map(|key| summary[*key].as_u64()).sum();
    assert_eq!(summary["seen"], sum, "{summary}");
    (found, summary)
}

fn levels(found: &BTreeMap<String, String>) -> [&str; 2] {
    ["api/src/main.rs", "tools/src/main.rs"].map(|file| found.get(file).map_or("none", String::as_str))
}

const BY_PATH: &str = "\
[[override]]
paths = [\"tools\"]
rules = { client-per-request = \"off\" }
";

#[test]
fn levels_by_path_are_counted_and_the_command_line_wins() {
    let folder = workspace(BY_PATH);
    let (found, summary) = report(folder.path(), &[]);
    assert_eq!(levels(&found), ["error", "none"]);
    assert_eq!(summary["below_level"], 1);
    assert_eq!(levels(&report(folder.path(), &["-D", "client-per-request"]).0), ["error", "error"]);
    assert_eq!(levels(&report(folder.path(), &["-A", "client-per-request"]).0), ["none", "none"]);
    assert_eq!(levels(&report(folder.path(), &["--no-config"]).0), ["error", "error"]);
    let with = |text: &str| {
        write(folder.path(), &[("connlint.toml", text)]);
        report(folder.path(), &[])
    };
    // On in some files only; the last one counts.
    let on = "[rules]\nclient-per-request = \"off\"\n\n[[override]]\npaths = [\"**/main.rs\"]\n\
              rules = { client-per-request = \"error\" }\n\n[[override]]\npaths = [\"tools/**/main.rs\"]\n\
              rules = { client-per-request = \"warning\" }\n";
    assert_eq!(levels(&with(on).0), ["error", "warning"]);
    let (found, summary) = with(&on.replace("\"warning\"", "\"pedantic\""));
    assert_eq!((levels(&found), &summary["below_level"]), (["error", "none"], &Value::from(1)));
    let (found, _) = with(&format!("pedantic = true\n{}", on.replace("\"warning\"", "\"pedantic\"")));
    assert_eq!(levels(&found), ["error", "pedantic"]);
}

#[test]
fn rules_beyond_construction_heed_paths_too() {
    let two = "mod more;\n\nfn main() { more::more(); }\n";
    let more = "pub fn more() {\n    let client = redis::Client::open(\"redis://h/\").unwrap();\n    \
                std::mem::forget(client);\n    let _: () = use_it();\n}\n\
                #[tokio::main]\nasync fn serve() { axum::serve(l(), axum::Router::new().route(\"/a\", axum::routing::get(b))); }\n\
                async fn b() { let client = redis::Client::open(\"redis://h/\").unwrap(); std::mem::forget(client); }\n";
    let folder = workspace("");
    write(folder.path(), &[("tools/src/main.rs", two), ("tools/src/more.rs", more)]);
    let rules = |config: &str| -> Vec<String> {
        write(folder.path(), &[("connlint.toml", config)]);
        let said = connlint(&["check", "tools", "--format", "json"]).within(folder.path()).succeeds_or_finds();
        let report: Value = serde_json::from_str(&said.out).expect("JSON");
        let findings = report["findings"].as_array().expect("an array");
        findings.iter().filter_map(|finding| finding["rule"].as_str().map(str::to_owned)).collect()
    };
    assert!(rules("").contains(&"client-leaked".to_owned()));
    assert!(
        !rules("override = [{ paths = [\"tools/src/more.rs\"], rules = { client-leaked = \"off\" } }]\n")
            .contains(&"client-leaked".to_owned())
    );
    let only_here = "rules = { client-leaked = \"off\" }\n\
                     override = [{ paths = [\"tools/src/more.rs\"], rules = { client-leaked = \"warning\" } }]\n";
    assert!(rules(only_here).contains(&"client-leaked".to_owned()));
}

#[test]
fn excluded_files_are_skipped_and_excluded_packages_not_read() {
    let folder = workspace("exclude = [\"tools/src\"]\n");
    let (found, summary) = report(folder.path(), &[]);
    assert_eq!(levels(&found), ["error", "none"]);
    assert_eq!((&summary["skipped"], &summary["files"]), (&Value::from(1), &Value::from(2)));
    let (found, _) = report(folder.path(), &["tools/src/main.rs"]);
    assert_eq!(levels(&found), ["none", "none"], "named files are no exception");
    for exclude in ["tools", "tools/**", "t*/", "./tools/*"] {
        write(folder.path(), &[("connlint.toml", &format!("exclude = [\"{exclude}\"]\n"))]);
        let (found, summary) = report(folder.path(), &[]);
        assert_eq!(levels(&found), ["error", "none"]);
        assert_eq!((&summary["skipped"], &summary["files"]), (&Value::from(0), &Value::from(1)), "{exclude}");
    }
    // What others depend on is read.
    let manifest = MANIFEST.replace("app", "api").replace("axum =", "tools = { path = \"../tools\" }\naxum =");
    write(
        folder.path(),
        &[
            ("api/Cargo.toml", &manifest),
            ("api/src/main.rs", &SOURCE.replace("redis::Client::open(\"redis://h/\").unwrap()", "tools::open()")),
            (
                "tools/src/lib.rs",
                "pub fn open() -> redis::Client {\n    redis::Client::open(\"redis://h/\").unwrap()\n}\n",
            ),
            ("tools/src/main.rs", "fn main() {}\n"),
        ],
    );
    let (found, summary) = report(folder.path(), &[]);
    assert_eq!(found.len(), 0);
    assert_eq!(summary["skipped"], 1, "the construction is in an excluded file");
}

/// Each value does what the option of its name does, and the option takes it back.
#[test]
fn a_value_is_its_option() {
    const SHOP: &str = "fixtures/projects/shop";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("connlint.toml");
    let check_at = |project: &str, config: Option<&str>, args: &[&str]| -> String {
        std::fs::write(&path, config.unwrap_or_default()).expect("it can be written");
        let named = path.to_str().expect("UTF-8");
        let args = [&["check", project, "--format", "json", "--config", named], args].concat();
        connlint(&args).succeeds_or_finds().out
    };
    let check = |config, args: &[&str]| check_at(SHOP, config, args);
    let bare = check(None, &[]);
    for (config, option, back) in [
        ("pedantic = true", ["--pedantic"].as_slice(), ["--pedantic=false"].as_slice()),
        ("families = [\"http\"]", &["--families", "http"], &["--families", "all"]),
        ("min-confidence = \"high\"", &["--min-confidence", "high"], &["--min-confidence", "low"]),
        ("all-targets = true", &["--all-targets"], &["--all-targets=false"]),
        ("rules = { client-per-request = \"off\" }", &["-A", "client-per-request"], &["-D", "client-per-request"]),
    ] {
        let told = check(Some(config), &[]);
        assert!(told == check(None, option), "{config}");
        assert!(told != bare, "{config} changes nothing");
        assert!(check(Some(config), back) == bare, "{config} with {back:?}");
    }
    let pools = |config, args: &[&str]| {
        check_at("fixtures/projects/shop-mended", Some(config), args).contains("oversized-pool")
    };
    assert!(!pools("", &[]) && pools("max-connections = 1", &[]));
    assert!(!pools("max-connections = 1", &["--max-connections", "500"]));
}

#[test]
fn attributes_traits_and_paths_make_handlers() {
    let open = "let client = redis::Client::open(\"redis://h/\").unwrap(); print(&client);";
    let source = format!(
        "fn main() {{ acme_bus::run(); }}\n\
         #[acme_web::route(\"/a\")]\npub fn a() {{ {open} }}\n\
         pub struct B;\nimpl acme_bus::Consumer for B {{\n    fn consume(&self) {{ {open} }}\n}}\n\
         pub fn c() {{ {open} }}\n\
         #[acme_web::on_start]\npub fn d() {{ {open} }}\n\
         pub fn e() {{ {open} }}\n"
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = [(".git/HEAD", ""), ("Cargo.toml", MANIFEST), ("src/main.rs", source.as_str())];
    write(folder.path(), &files);
    let rules = |config: &str| -> Vec<String> {
        write(folder.path(), &[("connlint.toml", config)]);
        let said = connlint(&["check", "--format", "json"]).within(folder.path()).succeeds_or_finds();
        let report: Value = serde_json::from_str(&said.out).expect("JSON");
        let findings = report["findings"].as_array().expect("an array").iter();
        let shown = findings.map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("function"), text("rule"))
        });
        shown.collect()
    };
    let calls = ["a", "B::consume", "c", "d", "e"].map(|name| format!("{name} client-per-call"));
    assert_eq!(rules(""), calls);
    let config = "[frameworks.handlers]\nattributes = [\"acme_web::route\"]\ntraits = [\"acme_bus::Consumer\"]\n\
                  functions = [\"app::c\"]\n\n[frameworks.startup]\nattributes = [\"acme_web::on_start\"]\n\
                  functions = [\"app::e\"]\n";
    assert_eq!(rules(config), ["a", "B::consume", "c"].map(|name| format!("{name} client-per-request")));
}

#[test]
fn reasons_baseline_and_why_heed_it() {
    let folder = workspace("require-reasons = true\nbaseline = \"ci/known.json\"\n");
    let here = folder.path();
    let said = connlint(&["check"]).within(here).exits(2);
    assert!(said.err.contains("ci/known.json"), "a baseline that is named must be there: {}", said.err);
    connlint(&["check", "--no-baseline"]).within(here).exits(1);
    std::fs::create_dir(here.join("ci")).expect("it can be made");
    connlint(&["baseline", "write"]).within(here).env("SOURCE_DATE_EPOCH", "86400").exits(0);
    let text = std::fs::read_to_string(here.join("ci/known.json")).expect("it was written");
    assert!(text.contains("\"file\": \"api/src/main.rs\""), "names files from the folder of the configuration: {text}");
    let (found, summary) = report(here, &[]);
    assert_eq!((found.len(), &summary["baselined"]), (0, &Value::from(2)));
    let why = |place: &str| connlint(&["why", place]).within(here).exits(0).out;
    assert!(why("api/src/main.rs:6").contains("silenced: in the baseline since 1970-01-02"));
    connlint(&["baseline", "show"]).within(here).exits(0);
    connlint(&["baseline", "prune"]).within(here).exits(0);
    let allowed = SOURCE.replace("    let client", "    // connlint: allow(client-per-request)\n    let client");
    write(here, &[("api/src/main.rs", &allowed), ("connlint.toml", "require-reasons = true\n")]);
    let said = connlint(&["check", "api", "--format", "short"]).within(here).exits(1);
    assert!(said.out.contains("invalid-suppression"), "{}", said.out);
    connlint(&["check", "api", "--require-reasons=false"]).within(here).exits(0);
    connlint(&["check", "api", "--no-config"]).within(here).exits(0);
    write(here, &[("api/src/main.rs", SOURCE), ("connlint.toml", BY_PATH)]);
    assert!(why("tools/src/main.rs:6").contains("silenced: turned off here by the configuration"));
    assert!(!why("api/src/main.rs:6").contains("silenced"));
    write(here, &[("connlint.toml", "exclude = [\"tools/src\"]\nrules = { client-per-request = \"off\" }\n")]);
    assert!(why("tools/src/main.rs:6").contains("silenced: in a file that the configuration excludes"));
    assert!(why("api/src/main.rs:6").contains("silenced: turned off here by the configuration"));
    assert!(!connlint(&["why", "api/src/main.rs:6", "--no-config"]).within(here).exits(0).out.contains("silenced"));
}

/// A comment where the rule is off by path has nothing to allow, and nobody expects it to.
#[test]
fn what_is_off_by_path_is_neither_unused_nor_stale() {
    let folder = workspace("");
    connlint(&["baseline", "write"]).within(folder.path()).exits(0);
    let mended = "// connlint: allow-file(client-per-request) -- was here\n\nfn main() {}\n";
    write(folder.path(), &[("tools/src/main.rs", mended)]);
    let said = connlint(&["check", "--format", "short"]).within(folder.path()).exits(1);
    assert!(
        said.out.contains("unused-suppression") && said.out.contains("1 finding of the baseline gone"),
        "{}",
        said.out
    );
    write(folder.path(), &[("connlint.toml", BY_PATH)]);
    let said = connlint(&["check", "--format", "short"]).within(folder.path()).exits(0);
    assert!(!said.out.contains("unused") && !said.out.contains("gone"), "{}", said.out);
}

#[test]
fn an_own_client_and_an_own_framework_are_understood() {
    const OWN: &str = "fixtures/config/own";
    let said = connlint(&["check", OWN, "--format", "json"]).exits(1);
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    let mut found: Vec<(String, u64, String)> = Vec::new();
    for finding in report["findings"].as_array().expect("an array") {
        let text = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let line = finding.pointer("/location/line").and_then(Value::as_u64).unwrap_or_default();
        found.push((text("/location/file"), line, text("/rule")));
        assert_eq!(text("/family"), "acme-cache");
    }
    let expected = read(&root().join(OWN), super::common::shown);
    let expected: Vec<(String, u64, String)> =
        expected.into_iter().map(|one| (one.file, u64::from(one.line), one.rule)).collect();
    assert_eq!(found, expected);
    insta::assert_snapshot!("own", connlint(&["check", OWN]).exits(1).both());
    insta::assert_snapshot!("own_why", connlint(&["why", &format!("{OWN}/crates/app/src/jobs.rs:20")]).exits(0).both());
    connlint(&["check", OWN, "--no-config"]).exits(0);
    connlint(&["check", OWN, "--families", "acme-cache"]).exits(1);
    assert!(connlint(&["check", OWN, "--families", "redis"]).exits(0).out.contains("2 outside of what was"));
    // The document shows these very files, and what is found.
    let document = std::fs::read_to_string(root().join("docs/configuration.md")).expect("the document can be read");
    for file in ["crates/app/src/main.rs", "connlint.toml", "connlint/acme-cache.toml", "connlint/acme-web.toml"] {
        let text = std::fs::read_to_string(root().join(OWN).join(file)).expect("the fixture is there");
        assert!(document.contains(&format!("\n{text}```\n")), "docs/configuration.md differs from {OWN}/{file}");
    }
    let report = connlint(&["check", OWN]).exits(1).out;
    let shown = report.split("\n\n").find(|part| part.contains("main.rs:22:17")).expect("the finding is made");
    assert!(document.contains(shown), "docs/configuration.md shows another finding than\n{shown}");
}

#[test]
fn wrappers_make_what_they_are_said_to() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = "[package]\nname = \"my-app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                    [dependencies]\naxum = \"0.8\"\nacme-platform = \"1\"\n";
    let main = "\
mod db;

fn main() {
    serve(axum::Router::new().route(\"/a\", axum::routing::get(a)).route(\"/b\", axum::routing::get(db::b)));
}

async fn a() -> String {
    let client = acme_platform::redis().unwrap();
    client.get_connection().unwrap().get(\"x\")
}
";
    let db = "\
pub struct Db(std::net::TcpStream);

impl Db {
    pub fn open() -> Db {
        Db(std::net::TcpStream::connect(\"h:1\").unwrap())
    }
}

pub async fn b() -> String {
    let db = Db::open();
    format!(\"{:?}\", db.0)
}
";
    let config = "\
[[clients.wrapper]]
functions = [\"acme_platform::redis\"]
makes = \"client\"
family = \"redis\"
returns = \"Result<redis::Client>\"

[[clients.wrapper]]
functions = [\"my_app::db::Db::open\"]
makes = \"connection\"
family = \"sql\"
";
    write(
        folder.path(),
        &[
            (".git/HEAD", ""),
            ("Cargo.toml", manifest),
            ("src/main.rs", main),
            ("src/db.rs", db),
            ("connlint.toml", config),
        ],
    );
    let said = connlint(&["check", "--format", "short"]).within(folder.path()).exits(1);
    insta::assert_snapshot!(said.both());
    connlint(&["check", "--no-config"]).within(folder.path()).exits(0);
}
