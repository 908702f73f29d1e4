//! How the process ends that a unit is part of.
//!
//! In: a unit. Out: where its process waits for, or hears of, its end; none if it is simply stopped.

use std::collections::BTreeMap;

use crate::catalog::last_segment;
use crate::facts::{Expr, ExprId, Name};
use crate::link::{CrateId, Program, Target, UnitId};
use crate::rules::context::Context;
use crate::rules::judge::Place;
use crate::rules::processes::crates_beside;

/// The orderly ends that were looked for, by crate.
#[derive(Default)]
pub(super) struct Shutdowns {
    known: BTreeMap<CrateId, Option<Place>>,
}

impl Shutdowns {
    /// Where the process of `unit` begins to end.
    pub(super) fn of(&mut self, context: Context<'_, '_>, unit: UnitId) -> Option<Place> {
        let krate = context.program.crate_id_of(unit);
        self.known.entry(krate).or_insert_with(|| find(context, krate)).clone()
    }
}

fn find(context: Context<'_, '_>, krate: CrateId) -> Option<Place> {
    let program = context.program;
    let crates = crates_beside(program, krate);
    let facts = || program.catalog.shutdowns();
    let methods = facts().flat_map(|fact| &fact.methods).map(|name| Name::from(name.as_str()));
    let functions = facts().flat_map(|fact| &fact.functions).map(|path| Name::from(last_segment(path)));
    let names: Vec<Name> = methods.chain(functions).collect();
    let units = context.flow.units_mentioning(&names).into_iter();
    units.filter(|unit| crates.contains(&program.crate_id_of(*unit))).find_map(|unit| {
        let body = program.body(unit)?;
        let at = body.ids().find(|id| begins_end(program, unit, *id))?;
        Some(Place::of_expr(program, unit, at))
    })
}

/// Whether a call waits for, or sets up, the end of the process.
fn begins_end(program: &Program<'_>, unit: UnitId, id: ExprId) -> bool {
    match program.body(unit).map(|body| body.expr(id)) {
        Some(Expr::Method { name, .. }) => {
            program.catalog.shutdowns().any(|fact| fact.methods.iter().any(|known| known == name))
        }
        Some(Expr::Call { .. }) => {
            let path = match program.types(unit).targets.get(&id) {
                Some(Target::Foreign(path)) => path.clone(),
                Some(Target::Library { call, .. }) => call.path.clone(),
                _ => return false,
            };
            program.catalog.shutdowns().any(|fact| fact.functions.iter().any(|known| known == path.as_str()))
        }
        _ => false,
    }
}
