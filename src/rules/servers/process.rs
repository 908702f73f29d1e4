//! Which crates make up one process.
//!
//! In: the program. Out: a [`Process`] for each binary: its start and the crates that it is linked from.

use std::collections::BTreeSet;

use crate::flow::{Analysis, Frequency, Innocent, is_start};
use crate::link::{CrateId, Program, UnitId};
use crate::rules::context::Context;
use crate::rules::processes::crates_within;

/// A binary.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Process {
    /// Where it starts.
    pub(in crate::rules) main: UnitId,
    /// The crates of the program that it is linked from.
    pub(in crate::rules) crates: BTreeSet<CrateId>,
}

/// Every process that the program's binaries make.
pub(in crate::rules) fn processes(context: Context<'_, '_>) -> Vec<Process> {
    let program = context.program;
    let starts = program.unit_ids().filter(|unit| context.flow.in_scope(*unit) && is_start(program, *unit));
    starts.map(|main| Process { main, crates: crates_within(program, program.crate_id_of(main)) }).collect()
}

/// Whether a rule says of a construction that each worker makes its own, before which there is a start-up.
pub(in crate::rules) fn is_per_worker(analysis: &Analysis) -> bool {
    analysis.decisive.is_some_and(|end| analysis.ends[end].frequency == Some(Frequency::PerWorker))
}

impl Process {
    /// Whether a unit is part of it.
    pub(in crate::rules) fn has(&self, program: &Program<'_>, unit: UnitId) -> bool {
        self.crates.contains(&program.crate_id_of(unit))
    }

    /// Whether it builds what an analysis is about, as far as is seen.
    pub(in crate::rules) fn builds(&self, program: &Program<'_>, analysis: &Analysis) -> bool {
        self.has(program, analysis.site.unit)
            && analysis.ends.iter().any(|end| {
                let is_idle = matches!(end.innocent, Some(Innocent::UncalledFactory | Innocent::OutOfScope));
                !is_idle && self.has(program, end.place().0)
            })
    }
}
