//! How asynchronous code gets to a blocking call.
//!
//! In: a call. Out: a [`Route`] from an asynchronous unit down to it, or why there is none that matters.

use std::collections::{BTreeSet, VecDeque};

use super::around::{Around, apart, around};
use super::calls::Call;
use crate::facts::ExprId;
use crate::flow::{Frequencies, Frequency};
use crate::link::{Program, Reference, ReferenceKind, Ty, UnitId};
use crate::rules::context::Context;

/// Callers are followed this far upwards.
const MAX_DEPTH: usize = 12;

/// How asynchronous code gets to a call.
pub(super) struct Route {
    /// The calls on the way, in the asynchronous code first: in which unit, where, of what.
    pub(super) calls: Vec<(UnitId, ExprId, UnitId)>,
    /// The asynchronous unit.
    pub(super) entry: UnitId,
}

/// The way by which asynchronous code gets to a call, or why there is none that matters.
pub(super) fn route(context: Context<'_, '_>, known: &Frequencies, call: &Call) -> Result<Route, &'static str> {
    let (program, flow) = (context.program, context.flow);
    let mut reason = None;
    let mut seen = BTreeSet::from([call.unit]);
    let mut queue = VecDeque::from([(call.unit, call.expr, Vec::new(), false)]);
    while let Some((unit, expr, calls, repeated)) = queue.pop_front() {
        let repeated = repeated || flow.goes_on(unit, expr);
        match around(context, unit, expr) {
            Around::Apart(why) => {
                reason.get_or_insert(why);
            }
            Around::Async if !repeated && is_start_up(context, known, unit, expr) => {
                reason.get_or_insert("only at start-up");
            }
            Around::Async => return Ok(Route { calls, entry: unit }),
            Around::Sync if calls.len() < MAX_DEPTH => {
                for reference in program.references(unit) {
                    let is_meant = reference.sure && !is_asynchronous_twin(program, unit, reference);
                    if !is_meant || !flow.in_scope(reference.unit) || !seen.insert(reference.unit) {
                        continue;
                    }
                    if reference.kind == ReferenceKind::Value
                        && let Some(why) = apart(context, reference.unit, reference.expr)
                    {
                        reason.get_or_insert(why);
                        continue;
                    }
                    let mut further = vec![(reference.unit, reference.expr, unit)];
                    further.extend(calls.iter().copied());
                    queue.push_back((reference.unit, reference.expr, further, repeated));
                }
            }
            Around::Sync => {}
        }
    }
    Err(reason.unwrap_or("no asynchronous code is seen to call it"))
}

/// Whether an expression is evaluated at start-up only: by the process, or by each of its workers.
fn is_start_up(context: Context<'_, '_>, known: &Frequencies, unit: UnitId, expr: ExprId) -> bool {
    let frequency = context.flow.frequency_at(known, unit, expr);
    frequency.is_none_or(|frequency| frequency <= Frequency::PerWorker)
}

/// Whether a call that may be of this synchronous function is awaited, though its result is no future: another function of
/// the name is meant, under another `cfg`.
fn is_asynchronous_twin(program: &Program<'_>, unit: UnitId, reference: Reference) -> bool {
    let Some(body) = program.body(reference.unit) else { return false };
    let result = program.result_type(unit);
    let is_value = matches!(result, Ty::Tuple(_) | Ty::Local(..)) || program.outcome_inner(&result).is_some();
    is_value && body.is_awaited(reference.expr)
}
