//! A client that does what a test tells it.
//!
//! In: the command that starts the server, what to say. Out: what the server says. It answers the server's requests at once, and keeps everything that the server says. Whatever is waited for comes within
//! [`PATIENCE`], or the test fails with what was said.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// An unoptimised server on a busy machine needs time.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module.
pub(super) struct Client {
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next: i64,
    /// Everything that was said and that nobody has waited for.
    pub(super) heard: Vec<Value>,
    /// The latest diagnostics of each file.
    pub(super) diagnostics: BTreeMap<String, Value>,
    versions: BTreeMap<String, i64>,
    /// What `workspace/configuration` is answered with.
    pub(super) settings: Value,
}

/// The capabilities of a client that can do everything that matters here.
pub(super) fn able() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true, "codeDescriptionSupport": true, "tagSupport": { "valueSet": [1, 2] },
            },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["", "quickfix", "source"] } },
                "isPreferredSupport": true,
            },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
        },
        "workspace": {
            "workspaceEdit": { "documentChanges": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "didChangeConfiguration": { "dynamicRegistration": true },
            "codeLens": { "refreshSupport": true },
            "diagnostics": { "refreshSupport": true },
        },
        "window": { "workDoneProgress": true, "showDocument": { "support": true } },
    })
}

impl Client {
    /// Starts a server; nothing is said yet.
    pub(super) fn silent(mut command: Command) -> Client {
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut server = command.spawn().expect("the binary runs");
        let input = server.stdin.take();
        let output = server.stdout.take().expect("it is piped");
        let (heard, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if heard.send(message).is_err() {
                    break;
                }
            }
        });
        Client {
            server,
            input,
            messages,
            next: 1,
            heard: Vec::new(),
            diagnostics: BTreeMap::new(),
            versions: BTreeMap::new(),
            settings: Value::Null,
        }
    }

    /// Starts a server and initialises it.
    pub(super) fn start(command: Command, folders: &[&Path], capabilities: Value, options: Value) -> Client {
        let mut client = Client::silent(command);
        client.initialise(folders, capabilities, options);
        client
    }

    /// What the server answers to `initialize`.
    pub(super) fn initialise(&mut self, folders: &[&Path], capabilities: Value, options: Value) -> Value {
        let folders: Vec<Value> =
            folders.iter().map(|folder| json!({ "uri": uri(folder), "name": "folder" })).collect();
        let params = json!({
            "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options,
            "workspaceFolders": folders,
        });
        let result = self.request("initialize", params);
        self.notify("initialized", json!({}));
        result
    }

    /// Writes bytes as they are.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("it is open");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    pub(super) fn send(&mut self, message: &Value) {
        let content = message.to_string();
        self.write(format!("Content-Length: {}\r\n\r\n{content}", content.len()).as_bytes());
    }

    pub(super) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and does not wait.
    pub(super) fn begin(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next;
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The answer to a request: the whole message.
    #[track_caller]
    pub(super) fn answer(&mut self, id: i64) -> Value {
        self.wait(&format!("the answer to {id}"), |message| message["id"] == id && message.get("method").is_none())
    }

    /// Sends a request; its result.
    #[track_caller]
    pub(super) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Sends a request that is to be refused; the code.
    #[track_caller]
    pub(super) fn refused(&mut self, method: &str, params: Value) -> i64 {
        let id = self.begin(method, params);
        let answer = self.answer(id);
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}"))
    }

    /// The next message, or one that nobody has waited for, that is wanted.
    #[track_caller]
    pub(super) fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            if let Some(at) = self.heard.iter().position(&wanted) {
                return self.heard.remove(at);
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            let Ok(message) = self.messages.recv_timeout(left) else {
                panic!("{what} did not come; the server said {:#?}", self.heard);
            };
            self.hear(message);
        }
    }

    fn hear(&mut self, message: Value) {
        if message.get("id").is_some_and(|id| !id.is_null()) && message.get("method").is_some() {
            let result = match message["method"].as_str() {
                Some("workspace/configuration") => json!([self.settings]),
                _ => Value::Null,
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        }
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().expect("diagnostics have a file").to_owned();
            self.diagnostics.insert(uri, message["params"].clone());
        }
        self.heard.push(message);
    }

    /// Waits until the diagnostics of a file, as pushed, are these: rule and first line, from 0 on.
    #[track_caller]
    pub(super) fn sees(&mut self, uri: &str, wanted: &[(&str, u64)]) {
        let wanted: Vec<(String, u64)> = wanted.iter().map(|(rule, line)| ((*rule).to_owned(), *line)).collect();
        let start = Instant::now();
        loop {
            let seen = self.diagnostics.get(uri).map(|of_file| rules(&of_file["diagnostics"]));
            if seen.as_ref() == Some(&wanted) {
                return;
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            let Ok(message) = self.messages.recv_timeout(left) else {
                panic!("{uri}: wanted {wanted:?}, saw {seen:?}; the server said {:#?}", self.heard);
            };
            self.hear(message);
        }
    }

    pub(super) fn open(&mut self, path: &Path, text: &str) {
        let uri = uri(path);
        self.versions.insert(uri.clone(), 1);
        let document = json!({ "uri": uri, "languageId": "rust", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Changes an open document, as the protocol has it.
    pub(super) fn change(&mut self, path: &Path, changes: Value) {
        let uri = uri(path);
        let version = self.versions.get(&uri).copied().unwrap_or_default() + 1;
        self.versions.insert(uri.clone(), version);
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Replaces the whole text of an open document.
    pub(super) fn replace(&mut self, path: &Path, text: &str) {
        self.change(path, json!([{ "text": text }]));
    }

    /// Tells of a file on disk; `kind`: 1 created, 2 changed, 3 deleted.
    pub(super) fn touched(&mut self, path: &Path, kind: u8) {
        let changes = json!([{ "uri": uri(path), "type": kind }]);
        self.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    /// The server's number among the processes.
    #[allow(dead_code, reason = "the benchmark asks")]
    pub(super) fn process(&self) -> u32 {
        self.server.id()
    }

    /// Ends the conversation as the protocol wants it.
    #[track_caller]
    pub(super) fn stop(mut self) {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        assert_eq!(self.exit_code(), 0);
    }

    /// Closes the server's input.
    pub(super) fn hang_up(&mut self) {
        self.input = None;
    }

    /// The exit code, once the server has ended.
    #[track_caller]
    pub(super) fn exit_code(&mut self) -> i32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.server.try_wait().expect("it can be asked") {
                return status.code().expect("it was not killed");
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A test that failed leaves no server behind; one that has ended can't be killed.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The next message of the server; none at the end.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().expect("a length is a number"),
            Some(_) => {}
            None => break,
        }
    }
    let mut content = vec![0; length];
    output.read_exact(&mut content).ok()?;
    Some(serde_json::from_slice(&content).expect("the server writes JSON"))
}

pub(super) fn uri(path: &Path) -> String {
    connlint::source::file_url(path)
}

/// The rule and the first line of each diagnostic.
pub(super) fn rules(diagnostics: &Value) -> Vec<(String, u64)> {
    let all = diagnostics.as_array().expect("diagnostics are a list").iter();
    let rule = |one: &Value| one["code"].as_str().unwrap_or("-").to_owned();
    all.map(|one| (rule(one), one["range"]["start"]["line"].as_u64().expect("a line"))).collect()
}
