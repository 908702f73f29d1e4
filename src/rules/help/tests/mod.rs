//! Help lines and examples over packages made on the spot.

mod plain;
mod web;

use std::fs;

use tempfile::TempDir;

use super::article;
use crate::check::{Request, run};
use crate::finding::Finding;

/// The findings of a package with these dependencies and files.
fn findings(dependencies: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let folder = TempDir::new().unwrap();
    let manifest =
        format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{dependencies}\n");
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let request = Request { paths: vec![folder.path().to_owned()], ..Request::new(folder.path().to_owned()) };
    run(&request).unwrap().report.findings
}

/// Help and example of each finding, as text. Every example is Rust.
fn help(dependencies: &str, files: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for finding in findings(dependencies, files) {
        text += &format!("{} in {}\n", finding.rule, finding.function);
        for line in &finding.help {
            assert!(!line.ends_with('.') && line.len() < 160, "{line}");
            text += &format!("- {line}\n");
        }
        assert!(!finding.help.is_empty() && finding.help.len() <= super::MAX_LINES);
        if let Some(example) = &finding.example {
            let parsed =
                syn::parse_file(example).is_ok() || syn::parse_file(&format!("fn f() {{ {example} }}")).is_ok();
            assert!(parsed, "no Rust: {example}");
            text += &format!("{example}\n");
        }
    }
    text
}

const AXUM: &str = "axum = \"0.8\"\nredis = \"0.27\"\nreqwest = \"0.12\"\ntokio = \"1\"";
const ACTIX: &str = "actix-web = \"4\"\nredis = \"0.27\"\nreqwest = \"0.12\"";

#[test]
fn articles() {
    let all = ["HTTP", "SQL", "NATS", "Redis", "AMQP", "AppState", "UserService", "`async_nats::Client`"];
    let said: Vec<String> = all.iter().map(|word| format!("{} {word}", article(word))).collect();
    insta::assert_snapshot!(said.join(", "), @"an HTTP, an SQL, a NATS, a Redis, an AMQP, an AppState, a UserService, an `async_nats::Client`");
}
