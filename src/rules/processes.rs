//! Which processes a piece of code runs in, and what else runs there.
//!
//! In: a unit. Out: crates: the binaries that contain it, the crates that a binary is made of.

use std::collections::BTreeSet;

use crate::discover::TargetKind;
use crate::link::{CrateId, Program, UnitId};

/// The binaries that a unit runs in: its own, or those that are made of its library. A library that no binary of the run
/// uses stands for itself.
pub(super) fn processes_of(program: &Program<'_>, unit: UnitId) -> Vec<CrateId> {
    let own = program.modules[program.unit(unit).module.index()].krate;
    if program.crates[own.index()].kind != TargetKind::Lib {
        return vec![own];
    }
    let ids = (0..u32::try_from(program.crates.len()).unwrap_or(u32::MAX)).map(CrateId);
    let binaries = ids.filter(|id| program.crates[id.index()].kind == TargetKind::Bin);
    let found: Vec<CrateId> = binaries.filter(|id| crates_within(program, *id).contains(&own)).collect();
    if found.is_empty() { vec![own] } else { found }
}

/// The crates of the run that a crate is made of, itself among them.
pub(super) fn crates_within(program: &Program<'_>, of: CrateId) -> BTreeSet<CrateId> {
    let mut found = BTreeSet::from([of]);
    let mut open = vec![of];
    while let Some(at) = open.pop() {
        open.extend(program.crates[at.index()].local_externs.values().copied().filter(|id| found.insert(*id)));
    }
    found
}
