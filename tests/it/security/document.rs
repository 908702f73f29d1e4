//! docs/security.md names the tests that prove what it says.

use super::super::common::{files, root};

#[test]
fn what_is_promised_is_tested() {
    let document = std::fs::read_to_string(root().join("docs/security.md")).expect("it is there");
    let tests: String = ["tests/it/security", "tests/it/robustness", "src/discover"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .map(|file| std::fs::read_to_string(file).expect("it can be read"))
        .collect();
    let named: Vec<&str> =
        document.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("test ")).collect();
    assert!(named.len() > 10, "the document names its tests: {named:?}");
    for name in named {
        assert!(tests.contains(&format!("fn {name}()")), "there is no test `{name}`");
    }
}
