//! Each finding is where a fixture expects it, and nowhere else.

use connlint::check::Checked;

use super::common::annotations::{differences, in_repository};
use super::common::library::{PROJECTS, RULES};
use super::common::root;

#[track_caller]
fn agree(folder: &str, checked: &Checked) {
    let expected = in_repository(&root().join(folder));
    assert!(!expected.is_empty(), "{folder} has no annotations");
    let problems: Vec<String> = checked.report.problems.iter().map(|problem| problem.message.clone()).collect();
    assert!(problems.is_empty(), "{folder} has problems: {problems:?}");
    let differences = differences(&expected, &checked.report.findings);
    assert!(differences.is_empty(), "{folder}: annotations and findings differ\n{differences}");
}

#[test]
fn rules() {
    agree("fixtures/rules", &RULES);
}

#[test]
fn projects() {
    agree("fixtures/projects", &PROJECTS);
}
