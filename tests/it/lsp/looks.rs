//! What is shown about a place: hovers and lenses.

use serde_json::{Value, json};

use super::client::able;
use super::{PER_REQUEST, Project, at};
use crate::common::ONE_FINDING;

fn hover(project: &mut Project, name: &str, line: u64, character: u64) -> Value {
    let place = json!({ "textDocument": { "uri": project.uri(name) }, "position": at(line, character) });
    project.client.request("textDocument/hover", place)
}

#[test]
fn a_construction_tells_how_often_it_runs_and_why() {
    let mut project = Project::new();
    project.open("src/main.rs");
    let shown = hover(&mut project, "src/main.rs", 5, 25);
    assert_eq!(shown["contents"]["kind"], "markdown");
    insta::assert_snapshot!("hover_construction", shown["contents"]["value"].as_str().expect("a text"));
    assert_eq!(hover(&mut project, "src/main.rs", 0, 3), Value::Null, "nothing is built there");
    assert_eq!(hover(&mut project, "src/main.rs", 99, 99), Value::Null);
    project.client.stop();
}

#[test]
fn a_rule_in_a_comment_tells_its_page() {
    let text = ONE_FINDING.replace("    let client", "    // connlint: allow(client-per-request) -- x\n    let client");
    let mut project = Project::with(&[("src/main.rs", &text)], able(), Value::Null);
    project.open("src/main.rs");
    let shown = hover(&mut project, "src/main.rs", 5, 30);
    let markdown = shown["contents"]["value"].as_str().expect("a text");
    assert!(markdown.starts_with("# client-per-request"), "{markdown}");
    assert!(markdown.contains("When to allow it"), "{markdown}");
    assert_eq!((&shown["range"]["start"], &shown["range"]["end"]), (&at(5, 23), &at(5, 41)));
    project.client.stop();
}

#[test]
fn lenses_are_off_until_asked_for() {
    let lenses = |project: &mut Project| {
        project.open("src/main.rs");
        let document = json!({ "textDocument": { "uri": project.uri("src/main.rs") } });
        project.client.request("textDocument/codeLens", document)
    };
    let mut project = Project::new();
    assert_eq!(lenses(&mut project), json!([]));
    project.client.stop();
    let mut project = Project::with(&[], able(), json!({ "codeLens": true }));
    let shown = lenses(&mut project);
    let command = shown[0]["command"].clone();
    assert_eq!(command["title"], "how often: once per request (1 handler)");
    assert_eq!(shown[0]["range"]["start"]["line"], 5);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    project.client.request("workspace/executeCommand", params);
    let said = project.client.wait("the reasoning", |one| one["method"] == "window/showMessage");
    assert!(
        said["params"]["message"].as_str().is_some_and(|text| text.contains("reported by client-per-request")),
        "{said}"
    );
    project.client.stop();
}
