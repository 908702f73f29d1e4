//! The thread that talks to the client: the order of the protocol, and the state that answers are made from.
//!
//! In: messages of the client, events of the worker. Out: messages, jobs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use gen_lsp_types::json_rpc::Id;
use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidOpenTextDocumentParams, MessageType, PublishDiagnosticsParams,
};
use serde_json::{Value, json};

use super::End;
use super::actions::FIX_ALL;
use super::client::Client;
use super::commands::{ALL, Meant, meant};
use super::documents::{Document, Documents};
use super::message::{Incoming, Refusal, incoming, params};
use super::outbox::Outbox;
use super::position::Lines;
use super::publish::Published;
use super::requests::{Asked, Waiting, wanted};
use super::settings::{Delivery, Wishes};
use super::snapshot::Snapshot;
use super::transport::Received;
use super::uri::{path_of, uri_of};
use super::watching::{changes, matters, registrations};
use super::worker::{Event, Job, Question, Stamped};
use crate::progress::{Progress, Stage};
use crate::rules::page::page_url;
use crate::session::OnDisk;

/// So often is the client told how far a first run is.
const TICK: Duration = Duration::from_millis(200);

/// Asks for a section of the client's settings.
const SECTION: &str = "connlint";

/// What the server waits for.
pub(super) enum Input {
    Client(Received),
    ClientGone,
    Worker(Event),
}

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was said yet.
    Fresh,
    Running,
    /// `shutdown` was said.
    Down,
}

/// See the module.
pub(super) struct Server {
    pub(super) out: Outbox,
    jobs: Sender<Stamped>,
    phase: Phase,
    pub(super) client: Client,
    pub(super) wishes: Wishes,
    pub(super) documents: Documents,
    /// Grows with everything that can change what is found.
    state: u64,
    /// The state of each document's last change.
    edited: BTreeMap<PathBuf, u64>,
    /// The state that is known.
    pub(super) done: u64,
    pub(super) snapshots: BTreeMap<PathBuf, Arc<Snapshot>>,
    pub(super) published: Published,
    /// The version of each open document for which diagnostics were sent.
    sent: BTreeMap<PathBuf, i32>,
    pub(super) waiting: Vec<Waiting>,
    pub(super) tickets: u64,
    pub(super) asked: BTreeMap<u64, Asked>,
    /// The request for settings that is not answered yet.
    settings: Option<Id>,
    /// First runs that the client is told of, by root.
    runs: BTreeMap<PathBuf, (String, Progress)>,
    tokens: u64,
}

impl Server {
    pub(super) fn new(replies: Sender<Value>, jobs: Sender<Stamped>) -> Server {
        Server {
            out: Outbox::new(replies),
            jobs,
            phase: Phase::Fresh,
            client: Client::default(),
            wishes: Wishes::default(),
            documents: Documents::default(),
            state: 0,
            edited: BTreeMap::new(),
            done: 0,
            snapshots: BTreeMap::new(),
            published: Published::default(),
            sent: BTreeMap::new(),
            waiting: Vec::new(),
            tickets: 0,
            asked: BTreeMap::new(),
            settings: None,
            runs: BTreeMap::new(),
            tokens: 0,
        }
    }

    /// Serves until the client says `exit` or is gone.
    pub(super) fn run(mut self, inputs: &Receiver<Input>) -> End {
        loop {
            let input = match self.runs.is_empty() {
                true => inputs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                false => inputs.recv_timeout(TICK),
            };
            match input {
                Ok(Input::Client(received)) => {
                    if let Some(end) = self.receive(received) {
                        return end;
                    }
                }
                Ok(Input::Worker(event)) => self.event(event),
                Ok(Input::ClientGone) | Err(RecvTimeoutError::Disconnected) => return End::Abrupt,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.report_runs();
        }
    }

    fn receive(&mut self, received: Received) -> Option<End> {
        let message = match received {
            Received::Message(message) => incoming(message),
            Received::Broken(why) => Err((Id::Null, Refusal::parse(why))),
        };
        match message {
            Ok(Incoming::Request { id, method, params }) => self.request(id, &method, params),
            Ok(Incoming::Notification { method, .. }) if method == "exit" => {
                return Some(if self.phase == Phase::Down { End::Asked } else { End::Abrupt });
            }
            Ok(Incoming::Notification { method, params }) if self.phase == Phase::Running => {
                if let Err(refusal) = self.notification(&method, params) {
                    self.out.log(&format!("{method}: {}", refusal.message));
                }
            }
            // Nothing may be answered to them.
            Ok(Incoming::Notification { .. }) => {}
            Ok(Incoming::Response { id, result }) => self.response(&id, result),
            Err((id, refusal)) => self.out.answer(&id, Err(refusal)),
        }
        None
    }

    fn request(&mut self, id: Id, method: &str, value: Value) {
        match (self.phase, method) {
            (Phase::Fresh, "initialize") => {
                let result = self.initialise(&value);
                self.out.answer(&id, Ok(result));
            }
            (Phase::Fresh, _) => self.out.answer(&id, Err(Refusal::uninitialised())),
            (Phase::Down, _) => self.out.answer(&id, Err(Refusal::invalid("the server is shut down"))),
            (Phase::Running, "initialize") => {
                self.out.answer(&id, Err(Refusal::invalid("`initialize` is said once")));
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::Down;
                for waiting in std::mem::take(&mut self.waiting) {
                    self.out.answer(&waiting.id, Err(Refusal::failed("the server is shut down")));
                }
                self.out.answer(&id, Ok(Value::Null));
            }
            (Phase::Running, "textDocument/hover") => self.hover(id, &value),
            (Phase::Running, "textDocument/codeLens") => self.lenses(id, &value),
            (Phase::Running, "workspace/executeCommand") => self.command(&id, &value),
            (Phase::Running, method) => match wanted(method, value) {
                Some(Ok(wanted)) => {
                    self.waiting.push(Waiting { id, state: self.state, wanted });
                    self.settle();
                }
                Some(Err(refusal)) => self.out.answer(&id, Err(refusal)),
                None => self.out.answer(&id, Err(Refusal::unknown(method))),
            },
        }
    }

    fn initialise(&mut self, value: &Value) -> Value {
        self.phase = Phase::Running;
        self.client = Client::read(value);
        let options = value.get("initializationOptions").unwrap_or(&Value::Null);
        match Wishes::read(options) {
            Ok(wishes) => self.wishes = wishes,
            Err(message) => self.out.show(MessageType::Warning, &message),
        }
        let mut capabilities = json!({
            "positionEncoding": self.client.encoding.kind(),
            "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
            "hoverProvider": true,
            "codeActionProvider": { "codeActionKinds": ["quickfix", FIX_ALL] },
            "codeLensProvider": { "resolveProvider": false },
            "executeCommandProvider": { "commands": ALL },
            "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
        });
        if self.pulls() {
            let identifier = super::diagnostics::SOURCE;
            capabilities["diagnosticProvider"] =
                json!({ "identifier": identifier, "interFileDependencies": true, "workspaceDiagnostics": true });
        }
        let info = json!({ "name": "connlint", "version": env!("CARGO_PKG_VERSION") });
        json!({ "capabilities": capabilities, "serverInfo": info })
    }

    /// Whether the client asks for diagnostics, rather than getting them sent.
    fn pulls(&self) -> bool {
        self.client.pull && (self.wishes.diagnostics == Delivery::Pull || !self.client.push)
    }

    fn notification(&mut self, method: &str, value: Value) -> Result<(), Refusal> {
        match method {
            "initialized" => self.initialised(),
            "textDocument/didOpen" => self.open(params(value)?),
            "textDocument/didChange" => self.change(params(value)?),
            "textDocument/didClose" => {
                if let Some(path) = named_path(&value) {
                    self.documents.close(&path);
                    self.edited.remove(&path);
                    self.sent.remove(&path);
                    self.job(Job::Edit(path, None), true);
                }
            }
            "textDocument/didSave" => {
                let path = named_path(&value).filter(|path| matters(path));
                self.disk(path.into_iter().map(|path| (path, OnDisk::Changed)).collect());
            }
            "workspace/didChangeWatchedFiles" => {
                self.disk(changes(&params::<DidChangeWatchedFilesParams>(value)?.changes));
            }
            "workspace/didChangeWorkspaceFolders" => self.folders(&params(value)?),
            "workspace/didChangeConfiguration" => match self.client.configuration {
                true => self.ask_for_settings(),
                false => self.wish(value.get("settings").unwrap_or(&Value::Null)),
            },
            "$/cancelRequest" => self.cancel(&value),
            // Others are for servers that know more.
            _ => {}
        }
        Ok(())
    }

    fn initialised(&mut self) {
        if let Some(registrations) = registrations(&self.client) {
            self.out.request("client/registerCapability", registrations);
        }
        if self.client.configuration {
            self.ask_for_settings();
        }
        self.job(Job::Wishes(self.wishes.clone()), true);
        self.job(Job::Folders(self.client.folders.clone()), true);
    }

    fn ask_for_settings(&mut self) {
        let items = json!({ "items": [{ "section": SECTION }] });
        self.settings = Some(self.out.request("workspace/configuration", items));
    }

    /// What the client says to a request of ours; only settings are of interest.
    fn response(&mut self, id: &Id, result: Option<Value>) {
        if self.settings.as_ref() == Some(id) {
            self.settings = None;
            if let Some(section) = result.as_ref().and_then(|all| all.get(0)).filter(|section| !section.is_null()) {
                self.wish(section);
            }
        }
    }

    /// Takes the user's settings.
    fn wish(&mut self, section: &Value) {
        match Wishes::read(section) {
            Ok(wishes) if wishes != self.wishes => {
                self.wishes = wishes;
                self.job(Job::Wishes(self.wishes.clone()), true);
                self.refresh_lenses();
            }
            Ok(_) => {}
            Err(message) => self.out.show(MessageType::Warning, &message),
        }
    }

    fn refresh_lenses(&mut self) {
        if self.client.refresh_lenses {
            self.out.request("workspace/codeLens/refresh", Value::Null);
        }
    }

    fn open(&mut self, opened: DidOpenTextDocumentParams) {
        let item = opened.text_document;
        let Some(path) = path_of(&item.uri) else { return };
        let document = Document { version: item.version, text: item.text.into(), uri: item.uri };
        let text = document.text.clone();
        self.documents.open(path.clone(), document);
        self.edit(path, text);
    }

    fn change(&mut self, changed: DidChangeTextDocumentParams) {
        let document = changed.text_document;
        let Some(path) = path_of(&document.text_document_identifier.uri) else { return };
        let encoding = self.client.encoding;
        match self.documents.change(&path, document.version, changed.content_changes, encoding) {
            Some(text) => self.edit(path, text),
            None => self.out.log(&format!("{} changed without being open", path.display())),
        }
    }

    fn edit(&mut self, path: PathBuf, text: Arc<str>) {
        self.job(Job::Edit(path.clone(), Some(text)), true);
        self.edited.insert(path, self.state);
    }

    fn disk(&mut self, changes: Vec<(PathBuf, OnDisk)>) {
        if !changes.is_empty() {
            self.job(Job::Disk(changes), true);
        }
    }

    fn folders(&mut self, changed: &DidChangeWorkspaceFoldersParams) {
        let removed: Vec<PathBuf> = changed.event.removed.iter().filter_map(|folder| path_of(&folder.uri)).collect();
        self.client.folders.retain(|folder| !removed.contains(folder));
        let added = changed.event.added.iter().filter_map(|folder| path_of(&folder.uri));
        self.client.folders.extend(added);
        self.job(Job::Folders(self.client.folders.clone()), true);
    }

    /// Gives the worker something to do; `changes`: what is found may be another thing afterwards.
    pub(super) fn job(&mut self, job: Job, changes: bool) {
        self.state += u64::from(changes);
        // A worker that is gone is noticed by its events.
        let _ = self.jobs.send((self.state, job));
    }

    fn cancel(&mut self, value: &Value) {
        let Some(Ok(id)) = value.get("id").map(|id| serde_json::from_value::<Id>(id.clone())) else { return };
        let of_asked = |asked: &Asked| match asked {
            Asked::Hover(asked) | Asked::Lenses(asked, _) => *asked == id,
            Asked::Why => false,
        };
        let waiting = self.waiting.iter().position(|waiting| waiting.id == id);
        let asked = self.asked.iter().find(|(_, asked)| of_asked(asked)).map(|(ticket, _)| *ticket);
        if let Some(at) = waiting {
            self.waiting.remove(at);
        }
        if let Some(ticket) = asked {
            self.asked.remove(&ticket);
        }
        // What was answered already cannot be cancelled.
        if waiting.is_some() || asked.is_some() {
            self.out.answer(&id, Err(Refusal::cancelled()));
        }
    }

    fn command(&mut self, id: &Id, value: &Value) {
        match meant(value) {
            Ok(Meant::Explain(rule)) => {
                let url = page_url(rule);
                if self.client.show_document {
                    self.out.request("window/showDocument", json!({ "uri": url, "external": true }));
                } else {
                    self.out.show(MessageType::Info, &format!("{rule}: {url}"));
                }
                self.out.answer(id, Ok(Value::Null));
            }
            Ok(Meant::Why(path, position)) => {
                let text = self.documents.get(&path).map(|document| document.text.clone());
                let pos = text.map(|text| Lines::new(&text, self.client.encoding).pos(position));
                self.out.answer(id, Ok(Value::Null));
                if let Some(pos) = pos {
                    self.ask(Question::Why(path, pos), Asked::Why);
                }
            }
            Err(refusal) => self.out.answer(id, Err(refusal)),
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Opening(root, progress) => self.begin_run(root, progress),
            Event::State(state, snapshots) => self.known(state, snapshots),
            Event::Answer(ticket, answer) => self.answered(ticket, answer),
            Event::Trouble(message) => self.out.show(MessageType::Error, &message),
            Event::Note(message) => self.out.log(&message),
        }
    }

    /// Something new is known.
    fn known(&mut self, state: u64, snapshots: Vec<(PathBuf, Option<Arc<Snapshot>>)>) {
        let is_news = !snapshots.is_empty();
        for (root, snapshot) in snapshots {
            match snapshot {
                Some(snapshot) => self.snapshots.insert(root, snapshot),
                None => self.snapshots.remove(&root),
            };
        }
        if state > 0 {
            self.end_runs();
            self.done = self.done.max(state);
        }
        if is_news {
            let changed = self.published.update(&self.snapshots, &self.client, &self.documents);
            if self.pulls() {
                self.suggest_pulling(&changed)
            } else {
                self.push(state, changed)
            }
            if self.wishes.code_lens {
                self.refresh_lenses();
            }
        }
        self.settle();
    }

    /// Has the client ask again, if files changed for which it isn't asking right now.
    fn suggest_pulling(&mut self, changed: &[PathBuf]) {
        use super::requests::Wanted;
        let is_asked = |path: &PathBuf| {
            self.waiting.iter().any(|waiting| match &waiting.wanted {
                Wanted::Diagnostics(asked, _) => asked == path,
                Wanted::AllDiagnostics(_) => true,
                Wanted::Actions(..) => false,
            })
        };
        if self.client.refresh_diagnostics && !changed.iter().all(is_asked) {
            self.out.request("workspace/diagnostic/refresh", Value::Null);
        }
    }

    /// Sends the diagnostics that changed, and again those of documents that have another version now. What was edited since is
    /// left for the next time.
    fn push(&mut self, state: u64, changed: Vec<PathBuf>) {
        let mut due: std::collections::BTreeSet<PathBuf> = changed.into_iter().collect();
        let has_some = |path: &PathBuf| !self.published.of(path).diagnostics.is_empty();
        let versions = self.edited.keys().filter(|path| has_some(path));
        let is_newer =
            |path: &&PathBuf| self.documents.get(path).map(|one| one.version) != self.sent.get(*path).copied();
        due.extend(versions.filter(is_newer).cloned());
        for path in due {
            let document = self.documents.get(&path);
            if state > 0 && self.edited.get(&path).is_some_and(|edited| *edited > state) {
                self.sent.remove(&path);
                continue;
            }
            let version = document.map(|document| document.version);
            let uri = document.map_or_else(|| uri_of(&path), |document| document.uri.clone());
            let diagnostics = self.published.of(&path).diagnostics;
            let params = PublishDiagnosticsParams { uri, version, diagnostics };
            self.out.notify("textDocument/publishDiagnostics", params);
            if let Some(version) = version {
                self.sent.insert(path, version);
            }
        }
    }

    fn begin_run(&mut self, root: PathBuf, progress: Progress) {
        if !self.client.progress {
            return;
        }
        self.tokens += 1;
        let token = format!("connlint-{}", self.tokens);
        self.out.request("window/workDoneProgress/create", json!({ "token": token }));
        let value = json!({ "kind": "begin", "title": "connlint", "message": Stage::Discover.what() });
        self.out.notify("$/progress", json!({ "token": token, "value": value }));
        self.runs.insert(root, (token, progress));
    }

    fn report_runs(&self) {
        for (token, progress) in self.runs.values() {
            let glance = progress.glance();
            let count = match glance.stage {
                Stage::Load => format!(" {}/{}", glance.done, glance.known),
                _ => String::new(),
            };
            let value = json!({ "kind": "report", "message": format!("{}{count}", glance.stage.what()) });
            self.out.notify("$/progress", json!({ "token": token, "value": value }));
        }
    }

    fn end_runs(&mut self) {
        for (token, _) in std::mem::take(&mut self.runs).into_values() {
            self.out.notify("$/progress", json!({ "token": token, "value": { "kind": "end" } }));
        }
    }
}

/// The path of the document that a notification names.
fn named_path(value: &Value) -> Option<PathBuf> {
    let uri = value.pointer("/textDocument/uri")?.as_str()?;
    path_of(&gen_lsp_types::Uri(uri.to_owned()))
}
