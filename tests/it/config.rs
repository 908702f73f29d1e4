//! The configuration as a file: which one is read, what is wrong with it, what is in force, the one that `init` writes.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::common::binary::connlint;
use super::common::{MANIFEST, ONE_FINDING as MAIN, root, write};

const SCHEMA: &str = "docs/schema/connlint-config.schema.json";

/// A repository with a package that has one finding.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &[(".git/HEAD", ""), ("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)]);
    write(folder.path(), files);
    folder
}

/// What a run says of the one finding.
fn level(folder: &Path, args: &[&str]) -> &'static str {
    let args = [&["check", "--format", "json"], args].concat();
    let said = connlint(&args).within(folder).succeeds_or_finds();
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    match report["findings"][0]["level"].as_str() {
        Some("error") => "error",
        Some("warning") => "warning",
        Some("pedantic") => "pedantic",
        _ => "none",
    }
}

const WARNING: &str = "[rules]\nclient-per-request = \"warning\"\n";
const OFF: &str = "[rules]\nclient-per-request = \"off\"\n";

#[test]
fn the_nearest_file_counts_up_to_the_root_of_the_repository() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (root, member) = (folder.path(), folder.path().join("repository/services/api"));
    write(&member, &[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)]);
    write(root, &[("connlint.toml", OFF), ("repository/.git/HEAD", "")]);
    assert_eq!(level(&member, &[]), "error", "what lies above the repository does not count");
    write(root, &[("repository/connlint.toml", WARNING)]);
    assert_eq!(level(&member, &[]), "warning");
    assert_eq!(level(root, &["repository/services/api"]), "warning", "the checked path counts, not the current folder");
    assert_eq!(level(root, &["repository/services/api/src/main.rs"]), "warning");
    write(&member, &[("connlint.toml", "[rules]\nclient-per-request = \"deny\"\n")]);
    assert_eq!(level(&member, &[]), "error", "the nearest one is not merged with those above it");
    write(&member, &[("connlint.toml", OFF)]);
    assert_eq!(level(&member, &[]), "none");
    assert_eq!(level(&member, &["--no-config"]), "error");
    assert_eq!(level(&member, &["--config", "../../connlint.toml"]), "warning");
}

#[test]
fn a_manifest_may_have_the_table() {
    for table in ["package", "workspace"] {
        let workspace = if table == "workspace" { "[workspace]\n" } else { "" };
        let manifest =
            format!("{MANIFEST}\n{workspace}[{table}.metadata.connlint.rules]\nclient-per-request = \"warn\"\n");
        let folder = project(&[("Cargo.toml", &manifest)]);
        assert_eq!(level(folder.path(), &[]), "warning", "{table}");
        assert_eq!(level(folder.path(), &["--config", "Cargo.toml"]), "warning", "{table}");
        assert_eq!(level(folder.path(), &["--no-config"]), "error", "{table}");
        // A mistake there has its place in the manifest.
        let folder = project(&[("Cargo.toml", &manifest.replace("warn", "worn"))]);
        let said = connlint(&["check"]).within(folder.path()).exits(2);
        assert!(said.err.contains("Cargo.toml:1") && said.err.contains("did you mean `warn`?"), "{}", said.err);
        // A file beside it is one too many; in the folder above it comes first.
        let folder = project(&[("Cargo.toml", &manifest), ("connlint.toml", OFF)]);
        let said = connlint(&["check"]).within(folder.path()).exits(2);
        assert!(said.err.contains(&format!("[{table}.metadata.connlint] and connlint.toml configure")), "{}", said.err);
        let folder = project(&[("api/Cargo.toml", &manifest), ("api/src/main.rs", MAIN), ("connlint.toml", OFF)]);
        assert_eq!(level(&folder.path().join("api"), &[]), "none", "{table}");
    }
    let both = format!("{MANIFEST}\n[workspace.metadata.connlint]\n[package.metadata.connlint]\n");
    let folder = project(&[("Cargo.toml", &both)]);
    assert!(connlint(&["check"]).within(folder.path()).exits(2).err.contains("configure one folder"));
}

#[test]
fn files_that_cannot_be_used() {
    let folder = project(&[
        ("a/Cargo.toml", MANIFEST),
        ("a/src/main.rs", MAIN),
        ("a/connlint.toml", OFF),
        ("b/Cargo.toml", MANIFEST),
        ("b/src/main.rs", MAIN),
        ("not.toml", "[rules\nx = \n"),
    ]);
    let mut said = String::new();
    for args in [
        ["check", "a", "b"].as_slice(),
        &["check", "--config", "missing.toml"],
        &["check", "--config", "Cargo.toml"],
        &["check", "--config", "not.toml"],
        &["why", "src/main.rs:6", "--config", "not.toml"],
        &["baseline", "write", "--config", "not.toml"],
        &["config", "show", "--config", "not.toml"],
        &["check", "--families", "redsi"],
    ] {
        let run = connlint(args).within(folder.path()).exits(2);
        assert_eq!(run.out, "", "{args:?}");
        said.push_str(&format!("$ connlint {}\n{}\n", args.join(" "), run.err));
    }
    insta::assert_snapshot!(said);
    assert!(!folder.path().join("connlint-baseline.json").exists(), "nothing else is done");
}

const WRONG: &str = r##"pedantics = true
pedantic = "yes"
families = ["redsi", 3, "http"]
min-confidence = "hgih"
max-connections = 0
all-targets = 1
exclude = ["/x", "a[", "ok"]
baseline = ""

[rules]
client-per-requests = "error"
client-in-loop = "wrn"

[[override]]
paths = ["../y"]
rules = { client-per-call = "off", nothing = "off" }

[clients]
catalogs = ["catalogs/*.toml", "none.toml"]

[[clients.wrapper]]
functions = ["a b", "acme::open"]
makes = "clint"
returns = "Result<"

[frameworks.handlers]
functons = ["x"]
attributes = ["#[x]"]
"##;

#[test]
fn every_mistake_is_told_at_its_place() {
    let folder = project(&[
        ("connlint.toml", WRONG),
        (
            "catalogs/form.toml",
            "schema = 1\nname = \"x\"\nsource = 1\ntypo = 1\n\n[[type]]\npath = \"a::B\"\nrole = \"clint\"\n\n\
             [[type]]\npath = \"a::C\"\n\n[[method]]\non = [\"a::C\"]\nnames = [\"f\"]\nmake = \"client\"\n",
        ),
        ("catalogs/other.toml", "schema = 2\nname = \"x\"\nfamily = \"x\"\nsource = \"x\"\n"),
        ("catalogs/family.toml", "schema = 1\nname = \"x\"\nsource = \"x\"\n"),
        (
            "catalogs/type.toml",
            "schema = 1\nname = \"x\"\nfamily = \"x\"\nsource = \"x\"\n\n\
             [[function]]\npaths = [\"x::f\"]\nreturns = \"Result<\"\n",
        ),
        (
            "catalogs/version.toml",
            "schema = 1\nname = \"x\"\nfamily = \"x\"\nsource = \"x\"\n\n\
             [[function]]\npaths = [\"x::f\"]\nversions = \"one\"\n",
        ),
    ]);
    insta::assert_snapshot!(connlint(&["check"]).within(folder.path()).exits(2).both());
    let missing = "[[override]]\npaths = [\"a\"]\n\n[[override]]\nrules = { client-per-call = \"off\" }\n\n\
                   [[clients.wrapper]]\nfunctions = [\"a::b\"]\n\n[[clients.wrapper]]\nfunctions = [\"a::b\"]\n\
                   makes = \"client\"\nfamily = \"redis\"\nreturns = \"Result<\"\n";
    let folder = project(&[("connlint.toml", missing)]);
    insta::assert_snapshot!("missing_keys", connlint(&["check"]).within(folder.path()).exits(2).both());
}

const FULL: &str = r#"pedantic = true
families = ["redis", "http"]
min-confidence = "medium"
max-connections = 200
all-targets = true
exclude = ["generated"]
require-reasons = true
baseline = "ci/known.json"

[rules]
client-per-request = "warn"
duplicate-client = "off"
missing-timeout = "pedantic"

[[override]]
paths = ["tools"]
rules = { client-per-call = "allow", client-in-loop = "warning" }

[clients]
catalogs = ["catalogs/*.toml"]

[[clients.wrapper]]
functions = ["acme::open"]
makes = "client"
family = "redis"
returns = "Result<redis::Client>"
async = true
packages = ["acme"]

[frameworks]
catalogs = ["web.toml"]

[frameworks.handlers]
attributes = ["acme_web::route"]
functions = ["app::routes::*"]
traits = ["acme_bus::Consumer"]

[frameworks.startup]
attributes = ["acme_web::on_start"]
functions = ["app::warm_up"]
traits = ["acme_bus::Setup"]
"#;

fn full() -> TempDir {
    let catalog = "schema = 1\nname = \"x\"\nfamily = \"x\"\nsource = \"x\"\n";
    project(&[("connlint.toml", FULL), ("catalogs/x.toml", catalog), ("web.toml", catalog)])
}

#[test]
fn what_is_in_force_says_where_it_comes_from() {
    let folder = full();
    let show = |args: &[&str]| connlint(&[&["config", "show"], args].concat()).within(folder.path()).exits(0).out;
    insta::assert_snapshot!("show_file", show(&[]));
    let asked = [
        "--pedantic=false",
        "--families",
        "all",
        "--min-confidence",
        "high",
        "--max-connections",
        "7",
        "--all-targets=false",
        "--require-reasons=false",
        "--baseline",
        "other.json",
        "-D",
        "client-per-request",
        "-W",
        "duplicate-client",
        "-D",
        "client-in-loop",
    ];
    insta::assert_snapshot!("show_command_line", show(&asked));
    insta::assert_snapshot!("show_defaults", show(&["--no-config"]));
    // It is a configuration itself.
    for args in [&[][..], &asked, &["--no-config"]] {
        let first = show(args);
        write(folder.path(), &[("shown.toml", &first)]);
        let again = show(&["--config", "shown.toml"]);
        let values = |text: &str| -> Vec<String> {
            text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim_end().to_owned()).skip(1).collect()
        };
        assert_eq!(values(&first), values(&again));
    }
}

#[test]
fn the_schema_is_published_and_agrees_with_the_reader() {
    let generated = connlint(&["config", "schema"]).exits(0).out;
    let path = root().join(SCHEMA);
    if std::env::var_os("CONNLINT_BLESS").is_some() {
        std::fs::write(&path, &generated).expect("the schema can be written");
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == generated, "CONNLINT_BLESS=1 cargo test the_schema_is_published");
    let schema: Value = serde_json::from_str(&published).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let is_valid = |text: &str| {
        let table: toml::Table = text.parse().expect("TOML");
        validator.is_valid(&serde_json::to_value(table).expect("JSON"))
    };
    assert!(is_valid(FULL) && is_valid(""));
    let own = std::fs::read_to_string(root().join("fixtures/config/own/connlint.toml")).expect("the fixture is there");
    assert!(is_valid(&own));
    for wrong in [
        "pedantics = true",
        "pedantic = \"yes\"",
        "min-confidence = \"hgih\"",
        "max-connections = 0",
        "rules = { client-per-requests = \"off\" }",
        "rules = { client-per-request = \"of\" }",
        "override = [{ paths = [\"a\"] }]",
        "clients.wrapper = [{ functions = [\"a::b\"] }]",
        "frameworks.handlers.function = [\"a\"]",
    ] {
        assert!(!is_valid(wrong), "{wrong}");
        let folder = project(&[("connlint.toml", wrong)]);
        connlint(&["check"]).within(folder.path()).exits(2);
    }
}

#[test]
fn init_writes_a_file_that_is_right_and_keeps_what_is_there() {
    let folder = project(&[]);
    write(
        folder.path(),
        &[
            ("Cargo.toml", &format!("{MANIFEST}\n[workspace]\nmembers = [\"tools\"]\n")),
            ("tools/Cargo.toml", &MANIFEST.replace("app", "tools")),
            ("tools/src/main.rs", "fn main() {}\n"),
        ],
    );
    let path = folder.path().join("connlint.toml");
    let read = || std::fs::read_to_string(&path).expect("it was written");
    let said = connlint(&["init"]).within(&folder.path().join("tools")).exits(0);
    assert!(said.out.contains("connlint.toml: written"), "{}", said.out);
    insta::assert_snapshot!("init", read());
    assert_eq!(level(folder.path(), &[]), "error", "nothing is set");
    let show = |args: &[&str]| connlint(&[&["config", "show"], args].concat()).within(folder.path()).exits(0).out;
    let values = |shown: String| shown.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(values(show(&[])), values(show(&["--no-config"])));
    let said = connlint(&["init"]).within(folder.path()).exits(2);
    assert!(said.err.contains("connlint.toml is there already"), "{}", said.err);
    // Every setting is right when it is uncommented: one by one within its table, and all at once.
    let text = read();
    let uncommented: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with([' ', ':']) && !setting.is_empty() => setting.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    assert!(uncommented.iter().filter(|line| !line.starts_with('#') && !line.is_empty()).count() > 15, "{text}");
    std::fs::write(&path, uncommented.join("\n")).expect("it can be written");
    insta::assert_snapshot!("init_uncommented", show(&[]));
    // A baseline that is there is spoken of.
    std::fs::remove_file(&path).expect("it is there");
    connlint(&["baseline", "write"]).within(folder.path()).exits(0);
    connlint(&["init"]).within(folder.path()).exits(0);
    assert!(read().contains("#baseline = \"connlint-baseline.json\""));
    // Whoever has one further up is told that it does not count any more.
    let folder = project(&[("connlint.toml", ""), ("api/Cargo.toml", MANIFEST), ("api/src/main.rs", MAIN)]);
    let said = connlint(&["init"]).within(&folder.path().join("api")).exits(0);
    assert!(said.out.contains("it counts in the place of"), "{}", said.out);
    // A manifest that configures is not doubled.
    let folder = project(&[("Cargo.toml", &format!("{MANIFEST}\n[package.metadata.connlint]\n"))]);
    let said = connlint(&["init"]).within(folder.path()).exits(2);
    assert!(said.err.contains("Cargo.toml configures connlint already"), "{}", said.err);
    assert!(!folder.path().join("connlint.toml").exists());
}

/// Every key is described, and the examples are right.
#[test]
fn every_key_is_documented() {
    let document = std::fs::read_to_string(root().join("docs/configuration.md")).expect("the document can be read");
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(root().join(SCHEMA)).expect("the schema is there"))
            .expect("JSON");
    let definitions = schema["$defs"].as_object().expect("there are definitions");
    for table in [&schema].into_iter().chain(definitions.values()) {
        for key in table["properties"].as_object().into_iter().flat_map(|properties| properties.keys()) {
            let named = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`"), format!(".{key}]")];
            assert!(named.iter().any(|name| document.contains(name)), "docs/configuration.md says nothing of {key}");
        }
    }
    let folder = project(&[("connlint.toml", "pedantics = true\n")]);
    let mistake = connlint(&["check"]).within(folder.path()).exits(2).err;
    assert!(
        document.contains(&format!("```text\n{mistake}```\n")),
        "docs/configuration.md shows another mistake than\n{mistake}"
    );
    let mut examples = 0;
    for block in document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        if block.contains("schema = 1") {
            continue;
        }
        examples += 1;
        let is_own = block.contains("acme-cache.toml");
        let folder = if is_own { None } else { Some(project(&[("connlint.toml", block)])) };
        let path = folder.as_ref().map_or(root().join("fixtures/config/own"), |folder| folder.path().to_owned());
        connlint(&["config", "show"]).within(&path).exits(0);
    }
    assert!(examples >= 8, "only {examples} examples were found");
}
