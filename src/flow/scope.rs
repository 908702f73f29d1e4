//! Which units are judged.
//!
//! In: the program, and whether tests were asked for. Out: [`Scope`], which tells of any unit; each is looked at once.

use std::sync::atomic::{AtomicU8, Ordering};

use super::roots::unit_root;
use crate::link::{Program, UnitId};

const UNKNOWN: u8 = 0;
const WITHIN: u8 = 1;
const OUTSIDE: u8 = 2;

/// The part of the program that is judged: tests are not, unless they were asked for.
pub(super) struct Scope<'a, 'f> {
    program: &'a Program<'f>,
    all_targets: bool,
    /// By unit. Two threads may work out the same answer: nobody waits for another.
    known: Vec<AtomicU8>,
}

impl<'a, 'f> Scope<'a, 'f> {
    pub(super) fn new(program: &'a Program<'f>, all_targets: bool) -> Self {
        let known = (0..program.units.len()).map(|_| AtomicU8::new(UNKNOWN)).collect();
        Scope { program, all_targets, known }
    }

    pub(super) fn has(&self, unit: UnitId) -> bool {
        let known = &self.known[unit.index()];
        match known.load(Ordering::Relaxed) {
            UNKNOWN => {
                let is_within = self.all_targets || self.is_judged(unit);
                known.store(if is_within { WITHIN } else { OUTSIDE }, Ordering::Relaxed);
                is_within
            }
            known => known == WITHIN,
        }
    }

    fn is_judged(&self, unit: UnitId) -> bool {
        let is_for_tests = || unit_root(self.program, unit).is_some_and(|root| root.frequency.is_none());
        !self.program.unit(unit).test && !is_for_tests()
    }
}
