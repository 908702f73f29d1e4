//! Several folders, and files that are in none.

use serde_json::{Value, json};

use super::client::able;
use super::{OPERATION, PER_CALL, PER_REQUEST, folder, uri};
use crate::common::{MANIFEST, ONE_FINDING};

#[test]
fn folders_come_and_go() {
    let one = folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    let two = folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    let main = |folder: &tempfile::TempDir| uri(&folder.path().join("src/main.rs"));
    let mut client = super::start(&[one.path()], able(), Value::Null);
    client.sees(&main(&one), &[(PER_REQUEST, 5)]);
    let event = |added: Value, removed: Value| json!({ "event": { "added": added, "removed": removed } });
    let named = |folder: &tempfile::TempDir| json!([{ "uri": uri(folder.path()), "name": "x" }]);
    client.notify("workspace/didChangeWorkspaceFolders", event(named(&two), json!([])));
    client.sees(&main(&two), &[(PER_REQUEST, 5)]);
    client.notify("workspace/didChangeWorkspaceFolders", event(json!([]), named(&one)));
    client.sees(&main(&one), &[]);
    client.sees(&main(&two), &[(PER_REQUEST, 5)]);
    client.stop();
}

#[test]
fn each_folder_has_its_configuration() {
    let off = "[rules]\nclient-per-request = \"off\"\n";
    let one = folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING), ("connlint.toml", off)]);
    let two = folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    let mut client = super::start(&[one.path(), two.path()], able(), Value::Null);
    let seen = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let files: Vec<&Value> = seen["items"].as_array().expect("files").iter().map(|file| &file["uri"]).collect();
    assert_eq!(files, [&json!(uri(&two.path().join("src/main.rs")))]);
    client.stop();
}

#[test]
fn a_folder_within_a_folder_says_nothing_twice() {
    let outer = folder(&[("inner/Cargo.toml", MANIFEST), ("inner/src/main.rs", ONE_FINDING)]);
    let inner = outer.path().join("inner");
    let mut client = super::start(&[outer.path(), &inner], able(), Value::Null);
    client.sees(&uri(&inner.join("src/main.rs")), &[(PER_REQUEST, 5)]);
    client.stop();
}

#[test]
fn a_folder_without_rust_may_become_one() {
    let empty = folder(&[("README.md", "nothing")]);
    let mut client = super::start(&[empty.path()], able(), Value::Null);
    let seen = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    assert_eq!(seen, json!({ "items": [] }));
    assert!(client.heard.iter().all(|one| one["method"] != "window/showMessage"), "nobody made a mistake");
    crate::common::write(empty.path(), &[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    client.touched(&empty.path().join("Cargo.toml"), 1);
    client.sees(&uri(&empty.path().join("src/main.rs")), &[(PER_REQUEST, 5)]);
    client.stop();
}

#[test]
fn a_file_outside_brings_its_workspace_along() {
    let outside = folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    let main = outside.path().join("src/main.rs");
    let mut client = super::start(&[], able(), Value::Null);
    client.open(&main, ONE_FINDING);
    client.sees(&uri(&main), &[(PER_REQUEST, 5)]);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(&main) } }));
    client.sees(&uri(&main), &[]);
    client.stop();
}

#[test]
fn a_file_without_a_package_is_checked_alone() {
    let alone = folder(&[("b.rs", OPERATION)]);
    let file = alone.path().join("b.rs");
    let mut client = super::start(&[], able(), Value::Null);
    client.open(&file, OPERATION);
    client.sees(&uri(&file), &[(PER_CALL, 0)]);
    client.replace(&file, "fn b() {}");
    client.sees(&uri(&file), &[]);
    client.stop();
}

#[test]
fn a_file_that_no_target_declares_says_nothing() {
    let project = folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING), ("src/b.rs", OPERATION)]);
    let mut client = super::start(&[project.path()], able(), Value::Null);
    let other = project.path().join("src/b.rs");
    client.open(&other, OPERATION);
    let seen = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri(&other) } }));
    assert_eq!(seen["items"], json!([]));
    client.stop();
}
