//! The programs on the rules' pages: each wrong one gives exactly its page's rule, each right one silence, as far as rules
//! are on by default.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use connlint::finding::{Finding, Level};
use connlint::rules::page::pages;

use super::common::library::check;
use super::common::{root, write};

/// What the programs may use; its versions are those of the fixtures.
const DEPENDENCIES: [&str; 7] = ["actix-web", "axum", "deadpool-redis", "fred", "redis", "reqwest", "tokio"];

#[test]
fn wrong_programs_speak_and_right_ones_are_silent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut expected: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut members = Vec::new();
    for page in pages().expect("the pages are well-formed") {
        for heading in ["Wrong", "Right"] {
            for (index, program) in page.programs(heading).iter().enumerate() {
                let name = format!("{}-{}-{}", page.id, heading.to_lowercase(), index + 1);
                let manifest = manifest(&name);
                write(folder.path(), &[(&format!("{name}/Cargo.toml"), &manifest)]);
                write(folder.path(), &[(&format!("{name}/src/main.rs"), program)]);
                let rules = if heading == "Wrong" { BTreeSet::from([page.id.as_str()]) } else { BTreeSet::new() };
                expected.insert(name.clone(), rules);
                members.push(name);
            }
        }
    }
    write(folder.path(), &[("Cargo.toml", &workspace(&members))]);
    let checked = check(&[folder.path().to_owned()], folder.path());
    assert!(checked.report.problems.is_empty(), "{:?}", checked.report.problems);
    let mut found: BTreeMap<String, BTreeSet<&str>> =
        expected.keys().map(|name| (name.clone(), BTreeSet::new())).collect();
    // What is off by default speaks only on its own page.
    let counts = |finding: &&Finding| {
        finding.level != Level::Pedantic || finding.location.file.starts_with(&format!("{}-", finding.rule))
    };
    for finding in checked.report.findings.iter().filter(counts) {
        let (name, _) = finding.location.file.split_once('/').expect("a file stands in a package");
        found.get_mut(name).expect("it is one of the packages").insert(finding.rule);
    }
    let mut differences = String::new();
    for (name, rules) in &expected {
        if found[name] != *rules {
            let _ = writeln!(differences, "  {name}: expected {rules:?}, found {:?}", found[name]);
        }
    }
    assert!(differences.is_empty(), "pages and findings differ:\n{differences}");
}

fn manifest(name: &str) -> String {
    let mut text = format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n");
    for dependency in DEPENDENCIES {
        let _ = writeln!(text, "{dependency}.workspace = true");
    }
    text
}

/// A workspace with the dependencies of the fixtures' one.
fn workspace(members: &[String]) -> String {
    let text = std::fs::read_to_string(root().join("fixtures/Cargo.toml")).expect("the fixtures have a manifest");
    let fixtures: toml::Table = text.parse().expect("it is TOML");
    let all = fixtures["workspace"]["dependencies"].as_table().expect("the workspace names dependencies");
    let mut dependencies = toml::Table::new();
    for name in DEPENDENCIES {
        dependencies.insert(name.to_owned(), all[name].clone());
    }
    let mut workspace = toml::Table::new();
    workspace.insert("resolver".to_owned(), "2".into());
    workspace.insert("members".to_owned(), members.to_vec().into());
    workspace.insert("dependencies".to_owned(), dependencies.into());
    toml::to_string(&toml::Table::from_iter([("workspace".to_owned(), workspace.into())])).expect("it can be written")
}
