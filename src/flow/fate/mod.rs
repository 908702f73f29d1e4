//! What becomes of a value.
//!
//! In: an expression in a unit. Out: [`Fate`]: whether its value leaves the unit, is stored, serves a loop, or ends here.
//! The value is followed outwards through `?`, `.await`, wrappers, literals and branches, along the variables it is bound
//! to, and into the functions of the program that it is given to (`walk`, `calls`); what it is put into is traced back to
//! where that begins (`places`); loops are judged by whether the value outlives their turns (`loops`).

mod calls;
mod loops;
mod places;
mod walk;

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

pub(super) use calls::hands_on;
use walk::Walk;

use crate::facts::ExprId;
use crate::link::{Program, UnitId, UnitKind};

/// How a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kept {
    /// In something that lives longer than the unit's call: a field, static, map, cell.
    Stored,
    /// By a form whose initialiser runs at most once.
    Memoised,
    /// For ever.
    Leaked,
}

/// What becomes of a value within a unit.
#[derive(Debug, Clone, Default)]
pub struct Fate {
    /// It leaves as, or within, the unit's result.
    pub returned: bool,
    /// It is kept, and by which expression.
    pub kept: Option<(Kept, ExprId)>,
    /// It is moved into a task or thread of its own.
    pub into_task: bool,
    /// It is used over and over by a loop that begins after it was made.
    pub serves: bool,
    /// It takes the place of an earlier one in a variable that the loop around goes on to use.
    pub replaces: bool,
    /// Loops that it outlives: it leaves their bodies by a variable from outside, `break` or `return`.
    pub outlives: FxHashSet<ExprId>,
    /// A closure that makes it is put away, to be called by nobody knows whom.
    pub by_stored_closure: bool,
    /// It is turned into a subscription or another stream of its own.
    pub dedicated: bool,
    /// Something is done with it.
    pub used: bool,
    /// Constructions made from it within the unit.
    pub derived: FxHashSet<ExprId>,
}

impl Fate {
    fn add(&mut self, other: &Fate) {
        self.kept = self.kept.or(other.kept);
        self.into_task |= other.into_task;
        self.serves |= other.serves;
        self.replaces |= other.replaces;
        self.dedicated |= other.dedicated;
        self.by_stored_closure |= other.by_stored_closure;
        self.used |= other.used;
    }
}

/// Values given to functions that give them to functions … are followed this far.
const MAX_CALLS: usize = 6;

/// Follows values; keeps what it found for parameters.
pub(super) struct Fates<'a, 'f> {
    program: &'a Program<'f>,
    /// By how far values may still be followed, too: what is found does not depend on who asks first.
    params: Mutex<FxHashMap<(UnitId, ParamKey, usize), Fate>>,
}

/// A parameter: `self`, or by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ParamKey {
    This,
    At(usize),
}

impl<'a, 'f> Fates<'a, 'f> {
    pub(super) fn new(program: &'a Program<'f>) -> Self {
        Self { program, params: Mutex::default() }
    }

    /// The fate of an expression's value.
    pub(super) fn of(&self, unit: UnitId, expr: ExprId) -> Fate {
        self.of_within(unit, expr, MAX_CALLS)
    }

    fn of_within(&self, unit: UnitId, expr: ExprId, calls_left: usize) -> Fate {
        let Some(mut walk) = Walk::new(self, unit, calls_left) else { return Fate::default() };
        walk.follow(expr, false);
        walk.fate
    }

    /// The fate of what a unit is given.
    fn of_param(&self, unit: UnitId, key: ParamKey, calls_left: usize) -> Fate {
        if calls_left == 0 {
            return Fate { used: true, ..Fate::default() };
        }
        let question = (unit, key, calls_left);
        if let Some(known) = self.params().get(&question) {
            return known.clone();
        }
        let fate = self.param_fate(unit, key, calls_left - 1);
        self.params().insert(question, fate.clone());
        fate
    }

    fn params(&self) -> MutexGuard<'_, FxHashMap<(UnitId, ParamKey, usize), Fate>> {
        self.params.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn param_fate(&self, unit: UnitId, key: ParamKey, calls_left: usize) -> Fate {
        let Some(mut walk) = Walk::new(self, unit, calls_left) else { return Fate { used: true, ..Fate::default() } };
        match key {
            ParamKey::This => {
                for id in walk.body.ids() {
                    if walk.body.is_self(id) {
                        walk.follow_use(id, None);
                    }
                }
            }
            ParamKey::At(index) => {
                let UnitKind::Function(function) = self.program.unit(unit).kind else { return Fate::default() };
                if let Some(pat) = function.params.get(index).and_then(|param| param.pat) {
                    walk.follow_pat(pat, None);
                }
            }
        }
        walk.fate
    }
}
