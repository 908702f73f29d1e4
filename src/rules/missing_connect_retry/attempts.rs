//! How often a connection is tried.
//!
//! In: an ask at start-up. Out: [`Attempts`]: more than one by a loop, a helper or the library itself; else a single one.

use crate::facts::{Body, Expr, ExprId};
use crate::link::{Program, Target, UnitId};
use crate::rules::context::Context;
use crate::rules::servers::{Ask, retries};
use crate::rules::versions::Holds;

/// How often a connection is tried.
pub(super) enum Attempts {
    /// More than once: how.
    Many(&'static str),
    /// Once; not certain where some of the possible versions try again.
    Single { certain: bool },
}

/// How often a connection is tried before the code around it gives up.
pub(super) fn attempts(context: Context<'_, '_>, ask: &Ask) -> Attempts {
    let program = context.program;
    if ask.retries == Holds::Always {
        return Attempts::Many("the client library tries again by itself");
    }
    if has_policy(program, ask.unit) {
        return Attempts::Many("it is given a policy for trying again");
    }
    let places = ask.frames.iter().copied().chain([(ask.unit, ask.expr)]);
    for (unit, expr) in places {
        if !context.flow.context(unit, expr).loops.is_empty() {
            return Attempts::Many("a loop around it tries again");
        }
        if is_given_to_retry(program, unit, expr) {
            return Attempts::Many("a helper that it is given to tries again");
        }
    }
    Attempts::Single { certain: ask.retries == Holds::Never }
}

/// Whether a unit makes a policy for trying again.
fn has_policy(program: &Program<'_>, unit: UnitId) -> bool {
    let is_policy = |target: &Target| match target {
        Target::Library { call, .. } => {
            let fact = &call.fact;
            fact.makes.is_none() && !fact.checkout && retries(program, unit, call) == Holds::Always
        }
        _ => false,
    };
    program.types(unit).targets.values().any(is_policy)
}

/// Whether an expression stands in a function that is given to something which runs it again and again.
fn is_given_to_retry(program: &Program<'_>, unit: UnitId, expr: ExprId) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let mut in_function = matches!(body.expr(expr), Expr::Path(_));
    let mut at = expr;
    while let Some(parent) = body.parent(at) {
        match body.expr(parent) {
            Expr::Closure(_) | Expr::Async(_) => in_function = true,
            Expr::Call { args, .. } | Expr::Method { args, .. } if in_function && args.contains(&at) => {
                match program.types(unit).targets.get(&parent) {
                    Some(Target::Units { units, .. }) if units.iter().any(|unit| has_loop(program.body(*unit))) => {
                        return true;
                    }
                    Some(Target::Library { call, .. }) if retries(program, unit, call) == Holds::Always => return true,
                    _ => {}
                }
            }
            Expr::Method { receiver, .. } if in_function && *receiver == at => {
                // `(|| connect()).retry(policy)`
                if matches!(program.types(unit).targets.get(&parent), Some(Target::Library { call, .. }) if call.fact.retries.is_some())
                {
                    return true;
                }
            }
            _ => {}
        }
        at = parent;
    }
    false
}

fn has_loop(body: Option<&Body>) -> bool {
    body.is_some_and(|body| body.exprs.iter().any(|node| matches!(node.expr, Expr::Loop { .. })))
}
