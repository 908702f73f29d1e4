//! Whether a value lives as long as a session: a web socket, a subscription, an entry that is taken out again.
//!
//! In: an end of a construction. Out: whether the value is let go there while the process goes on.

use crate::facts::{Expr, ExprId};
use crate::flow::{End, Frequency, Innocent, Kept, Slot};
use crate::link::{Target, Ty, UnitId};
use crate::rules::context::Context;

/// Whether the value is made for a request and outlives it until a session ends.
pub(super) fn ends_with_session(context: Context<'_, '_>, end: &End) -> bool {
    if end.frequency != Some(Frequency::PerRequest) {
        return false;
    }
    match end.innocent {
        // Held by the loop that serves the session.
        Some(Innocent::Serves | Innocent::Distinguished) => true,
        Some(Innocent::Kept(Kept::Stored)) => is_removed(context, end),
        _ => false,
    }
}

/// Whether the container that keeps the value lets go of values again.
fn is_removed(context: Context<'_, '_>, end: &End) -> bool {
    let Some((_, at)) = end.fate.kept else { return false };
    let kept_in = slots(context, end.place().0, at);
    let program = context.program;
    !kept_in.is_empty()
        && program.units_mentioning(&program.catalog.remover_names()).into_iter().any(|unit| {
            context.flow.in_scope(unit)
                && program.body(unit).is_some_and(|body| body.ids().any(|id| removes(context, unit, id, &kept_in)))
        })
}

/// Into what the call at `at` puts a value: itself, or a function of the program that it calls.
fn slots(context: Context<'_, '_>, unit: UnitId, at: ExprId) -> Vec<Slot> {
    let program = context.program;
    let receiver_of = |unit: UnitId, id: ExprId| match program.body(unit).map(|body| body.expr(id)) {
        Some(Expr::Method { receiver, name, .. }) => Some((*receiver, name)),
        _ => None,
    };
    let Some(Target::Units { units, .. }) = program.types(unit).targets.get(&at) else {
        return receiver_of(unit, at).and_then(|(receiver, _)| context.flow.slot(unit, receiver)).into_iter().collect();
    };
    let of_unit = |unit: &UnitId| {
        let ids = program.body(*unit).into_iter().flat_map(|body| body.ids());
        let kept = ids.filter_map(|id| receiver_of(*unit, id).filter(|(_, name)| program.catalog.is_keeper_name(name)));
        kept.filter_map(|(receiver, _)| context.flow.slot(*unit, receiver)).collect::<Vec<_>>()
    };
    units.iter().flat_map(of_unit).collect()
}

/// Whether a call takes values out of one of these containers.
fn removes(context: Context<'_, '_>, unit: UnitId, id: ExprId, from: &[Slot]) -> bool {
    let program = context.program;
    let Some(Expr::Method { receiver, name, .. }) = program.body(unit).map(|body| body.expr(id)) else { return false };
    let is_removal = program.autoderef(program.types(unit).ty(*receiver)).iter().any(|step| match step {
        Ty::External(path, _) => {
            program.catalog.type_info(path).is_some_and(|info| info.fact.removes.iter().any(|known| known == name))
        }
        _ => false,
    });
    is_removal && context.flow.slot(unit, *receiver).is_some_and(|found| from.contains(&found))
}
