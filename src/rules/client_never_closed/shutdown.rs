//! How the process ends that a unit is part of.
//!
//! In: a unit. Out: where its process waits for, or hears of, its end; none if it is simply stopped.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::last_segment;
use crate::facts::{Expr, ExprId, Name};
use crate::link::{CrateId, Program, Target, UnitId};
use crate::rules::context::Context;
use crate::rules::judge::Place;

/// The orderly ends that were looked for, by crate.
#[derive(Default)]
pub(super) struct Shutdowns {
    known: BTreeMap<CrateId, Option<Place>>,
}

impl Shutdowns {
    /// Where the process of `unit` begins to end.
    pub(super) fn of(&mut self, context: Context<'_, '_>, unit: UnitId) -> Option<Place> {
        let krate = crate_of(context.program, unit);
        self.known.entry(krate).or_insert_with(|| find(context, krate)).clone()
    }
}

fn crate_of(program: &Program<'_>, unit: UnitId) -> CrateId {
    program.modules[program.unit(unit).module.index()].krate
}

fn find(context: Context<'_, '_>, krate: CrateId) -> Option<Place> {
    let program = context.program;
    let crates = crates_beside(program, krate);
    let facts = || program.catalog.shutdowns();
    let methods = facts().flat_map(|fact| &fact.methods).map(|name| Name::from(name.as_str()));
    let functions = facts().flat_map(|fact| &fact.functions).map(|path| Name::from(last_segment(path)));
    let names: Vec<Name> = methods.chain(functions).collect();
    let units = program.units_mentioning(&names).into_iter().filter(|unit| crates.contains(&crate_of(program, *unit)));
    units.filter(|unit| context.flow.in_scope(*unit)).find_map(|unit| {
        let body = program.body(unit)?;
        let at = body.ids().find(|id| begins_end(program, unit, *id))?;
        Some(Place::of_expr(program, unit, at))
    })
}

/// The crates that may be linked into one process with this one.
fn crates_beside(program: &Program<'_>, krate: CrateId) -> BTreeSet<CrateId> {
    let ids = (0..u32::try_from(program.crates.len()).unwrap_or(u32::MAX)).map(CrateId);
    ids.map(|id| crates_below(program, id)).filter(|crates| crates.contains(&krate)).flatten().collect()
}

/// A crate and the program's crates that it is built of.
fn crates_below(program: &Program<'_>, krate: CrateId) -> BTreeSet<CrateId> {
    let mut below = BTreeSet::new();
    let mut stack = vec![krate];
    while let Some(at) = stack.pop() {
        if below.insert(at) {
            stack.extend(program.crates[at.index()].local_externs.values().copied());
        }
    }
    below
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
