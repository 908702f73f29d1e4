//! docs/limits.md has the numbers that are in force.

use connlint::parse::{MAX_BLOCKS, MAX_BODY, MAX_NESTING};
use connlint::source::read::MAX_FILE;

use super::super::common::root;

#[test]
fn limits_are_those_that_are_told() {
    let document = std::fs::read_to_string(root().join("docs/limits.md")).expect("it is there");
    let told = |row: &str| {
        let line = document
            .lines()
            .find(|line| line.starts_with(&format!("| {row}")))
            .unwrap_or_else(|| panic!("no row {row}"));
        line.split('|').nth(2).expect("it has a number").trim().to_owned()
    };
    assert_eq!(told("a file"), format!("{} MB", MAX_FILE >> 20));
    assert_eq!(told("all sources"), format!("{} MB", connlint::load::MAX_SOURCES >> 20));
    assert_eq!(told("levels of nesting"), MAX_NESTING.to_string());
    assert_eq!(told("braces in braces"), MAX_BLOCKS.to_string());
    assert_eq!(told("the body of a function"), format!("{} kB", MAX_BODY >> 10));
}
