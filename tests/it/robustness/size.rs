//! Input that is large.

use std::fmt::Write as _;

use super::super::common::binary::connlint;
use super::{SOUND, package, said};

/// A line of a million.
const LINE: &str = "pub fn f() { a(1) }\n";

#[test]
fn a_file_of_fifty_megabytes() {
    let large = LINE.repeat(50_000_000 / LINE.len());
    let (_guard, folder) = package(&[("src/lib.rs", &format!("mod large;\n{SOUND}")), ("src/large.rs", &large)]);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn a_file_of_a_million_lines() {
    let mut text = SOUND.to_owned();
    for number in 0..1_000_000 {
        let _ = writeln!(text, "static A{number}: u8 = 0;");
    }
    let last = text.lines().count() + 1;
    text.push_str(SOUND);
    let (_guard, folder) = package(&[("src/lib.rs", &text)]);
    let said = said(&folder, 1);
    assert!(said.contains("lib.rs:2:18: error") && said.contains(&format!("lib.rs:{}:18: error", last + 1)), "{said}");
}

#[test]
fn a_line_of_a_megabyte() {
    let statement = "let client = redis::Client::open(\"redis://h/\").unwrap(); drop(client); ";
    let filler = "a(1, \"b\"); ".repeat(10_000);
    let (_guard, folder) = package(&[("src/lib.rs", &format!("pub fn f() {{ {filler}{statement}{filler} }}\n"))]);
    let human = connlint(&["check", "."]).within(&folder).exits(1).out;
    let longest = human.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(longest < 200, "the excerpt is cut: {longest}");
    assert!(human.contains("redis::Client::open"), "{human}");
}

#[test]
fn a_body_that_is_too_long() {
    let (_guard, folder) = package(&[(
        "src/lib.rs",
        &format!("{SOUND}\npub fn f() {{\n    redis::Client::open(\"x\");\n{}}}\n", "    a(1);\n".repeat(40_000)),
    )]);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn huge_macros() {
    let rows =
        "    [\"redis::Client::open\", 1 << 3, A << B, { \"c\": x < y }, |z| z.get_connection()],\n".repeat(20_000);
    let text = format!(
        "{SOUND}macro_rules! m {{\n{}}}\njson!([\n{rows}]);\nunknown! {{\n{rows}}}\npub fn f() {{ redis::Client::open(x); vec![\n{}] }}\n",
        "    ($a:expr) => { redis::Client::open($a) };\n".repeat(20_000),
        "    [1 << 3, a < b],\n".repeat(5_000),
    );
    let (_guard, folder) = package(&[("src/lib.rs", &text)]);
    let said = said(&folder, 1);
    assert!(said.contains("lib.rs:2:18: error"), "{said}");
}

#[test]
fn very_many_files() {
    let root: String = (0..3_000).map(|number| format!("mod m{number};\n")).collect();
    let texts: Vec<String> = (0..3_000).map(|number| format!("src/m{number}.rs")).collect();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|name| (name.as_str(), SOUND)).collect();
    files.push(("src/lib.rs", &root));
    let (_guard, folder) = package(&files);
    let said = connlint(&["check", "--format", "json", "."]).within(&folder).exits(1).out;
    let report: serde_json::Value = serde_json::from_str(&said).expect("it is JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(3_000));
}
