//! Text → [`FileFacts`].
//!
//! In: a file's text and what is known of macros. Out: facts; no syn type leaves this module. A syntax error costs the
//! item that it is in (see `recover`); bodies are left
//! to be parsed when somebody asks for them (see `skim`); macro bodies are read as code where they are code (see `macros`).

mod attrs;
mod exprs;
mod items;
mod macros;
mod nesting;
mod pats;
mod recover;
mod signs;
mod skim;
mod types;

use std::cell::RefCell;

use proc_macro2::{LineColumn, TokenStream};
use rustc_hash::FxHashMap;
use syn::parse::{ParseStream, Parser};

use crate::facts::{Body, FORMAT, FileFacts, ParsedBody, ProblemKind, SyntaxProblem, Unparsed};
use crate::source::{Pos, Span};
use exprs::BodyLowerer;
use nesting::{Depth, with_room};
use recover::Recovered;
use signs::signs_of_text;
use skim::CutBody;

pub use macros::MacroTable;
pub use nesting::{MAX_BLOCKS, MAX_NESTING};

/// As many bytes may a body have: five thousand lines or so. Questions about a body go through all of it, once for each
/// construction in it.
pub const MAX_BODY: usize = 256 << 10;

/// What some editors put before a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What to keep of test code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tests {
    /// All of it.
    Keep,
    /// Nothing: items under `#[cfg(test)]` are passed over, their modules not even parsed.
    Skip,
}

/// What lowering needs to know of its surroundings.
#[derive(Clone, Copy)]
struct Scope<'a> {
    macros: &'a MacroTable,
    /// Bodies that were taken out of the text, by the place of their opening brace.
    bodies: &'a RefCell<FxHashMap<Pos, CutBody>>,
}

/// Parses a whole file, but for the bodies of functions. Never fails: what can't be parsed is named in the facts' problems.
#[must_use]
pub fn parse_file(text: &str, macros: &MacroTable, tests: Tests) -> FileFacts {
    let code = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let mark = text.len() - code.len();
    let lower = |Recovered { file, mut bodies, problems }| {
        for body in bodies.values_mut() {
            body.range = body.range.start + mark..body.range.end + mark;
        }
        let bodies = RefCell::new(bodies);
        let mut lowerer = items::ItemLowerer::new(Scope { macros, bodies: &bodies });
        lowerer.tests = tests;
        let items = lowerer.items(&file.items);
        let test_only = attrs::is_test_only(&file.attrs);
        // proc-macro2 keeps every parsed source for the life of the thread unless told otherwise.
        drop(file);
        proc_macro2::extra::invalidate_current_thread_spans();
        FileFacts { format: FORMAT, items, test_only, problems, lines }
    };
    recover::parse(code, tests, lower).unwrap_or_else(|| FileFacts {
        format: FORMAT,
        items: Vec::new(),
        test_only: false,
        problems: vec![no_room(Pos { line: 1, column: 1 })],
        lines,
    })
}

/// No thread can be had for what nests so deep that this one's stack may not suffice.
fn no_room(pos: Pos) -> SyntaxProblem {
    SyntaxProblem { pos, message: "no memory for code that nests so deep".to_owned(), kind: ProblemKind::Limit }
}

/// Parses a body that was left as text. `text` is the whole file's, as [`parse_file`] was given it.
#[must_use]
pub fn parse_body(text: &str, unparsed: &Unparsed, macros: &MacroTable) -> ParsedBody {
    let code = text.get(unparsed.range.clone()).unwrap_or_default();
    let depth = signs_of_text(code).map(Depth::of);
    let params = || Body { pats: unparsed.params.clone(), ..Body::default() };
    let failed = |problem| ParsedBody { body: params(), problem: Some(problem) };
    let Some(depth) = depth else {
        return failed(syntax_problem(unparsed.start, "brackets or literals have no end".to_owned()));
    };
    if let Some(problem) = depth.refusal(unparsed.start) {
        return failed(problem);
    }
    if code.len() > MAX_BODY {
        let message = format!("a body of more than {} kB is not read", MAX_BODY >> 10);
        return failed(SyntaxProblem { pos: unparsed.start, message, kind: ProblemKind::Limit });
    }
    let lower = || {
        let bodies = RefCell::default();
        let mut lowerer = BodyLowerer::with_params(Scope { macros, bodies: &bodies }, unparsed.params.clone());
        let parsed = match block_at(code, unparsed.start) {
            Ok(block) => {
                let root = lowerer.block(&block);
                ParsedBody { body: lowerer.finish(root).0, problem: None }
            }
            Err(error) => failed(problem_at(&error)),
        };
        proc_macro2::extra::invalidate_current_thread_spans();
        parsed
    };
    with_room(depth, lower).unwrap_or_else(|| failed(no_room(unparsed.start)))
}

/// The block that `text` is, with the places that it has in its file.
fn block_at(text: &str, start: Pos) -> syn::Result<syn::Block> {
    let lines = "\n".repeat(start.line.saturating_sub(1) as usize);
    let columns = " ".repeat(start.column.saturating_sub(1) as usize);
    let tokens: TokenStream = format!("{lines}{columns}{text}").parse()?;
    block.parse2(tokens)
}

/// A function's block, which may begin with inner attributes.
fn block(input: ParseStream) -> syn::Result<syn::Block> {
    let content;
    let brace_token = syn::braced!(content in input);
    content.call(syn::Attribute::parse_inner)?;
    Ok(syn::Block { brace_token, stmts: content.call(syn::Block::parse_within)? })
}

/// The type that `text` writes, for catalogues.
///
/// # Errors
/// When it is no type.
pub fn parse_type(text: &str) -> Result<crate::facts::TypeRef, String> {
    let depth = signs_of_text(text).map(Depth::of).ok_or("its brackets have no end")?;
    if let Some(problem) = depth.refusal(Pos::default()) {
        return Err(problem.message);
    }
    let parse = || syn::parse_str::<syn::Type>(text).map(|ty| types::lower(&ty)).map_err(|error| error.to_string());
    with_room(depth, parse).ok_or("no memory for a type that nests so deep")?
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
    syntax_problem(pos(error.span().start()), error.to_string())
}

fn syntax_problem(pos: Pos, message: String) -> SyntaxProblem {
    SyntaxProblem { pos, message, kind: ProblemKind::Syntax }
}
