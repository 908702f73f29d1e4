//! Items as written.

use serde::{Deserialize, Serialize};

use super::{Body, FnBody, Name, PatId, Path, TypeRef};
use crate::source::Span;

/// An attribute: its path, the string literals and the words within it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attr {
    /// `tokio::main`, `get`, `derive`.
    pub path: Path,
    /// String literals in its arguments, in order.
    pub literals: Vec<Name>,
    /// Identifiers in its arguments, in order.
    pub words: Vec<Name>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its name; empty for `impl`, `use` and `include!`.
    pub name: Name,
    /// Where the name stands (the keyword for what has none).
    pub span: Span,
    /// Visible outside its module in some way.
    pub public: bool,
    /// Only compiled for tests (`#[cfg(test)]`, `#[test]`, …).
    pub test: bool,
    /// Its attributes, without doc comments.
    pub attrs: Vec<Attr>,
    /// What it is.
    pub kind: ItemKind,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ItemKind {
    /// `mod m;`, `mod m { .. }`.
    Mod(ModItem),
    /// `use …;`, flattened.
    Use(Vec<UseLeaf>),
    /// `extern crate name as alias;`: the real name.
    ExternCrate(Name),
    /// A free function.
    Fn(Box<Function>),
    /// A struct or union.
    Struct(StructItem),
    /// An enum.
    Enum(EnumItem),
    /// A trait.
    Trait(TraitItem),
    /// An implementation.
    Impl(ImplItem),
    /// A static or constant, also one made by a macro such as `lazy_static!`.
    Static(StaticItem),
    /// `type A<T> = B<T>;`.
    Alias(Generics, TypeRef),
    /// `include!("file.rs")`.
    Include(Name),
}

/// A module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModItem {
    /// Its items when they stand here; else the module has a file of its own.
    pub items: Option<Vec<Item>>,
    /// `#[path = ".."]`.
    pub path: Option<Name>,
}

/// One name that a `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseLeaf {
    /// The path imported; for a glob the module.
    pub path: Path,
    /// The name it gets here; `_` for none.
    pub alias: Name,
    /// `use path::*`.
    pub glob: bool,
}

/// Type parameters and their bounds (from `<T: A>` and `where T: B`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Generics {
    /// Name and bounds of each type parameter, in order.
    pub params: Vec<(Name, Vec<Path>)>,
}

/// A function, method or trait function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Where the name stands.
    pub span: Span,
    /// The whole function.
    pub whole: Span,
    /// Visible outside its module in some way.
    pub public: bool,
    /// Only compiled for tests.
    pub test: bool,
    /// Its attributes, without doc comments.
    pub attrs: Vec<Attr>,
    /// `async fn`.
    pub is_async: bool,
    /// `self` in some form.
    pub receiver: Option<Receiver>,
    /// Parameters without `self`.
    pub params: Vec<Param>,
    /// Result type; none for `()`.
    pub ret: Option<TypeRef>,
    /// Type parameters.
    pub generics: Generics,
    /// The body; none for a required trait function.
    pub body: Option<FnBody>,
}

/// `self`, `&self`, `&mut self`, `self: T`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// Taken by reference.
    pub by_ref: bool,
    /// Taken by a reference that nobody has beside it: `&mut self`.
    pub by_mut: bool,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Its pattern, in the body's patterns; none when there is no body.
    pub pat: Option<PatId>,
    /// Its type.
    pub ty: TypeRef,
}

/// A field of a struct or variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef {
    /// Its name, or its index for tuple structs.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
    /// Its type.
    pub ty: TypeRef,
    /// Its attributes.
    pub attrs: Vec<Attr>,
}

/// A struct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StructItem {
    /// Type parameters.
    pub generics: Generics,
    /// Fields.
    pub fields: Vec<FieldDef>,
}

/// A variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<FieldDef>,
}

/// An enum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnumItem {
    /// Type parameters.
    pub generics: Generics,
    /// Variants.
    pub variants: Vec<Variant>,
}

/// A trait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraitItem {
    /// Type parameters.
    pub generics: Generics,
    /// Traits it demands.
    pub supertraits: Vec<Path>,
    /// Its functions.
    pub functions: Vec<Function>,
}

/// An implementation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImplItem {
    /// Type parameters.
    pub generics: Generics,
    /// The trait, unless inherent.
    pub of_trait: Option<Path>,
    /// The type.
    pub self_ty: TypeRef,
    /// Its functions.
    pub functions: Vec<Function>,
    /// Its constants.
    pub constants: Vec<Item>,
    /// Its associated types.
    pub types: Vec<(Name, TypeRef)>,
}

/// A static or constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StaticItem {
    /// Its type; unknown when not written.
    pub ty: TypeRef,
    /// Its initialiser.
    pub body: Option<Body>,
    /// One value per thread.
    pub per_thread: bool,
    /// A `const`: the expression stands for itself at each use.
    pub is_const: bool,
}
