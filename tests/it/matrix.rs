//! Every rule on every fixture: a rule that begins to speak somewhere else shows in the diff of one file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::common::library::{PRACTICE, PROJECTS, RULES};
use super::common::{files, root, shown};

#[test]
fn findings_by_crate_and_rule() {
    let fixtures = root().join("fixtures");
    let mut crates: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for folder in ["rules", "practice", "projects"] {
        for manifest in files(&fixtures.join(folder), "toml") {
            let folder = manifest.parent().expect("a manifest stands in a folder");
            crates.entry(shown(folder)).or_default();
        }
    }
    for finding in RULES.report.findings.iter().chain(&PRACTICE.report.findings).chain(&PROJECTS.report.findings) {
        let file = &finding.location.file;
        let owner = crates.iter_mut().rfind(|(name, _)| file.starts_with(&format!("{name}/")));
        let (_, counts) = owner.unwrap_or_else(|| panic!("{file} is in no crate"));
        *counts.entry(finding.rule).or_default() += 1;
    }
    let mut table = String::new();
    for (name, counts) in crates {
        let counts: Vec<String> = counts.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        let counts = if counts.is_empty() { "-".to_owned() } else { counts.join(", ") };
        let _ = writeln!(table, "{}: {counts}", name.trim_start_matches("fixtures/"));
    }
    insta::assert_snapshot!(table);
}
