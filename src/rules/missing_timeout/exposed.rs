//! Whether somebody waits for what a client does.
//!
//! In: a construction. Out: whether the processes it runs in use its family's libraries where requests, messages or events
//! are handled. A tool that does its work and ends is interrupted by whoever started it.

use std::collections::{BTreeMap, BTreeSet};

use super::limits::is_of_family;
use crate::facts::ExprId;
use crate::flow::{Analysis, Frequency};
use crate::link::{CrateId, UnitId};
use crate::rules::context::Context;
use crate::rules::processes::{crates_within, processes_of};

/// Answers, each worked out once.
pub(super) struct Exposure<'c, 'f> {
    context: Context<'c, 'f>,
    known: BTreeMap<(CrateId, String), bool>,
}

impl<'c, 'f> Exposure<'c, 'f> {
    pub(super) fn new(context: Context<'c, 'f>) -> Self {
        Exposure { context, known: BTreeMap::new() }
    }

    /// Whether some process that a construction runs in serves with it.
    pub(super) fn of(&mut self, analysis: &Analysis) -> bool {
        let program = self.context.program;
        let places = analysis.ends.iter().map(|end| end.place().0).chain([analysis.site.unit]);
        let processes: BTreeSet<CrateId> = places.flat_map(|unit| processes_of(program, unit)).collect();
        processes.into_iter().any(|process| self.serves(process, &analysis.site.family))
    }

    fn serves(&mut self, process: CrateId, family: &str) -> bool {
        let key = (process, family.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let serves = serves(self.context, process, family);
        self.known.insert(key, serves);
        serves
    }
}

fn serves(context: Context<'_, '_>, process: CrateId, family: &str) -> bool {
    let uses = uses(context, process, family);
    let frequencies = context.flow.frequencies(uses.iter().map(|(unit, _)| *unit));
    uses.into_iter()
        .any(|(unit, expr)| context.flow.frequency_at(&frequencies, unit, expr) == Some(Frequency::PerRequest))
}

/// Where a process does something with a family's libraries.
fn uses(context: Context<'_, '_>, process: CrateId, family: &str) -> Vec<(UnitId, ExprId)> {
    let program = context.program;
    let crates = crates_within(program, process);
    let catalog = program.catalog;
    let clues = catalog.clues(|call| catalog.file(call.file).family.as_deref() == Some(family));
    // Values of the family's types come from anywhere, also from generated code: the names alone count.
    let mut units = context.flow.units_mentioning(clues.iter().map(|clue| &clue.name));
    units.retain(|unit| crates.contains(&program.crate_id_of(*unit)));
    program.prepare(&units);
    let of_unit = |unit: UnitId| {
        let ids = program.body(unit).into_iter().flat_map(|body| body.ids());
        ids.filter(move |id| is_of_family(program, unit, *id, family)).map(move |id| (unit, id))
    };
    units.into_iter().flat_map(of_unit).collect()
}
