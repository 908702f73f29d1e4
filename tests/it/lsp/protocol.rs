//! The order of the protocol, and what breaks it.

use serde_json::{Value, json};

use super::client::able;
use super::{OPERATION, PER_REQUEST, Project, at};

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
const NOT_INITIALISED: i64 = -32002;
const CANCELLED: i64 = -32800;

#[test]
fn the_whole_conversation() {
    let mut project = Project::new();
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.stop();
}

#[test]
fn before_initialize_nothing_is_done() {
    let mut client = super::silent();
    assert_eq!(client.refused("textDocument/hover", json!({})), NOT_INITIALISED);
    assert_eq!(client.refused("shutdown", Value::Null), NOT_INITIALISED);
    client.notify("textDocument/didOpen", json!({ "textDocument": 7 }));
    client.initialise(&[], able(), Value::Null);
    assert_eq!(client.refused("initialize", json!({})), INVALID_REQUEST, "it is said once");
    client.stop();
}

#[test]
fn after_shutdown_only_exit_is_heard() {
    let mut client = super::start(&[], able(), Value::Null);
    client.request("shutdown", Value::Null);
    assert_eq!(client.refused("textDocument/hover", json!({})), INVALID_REQUEST);
    assert_eq!(client.refused("shutdown", Value::Null), INVALID_REQUEST);
    client.notify("textDocument/didClose", json!({}));
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), 0);
}

#[test]
fn what_was_asked_before_exit_is_answered() {
    let mut client = super::silent();
    let first = client.begin("initialize", json!({ "capabilities": {} }));
    let last = client.begin("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    assert!(client.answer(first)["result"].is_object());
    assert!(client.answer(last).get("error").is_none());
    assert_eq!(client.exit_code(), 0);
}

#[test]
fn an_end_without_shutdown_is_told_by_the_exit_code() {
    let mut client = super::start(&[], able(), Value::Null);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), 1);
    let mut client = super::silent();
    client.hang_up();
    assert_eq!(client.exit_code(), 1);
}

#[test]
fn bad_messages_are_answered_as_the_protocol_has_it() {
    let mut project = Project::new();
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let client = &mut project.client;
    let with_length = |text: &str| format!("Content-Length: {}\r\n\r\n{text}", text.len());
    for (bad, code) in [
        (with_length("{\"jsonrpc\": "), PARSE_ERROR),
        (with_length("\u{1F980}"), PARSE_ERROR),
        ("Content-Length: no\r\n\r\n".to_owned(), PARSE_ERROR),
        ("Content-Type: x\r\n\r\n".to_owned(), PARSE_ERROR),
        ("what is this\r\n".to_owned(), PARSE_ERROR),
        (with_length("[]"), INVALID_REQUEST),
        (with_length("7"), INVALID_REQUEST),
        (with_length("{}"), INVALID_REQUEST),
        (with_length("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"x\"}"), INVALID_REQUEST),
        (with_length("{\"jsonrpc\":\"2.0\",\"method\":7}"), INVALID_REQUEST),
    ] {
        client.write(bad.as_bytes());
        let answer = client
            .wait(&format!("an answer to {bad}"), |message| message["id"].is_null() && message.get("error").is_some());
        assert_eq!(answer["error"]["code"], code, "{bad}: {answer}");
    }
    assert_eq!(client.refused("textDocument/rename", json!({})), METHOD_NOT_FOUND);
    assert_eq!(client.refused("$/odd", json!({})), METHOD_NOT_FOUND);
    for method in ["textDocument/codeAction", "textDocument/diagnostic", "textDocument/hover"] {
        assert_eq!(client.refused(method, json!([])), INVALID_PARAMS, "{method}");
    }
    for params in
        [json!({}), json!({ "command": "connlint.explain" }), json!({ "command": "connlint.why", "arguments": [1] })]
    {
        assert_eq!(client.refused("workspace/executeCommand", params), INVALID_PARAMS);
    }
    for method in [
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didClose",
        "textDocument/didSave",
        "workspace/didChangeWatchedFiles",
        "workspace/didChangeWorkspaceFolders",
        "workspace/didChangeConfiguration",
        "$/cancelRequest",
        "$/setTrace",
        "no/such",
    ] {
        client.notify(method, json!({ "textDocument": { "uri": 7 }, "event": 7, "changes": 7 }));
    }
    client.send(&json!({ "jsonrpc": "2.0", "id": 999, "result": 1 }));
    client.send(&json!({ "jsonrpc": "2.0", "id": "a text", "method": "no/such" }));
    client.wait("an answer to a text as id", |message| message["id"] == "a text");
    project.client.stop();
}

#[test]
fn documents_that_are_no_files_are_passed_over() {
    let mut project = Project::new();
    let client = &mut project.client;
    for uri in ["untitled:Untitled-1", "git:/a.rs?x", "file://elsewhere/a.rs", "", "file:///%FF.rs"] {
        let document = json!({ "uri": uri, "languageId": "rust", "version": 1, "text": OPERATION });
        client.notify("textDocument/didOpen", json!({ "textDocument": document }));
        let place = json!({ "textDocument": { "uri": uri }, "position": at(0, 0) });
        let _ = client.begin("textDocument/hover", place);
        client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.stop();
}

#[test]
fn a_request_can_be_cancelled() {
    let mut project = Project::new();
    let client = &mut project.client;
    // It waits for the first analysis.
    let id = client.begin("workspace/diagnostic", json!({ "previousResultIds": [] }));
    client.notify("$/cancelRequest", json!({ "id": id }));
    let answer = client.answer(id);
    assert_eq!(answer["error"]["code"], CANCELLED, "{answer}");
    client.notify("$/cancelRequest", json!({ "id": id }));
    client.notify("$/cancelRequest", json!({ "id": 4711 }));
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.stop();
}

#[test]
fn files_are_watched_and_first_runs_are_told_of() {
    let mut project = Project::new();
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let registration = project.client.wait("a registration", |one| one["method"] == "client/registerCapability");
    let registration = registration.to_string();
    for watched in ["**/*.rs", "**/Cargo.toml", "**/connlint.toml", "didChangeConfiguration"] {
        assert!(registration.contains(watched), "{registration}");
    }
    let kind =
        |kind: &'static str| move |one: &Value| one["method"] == "$/progress" && one["params"]["value"]["kind"] == kind;
    let begun = project.client.wait("progress", kind("begin"));
    let ended = project.client.wait("its end", kind("end"));
    assert_eq!(begun["params"]["token"], ended["params"]["token"]);
    project.client.stop();
}

#[test]
fn a_client_that_can_do_nothing_gets_nothing_that_it_does_not_know() {
    let mut project = Project::with(&[], json!({}), Value::Null);
    project.open("src/main.rs");
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let diagnostic = project.client.diagnostics[&project.uri("src/main.rs")]["diagnostics"][0].clone();
    for field in ["relatedInformation", "codeDescription", "tags"] {
        assert!(diagnostic.get(field).is_none(), "{diagnostic}");
    }
    let place = json!({ "textDocument": { "uri": project.uri("src/main.rs") }, "range": { "start": at(5, 0), "end": at(5, 0) },
        "context": { "diagnostics": [] } });
    let actions = project.client.request("textDocument/codeAction", place);
    assert!(actions.as_array().expect("a list").iter().all(|one| one["command"].is_string()), "{actions}");
    let asked: Vec<&Value> = project.client.heard.iter().filter(|one| one.get("id").is_some()).collect();
    assert!(asked.is_empty(), "{asked:?}");
    project.client.stop();
}
