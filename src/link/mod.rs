//! Names, types and calls of the whole program.
//!
//! In: parsed files ([`crate::load::Loaded`]) and the catalogue. Out: [`Program`], which answers what a path names, what type
//! an expression has, what a call may reach and who calls a unit. Bodies are looked into only when asked for.

mod callers;
mod clues;
mod collect;
mod delegation;
mod family;
mod infer;
mod infer_call;
mod keep;
mod lookup;
mod methods;
mod program;
mod renumber;
mod resolve;
mod ty;

pub use callers::{Reference, ReferenceKind};
pub use collect::link;
pub use infer::{BodyTypes, Target};
pub use keep::{Before, Kept};
pub use lookup::Assoc;
pub use program::{
    Crate, CrateId, Def, ImplDef, ImplId, Module, ModuleId, Owner, Program, TraitDef, TraitId, TypeDef, TypeId,
    TypeKind, Unit, UnitId, UnitKind,
};
pub use ty::{TraitRef, Ty};
