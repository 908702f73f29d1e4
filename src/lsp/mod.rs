//! The language server: `connlint lsp`.
//!
//! ```text
//! stdin ─► transport ─► server (protocol, documents) ──jobs──► worker (sessions, analyses)
//! stdout ◄─ transport ◄─ server ◄──────────────────────events──┘
//! ```
//!
//! In: messages of the Language Server Protocol, and how a folder is configured ([`Setup`]). Out: messages, and how the process
//! is to end ([`End`]). The thread that talks to the client never waits for an analysis; the one that analyses never waits for
//! the client. What the client sees is a `Snapshot`, and every answer belongs to a state of the documents that is no
//! older than the question.

mod actions;
mod client;
mod commands;
mod diagnostics;
mod documents;
mod fixes;
mod hover;
mod lenses;
mod message;
mod outbox;
mod position;
mod publish;
mod requests;
mod roots;
mod server;
mod settings;
mod snapshot;
mod suppressing;
mod transport;
mod uri;
mod watching;
mod worker;

use std::io::{BufRead, Write};

pub use roots::{Setup, SetupError};
pub use settings::Wishes;

/// So long may it take to write what was said last.
const LAST_WORDS: std::time::Duration = std::time::Duration::from_secs(1);

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As it was told: `shutdown`, then `exit`.
    Asked,
    /// `exit` without `shutdown`, or the client is gone.
    Abrupt,
}

/// Serves one client until it says `exit` or is gone.
///
/// # Errors
/// When a thread can't be started.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
    setup: Box<Setup>,
) -> std::io::Result<End> {
    let (inputs, incoming) = std::sync::mpsc::channel();
    let (replies, written) = transport::start(input, output, inputs.clone())?;
    let jobs = worker::start(setup, inputs)?;
    let end = server::Server::new(replies, jobs).run(&incoming);
    // What was said last is written, unless the client doesn't read any more.
    let _ = written.recv_timeout(LAST_WORDS);
    Ok(end)
}
