//! The language server: a scripted client talks to the built binary over its standard streams.

mod actions;
mod client;
mod diagnostics;
mod folders;
mod looks;
mod protocol;
mod settings;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::common::binary::plain;
use super::common::{MANIFEST, ONE_FINDING, write};
use client::{Client, rules, uri};

/// A project with one finding, and a client that has it open as its folder.
struct Project {
    folder: tempfile::TempDir,
    client: Client,
}

impl Project {
    /// One whose client can do everything.
    fn new() -> Project {
        Project::with(&[], client::able(), Value::Null)
    }

    /// One with further files, capabilities and options.
    fn with(files: &[(&str, &str)], capabilities: Value, options: Value) -> Project {
        let folder = folder(&[&[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)], files].concat());
        let client = start(&[folder.path()], capabilities, options);
        Project { folder, client }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn uri(&self, name: &str) -> String {
        uri(&self.path(name))
    }

    /// Opens a file as it is on disk.
    fn open(&mut self, name: &str) -> String {
        let text = std::fs::read_to_string(self.path(name)).expect("it is there");
        self.client.open(&self.path(name), &text);
        text
    }

    /// Rules and first lines (from 0 on) of a file's diagnostics, once they are what `wanted` says.
    #[track_caller]
    fn sees(&mut self, name: &str, wanted: &[(&str, u64)]) {
        let uri = self.uri(name);
        self.client.sees(&uri, wanted);
    }
}

/// A client of the built binary that has folders open.
fn start(folders: &[&Path], capabilities: Value, options: Value) -> Client {
    Client::start(plain("connlint"), folders, capabilities, options)
}

/// A client that has said nothing yet.
fn silent() -> Client {
    Client::silent(plain("connlint"))
}

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(folder.path(), files);
    folder
}

fn at(line: u64, character: u64) -> Value {
    json!({ "line": line, "character": character })
}

const PER_REQUEST: &str = "client-per-request";
const PER_CALL: &str = "client-per-call";

/// An operation that builds its own client; with `mod` it is part of the program.
const OPERATION: &str = "pub fn b() { let client = redis::Client::open(\"redis://h/\").unwrap(); client.ping(); }\n";
