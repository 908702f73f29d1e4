//! Who calls a unit, or hands it on as a value.
//!
//! In: a unit. Out: [`Reference`]s from the bodies that mention its name. Bodies in test code are passed over.

use rayon::prelude::*;

use super::infer::{BodyTypes, Target};
use super::program::{Def, MIN_BODIES, Program, UnitId};
use crate::facts::{Body, Expr, ExprId};

/// How a body refers to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// Calls it.
    Call,
    /// Names it as a value, to be called elsewhere.
    Value,
}

/// A place that refers to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The unit in whose body the place is.
    pub unit: UnitId,
    /// The call, or the path.
    pub expr: ExprId,
    /// Which.
    pub kind: ReferenceKind,
    /// Found by type or path, not by name alone.
    pub sure: bool,
}

impl Program<'_> {
    /// Every reference to a unit, in the order of the units.
    ///
    /// Bodies are parsed and typed side by side. Work of others may be done meanwhile: not to be called by what others wait
    /// for, as the inference of types.
    #[must_use]
    pub fn references(&self, unit: UnitId) -> Vec<Reference> {
        let Some(callers) = self.mentions.get(&self.unit(unit).name) else { return Vec::new() };
        let of_tests = self.unit(unit).test;
        let callers = callers.par_iter().with_min_len(MIN_BODIES);
        let callers = callers.filter(|caller| of_tests || !self.unit(**caller).test);
        let fold = callers.fold(Vec::new, |mut found, caller| {
            self.references_in(*caller, unit, &mut found);
            found
        });
        fold.reduce(Vec::new, |mut found, mut more| {
            found.append(&mut more);
            found
        })
    }

    fn references_in(&self, caller: UnitId, unit: UnitId, found: &mut Vec<Reference>) {
        let all = &self.types(caller).references;
        let first = all.partition_point(|(of, _)| *of < unit);
        found.extend(all[first..].iter().take_while(|(of, _)| *of == unit).map(|(_, reference)| *reference));
    }
}

/// What a body refers to: units, sorted, each with the place.
pub(super) fn references_of(caller: UnitId, body: &Body, types: &BodyTypes) -> Vec<(UnitId, Reference)> {
    let mut found = Vec::new();
    for (expr, target) in &types.targets {
        if let Target::Units { units, sure } = target {
            let reference = Reference { unit: caller, expr: *expr, kind: ReferenceKind::Call, sure: *sure };
            found.extend(units.iter().map(|unit| (*unit, reference)));
        }
    }
    for (expr, def) in &types.values {
        let is_callee = body
            .parent(*expr)
            .is_some_and(|parent| matches!(body.expr(parent), Expr::Call { callee, .. } if callee == expr));
        if is_callee {
            continue;
        }
        let reference = Reference { unit: caller, expr: *expr, kind: ReferenceKind::Value, sure: true };
        if let Def::Unit(unit) = def {
            found.push((*unit, reference));
        }
        if let Some(Target::Units { units, .. }) = types.functions.get(expr) {
            found.extend(units.iter().map(|unit| (*unit, reference)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
