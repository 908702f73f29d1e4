//! Which steps of a chain every route to a construction passes.
//!
//! In: an analysis and the steps of its chain, each with the unit it is in. Out: the steps, those marked that other routes
//! lead past. What is said at such a step (a comment that allows it) holds for one route only.

use super::context::Context;
use crate::finding::{Role, Step};
use crate::flow::{Analysis, End, Frequency};
use crate::link::UnitId;

/// The steps with [`Step::bypassed`] set.
pub(super) fn marked(context: Context<'_, '_>, analysis: &Analysis, steps: Vec<(UnitId, Step)>) -> Vec<Step> {
    let guilty: Vec<&End> = analysis.guilty().map(|(_, end)| end).collect();
    let mark = |(unit, mut step): (UnitId, Step)| {
        let on_the_way = step.role != Role::Construction;
        step.bypassed = on_the_way && guilty.iter().any(|end| is_reached_past(context, end, unit));
        step
    };
    steps.into_iter().map(mark).collect()
}

/// Whether a route that leads to an end, and from there to the construction, does not pass through a unit.
fn is_reached_past(context: Context<'_, '_>, end: &End, unit: UnitId) -> bool {
    if end.route.iter().any(|(passed, _)| *passed == unit) {
        return false;
    }
    // What a loop here repeats is guilty whatever calls it.
    let least = if end.repeats_here { Frequency::Once } else { Frequency::PerWorker };
    end.context.root.is_some() || context.known.is_reached_past(end.place().0, unit, least)
}
