//! What one file says, as owned data: items, imports, types as written, function bodies as small expression trees.
//!
//! In: nothing but the file's text and the catalogue's knowledge of macros (see [`crate::parse`]). Out: [`FileFacts`], which
//! holds no name that was looked up elsewhere, so that it can be kept between runs: [`FORMAT`] names its form.

pub mod body;
pub mod declared;
pub mod item;
pub mod outline;
pub mod ty;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

pub use body::{
    Body, BodySource, ClosureExpr, Expr, ExprId, ExprNode, FnBody, LoopKind, MacroExpr, ParsedBody, Pat, PatId, Stmt,
    Unparsed, is_word,
};
pub use item::{
    Attr, EnumItem, FieldDef, Function, Generics, ImplItem, Item, ItemKind, ModItem, Param, Receiver, StaticItem,
    StructItem, TraitItem, UseLeaf, Variant,
};
pub use ty::{Path, Segment, TypeRef};

use crate::source::Pos;

/// The form of [`FileFacts`]; a stored value of another form is not read.
pub const FORMAT: u32 = 4;

/// An identifier as written, without `r#`.
pub type Name = SmolStr;

/// Everything one file says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    /// [`FORMAT`] at the time of writing.
    pub format: u32,
    /// The file's items, in order.
    pub items: Vec<Item>,
    /// The file says `#![cfg(test)]` or is otherwise test code as a whole.
    pub test_only: bool,
    /// What could not be parsed; the items around it are there.
    pub problems: Vec<SyntaxProblem>,
    /// Lines of code, for statistics.
    pub lines: u32,
}

/// A stretch of the file that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntaxProblem {
    /// Where.
    pub pos: Pos,
    /// The parser's words.
    pub message: String,
    /// Why not.
    pub kind: ProblemKind,
}

/// Why a stretch of a file could not be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProblemKind {
    /// It is no Rust.
    Syntax,
    /// It nests deeper, or is longer, than what is walked here.
    Limit,
}
