//! Each finding is where a fixture expects it, and nowhere else.

use connlint::check::Checked;
use connlint::finding::{Finding, Level};
use connlint::rules::CONSTRUCTION_RULES;

use super::common::annotations::{differences, in_repository};
use super::common::library::{PRACTICE, PROJECTS, RULES};
use super::common::root;

/// Compares the findings that `counts` with the annotations below a folder.
#[track_caller]
fn agree(folder: &str, checked: &Checked, counts: impl Fn(&Finding) -> bool) {
    let expected = in_repository(&root().join(folder));
    assert!(!expected.is_empty(), "{folder} has no annotations");
    let problems: Vec<String> = checked.report.problems.iter().map(|problem| problem.message.clone()).collect();
    assert!(problems.is_empty(), "{folder} has problems: {problems:?}");
    let findings: Vec<Finding> = checked.report.findings.iter().filter(|finding| counts(finding)).cloned().collect();
    let differences = differences(&expected, &findings);
    assert!(differences.is_empty(), "{folder}: annotations and findings differ\n{differences}");
}

/// Crates about construction; what the other rules say of them stands in the table of `matrix`.
#[test]
fn rules() {
    agree("fixtures/rules", &RULES, |finding| CONSTRUCTION_RULES.contains(&finding.rule));
}

/// Crates about one other rule each, named by their folder.
#[test]
fn practice() {
    agree("fixtures/practice", &PRACTICE, |finding| {
        finding.location.file.starts_with(&format!("fixtures/practice/{}/", finding.rule))
    });
}

/// Whole services: every rule that is on by default.
#[test]
fn projects() {
    agree("fixtures/projects", &PROJECTS, |finding| finding.level != Level::Pedantic);
}
