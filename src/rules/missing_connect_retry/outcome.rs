//! What becomes of a failure.
//!
//! In: an ask at start-up with the calls that lead there. Out: whether its failure ends the program: it panics, exits, or is
//! handed up to `main`.

use crate::catalog::model::{Carry, Leaves};
use crate::facts::{Body, Expr, ExprId, PatId, Stmt};
use crate::link::{BodyTypes, Program, Target};
use crate::rules::servers::{Ask, Frame, Start};

/// What a unit does with the failure of one of its calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It ends the program.
    Ends,
    /// It returns it to its caller.
    HandsUp,
    /// Something else, or that isn't known.
    Other,
}

/// Variables are followed this far.
const MAX_DEPTH: usize = 4;

/// Whether the failure of an ask ends the program.
pub(super) fn ends_program(program: &Program<'_>, ask: &Ask, start: &Start) -> bool {
    for frame in [(ask.unit, ask.expr)].into_iter().chain(ask.frames.iter().rev().copied()) {
        match outcome(program, frame) {
            Outcome::Ends => return true,
            // Where the whole start-up has failed, the process does not get to serving.
            Outcome::Other => return start.way.contains(&frame),
            Outcome::HandsUp => {}
        }
    }
    true
}

fn outcome(program: &Program<'_>, (unit, expr): Frame) -> Outcome {
    let Some(body) = program.body(unit) else { return Outcome::Other };
    Failure { program, body, types: program.types(unit) }.of(expr, 0)
}

struct Failure<'u, 'f> {
    program: &'u Program<'f>,
    body: &'u Body,
    types: &'u BodyTypes,
}

impl Failure<'_, '_> {
    /// What becomes of the failure that the value at `expr` may be.
    fn of(&self, expr: ExprId, depth: usize) -> Outcome {
        let body = self.body;
        let mut at = expr;
        while let Some(parent) = body.parent(at) {
            match body.expr(parent) {
                Expr::Return(_) => return Outcome::HandsUp,
                Expr::Match { scrutinee, arms } if *scrutinee == at => return self.of_arms(parent, arms, depth),
                Expr::Let(pat, _) => return self.of_condition(parent, *pat),
                Expr::Method { receiver, .. } if *receiver == at && self.panics(parent) => return Outcome::Ends,
                Expr::Method { .. } | Expr::Call { .. } if !self.carries(at, parent) => return Outcome::Other,
                Expr::Block(stmts) => match stmts.iter().find(|stmt| has(stmt, at)) {
                    Some(Stmt::Tail(_)) => {}
                    Some(Stmt::Let { otherwise: Some(otherwise), .. }) => return self.leaving(*otherwise),
                    Some(Stmt::Let { pat, .. }) => return self.through(*pat, depth),
                    Some(Stmt::Semi(_)) | None => return Outcome::Other,
                },
                Expr::Try(_) => match self.function_around(parent) {
                    Some(function) => {
                        at = function;
                        continue;
                    }
                    None => return Outcome::HandsUp,
                },
                Expr::Method { .. } | Expr::Call { .. } | Expr::Await(_) | Expr::Ref(_) | Expr::Cast(..) => {}
                Expr::Async(_) | Expr::Closure(_) | Expr::Match { .. } | Expr::If { .. } | Expr::Macro(_) => {}
                _ => return Outcome::Other,
            }
            at = parent;
        }
        Outcome::HandsUp
    }

    /// Whether the result of a call fails with what it is called on, or given: `map_err`, `timeout`.
    fn carries(&self, value: ExprId, call: ExprId) -> bool {
        let carries = match self.types.targets.get(&call) {
            Some(Target::Library { call, .. }) => call.fact.carry == Some(Carry::Same),
            Some(Target::Units { .. } | Target::Constructor | Target::Foreign(_)) => false,
            Some(Target::Fluent) | None => {
                matches!(self.body.expr(call), Expr::Method { receiver, .. } if *receiver == value)
            }
        };
        let fails = |id: ExprId| self.program.outcome_inner(self.types.ty(id)).is_some();
        carries && (fails(call) || !fails(value))
    }

    /// The closure or async block out of which `?` leads.
    fn function_around(&self, expr: ExprId) -> Option<ExprId> {
        let mut around = self.body.ancestors(expr).skip(1);
        around.find(|at| matches!(self.body.expr(*at), Expr::Closure(_) | Expr::Async(_)))
    }

    /// Whether a call ends the program unless it gets what it wants.
    fn panics(&self, call: ExprId) -> bool {
        matches!(self.types.targets.get(&call), Some(Target::Library { call, .. }) if call.fact.panics)
    }

    /// What the arm of a failure does.
    fn of_arms(&self, expr: ExprId, arms: &[(PatId, Option<ExprId>, ExprId)], depth: usize) -> Outcome {
        let Some((_, _, arm)) = arms.iter().find(|(pat, _, _)| !self.body.is_success(*pat)) else {
            return Outcome::Other;
        };
        if self.is_error(*arm) { self.of(expr, depth) } else { self.leaving(*arm) }
    }

    /// `if let Err(..) = value { .. }`, `if let Ok(..) = value { .. } else { .. }`.
    fn of_condition(&self, condition: ExprId, pat: PatId) -> Outcome {
        let parent = self.body.parent(condition).map(|parent| self.body.expr(parent));
        let Some(Expr::If { cond, then, otherwise }) = parent else { return Outcome::Other };
        match (*cond == condition, self.body.is_success(pat), otherwise) {
            (true, false, _) => self.leaving(*then),
            (true, true, Some(otherwise)) => self.leaving(*otherwise),
            _ => Outcome::Other,
        }
    }

    /// Whether an expression's value is `Err(..)`.
    fn is_error(&self, expr: ExprId) -> bool {
        match self.body.expr(expr) {
            Expr::Call { callee, .. } => {
                matches!(self.body.expr(*callee), Expr::Path(path) if path.last().is_some_and(|name| name == "Err"))
            }
            Expr::Block(stmts) => matches!(stmts.last(), Some(Stmt::Tail(tail)) if self.is_error(*tail)),
            _ => false,
        }
    }

    /// What code that runs only after a failure does.
    fn leaving(&self, expr: ExprId) -> Outcome {
        match self.body.expr(expr) {
            Expr::Return(_) | Expr::Try(_) => Outcome::HandsUp,
            Expr::Call { .. } | Expr::Method { .. } if self.panics(expr) => Outcome::Ends,
            Expr::Macro(call) => {
                let fact = call.path.last().and_then(|name| self.program.catalog.macro_fact(name));
                match fact.and_then(|fact| fact.leaves) {
                    Some(Leaves::Process) => Outcome::Ends,
                    Some(Leaves::Function) => Outcome::HandsUp,
                    None => Outcome::Other,
                }
            }
            Expr::Block(stmts) => {
                let found = stmts.iter().map(|stmt| match stmt {
                    Stmt::Semi(expr) | Stmt::Tail(expr) => self.leaving(*expr),
                    Stmt::Let { .. } => Outcome::Other,
                });
                found.into_iter().find(|found| *found != Outcome::Other).unwrap_or(Outcome::Other)
            }
            _ => Outcome::Other,
        }
    }

    /// The first thing that is done with a variable's failure.
    fn through(&self, pat: PatId, depth: usize) -> Outcome {
        if depth >= MAX_DEPTH {
            return Outcome::Other;
        }
        let variables = self.body.binds_of(pat);
        let uses = variables.iter().filter_map(|variable| self.types.uses.get(variable)).flatten();
        let outcomes = uses.map(|used| self.of(*used, depth + 1));
        outcomes.into_iter().find(|found| *found != Outcome::Other).unwrap_or(Outcome::Other)
    }
}

/// Whether an expression is a part of a statement as it stands.
fn has(stmt: &Stmt, expr: ExprId) -> bool {
    match stmt {
        Stmt::Let { init, .. } => *init == Some(expr),
        Stmt::Semi(of) | Stmt::Tail(of) => *of == expr,
    }
}
