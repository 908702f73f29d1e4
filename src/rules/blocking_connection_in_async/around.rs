//! On whose thread an expression is evaluated, as far as its unit tells.
//!
//! In: an expression. Out: [`Around`]: an executor's thread, that of whoever calls the unit, or one where blocking is no harm.

use crate::catalog::model::{Carry, Runs};
use crate::facts::{Expr, ExprId};
use crate::flow::HandOver;
use crate::link::{Program, Target, UnitId, UnitKind};
use crate::rules::context::Context;

/// In what kind of code an expression is evaluated, as far as its unit tells.
pub(super) enum Around {
    /// On an executor's thread.
    Async,
    /// On the thread of whoever calls the unit.
    Sync,
    /// Blocking is no harm here, or it isn't known who calls: why.
    Apart(&'static str),
}

/// In what an expression stands within its unit.
pub(super) fn around(context: Context<'_, '_>, unit: UnitId, expr: ExprId) -> Around {
    let program = context.program;
    let Some(body) = program.body(unit) else { return Around::Sync };
    if matches!(program.unit(unit).kind, UnitKind::Static(_)) {
        return Around::Apart(AT_MOST_ONCE);
    }
    let mut is_async = false;
    for at in body.ancestors(expr).skip(1) {
        match body.expr(at) {
            Expr::Async(_) => is_async = true,
            Expr::Closure(closure) => {
                is_async |= closure.is_async;
                match apart(context, unit, at) {
                    Some(why) if !is_async || why == OWN_THREAD || why == AT_MOST_ONCE => return Around::Apart(why),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let is_async = is_async || program.unit(unit).function().is_some_and(|function| function.is_async);
    if is_async { Around::Async } else { Around::Sync }
}

const OWN_THREAD: &str = "on a thread where blocking is allowed";
const AT_MOST_ONCE: &str = "run at most once";
const UNKNOWN: &str = "given to something that is not known to run it here";

/// Why the function given on at `at` doesn't run on the thread of the code around it; none if it does.
pub(super) fn apart(context: Context<'_, '_>, unit: UnitId, at: ExprId) -> Option<&'static str> {
    match runs(context.program, unit, at) {
        Some(Runs::BlockingTask) => return Some(OWN_THREAD),
        Some(Runs::Inline | Runs::PerItem | Runs::Task) => return None,
        None => {}
    }
    match context.flow.hand_over(unit, at) {
        HandOver::Memo(_) => Some(AT_MOST_ONCE),
        HandOver::Root(_) | HandOver::Callback => Some(UNKNOWN),
        HandOver::PerItem | HandOver::Task => None,
        HandOver::Inline => is_argument(context.program, unit, at).then_some(UNKNOWN),
    }
}

/// What the call to which a function is given does with it.
fn runs(program: &Program<'_>, unit: UnitId, at: ExprId) -> Option<Runs> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    let mut at = at;
    loop {
        let parent = body.parent(at)?;
        match body.expr(parent) {
            Expr::Ref(_) | Expr::Cast(..) => {}
            Expr::Call { args, .. } | Expr::Method { args, .. } if args.contains(&at) => {
                let Some(Target::Library { call, .. }) = types.targets.get(&parent) else { return None };
                if call.fact.runs.is_some() {
                    return call.fact.runs;
                }
                (call.fact.carry == Some(Carry::Same)).then_some(())?;
            }
            _ => return None,
        }
        at = parent;
    }
}

fn is_argument(program: &Program<'_>, unit: UnitId, at: ExprId) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let parent = body.ancestors(at).skip(1).find(|at| !matches!(body.expr(*at), Expr::Ref(_) | Expr::Cast(..)));
    parent.is_some_and(|parent| match body.expr(parent) {
        Expr::Call { args, .. } | Expr::Method { args, .. } => args.contains(&at),
        _ => false,
    })
}
