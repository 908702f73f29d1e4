//! What calls do with a value that is their receiver or an argument: hand it on, keep it, end it.

use std::sync::Arc;

use super::walk::Walk;
use super::{Fate, Kept, ParamKey};
use crate::catalog::CallRef;
use crate::catalog::model::{CallFact, Carry, Runs};
use crate::facts::{Expr, ExprId};
use crate::link::{Owner, Program, Target, Ty, UnitId};

impl<'f> Walk<'_, '_, 'f> {
    /// `outcome.and_then(|value| ..)`: the value goes into the closure.
    pub(super) fn enter_closures(&mut self, args: &'f [ExprId]) {
        for arg in args {
            if let Expr::Closure(closure) = self.body.expr(*arg)
                && let [param] = closure.params.as_slice()
            {
                self.follow_pat(*param, None);
            }
        }
    }

    /// A call of which nothing is known but that it is a library's.
    pub(super) fn is_opaque(&self, call: ExprId) -> bool {
        matches!(self.types.targets.get(&call), None | Some(Target::Foreign(_)))
    }

    /// A call on an opaque value that gives something that may hold it: not one that is awaited, which does something.
    pub(super) fn is_opaque_step(&self, call: ExprId) -> bool {
        let awaited = self.body.parent(call).is_some_and(|parent| matches!(self.body.expr(parent), Expr::Await(_)));
        self.is_opaque(call) && !awaited
    }

    /// The value is the receiver of a call. Whether the call's result goes on carrying it.
    pub(super) fn received(&mut self, call: ExprId) -> bool {
        let Expr::Method { name, args, .. } = self.body.expr(call) else { return false };
        match self.types.targets.get(&call) {
            Some(Target::Fluent) => true,
            Some(Target::Library { call: facts, .. }) => {
                self.fate.dedicated |= facts.fact.dedicated;
                if facts.fact.runs.is_some() && facts.fact.carry == Some(Carry::Same) {
                    self.enter_closures(args);
                }
                // What is made from it stands for it: a client may go when its connection is there.
                if facts.fact.makes.is_some() {
                    self.fate.derived.insert(call);
                    self.fate.used = true;
                    return true;
                }
                match facts.fact.carry {
                    Some(Carry::Same) => true,
                    Some(Carry::Leaks) => {
                        self.keep(Kept::Leaked, call);
                        false
                    }
                    _ => {
                        self.fate.used = true;
                        false
                    }
                }
            }
            Some(Target::Units { units, .. }) => self.received_by_units(&units.clone(), call),
            Some(Target::Foreign(_) | Target::Constructor) => {
                self.fate.used = true;
                false
            }
            None => {
                let hands_on = hands_on(self.program, name);
                self.fate.used |= !hands_on;
                hands_on
            }
        }
    }

    pub(super) fn received_by_units(&mut self, units: &[UnitId], call: ExprId) -> bool {
        let mut goes_on = false;
        for unit in units {
            let Some(function) = self.program.unit(*unit).function() else { continue };
            let fate = self.fates.of_param(*unit, ParamKey::This, self.calls_left);
            self.fate.serves |= fate.serves;
            self.fate.used = true;
            // `client.with_token(..)`: a copy that shares what the original holds.
            goes_on |= self.gives_own_type(*unit);
            let by_value = function.receiver.as_ref().is_some_and(|receiver| !receiver.by_ref);
            if by_value {
                self.fate.add(&Fate { kept: fate.kept.map(|(how, _)| (how, call)), ..fate });
                goes_on |= fate.returned;
            }
        }
        goes_on
    }

    /// Whether a method's result is of the type that it is a method of.
    pub(super) fn gives_own_type(&self, unit: UnitId) -> bool {
        let Owner::Impl(of) = self.program.unit(unit).owner else { return false };
        let Ty::Local(own, _) = &self.program.impls[of.index()].self_ty else { return false };
        let result = self.program.result_type(unit);
        let result = self.program.awaited(&result).unwrap_or(result);
        let result = self.program.outcome_inner(&result).unwrap_or(result);
        matches!(&result, Ty::Local(made, _) if made == own)
    }

    /// The value is an argument of a call. Whether the call's result goes on carrying it.
    pub(super) fn given(&mut self, call: ExprId, receiver: Option<ExprId>, index: usize, borrowed: bool) -> bool {
        match self.types.targets.get(&call) {
            Some(Target::Constructor) => true,
            Some(Target::Units { units, .. }) => {
                self.given_to_units(&units.clone(), call, index, receiver.is_some(), borrowed)
            }
            Some(Target::Library { call: facts, .. }) => {
                let facts = facts.clone();
                self.given_to_library(&facts.fact, call, receiver, borrowed)
            }
            Some(Target::Fluent) => !borrowed,
            Some(Target::Foreign(_)) => {
                self.fate.used = true;
                !borrowed
            }
            None => {
                self.fate.used = true;
                let Expr::Method { name, .. } = self.body.expr(call) else { return !borrowed };
                if borrowed {
                    return false;
                }
                match receiver {
                    Some(receiver) if self.program.catalog.is_keeper_name(name) => {
                        self.kept_by(receiver, call);
                        false
                    }
                    _ => true,
                }
            }
        }
    }

    pub(super) fn given_to_library(
        &mut self,
        fact: &CallFact,
        call: ExprId,
        receiver: Option<ExprId>,
        borrowed: bool,
    ) -> bool {
        self.fate.used = true;
        self.fate.dedicated |= fact.dedicated;
        if fact.makes.is_some() {
            self.fate.derived.insert(call);
            return true;
        }
        match (fact.carry, fact.runs) {
            (Some(Carry::Leaks), _) => {
                self.keep(Kept::Leaked, call);
                false
            }
            (Some(Carry::Ends), _) => false,
            (Some(Carry::Nothing), _) => false,
            (Some(Carry::Keeps), _) if !borrowed => match receiver {
                // `App::new().app_data(value)`: what keeps it is the value of the call.
                Some(receiver) if self.is_chained(call) && self.is_fresh(receiver) => true,
                Some(receiver) => {
                    self.kept_by(receiver, call);
                    false
                }
                None => {
                    self.keep(Kept::Stored, call);
                    false
                }
            },
            (_, Some(Runs::Task | Runs::BlockingTask)) => {
                self.fate.into_task = true;
                !borrowed
            }
            _ => !borrowed,
        }
    }

    pub(super) fn given_to_units(
        &mut self,
        units: &[UnitId],
        call: ExprId,
        index: usize,
        is_method: bool,
        borrowed: bool,
    ) -> bool {
        let mut goes_on = false;
        for unit in units {
            let has_receiver = self.program.unit(*unit).function().is_some_and(|function| function.receiver.is_some());
            let key = match (has_receiver && !is_method, index) {
                (true, 0) => ParamKey::This,
                (true, index) => ParamKey::At(index - 1),
                (false, index) => ParamKey::At(index),
            };
            let fate = self.fates.of_param(*unit, key, self.calls_left);
            self.fate.used = true;
            self.fate.serves |= fate.serves;
            if !borrowed {
                goes_on |= fate.returned;
                self.fate.add(&Fate { kept: fate.kept.map(|(how, _)| (how, call)), ..fate });
            }
        }
        goes_on
    }
}

/// Whether a method of this name, on a receiver that isn't known, gives the value that it is called on: `unwrap`.
pub(in crate::flow) fn hands_on(program: &Program<'_>, name: &str) -> bool {
    let is_same = |call: &Arc<CallRef>| call.fact.carry == Some(Carry::Same);
    ["std::result::Result", "std::option::Option", "std::iter::Iterator", "futures::stream::Stream"]
        .iter()
        .any(|owner| program.catalog.method(owner, name).iter().any(is_same))
        || program.catalog.trait_method(name).is_some_and(is_same)
}
