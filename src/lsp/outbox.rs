//! What is said to the client.
//!
//! In: answers, notifications, requests. Out: JSON-RPC messages in the order in which they were said.

use std::sync::mpsc::Sender;

use gen_lsp_types::json_rpc::Id;
use serde::Serialize;
use serde_json::{Value, json};

use super::message::Refusal;

/// See the module.
pub(super) struct Outbox {
    messages: Sender<Value>,
    next: i64,
}

impl Outbox {
    pub(super) fn new(messages: Sender<Value>) -> Outbox {
        Outbox { messages, next: 1 }
    }

    /// A client that is gone is noticed by the reader.
    fn send(&self, message: Value) {
        let _ = self.messages.send(message);
    }

    pub(super) fn answer(&self, id: &Id, result: Result<Value, Refusal>) {
        self.send(match result {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(Refusal { code, message }) => {
                json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
            }
        });
    }

    pub(super) fn notify(&self, method: &str, params: impl Serialize) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// A request; the id under which it will be answered.
    pub(super) fn request(&mut self, method: &str, params: impl Serialize) -> Id {
        let id = Id::Number(self.next);
        self.next += 1;
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// A message that is shown.
    pub(super) fn show(&self, kind: gen_lsp_types::MessageType, message: &str) {
        self.notify("window/showMessage", json!({ "type": kind, "message": message }));
    }

    /// A message for the log.
    pub(super) fn log(&self, message: &str) {
        self.notify("window/logMessage", json!({ "type": gen_lsp_types::MessageType::Info, "message": message }));
    }
}
