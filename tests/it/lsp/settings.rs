//! Configuration: of the project, of the user, and changes of both.

use serde_json::{Value, json};

use super::client::able;
use super::{PER_REQUEST, Project, uri};
use crate::common::{MANIFEST, ONE_FINDING, root};

const OFF: &str = "[rules]\nclient-per-request = \"off\"\n";

#[test]
fn the_project_s_configuration_is_read_again() {
    let mut project = Project::with(&[("connlint.toml", "# nothing\n")], able(), Value::Null);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let config = project.path("connlint.toml");
    std::fs::write(&config, OFF).expect("it can be written");
    project.client.touched(&config, 2);
    project.sees("src/main.rs", &[]);
    std::fs::remove_file(&config).expect("it is there");
    project.client.touched(&config, 3);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.stop();
}

#[test]
fn mistakes_are_diagnostics_and_what_was_found_stays() {
    let mut project = Project::with(&[("connlint.toml", "# nothing\n")], able(), Value::Null);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let config = project.path("connlint.toml");
    std::fs::write(&config, "\n[rules]\nclient-per-requst = \"off\"\n").expect("it can be written");
    project.client.touched(&config, 2);
    project.sees("connlint.toml", &[("-", 2)]);
    let said = project.client.wait("a message", |one| one["method"] == "window/showMessage");
    assert!(said["params"]["message"].as_str().is_some_and(|text| text.contains("client-per-requst")), "{said}");
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    std::fs::write(&config, OFF).expect("it can be written");
    project.client.touched(&config, 2);
    project.sees("connlint.toml", &[]);
    project.sees("src/main.rs", &[]);
    project.client.stop();
}

#[test]
fn dependencies_change() {
    let mut project = Project::new();
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let manifest = project.path("Cargo.toml");
    std::fs::write(&manifest, MANIFEST.replace("redis =", "rediss =")).expect("it can be written");
    project.client.touched(&manifest, 2);
    project.sees("src/main.rs", &[]);
    std::fs::write(&manifest, "[package").expect("it can be written");
    project.client.touched(&manifest, 2);
    std::fs::write(&manifest, MANIFEST).expect("it can be written");
    project.client.touched(&manifest, 2);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    project.client.stop();
}

#[test]
fn the_user_s_settings_are_asked_for() {
    let mut capabilities = able();
    capabilities["workspace"]["configuration"] = json!(true);
    let folder = super::folder(&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING), ("off.toml", OFF)]);
    let mut client = super::silent();
    client.settings = json!({ "config": "off.toml" });
    client.initialise(&[folder.path()], capabilities, Value::Null);
    let main = uri(&folder.path().join("src/main.rs"));
    let wanted = json!({ "textDocument": { "uri": main } });
    // They may come after the first analysis has begun.
    client.wait("the question", |one| one["method"] == "workspace/configuration");
    while !client.request("textDocument/diagnostic", wanted.clone())["items"].as_array().is_some_and(Vec::is_empty) {}
    client.settings = json!({ "config": "" });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.sees(&main, &[(PER_REQUEST, 5)]);
    client.stop();
}

#[test]
fn settings_may_be_sent_and_may_be_wrong() {
    let mut project = Project::with(&[("off.toml", OFF)], able(), json!({ "codeLens": 7 }));
    let said = project.client.wait("a warning", |one| one["method"] == "window/showMessage");
    assert_eq!(said["params"]["type"], 2);
    project.sees("src/main.rs", &[(PER_REQUEST, 5)]);
    let settings = json!({ "settings": { "connlint": { "config": "off.toml" } } });
    project.client.notify("workspace/didChangeConfiguration", settings);
    project.sees("src/main.rs", &[]);
    let settings = json!({ "settings": { "connlint": { "config": "none.toml" } } });
    project.client.notify("workspace/didChangeConfiguration", settings);
    let said = project.client.wait("an error", |one| one["method"] == "window/showMessage");
    assert!(said["params"]["message"].as_str().is_some_and(|text| text.contains("none.toml")), "{said}");
    project.client.stop();
}

#[test]
fn pedantic_rules_can_be_asked_for() {
    let folder = root().join("fixtures/practice/implicit-pool-size");
    for (options, wanted) in [(json!({}), false), (json!({ "pedantic": true }), true)] {
        let mut client = super::start(&[&folder], able(), options);
        let seen = client.request("workspace/diagnostic", json!({ "previousResultIds": [] })).to_string();
        assert_eq!(seen.contains("implicit-pool-size"), wanted, "{seen}");
        client.stop();
    }
}
