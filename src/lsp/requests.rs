//! Requests that are answered from an analysis.
//!
//! In: a request, once what is known is as new as the documents were when it came. Out: its result, or a question for the worker
//! and what to do with the answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::json_rpc::Id;
use gen_lsp_types::{CodeActionParams, Position, Uri};
use serde_json::{Value, json};

use super::actions::Actions;
use super::commands::WHY;
use super::hover::{page, rule_at, span_in_line};
use super::message::{Refusal, params};
use super::position::Lines;
use super::server::Server;
use super::uri::{path_of, uri_of};
use super::worker::{Answer, Job, Question};

/// A request that waits until what is known is new enough.
pub(super) struct Waiting {
    pub(super) id: Id,
    /// The state of the documents when it came.
    pub(super) state: u64,
    pub(super) wanted: Wanted,
}

/// What a request wants.
pub(super) enum Wanted {
    /// With the number that the client has already.
    Diagnostics(PathBuf, Option<String>),
    /// Of all files, with the numbers that the client has already.
    AllDiagnostics(BTreeMap<PathBuf, String>),
    Actions(PathBuf, CodeActionParams),
}

/// What becomes of the worker's answer.
pub(super) enum Asked {
    Hover(Id),
    Lenses(Id, Uri),
    /// The command is answered already; this is to be shown.
    Why,
}

/// The methods that want something that is waited for.
pub(super) fn wanted(method: &str, value: Value) -> Option<Result<Wanted, Refusal>> {
    let text = |path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let document = || {
        let uri = text("/textDocument/uri").ok_or_else(|| Refusal::params("no document is named".to_owned()))?;
        Ok(path_of(&Uri(uri)).unwrap_or_default())
    };
    Some(match method {
        "textDocument/diagnostic" => document().map(|path| Wanted::Diagnostics(path, text("/previousResultId"))),
        "workspace/diagnostic" => {
            let known = value.get("previousResultIds").and_then(Value::as_array).into_iter().flatten();
            let number = |one: &Value| {
                let path = path_of(&Uri(one.get("uri")?.as_str()?.to_owned()))?;
                Some((path, one.get("value")?.as_str()?.to_owned()))
            };
            Ok(Wanted::AllDiagnostics(known.filter_map(number).collect()))
        }
        "textDocument/codeAction" => {
            document().and_then(|path| Ok(Wanted::Actions(path, params::<CodeActionParams>(value)?)))
        }
        _ => return None,
    })
}

impl Server {
    /// Answers what wants no newer state than the one that is known.
    pub(super) fn settle(&mut self) {
        let done = self.done;
        let ready: Vec<Waiting> = self.waiting.extract_if(.., |waiting| waiting.state <= done).collect();
        for Waiting { id, wanted, .. } in ready {
            let result = match wanted {
                Wanted::Diagnostics(path, known) => self.diagnostics(&path, known.as_deref()),
                Wanted::AllDiagnostics(known) => self.all_diagnostics(&known),
                Wanted::Actions(path, params) => self.actions(&path, &params),
            };
            self.out.answer(&id, Ok(result));
        }
    }

    fn diagnostics(&self, path: &Path, known: Option<&str>) -> Value {
        let of_file = self.published.of(path);
        let number = of_file.number.to_string();
        match known == Some(number.as_str()) {
            true => json!({ "kind": "unchanged", "resultId": number }),
            false => json!({ "kind": "full", "resultId": number, "items": of_file.diagnostics }),
        }
    }

    fn all_diagnostics(&self, known: &BTreeMap<PathBuf, String>) -> Value {
        let items = self.published.all().map(|(path, of_file)| {
            let number = of_file.number.to_string();
            let document = self.documents.get(path);
            let uri = document.map_or_else(|| uri_of(path), |document| document.uri.clone());
            let mut item = json!({ "uri": uri, "version": document.map(|document| document.version) });
            let fields = if known.get(path) == Some(&number) {
                json!({ "kind": "unchanged", "resultId": number })
            } else {
                json!({ "kind": "full", "resultId": number, "items": of_file.diagnostics })
            };
            if let (Value::Object(item), Value::Object(fields)) = (&mut item, fields) {
                item.extend(fields);
            }
            item
        });
        json!({ "items": items.collect::<Vec<Value>>() })
    }

    fn actions(&self, path: &Path, params: &CodeActionParams) -> Value {
        let (documents, client) = (&self.documents, &self.client);
        let of_root = |snapshot| Actions { snapshot, documents, client }.of(path, params);
        let mut actions: Vec<Value> = Vec::new();
        for snapshot in self.snapshots.values() {
            for action in of_root(&**snapshot) {
                // Folders may lie in each other.
                if !actions.contains(&action) {
                    actions.push(action);
                }
            }
        }
        Value::Array(actions)
    }

    /// The rule that is named at a place, or a question about the construction there.
    pub(super) fn hover(&mut self, id: Id, params: &Value) {
        let Some((path, position)) = place(params) else {
            return self.out.answer(&id, Err(Refusal::params("no place is named".to_owned())));
        };
        let Some(text) = self.text_of(&path) else { return self.out.answer(&id, Ok(Value::Null)) };
        let lines = Lines::new(&text, self.client.encoding);
        let pos = lines.pos(position);
        let line = lines.line(position.line as usize);
        if let Some((found, characters)) = rule_at(line, pos.column.saturating_sub(1) as usize) {
            let range = lines.range(span_in_line(pos.line, &characters));
            let hover = self.markup(&page(found), Some(range));
            return self.out.answer(&id, Ok(hover));
        }
        self.ask(Question::Why(path, pos), Asked::Hover(id));
    }

    pub(super) fn lenses(&mut self, id: Id, params: &Value) {
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str).map(|uri| Uri(uri.to_owned()));
        let path = uri.as_ref().and_then(path_of);
        match (uri, path) {
            (Some(uri), Some(path)) if self.wishes.code_lens => {
                self.ask(Question::Lenses(path), Asked::Lenses(id, uri));
            }
            _ => self.out.answer(&id, Ok(json!([]))),
        }
    }

    pub(super) fn ask(&mut self, question: Question, then: Asked) {
        self.tickets += 1;
        self.asked.insert(self.tickets, then);
        let job = Job::Ask(self.tickets, question);
        self.job(job, false);
    }

    /// The worker's answer to a question; nobody may wait for it any more.
    pub(super) fn answered(&mut self, ticket: u64, answer: Answer) {
        let Some(asked) = self.asked.remove(&ticket) else { return };
        match (asked, answer) {
            (Asked::Hover(id), Answer::Why(Some(why))) => {
                let hover = self.markup(&why.markdown, None);
                self.out.answer(&id, Ok(hover));
            }
            (Asked::Hover(id), _) => self.out.answer(&id, Ok(Value::Null)),
            (Asked::Lenses(id, uri), Answer::Lenses(found, text)) => {
                let lines = Lines::new(&text, self.client.encoding);
                let lens = |lens: &super::lenses::Lens| {
                    let range = lines.range(lens.span);
                    let arguments = json!([uri, range.start]);
                    json!({ "range": range, "command": { "title": lens.title, "command": WHY, "arguments": arguments } })
                };
                self.out.answer(&id, Ok(found.iter().map(lens).collect()));
            }
            (Asked::Lenses(id, _), _) => self.out.answer(&id, Ok(json!([]))),
            (Asked::Why, Answer::Why(Some(why))) => {
                self.out.show(gen_lsp_types::MessageType::Info, &plain(&why.markdown))
            }
            (Asked::Why, _) => self.out.show(gen_lsp_types::MessageType::Info, "nothing is built here"),
        }
    }

    /// The text of a file as the client sees it.
    fn text_of(&self, path: &Path) -> Option<std::sync::Arc<str>> {
        let open = self.documents.get(path).map(|document| document.text.clone());
        let known = || self.snapshots.values().find_map(|snapshot| snapshot.file_at(path));
        open.or_else(|| known().map(|source| source.text.clone()))
    }

    fn markup(&self, markdown: &str, range: Option<gen_lsp_types::Range>) -> Value {
        let (kind, value) = match self.client.markdown {
            true => ("markdown", markdown.to_owned()),
            false => ("plaintext", plain(markdown)),
        };
        json!({ "contents": { "kind": kind, "value": value }, "range": range })
    }
}

/// Markdown of ours as plain text.
fn plain(markdown: &str) -> String {
    markdown.replace("**", "").replace("\n\n---\n\n", "\n\n")
}

/// A place in a file of this machine.
pub(super) fn place(params: &Value) -> Option<(PathBuf, Position)> {
    let uri = params.pointer("/textDocument/uri")?.as_str()?;
    let position = serde_json::from_value(params.get("position")?.clone()).ok()?;
    Some((path_of(&Uri(uri.to_owned()))?, position))
}
