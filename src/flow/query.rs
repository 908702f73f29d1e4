//! What is known of a program's flow, and questions about it.
//!
//! In: the analyses of all constructions. Out: answers for any expression or unit, with the same meaning as in the
//! analyses: what stands around it, what happens to it, how often it runs.

use super::analysis::Analysis;
use super::context::{Context, HandOver, context, hand_over, is_retry};
use super::fate::{Fate, Fates, hands_on};
use super::frequency::{Frequencies, Frequency, frequencies};
use super::origin::{Origin, Slot, origins, slot_of};
use super::scope::Scope;
use crate::catalog::model::Runs;
use crate::facts::{Expr, ExprId, LoopKind, Name};
use crate::link::{Program, Target, UnitId};

/// A program with what is known of its flow.
pub struct Flow<'a, 'f> {
    /// The program.
    pub program: &'a Program<'f>,
    /// The reasoning about each construction.
    pub analyses: Vec<Analysis>,
    /// How often the units run that constructions end in, and those that lead to them.
    pub known: Frequencies,
    pub(super) fates: Fates<'a, 'f>,
    pub(super) scope: Scope<'a, 'f>,
}

impl Flow<'_, '_> {
    /// Whether a unit is part of the program that is judged: tests are not, unless they were asked for.
    #[must_use]
    pub fn in_scope(&self, unit: UnitId) -> bool {
        self.scope.has(unit)
    }

    /// The units that are judged and whose bodies may mention one of these names, in order.
    #[must_use]
    pub fn units_mentioning<'n>(&self, names: impl IntoIterator<Item = &'n Name>) -> Vec<UnitId> {
        self.program.units_mentioning(names).into_iter().filter(|unit| self.in_scope(*unit)).collect()
    }

    /// What stands around an expression.
    #[must_use]
    pub fn context(&self, unit: UnitId, expr: ExprId) -> Context {
        context(self.program, unit, expr)
    }

    /// What happens to the closure, async block or function path at `expr`.
    #[must_use]
    pub fn hand_over(&self, unit: UnitId, expr: ExprId) -> HandOver {
        hand_over(self.program, unit, expr)
    }

    /// Whether a loop in its unit runs an expression on and on: not until it succeeds, nor for each of a set of things.
    #[must_use]
    pub fn goes_on(&self, unit: UnitId, expr: ExprId) -> bool {
        let Some(body) = self.program.body(unit) else { return false };
        let is_for = |at: ExprId| matches!(body.expr(at), Expr::Loop { kind: LoopKind::For, .. });
        self.context(unit, expr).loops.iter().any(|at| !is_for(*at) && !is_retry(body, expr, *at))
    }

    /// Whether an expression starts a task or thread for what stands in it.
    #[must_use]
    pub fn starts_task(&self, unit: UnitId, expr: ExprId) -> bool {
        let Some(body) = self.program.body(unit) else { return false };
        match body.expr(expr) {
            Expr::Closure(_) | Expr::Async(_) => matches!(self.hand_over(unit, expr), HandOver::Task),
            Expr::Call { .. } | Expr::Method { .. } => match self.program.types(unit).targets.get(&expr) {
                Some(Target::Library { call, .. }) => matches!(call.fact.runs, Some(Runs::Task | Runs::BlockingTask)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression stands in a task or thread that its unit starts.
    #[must_use]
    pub fn is_in_task(&self, unit: UnitId, expr: ExprId) -> bool {
        let Some(body) = self.program.body(unit) else { return false };
        body.ancestors(expr).skip(1).any(|at| self.starts_task(unit, at))
    }

    /// What becomes of an expression's value within its unit.
    #[must_use]
    pub fn fate(&self, unit: UnitId, expr: ExprId) -> Fate {
        self.fates.of(unit, expr)
    }

    /// Where an expression's value may come from.
    #[must_use]
    pub fn origins(&self, unit: UnitId, expr: ExprId) -> Vec<Origin> {
        origins(self, unit, expr)
    }

    /// The field or static that an expression names, through locks, guards and the variables that hold them.
    #[must_use]
    pub fn slot(&self, unit: UnitId, expr: ExprId) -> Option<Slot> {
        slot_of(self, unit, expr, 0)
    }

    /// Whether a closure is run once per item, by its hand-over or by what is done with the result: only of items can it be
    /// collected (`(0..n).map(..).collect()`).
    #[must_use]
    pub fn is_per_item(&self, unit: UnitId, closure: ExprId) -> bool {
        if matches!(self.hand_over(unit, closure), HandOver::PerItem) {
            return true;
        }
        let Some(body) = self.program.body(unit) else { return false };
        let of_iterator = |name: &str| self.program.catalog.method("std::iter::Iterator", name);
        let Some((map, Expr::Method { name, .. })) = body.parent(closure).map(|at| (at, body.expr(at))) else {
            return false;
        };
        let per_item = of_iterator(name).iter().any(|call| call.fact.runs == Some(Runs::PerItem));
        let Some(Expr::Method { name: next, receiver, .. }) = body.parent(map).map(|at| body.expr(at)) else {
            return false;
        };
        let is_items =
            !of_iterator(next).is_empty() && self.program.catalog.method("std::option::Option", next).is_empty();
        per_item && *receiver == map && is_items
    }

    /// Whether a method call on a receiver that isn't known has a name that only hands on, such as `unwrap`.
    pub(super) fn hands_on(&self, unit: UnitId, call: ExprId) -> bool {
        let Some(Expr::Method { name, .. }) = self.program.body(unit).map(|body| body.expr(call)) else { return false };
        hands_on(self.program, name)
    }

    /// How often these units run, and all that lead to them. Worked out anew at each call: ask once for many.
    #[must_use]
    pub fn frequencies(&self, units: impl IntoIterator<Item = UnitId>) -> Frequencies {
        frequencies(self.program, &self.fates, &self.scope, units)
    }

    /// How often an expression's code begins to run: with the closure or loop that a framework runs, else with its unit, of
    /// which `known` tells.
    #[must_use]
    pub fn frequency_at(&self, known: &Frequencies, unit: UnitId, expr: ExprId) -> Option<Frequency> {
        match self.context(unit, expr).root {
            Some((hit, _)) => hit.frequency,
            None => known.of(unit).map(|entry| entry.frequency),
        }
    }
}
