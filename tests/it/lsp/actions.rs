//! Code actions, applied as a client applies them, and looked at again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::client::able;
use super::{PER_REQUEST, Project, at, uri};
use crate::common::root;

/// The actions on a line of a file.
fn actions(project: &mut Project, name: &str, line: u64, only: &[&str]) -> Vec<Value> {
    let mut context = json!({ "diagnostics": [] });
    if !only.is_empty() {
        context["only"] = json!(only);
    }
    let range = json!({ "start": at(line, 0), "end": at(line, 0) });
    let params = json!({ "textDocument": { "uri": project.uri(name) }, "range": range, "context": context });
    project.client.request("textDocument/codeAction", params).as_array().expect("a list").clone()
}

fn titled<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"] == title);
    found.unwrap_or_else(|| panic!("no action `{title}` in {actions:#?}"))
}

/// A text with the edits of an action that are for its file; columns are in bytes of ASCII here.
fn edited(text: &str, action: &Value, uri: &str) -> String {
    let documents = action["edit"]["documentChanges"].as_array().expect("edits with versions");
    let of_file = documents.iter().find(|one| one["textDocument"]["uri"] == uri).expect("the file is edited");
    let offset = |position: &Value| {
        let number = |name: &str| usize::try_from(position[name].as_u64().expect("a number")).expect("it is small");
        text.split_inclusive('\n').take(number("line")).map(str::len).sum::<usize>() + number("character")
    };
    // Edits of one place are made in their order.
    let mut edits: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for edit in of_file["edits"].as_array().expect("edits") {
        let place = (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]));
        edits.entry(place).or_default().push_str(edit["newText"].as_str().expect("a text"));
    }
    let mut result = text.to_owned();
    for ((from, to), new) in edits.into_iter().rev() {
        result.replace_range(from..to, &new);
    }
    result
}

#[test]
fn a_comment_allows_the_finding_here() {
    let mut project = Project::new();
    let text = project.open("src/main.rs");
    let (main, uri) = (project.path("src/main.rs"), project.uri("src/main.rs"));
    for title in ["Allow client-per-request here", "Allow client-per-request in `a`"] {
        project.client.replace(&main, &text);
        project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
        let actions = actions(&mut project, "src/main.rs", 5, &["quickfix"]);
        let action = titled(&actions, title);
        assert_eq!(action["diagnostics"][0]["code"], PER_REQUEST);
        let version = &action["edit"]["documentChanges"][0]["textDocument"]["version"];
        assert!(version.as_i64().is_some_and(|version| version > 1), "{action}");
        let allowed = edited(&text, action, &uri);
        assert!(allowed.contains("// connlint: allow(client-per-request) -- TODO"), "{allowed}");
        project.client.replace(&main, &allowed);
        project.sees("src/main.rs", &[]);
    }
    project.client.stop();
}

#[test]
fn the_page_of_a_rule_is_shown() {
    let mut project = Project::new();
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let actions = actions(&mut project, "src/main.rs", 5, &[]);
    let command = &titled(&actions, "Explain client-per-request")["command"];
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    project.client.request("workspace/executeCommand", params);
    let shown = project.client.wait("a page", |one| one["method"] == "window/showDocument");
    assert!(shown["params"]["uri"].as_str().is_some_and(|uri| uri.ends_with("client-per-request.md")), "{shown}");
    project.client.stop();
}

#[test]
fn kinds_and_places_choose() {
    let mut project = Project::new();
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    assert_eq!(actions(&mut project, "src/main.rs", 0, &[]), [Value::Null; 0], "another line");
    assert_eq!(actions(&mut project, "src/main.rs", 5, &["refactor"]), [Value::Null; 0]);
    assert!(!actions(&mut project, "src/main.rs", 5, &["quickfix"]).is_empty());
    assert_eq!(actions(&mut project, "src/other.rs", 5, &[]), [Value::Null; 0], "no such file");
    project.client.stop();
}

#[test]
fn actions_after_a_change_are_those_of_the_change() {
    let mut project = Project::new();
    let text = project.open("src/main.rs");
    let main = project.path("src/main.rs");
    project.client.replace(&main, &format!("\n\n{text}"));
    assert!(!actions(&mut project, "src/main.rs", 7, &["quickfix"]).is_empty());
    project.client.replace(&main, "fn main() {}");
    assert_eq!(actions(&mut project, "src/main.rs", 7, &["quickfix"]), [Value::Null; 0]);
    project.client.stop();
}

/// The titles and edits of all actions of a fixture's findings.
#[test]
fn the_actions_of_a_project() {
    let shop = root().join("fixtures/projects/shop");
    let mut client = super::start(&[&shop], able(), Value::Null);
    let all = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let mut lines = Vec::new();
    for file in all["items"].as_array().expect("files") {
        for diagnostic in file["items"].as_array().expect("diagnostics") {
            let context = json!({ "diagnostics": [diagnostic], "only": ["quickfix"] });
            let params =
                json!({ "textDocument": { "uri": file["uri"] }, "range": diagnostic["range"], "context": context });
            let actions = client.request("textDocument/codeAction", params);
            let start = &diagnostic["range"]["start"];
            lines.push(format!("{}:{}: {}", file["uri"], start["line"], diagnostic["code"]));
            for action in actions.as_array().expect("a list") {
                let preferred = if action["isPreferred"] == true { " (preferred)" } else { "" };
                lines.push(format!("  {}{preferred}", action["title"].as_str().expect("a title")));
            }
        }
    }
    insta::assert_snapshot!("shop_actions", lines.join("\n").replace(&uri(root()), "[ROOT]"));
    client.stop();
}
