//! Input that cannot be used, in part or whole: one clear message, the right exit code, and the rest is analysed.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::common::annotations::{differences, read};
use super::common::binary::connlint;
use super::common::library::check;
use super::common::{copy, root, write};

/// A copy of `fixtures/broken/<case>` outside of any workspace and repository.
fn case(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let real = folder.path().canonicalize().expect("it exists");
    copy(&root().join("fixtures/broken").join(name), &real);
    (folder, real)
}

/// The findings are those annotated; the rest of the project is analysed whatever is broken.
#[track_caller]
fn agree(folder: &Path) {
    let name = |path: &Path| connlint::source::shown_name(path, folder);
    let expected = read(folder, name);
    let checked = check(&[folder.to_owned()], folder);
    let differences = differences(&expected, &checked.report.findings);
    assert!(differences.is_empty(), "annotations and findings differ\n{differences}");
}

/// What is said of a case, with the findings; the snapshot has the problems with the input.
fn said(folder: &Path, code: i32) -> String {
    let said = connlint(&["check", "--format", "short", "."]).within(folder).exits(code);
    let human = connlint(&["check", "."]).within(folder).exits(code);
    assert_eq!(human.err.is_empty(), said.err.is_empty(), "formats differ");
    connlint(&["check", "--format", "json", "."]).within(folder).exits(code);
    said.both()
}

#[test]
fn broken_syntax_costs_the_item() {
    let (_guard, folder) = case("syntax");
    agree(&folder);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn text_that_is_not_utf8() {
    let (_guard, folder) = case("non-utf8");
    agree(&folder);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn source_without_a_manifest() {
    let (_guard, folder) = case("no-manifest");
    agree(&folder);
    insta::assert_snapshot!("no_manifest_folder", said(&folder, 1));
    insta::assert_snapshot!("no_manifest", connlint(&["check"]).within(&folder).exits(2).both());
    let file = connlint(&["check", "visits.rs", "--format", "short"]).within(&folder).exits(1);
    insta::assert_snapshot!("no_manifest_file", file.both());
}

#[test]
fn workspace_without_members() {
    let (_guard, folder) = case("empty-workspace");
    insta::assert_snapshot!("empty_workspace", said(&folder, 2));
    insta::assert_snapshot!("empty_workspace_here", connlint(&["check"]).within(&folder).exits(2).both());
}

#[test]
fn broken_member() {
    let (_guard, folder) = case("broken-member");
    agree(&folder);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn dependency_that_does_not_exist() {
    let (_guard, folder) = case("bad-dep");
    agree(&folder);
    insta::assert_snapshot!(said(&folder, 1));
    assert!(!folder.join("Cargo.lock").exists(), "checking leaves nothing behind");
}

#[test]
fn every_case_is_tested() {
    let tested = ["bad-dep", "broken-member", "empty-workspace", "no-manifest", "non-utf8", "syntax"];
    let folders = std::fs::read_dir(root().join("fixtures/broken")).expect("there are cases");
    let mut found: Vec<String> =
        folders.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned()).collect();
    found.sort();
    assert_eq!(found, tested);
}

#[test]
fn path_that_is_not_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for format in ["human", "short", "json"] {
        let said = connlint(&["check", "src/mian.rs", "--format", format]).within(folder.path()).exits(2);
        assert_eq!(said.out, "", "{format}");
        insta::assert_snapshot!("missing_path", said.err);
    }
}

#[test]
fn folder_without_anything() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = connlint(&["check"]).within(folder.path()).exits(2);
    insta::assert_snapshot!("empty_folder_here", here.both());
    insta::assert_snapshot!("empty_folder", connlint(&["check", "."]).within(folder.path()).exits(2).both());
}

#[test]
fn only_broken_input_is_a_failed_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &[("Cargo.toml", "[package\nname = 1"), ("src/main.rs", "fn main() {}")]);
    insta::assert_snapshot!(said(folder.path(), 2));
}

#[cfg(unix)]
#[test]
fn symbolic_links_in_a_circle() {
    let (_guard, folder) = case("bad-dep");
    std::os::unix::fs::symlink(&folder, folder.join("src/again")).expect("a link can be made");
    std::os::unix::fs::symlink("b.rs", folder.join("src/a.rs")).expect("a link can be made");
    std::os::unix::fs::symlink("a.rs", folder.join("src/b.rs")).expect("a link can be made");
    std::os::unix::fs::symlink("gone", folder.join("gone")).expect("a link can be made");
    insta::assert_snapshot!(said(&folder, 1));
}

#[cfg(unix)]
#[test]
fn file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let (_guard, folder) = case("syntax");
    let file = folder.join("src/recover.rs");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).expect("it is ours");
    // Root may read everything.
    if std::fs::read(&file).is_ok() {
        return;
    }
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn odd_bytes_do_not_matter() {
    let main = "\u{feff}#!/usr/bin/env run\r\nmod a;\r\nmod b;\r\nmod c;\r\nfn main() { a::f() }\r\n";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let deep = format!("pub fn f() {{ let _ = {}1{}; }}", "(".repeat(300), ")".repeat(300));
    write(
        folder.path(),
        &[
            ("Cargo.toml", "[package]\nname = \"odd\"\nversion = \"0.0.0\"\n[dependencies]\nredis = \"*\"\n"),
            ("src/main.rs", main),
            ("src/a.rs", &deep),
            ("src/b.rs", ""),
            ("src/c.rs", "\0\u{1}\u{202e}fn"),
        ],
    );
    insta::assert_snapshot!(said(folder.path(), 0));
}
