//! How long it takes from a change to its diagnostics, and what the server needs of memory.
//!
//! `cargo bench --bench editor` types into generated workspaces of 100,000 and 400,000 lines, as a client does: a change, then
//! the question for the document's diagnostics, which is answered when the change was analysed. The last column is what the
//! server spends of all processors for a change: it depends little on what else the machine does. Behind `--`: `memory` makes
//! 10,000 changes instead, and tells the size of the process meanwhile (Linux only).

#![allow(clippy::print_stdout, reason = "figures are for whoever measures")]

#[path = "../it/lsp/client.rs"]
#[allow(dead_code)]
mod client;
#[allow(dead_code)]
mod generate;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use client::{Client, able, uri};
use serde_json::{Value, json};

/// Changes whose time is taken, of each kind and workspace.
const CHANGES: usize = 200;

/// Changes while memory is looked at.
const MANY: usize = 10_000;

fn main() {
    let asked: Vec<String> = std::env::args().collect();
    if asked.iter().any(|arg| arg == "memory") {
        memory();
    } else {
        println!("{:>8}  {:<24}{:>9}{:>9}{:>9}{:>9}", "lines", "change", "p50 ms", "p95 ms", "p99 ms", "CPU ms");
        for services in [8, 32] {
            times(services);
        }
    }
}

/// A server over a generated workspace, with one of its files open.
struct Editor {
    folder: tempfile::TempDir,
    client: Client,
    file: PathBuf,
    text: String,
    lines: usize,
}

impl Editor {
    fn open(services: usize) -> Editor {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let size = generate::Size { services, ..generate::Size::USUAL };
        generate::generate(folder.path(), size).expect("the tree can be written");
        let lines = lines_below(folder.path());
        // Handlers call it; one of its functions is guilty.
        let file = folder.path().join("store0/src/m0.rs");
        let text = std::fs::read_to_string(&file).expect("it was generated");
        let command = Command::new(env!("CARGO_BIN_EXE_connlint"));
        let mut client = Client::start(command, &[folder.path()], able(), Value::Null);
        client.open(&file, &text);
        let mut editor = Editor { folder, client, file, text, lines };
        assert!(editor.ask() > 0, "there is a finding");
        editor
    }

    /// Changes the text at a byte, and waits for the diagnostics.
    fn insert(&mut self, at: usize, text: &str) -> Duration {
        self.replace(at, 0, text)
    }

    fn replace(&mut self, at: usize, length: usize, text: &str) -> Duration {
        let place = |offset: usize| {
            let before = &self.text[..offset];
            let line = before.rfind('\n').map_or(0, |end| end + 1);
            json!({ "line": before.matches('\n').count(), "character": offset - line })
        };
        let range = json!({ "start": place(at), "end": place(at + length) });
        self.text.replace_range(at..at + length, text);
        let start = Instant::now();
        self.client.change(&self.file, json!([{ "range": range, "text": text }]));
        self.ask();
        start.elapsed()
    }

    /// How many findings the file has.
    fn ask(&mut self) -> usize {
        let document = json!({ "textDocument": { "uri": uri(&self.file) } });
        let answer = self.client.request("textDocument/diagnostic", document);
        self.client.heard.clear();
        answer["items"].as_array().map_or(0, Vec::len)
    }
}

fn lines_below(folder: &Path) -> usize {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let rust = files.filter(|entry| entry.path().extension().is_some_and(|found| found == "rs"));
    rust.map(|entry| std::fs::read_to_string(entry.path()).map_or(0, |text| text.lines().count())).sum()
}

fn times(services: usize) {
    let mut editor = Editor::open(services);
    let lines = editor.lines;
    let mut spent = processor(editor.client.process());
    let mut report = |what: &str, mut times: Vec<Duration>, process: u32| {
        let now = processor(process);
        let each = (now - spent) / f64::from(u32::try_from(times.len()).expect("there are few"));
        spent = now;
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
        println!("{lines:>8}  {what:<24}{:>9.1}{:>9.1}{:>9.1}{each:>9.1}", at(50), at(95), at(99));
    };
    let process = editor.client.process();
    report("a word in a body", typed(&mut editor, "let mut conn = ", "let mut conn = "), process);
    report(
        "a line in a body",
        repeated(&mut editor, "    /// The row", "        let key", "        drop(());\n"),
        process,
    );
    report(
        "a function is added",
        repeated(&mut editor, "", "/// What is kept", "pub fn added() -> u8 { 7 }\n"),
        process,
    );
    report("a bracket is left open", repeated(&mut editor, "", "        let key", "        {\n"), process);
    assert!(editor.folder.path().exists());
    editor.client.stop();
}

/// Types a word behind a text, letter by letter, and deletes it again.
fn typed(editor: &mut Editor, behind: &str, word: &str) -> Vec<Duration> {
    let at = editor.text.find(behind).expect("it is there") + behind.len();
    let mut times = Vec::new();
    while times.len() < CHANGES {
        for (index, letter) in word.char_indices() {
            times.push(editor.insert(at + index, &letter.to_string()));
        }
        for index in (0..word.len()).rev() {
            times.push(editor.replace(at + index, 1, ""));
        }
    }
    times
}

/// Puts a text before another one, and takes it away again.
fn repeated(editor: &mut Editor, behind: &str, before: &str, text: &str) -> Vec<Duration> {
    let from = editor.text.find(behind).expect("it is there");
    let at = from + editor.text[from..].find(before).expect("it is there");
    let mut times = Vec::new();
    while times.len() < CHANGES {
        times.push(editor.insert(at, text));
        times.push(editor.replace(at, text.len(), ""));
    }
    times
}

fn memory() {
    let mut editor = Editor::open(2);
    println!("{} lines", editor.lines);
    let behind = "let mut conn = ";
    let at = editor.text.find(behind).expect("it is there") + behind.len();
    for number in 0..MANY {
        if number % 1000 == 0 {
            println!("{number:>6} changes  {:>5} MiB", resident(editor.client.process()) / 1024);
        }
        match number % 4 {
            0 => editor.insert(at, "x"),
            1 => editor.insert(at, "(y)"),
            2 => editor.replace(at, 4, ""),
            // Declarations change, too.
            _ if number % 100 == 3 => editor.replace(0, 0, "pub struct Added;\n").min(editor.replace(0, 18, "")),
            _ => editor.insert(editor.text.len(), "\n"),
        };
    }
    println!("{MANY:>6} changes  {:>5} MiB", resident(editor.client.process()) / 1024);
    editor.client.stop();
}

/// What a process has spent of processors' time, on all threads, in milliseconds; 0 where the system doesn't tell.
fn processor(process: u32) -> f64 {
    const MILLISECONDS_A_TICK: f64 = 10.0;
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Its name may have blanks.
    let fields: Vec<&str> = status.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) * MILLISECONDS_A_TICK
}

/// What a process has in memory, in KiB; 0 where the system doesn't tell.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
