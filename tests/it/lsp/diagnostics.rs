//! Diagnostics: where they stand, when they come, how they are asked for.

use serde_json::{Value, json};

use super::client::able;
use super::{OPERATION, PER_CALL, PER_REQUEST, Project, at, rules, uri};
use crate::common::{MANIFEST, ONE_FINDING, root};

#[test]
fn the_diagnostics_of_a_project() {
    let shop = root().join("fixtures/projects/shop");
    let mut client = super::start(&[&shop], able(), Value::Null);
    let seen = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let text = serde_json::to_string_pretty(&seen).expect("it is JSON").replace(&uri(root()), "[ROOT]");
    insta::assert_snapshot!("shop", text);
    client.stop();
}

#[test]
fn columns_are_in_the_client_s_encoding() {
    let text = ONE_FINDING.replace("    let client", "    /* 🦀é */ let client");
    for encoding in ["utf-8", "utf-16", "utf-32", "odd"] {
        let mut capabilities = able();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let mut project = Project::with(&[("src/main.rs", &text)], capabilities, Value::Null);
        project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
        let range = &project.client.diagnostics[&project.uri("src/main.rs")]["diagnostics"][0]["range"];
        let line = text.lines().nth(5).expect("it has six");
        let at = line.find("redis").expect("it is there");
        let units = match encoding {
            "utf-8" => at,
            "utf-32" => line[..at].chars().count(),
            _ => line[..at].encode_utf16().count(),
        };
        assert_eq!(range["start"]["character"].as_u64(), Some(units as u64), "{encoding}: {range}");
        project.client.stop();
    }
}

#[test]
fn what_is_not_saved_counts() {
    let mut project = Project::new();
    let text = project.open("src/main.rs");
    let main = project.path("src/main.rs");
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    // A line above, then the guilty one goes, then comes back.
    project.client.change(&main, json!([{ "range": { "start": at(0, 0), "end": at(0, 0) }, "text": "\n" }]));
    project.sees("src/main.rs", &[(PER_REQUEST, 6)]);
    project.client.replace(&main, &text.replace("redis::Client::open", "format!"));
    project.sees("src/main.rs", &[]);
    project.client.replace(&main, &text);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.replace(&main, "");
    project.sees("src/main.rs", &[]);
    project.client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(&main) } }));
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.stop();
}

#[test]
fn other_files_change_with_it() {
    let files = [("src/main.rs", format!("mod b;\n{ONE_FINDING}")), ("src/b.rs", "pub fn b() {}\n".to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut project = Project::with(&files, able(), Value::Null);
    project.sees("src/main.rs", &[(PER_REQUEST, 6)]);
    let (main, other) = (project.path("src/main.rs"), project.path("src/b.rs"));
    // What the handler calls.
    project.open("src/b.rs");
    project.client.replace(&other, OPERATION);
    project.sees("src/b.rs", &[(PER_CALL, 0)]);
    project.open("src/main.rs");
    project
        .client
        .replace(&main, &format!("mod b;\n{}", ONE_FINDING.replace("    let client", "    b::b(); let client")));
    project.sees("src/b.rs", &[(PER_REQUEST, 0), ("blocking-connection-in-async", 0)]);
    // It is part of the program no more.
    project.client.replace(&main, ONE_FINDING);
    project.sees("src/b.rs", &[]);
    project.client.stop();
}

#[test]
fn files_change_on_disk() {
    let mut project = Project::new();
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let (main, other) = (project.path("src/main.rs"), project.path("src/b.rs"));
    std::fs::write(&main, format!("mod b;\n{ONE_FINDING}")).expect("it can be written");
    project.client.touched(&main, 2);
    project.sees("src/main.rs", &[(PER_REQUEST, 6)]);
    std::fs::write(&other, OPERATION).expect("it can be written");
    project.client.touched(&other, 1);
    project.sees("src/b.rs", &[(PER_CALL, 0)]);
    std::fs::remove_file(&other).expect("it is there");
    project.client.touched(&other, 3);
    project.sees("src/b.rs", &[]);
    // A client that watches nothing tells at least of what it saves.
    std::fs::write(&main, "fn main() {}").expect("it can be written");
    project.client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri(&main) } }));
    project.sees("src/main.rs", &[]);
    project.client.stop();
}

#[test]
fn of_rapid_edits_the_last_one_counts() {
    let mut project = Project::new();
    project.open("src/main.rs");
    let main = project.path("src/main.rs");
    for number in 0..300 {
        let place = json!({ "start": at(4, 0), "end": at(4, 0) });
        let text = if number % 2 == 0 { "// a\n" } else { "// b\n" };
        project.client.change(&main, json!([{ "range": place, "text": text }]));
    }
    project.sees("src/main.rs", &[(PER_REQUEST, 305)]);
    let published = &project.client.diagnostics[&project.uri("src/main.rs")];
    assert_eq!(published["version"], 301, "they are those of the last version");
    project.client.stop();
}

#[test]
fn a_file_that_does_not_parse_keeps_what_was_found() {
    let mut project = Project::new();
    let text = project.open("src/main.rs");
    let main = project.path("src/main.rs");
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.replace(&main, &format!("fn b() {{\n\n{text}"));
    project.sees("src/main.rs", &[(PER_REQUEST, 7)]);
    project.client.replace(&main, &text.replace("    let client", "    {\n    let client"));
    project.sees("src/main.rs", &[(PER_REQUEST, 6)]);
    project.client.replace(&main, &text);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.stop();
}

#[test]
fn a_huge_file_is_a_file() {
    let mut project = Project::new();
    let main = project.path("src/main.rs");
    project.open("src/main.rs");
    let mut text = ONE_FINDING.to_owned();
    for number in 0..60_000 {
        text.push_str(&format!("pub fn f{number}(a: u64) -> u64 {{ a + {number} }}\n"));
    }
    text.push_str(&format!("pub fn deep() -> u64 {{ {}1{} }}\n", "(".repeat(400), ")".repeat(400)));
    project.client.replace(&main, &format!("\n{text}"));
    project.sees("src/main.rs", &[(PER_REQUEST, 6)]);
    project.client.stop();
}

#[test]
fn diagnostics_can_be_asked_for() {
    let mut capabilities = able();
    capabilities["textDocument"]["diagnostic"] = json!({});
    let mut client = super::silent();
    let folder = super::folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    let result = client.initialise(&[folder.path()], capabilities, json!({ "diagnostics": "pull" }));
    assert_eq!(result["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"], true);
    let main = folder.path().join("src/main.rs");
    client.open(&main, ONE_FINDING);
    let document = json!({ "uri": uri(&main) });
    let first = client.request("textDocument/diagnostic", json!({ "textDocument": document }));
    assert_eq!((first["kind"].as_str(), rules(&first["items"])), (Some("full"), vec![(PER_REQUEST.to_owned(), 5)]));
    let known = json!({ "textDocument": document, "previousResultId": first["resultId"] });
    let same = client.request("textDocument/diagnostic", known.clone());
    assert_eq!(same, json!({ "kind": "unchanged", "resultId": first["resultId"] }));
    client.replace(&main, &format!("\n{ONE_FINDING}"));
    let other = client.request("textDocument/diagnostic", known);
    assert_eq!(
        rules(&other["items"]),
        [(PER_REQUEST.to_owned(), 6)],
        "asked after the change, answered with the change"
    );
    let all = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
    let known = json!({ "previousResultIds": [{ "uri": uri(&main), "value": other["resultId"] }] });
    let all = client.request("workspace/diagnostic", known);
    assert_eq!(all["items"][0]["kind"], "unchanged");
    assert!(client.diagnostics.is_empty(), "nothing is pushed to whoever pulls");
    client.stop();
}

#[test]
fn known_findings_are_hints() {
    let folder = super::folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    crate::common::binary::connlint(&["baseline", "write"]).within(folder.path()).exits(0);
    let mut client = super::start(&[folder.path()], able(), Value::Null);
    let uri = uri(&folder.path().join("src/main.rs"));
    client.sees(&uri, &[(PER_REQUEST, 5)]);
    assert_eq!(client.diagnostics[&uri]["diagnostics"][0]["severity"], 4);
    client.stop();
}
