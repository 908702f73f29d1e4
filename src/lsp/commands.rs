//! Commands that the client sends back: what an action or a lens leads to.
//!
//! In: `workspace/executeCommand`. Out: a [`Meant`] command.

use std::path::PathBuf;

use gen_lsp_types::{Position, Uri};
use serde_json::Value;

use super::message::Refusal;
use super::uri::path_of;
use crate::rules::page::pages;

/// Shows a rule's page.
pub(super) const EXPLAIN: &str = "connlint.explain";

/// Shows the reasoning about a construction.
pub(super) const WHY: &str = "connlint.why";

/// All commands.
pub(super) const ALL: [&str; 2] = [EXPLAIN, WHY];

/// A command that can be carried out.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meant {
    /// The rule.
    Explain(&'static str),
    Why(PathBuf, Position),
}

/// Reads a command.
///
/// # Errors
/// When there is none of that name, or its arguments are others.
pub(super) fn meant(params: &Value) -> Result<Meant, Refusal> {
    let argument = |index: usize| params.get("arguments").and_then(|all| all.get(index));
    match params.get("command").and_then(Value::as_str) {
        Some(EXPLAIN) => {
            let rule = argument(0).and_then(Value::as_str).unwrap_or_default();
            let page = pages().ok().and_then(|pages| pages.iter().find(|page| page.id == rule));
            page.map(|page| Meant::Explain(&page.id)).ok_or_else(|| Refusal::params(format!("no rule `{rule}`")))
        }
        Some(WHY) => {
            let uri = argument(0).and_then(Value::as_str).map(|uri| Uri(uri.to_owned()));
            let path = uri.as_ref().and_then(path_of);
            let position = argument(1).and_then(|position| serde_json::from_value(position.clone()).ok());
            let place = path.zip(position);
            let place = place.ok_or_else(|| Refusal::params(format!("{WHY} takes a file and a position")))?;
            Ok(Meant::Why(place.0, place.1))
        }
        other => Err(Refusal::params(format!("no command `{}`", other.unwrap_or_default()))),
    }
}
