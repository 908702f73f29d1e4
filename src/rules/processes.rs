//! Which processes a piece of code runs in, and what else runs there.
//!
//! In: a unit or a crate. Out: crates: the binaries that contain it, what it is made of, what may run beside it.

use std::collections::BTreeSet;

use crate::discover::TargetKind;
use crate::link::{CrateId, Program, UnitId};

/// The binaries that a unit runs in: its own, or those that are made of its library. A library that no binary of the run
/// uses stands for itself.
pub(super) fn processes_of(program: &Program<'_>, unit: UnitId) -> Vec<CrateId> {
    let own = program.crate_id_of(unit);
    if program.crates[own.index()].kind != TargetKind::Lib {
        return vec![own];
    }
    let binaries = program.crate_ids().filter(|id| program.crates[id.index()].kind == TargetKind::Bin);
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

/// The crates whose code may run in one process with that of a crate: with a binary what it is made of; with a library also
/// whoever uses it, and what they are made of.
pub(super) fn crates_beside(program: &Program<'_>, krate: CrateId) -> BTreeSet<CrateId> {
    let wholes = program.crate_ids().map(|id| crates_within(program, id));
    wholes.filter(|crates| crates.contains(&krate)).flatten().collect()
}
