//! What the server asks the client for once it is initialised: to watch files, to tell of settings.
//!
//! In: what the client can do. Out: registrations; and, of the events that come, what happened on disk.

use std::path::PathBuf;

use gen_lsp_types::{FileChangeType, FileEvent};
use serde_json::{Value, json};

use super::client::Client;
use super::uri::path_of;
use crate::baseline::DEFAULT_NAME;
use crate::config::FILE_NAME;
use crate::session::OnDisk;

/// What to register; none when the client takes no registrations.
pub(super) fn registrations(client: &Client) -> Option<Value> {
    let mut all = Vec::new();
    if client.register_watching {
        let names = ["*.rs", "Cargo.toml", "Cargo.lock", FILE_NAME, DEFAULT_NAME];
        let watchers: Vec<Value> = names.iter().map(|name| json!({ "globPattern": format!("**/{name}") })).collect();
        let options = json!({ "watchers": watchers });
        let method = "workspace/didChangeWatchedFiles";
        all.push(json!({ "id": "connlint-files", "method": method, "registerOptions": options }));
    }
    if client.register_configuration {
        let options = json!({ "section": "connlint" });
        let method = "workspace/didChangeConfiguration";
        all.push(json!({ "id": "connlint-settings", "method": method, "registerOptions": options }));
    }
    (!all.is_empty()).then(|| json!({ "registrations": all }))
}

/// Whether a change of a file can change what is found.
pub(super) fn matters(path: &std::path::Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".rs") || ["Cargo.toml", "Cargo.lock", FILE_NAME, DEFAULT_NAME].contains(&name)
}

/// What happened on disk.
pub(super) fn changes(events: &[FileEvent]) -> Vec<(PathBuf, OnDisk)> {
    let change = |event: &FileEvent| {
        let path = path_of(&event.uri).filter(|path| matters(path))?;
        Some((path, if event.kind == FileChangeType::Changed { OnDisk::Changed } else { OnDisk::Moved }))
    };
    events.iter().filter_map(change).collect()
}
