//! The linked program: crates, modules, types, traits and units, by index.
//!
//! A *unit* is what has a body of its own: a function, a method, a static's or constant's initialiser.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::infer::BodyTypes;
use super::ty::{TraitRef, Ty};
use crate::catalog::{CallRef, Catalog};
use crate::discover::{Discovery, TargetKind};
use crate::facts::{
    Attr, Body, EnumItem, Function, Generics, ImplItem, Name, Path, StaticItem, StructItem, SyntaxProblem, TraitItem,
    TypeRef,
};
use crate::load::Loaded;
use crate::parse::{MacroTable, parse_body};
use crate::source::Span;

/// So many bodies are looked through by one thread at a time, at least.
pub(super) const MIN_BODIES: usize = 8;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// The index.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// Index of a crate.
    CrateId,
    /// Index of a module, or of the scope of the items within a body.
    ModuleId,
    /// Index of a struct, enum or alias.
    TypeId,
    /// Index of a trait.
    TraitId,
    /// Index of an implementation.
    ImplId,
    /// Index of a unit.
    UnitId,
}

/// A crate of the program.
#[derive(Debug)]
pub struct Crate {
    /// Its package: index in the discovery.
    pub package: usize,
    /// Its name in paths.
    pub name: Name,
    /// Library, binary, …
    pub kind: TargetKind,
    /// Its root module.
    pub root: ModuleId,
    /// Crates of the program that it sees, by extern name.
    pub local_externs: FxHashMap<Name, CrateId>,
    /// Libraries that it sees: extern name → the library's real name.
    pub externs: FxHashMap<Name, Name>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Def {
    /// A module.
    Module(ModuleId),
    /// A struct, enum or alias.
    Type(TypeId),
    /// A variant: of which enum, which one.
    Variant(TypeId, u32),
    /// A trait.
    Trait(TraitId),
    /// A function or static.
    Unit(UnitId),
    /// Something of a library, by canonical path.
    External(Name),
}

/// An import that is looked up when needed.
#[derive(Debug)]
pub struct Import<'f> {
    /// The path as written.
    pub path: &'f Path,
}

/// A module, or the scope of the items within a function body.
#[derive(Debug)]
pub struct Module<'f> {
    /// Its crate.
    pub krate: CrateId,
    /// The module around it.
    pub parent: Option<ModuleId>,
    /// For a body's scope: the nearest real module, where `self` and `super` begin.
    pub nearest: Option<ModuleId>,
    /// Its name; empty for roots and body scopes.
    pub name: Name,
    /// Index of its file.
    pub file: usize,
    /// Only compiled for tests.
    pub test: bool,
    /// Types, traits, modules by name.
    pub types: FxHashMap<Name, Def>,
    /// Functions, statics, unit and tuple structs by name.
    pub values: FxHashMap<Name, Def>,
    /// Named imports; several of one name under different `cfg`.
    pub imports: FxHashMap<Name, Vec<Import<'f>>>,
    /// Glob imports.
    pub globs: Vec<Import<'f>>,
    /// What the glob imports lead to.
    pub glob_targets: Vec<Def>,
}

/// What a type is made of.
#[derive(Debug, Clone, Copy)]
pub enum TypeKind<'f> {
    /// A struct or union.
    Struct(&'f StructItem),
    /// An enum.
    Enum(&'f EnumItem),
    /// Another name for a type.
    Alias(&'f Generics, &'f TypeRef),
}

/// A struct, enum or alias of the program.
#[derive(Debug)]
pub struct TypeDef<'f> {
    /// Its name.
    pub name: Name,
    /// The module it stands in.
    pub module: ModuleId,
    /// Where its name stands.
    pub span: Span,
    /// Its attributes.
    pub attrs: &'f [Attr],
    /// What it is made of.
    pub kind: TypeKind<'f>,
}

/// A trait of the program.
#[derive(Debug)]
pub struct TraitDef<'f> {
    /// Its name.
    pub name: Name,
    /// The module it stands in.
    pub module: ModuleId,
    /// As written.
    pub item: &'f TraitItem,
    /// Its attributes.
    pub attrs: &'f [Attr],
    /// Its functions, by name.
    pub functions: FxHashMap<Name, UnitId>,
    /// Its implementations.
    pub impls: Vec<ImplId>,
}

/// An implementation.
#[derive(Debug)]
pub struct ImplDef<'f> {
    /// The module it stands in.
    pub module: ModuleId,
    /// As written.
    pub item: &'f ImplItem,
    /// Its attributes.
    pub attrs: &'f [Attr],
    /// The type.
    pub self_ty: Ty,
    /// The trait, unless inherent.
    pub of_trait: Option<TraitRef>,
    /// Its functions, by name.
    pub functions: FxHashMap<Name, UnitId>,
}

/// What a unit is.
#[derive(Debug, Clone, Copy)]
pub enum UnitKind<'f> {
    /// A function or method.
    Function(&'f Function),
    /// A static or constant.
    Static(&'f StaticItem),
}

/// To what a unit belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A module.
    Free,
    /// An implementation.
    Impl(ImplId),
    /// A trait's declaration.
    Trait(TraitId),
}

/// A function, method, static or constant.
#[derive(Debug)]
pub struct Unit<'f> {
    /// Its name.
    pub name: Name,
    /// Where its name stands.
    pub span: Span,
    /// What it is.
    pub kind: UnitKind<'f>,
    /// To what it belongs.
    pub owner: Owner,
    /// The module it stands in.
    pub module: ModuleId,
    /// The scope of the items within its body, where its paths are looked up.
    pub scope: ModuleId,
    /// Index of its file.
    pub file: usize,
    /// Its attributes.
    pub attrs: &'f [Attr],
    /// Visible outside its module in some way.
    pub public: bool,
    /// Only compiled for tests, or in a test target.
    pub test: bool,
}

impl<'f> Unit<'f> {
    /// Whether it has a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        match self.kind {
            UnitKind::Function(function) => function.body.is_some(),
            UnitKind::Static(value) => value.body.is_some(),
        }
    }

    /// Whether its body may mention this name, or hold this literal: see [`Unit::words`].
    #[must_use]
    pub fn may_mention(&self, name: &str) -> bool {
        // Fields of tuple structs are no words.
        name.starts_with(|c: char| c.is_ascii_digit())
            || self.words().binary_search_by(|known| known.as_str().cmp(name)).is_ok()
    }

    /// The search index of its body (see [`crate::facts::FnBody::words`]): empty when it has none.
    #[must_use]
    pub fn words(&self) -> &'f [Name] {
        match self.kind {
            UnitKind::Function(function) => function.body.as_ref().map_or(&[][..], |body| &body.words),
            UnitKind::Static(value) => value.body.as_ref().map_or(&[][..], |body| &body.words),
        }
    }

    /// Itself, if it is a function.
    #[must_use]
    pub fn function(&self) -> Option<&'f Function> {
        match self.kind {
            UnitKind::Function(function) => Some(function),
            UnitKind::Static(_) => None,
        }
    }
}

/// Everything that was linked.
#[derive(Debug)]
pub struct Program<'f> {
    /// What is known of libraries.
    pub catalog: &'f Catalog,
    /// The packages.
    pub discovery: &'f Discovery,
    /// The files.
    pub loaded: &'f Loaded,
    /// How macros are to be read.
    pub macros: MacroTable,
    /// Crates.
    pub crates: Vec<Crate>,
    /// Modules and body scopes.
    pub modules: Vec<Module<'f>>,
    /// Structs, enums, aliases.
    pub types: Vec<TypeDef<'f>>,
    /// Traits.
    pub traits: Vec<TraitDef<'f>>,
    /// Implementations.
    pub impls: Vec<ImplDef<'f>>,
    /// Units.
    pub units: Vec<Unit<'f>>,
    /// Implementations of each type of the program.
    pub impls_of_type: FxHashMap<TypeId, Vec<ImplId>>,
    /// Implementations on types of libraries, by canonical path.
    pub impls_of_external: FxHashMap<Name, Vec<ImplId>>,
    /// Implementations on everything (`impl<T> Trait for T`).
    pub blanket_impls: Vec<ImplId>,
    /// Further units of the same name in the same place, under other `cfg`: by the first of them.
    pub alternatives: FxHashMap<UnitId, Vec<UnitId>>,
    /// Units whose body may mention a name (see [`Unit::words`]).
    pub mentions: FxHashMap<Name, Vec<UnitId>>,
    /// Methods (units with a receiver) by name.
    pub methods_by_name: FxHashMap<Name, Vec<UnitId>>,
    /// Functions of the program of which its configuration tells what a call of them makes.
    pub wrappers: FxHashMap<UnitId, Arc<CallRef>>,
    /// Types of the bodies, worked out when first asked for.
    pub(super) inferred: Vec<OnceLock<Box<BodyTypes>>>,
}

impl<'f> Program<'f> {
    /// A unit.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> &Unit<'f> {
        &self.units[id.index()]
    }

    /// The body of a unit; parsed now if nobody has asked for it before.
    #[must_use]
    pub fn body(&self, id: UnitId) -> Option<&'f Body> {
        let unit = self.unit(id);
        match unit.kind {
            UnitKind::Function(function) => {
                let text = &self.loaded.files[unit.file].text;
                Some(function.body.as_ref()?.get(|unparsed| parse_body(text, unparsed, &self.macros)))
            }
            UnitKind::Static(value) => value.body.as_ref(),
        }
    }

    /// What is wrong with the bodies that were asked for, each with the index of its file.
    pub fn late_problems(&self) -> impl Iterator<Item = (usize, &'f SyntaxProblem)> {
        self.units.iter().filter_map(|unit| Some((unit.file, unit.function()?.body.as_ref()?.problem()?)))
    }

    /// The units whose bodies may mention one of these names, in order.
    #[must_use]
    pub fn units_mentioning<'n>(&self, names: impl IntoIterator<Item = &'n Name>) -> Vec<UnitId> {
        let mut units: Vec<UnitId> =
            names.into_iter().filter_map(|name| self.mentions.get(name)).flatten().copied().collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// Parses and types the bodies of units side by side, for whoever is going to look at each of them.
    ///
    /// Work of others may be done meanwhile: not to be called by what others wait for, as the inference of types.
    pub fn prepare(&self, units: &[UnitId]) {
        units.par_iter().with_min_len(MIN_BODIES).for_each(|unit| {
            let _ = self.types(*unit);
        });
    }

    /// Which crate a unit stands in.
    #[must_use]
    pub fn crate_id_of(&self, id: UnitId) -> CrateId {
        self.modules[self.unit(id).module.index()].krate
    }

    /// All crates.
    pub fn crate_ids(&self) -> impl Iterator<Item = CrateId> + use<> {
        (0..u32::try_from(self.crates.len()).unwrap_or(u32::MAX)).map(CrateId)
    }

    /// The crate of a unit.
    #[must_use]
    pub fn crate_of(&self, id: UnitId) -> &Crate {
        let module = &self.modules[self.unit(id).module.index()];
        &self.crates[module.krate.index()]
    }

    /// The package of a unit.
    #[must_use]
    pub fn package_of(&self, id: UnitId) -> &crate::discover::Package {
        &self.discovery.packages[self.crate_of(id).package]
    }

    /// Shown name of a unit's file.
    #[must_use]
    pub fn file_name(&self, id: UnitId) -> &str {
        &self.loaded.files[self.unit(id).file].name
    }

    /// All units.
    pub fn unit_ids(&self) -> impl Iterator<Item = UnitId> + use<> {
        (0..u32::try_from(self.units.len()).unwrap_or(u32::MAX)).map(UnitId)
    }

    /// The name a unit is called by in messages: `Type::method`, `Trait::method`, `function`.
    #[must_use]
    pub fn display_name(&self, id: UnitId) -> String {
        let unit = self.unit(id);
        let owner = match unit.owner {
            Owner::Free => return unit.name.to_string(),
            Owner::Trait(id) => self.traits[id.index()].name.to_string(),
            Owner::Impl(id) => written_name(&self.impls[id.index()].item.self_ty),
        };
        format!("{owner}::{}", unit.name)
    }

    /// The module path of a unit with its name, for identities: `crate::module::Type::method`.
    #[must_use]
    pub fn full_name(&self, id: UnitId) -> String {
        format!("{}::{}", self.module_path(self.unit(id).module), self.display_name(id))
    }

    /// A module with those around it and its crate: `crate::module`.
    #[must_use]
    pub fn module_path(&self, id: ModuleId) -> String {
        let mut names = Vec::new();
        let mut module = Some(id);
        while let Some(at) = module {
            let found = &self.modules[at.index()];
            if !found.name.is_empty() {
                names.push(found.name.as_str());
            }
            module = found.parent;
        }
        names.push(&self.crates[self.modules[id.index()].krate.index()].name);
        names.reverse();
        names.join("::")
    }
}

/// The last name of a type as written.
pub(crate) fn written_name(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Path(path) => path.last().map(ToString::to_string).unwrap_or_default(),
        TypeRef::Ref(inner) | TypeRef::Slice(inner) => written_name(inner),
        TypeRef::Dyn(bounds) | TypeRef::Impl(bounds) => {
            bounds.first().and_then(Path::last).map(ToString::to_string).unwrap_or_default()
        }
        TypeRef::Tuple(_) | TypeRef::Fn(_) | TypeRef::Unknown => "_".to_owned(),
    }
}
