//! Where a value comes from: fate, read backwards.
//!
//! In: an expression. Out: [`Origin`]s: the constructions, statics and framework states that it may come from, each with the
//! way from the expression back to there. The way leads through clones and variables, from parameters to the callers'
//! arguments, from fields to what is put into them and to what holds them, and into the functions that give the value
//! (`trace`, `fields`).

mod fields;
mod trace;

use crate::facts::{ExprId, PatId};
use crate::link::{TypeId, UnitId};

use super::query::Flow;
pub use fields::Slot;
pub(super) use fields::slot_of;
use trace::Trace;

/// Where a value begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A library's call makes it.
    Made(UnitId, ExprId),
    /// A library's call takes it out of a pool.
    CheckedOut(UnitId, ExprId),
    /// A static is, or holds, it.
    Static(UnitId),
    /// The framework hands it, or what holds it, to a function as state.
    State(UnitId),
    /// What holds it begins here; what was put into it begins elsewhere.
    Holder,
    /// Nobody knows.
    Unknown,
}

/// A step of a value's way, from its use backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// It is a clone.
    Clone(UnitId, ExprId),
    /// It is what a lock guards.
    Lock(UnitId, ExprId),
    /// It is in a variable: where that is used, which one.
    Variable(UnitId, ExprId, PatId),
    /// It is a parameter, given by this call.
    Argument(UnitId, ExprId),
    /// It is in a field: where that is read, of which type.
    Field(UnitId, ExprId, TypeId),
    /// A function gives it: where it is called, which one.
    Result(UnitId, ExprId, UnitId),
}

/// Where a value may come from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Where it begins.
    pub source: Source,
    /// From the use back to there.
    pub way: Vec<Leg>,
    /// Every call on the way was found by type or path.
    pub sure: bool,
}

/// Every origin of the value of an expression, within bounds.
pub(super) fn origins(flow: &Flow<'_, '_>, unit: UnitId, expr: ExprId) -> Vec<Origin> {
    let mut trace = Trace::new(flow);
    trace.value(unit, expr);
    trace.found
}
