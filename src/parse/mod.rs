//! Text → [`FileFacts`].
//!
//! In: a file's text and what is known of macros. Out: facts; no syn type leaves this module. A syntax error costs the
//! item that it is in (see `recover`); what nobody asks for isn't even lexed (see `unneeded`); macro bodies are read as code where they are code (see `macros`).

mod attrs;
mod exprs;
mod items;
mod macros;
mod pats;
mod recover;
mod types;
mod unneeded;

use proc_macro2::LineColumn;

use crate::facts::{FORMAT, FileFacts, SyntaxProblem};
use crate::source::{Pos, Span};

pub use macros::MacroTable;

/// What to keep of test code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tests {
    /// All of it.
    Keep,
    /// Nothing: items under `#[cfg(test)]` are passed over, their modules not even parsed.
    Skip,
}

/// Parses a whole file. Never fails: what can't be parsed is named in the facts' problems.
#[must_use]
pub fn parse_file(text: &str, macros: &MacroTable, tests: Tests) -> FileFacts {
    let (file, problems) = recover::parse(text, tests);
    let mut lowerer = items::ItemLowerer::new(macros);
    lowerer.tests = tests;
    let items = lowerer.items(&file.items);
    let test_only = attrs::is_test_only(&file.attrs);
    // proc-macro2 keeps every parsed source for the life of the thread unless told otherwise.
    drop(file);
    proc_macro2::extra::invalidate_current_thread_spans();
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    FileFacts { format: FORMAT, items, test_only, problems, lines }
}

/// The type that `text` writes, for catalogues.
///
/// # Errors
/// When it is no type.
pub fn parse_type(text: &str) -> Result<crate::facts::TypeRef, String> {
    let parsed = syn::parse_str::<syn::Type>(text).map_err(|error| error.to_string())?;
    Ok(types::lower(&parsed))
}

fn pos(at: LineColumn) -> Pos {
    Pos {
        line: u32::try_from(at.line).unwrap_or(u32::MAX),
        column: u32::try_from(at.column).unwrap_or(u32::MAX - 1) + 1,
    }
}

fn span(at: proc_macro2::Span) -> Span {
    Span { start: pos(at.start()), end: pos(at.end()) }
}

fn problem_at(error: &syn::Error) -> SyntaxProblem {
    SyntaxProblem { pos: pos(error.span().start()), message: error.to_string() }
}
