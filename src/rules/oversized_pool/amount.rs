//! Numbers that the code names.
//!
//! In: an expression. Out: its [`Amount`], where it is written out: a literal, a constant, what a setting falls back to.

use crate::catalog::model::{CallFact, Carry};
use crate::facts::{Body, Expr, ExprId, Stmt};
use crate::link::{Def, Program, Target, UnitId};

/// Variables, constants, functions and parts of expressions are followed this far.
const MAX_DEPTH: usize = 24;

/// A number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Amount {
    pub(super) value: u64,
    /// It counts only where nothing else is configured.
    pub(super) is_fallback: bool,
}

/// The number that an expression is; of several that it can be the greatest.
pub(super) fn amount(program: &Program<'_>, unit: UnitId, id: ExprId) -> Option<Amount> {
    of(program, unit, id, 0)
}

fn of(program: &Program<'_>, unit: UnitId, id: ExprId, depth: usize) -> Option<Amount> {
    let body = program.body(unit).filter(|_| depth < MAX_DEPTH)?;
    let next = |id: ExprId| of(program, unit, id, depth + 1);
    match body.expr(id) {
        Expr::Int(value) => Some(Amount { value: *value, is_fallback: false }),
        Expr::Str(text) => text.trim().parse().ok().map(|value| Amount { value, is_fallback: false }),
        Expr::Path(_) => named(program, unit, body, id, depth),
        Expr::Cast(inner, _) | Expr::Ref(inner) | Expr::Deref(inner) | Expr::Try(inner) => next(*inner),
        Expr::Closure(closure) => next(closure.body),
        Expr::Block(stmts) => stmts.iter().find_map(|stmt| match stmt {
            Stmt::Tail(value) => next(*value),
            _ => None,
        }),
        Expr::If { then, otherwise, .. } => next(*then).max(otherwise.and_then(next)),
        Expr::Match { arms, .. } => arms.iter().filter_map(|(_, _, value)| next(*value)).max(),
        Expr::Method { receiver, name, args, .. } => called(program, unit, id, depth).or_else(|| {
            let fact = fact_of(program, unit, id, name);
            match args.first() {
                None => next(*receiver),
                Some(arg) if fact.is_some_and(|fact| fact.fallback) => {
                    next(*receiver).or_else(|| next(*arg).map(|found| Amount { is_fallback: true, ..found }))
                }
                Some(_) => next(*receiver).filter(|_| fact.is_some_and(|fact| fact.carry == Some(Carry::Same))),
            }
        }),
        Expr::Call { args, .. } => called(program, unit, id, depth).or_else(|| match args.as_slice() {
            [only] => next(*only),
            _ => None,
        }),
        _ => None,
    }
}

/// What is known of a method: by its owner, else by a name that tells.
fn fact_of<'p>(program: &'p Program<'_>, unit: UnitId, id: ExprId, name: &str) -> Option<&'p CallFact> {
    match program.types(unit).targets.get(&id) {
        Some(Target::Library { call, .. }) => Some(&call.fact),
        _ => program.catalog.distinctive(name).map(|(_, call)| &call.fact).next(),
    }
}

/// A variable, a constant or a static.
fn named(program: &Program<'_>, unit: UnitId, body: &Body, id: ExprId, depth: usize) -> Option<Amount> {
    let types = program.types(unit);
    match (types.locals.get(&id), types.values.get(&id)) {
        (Some(variable), _) => of(program, unit, body.initialiser_of(*variable)?, depth + 1),
        (None, Some(Def::Unit(constant))) => result(program, *constant, depth),
        _ => None,
    }
}

/// What a function of the program gives.
fn called(program: &Program<'_>, unit: UnitId, id: ExprId, depth: usize) -> Option<Amount> {
    match program.types(unit).targets.get(&id)? {
        Target::Units { units, .. } => units.iter().filter_map(|unit| result(program, *unit, depth)).max(),
        _ => None,
    }
}

fn result(program: &Program<'_>, unit: UnitId, depth: usize) -> Option<Amount> {
    of(program, unit, program.body(unit)?.root?, depth + 1)
}
