//! How a construction's finding is mended by edits.
//!
//! In: the analyses that broke a rule. Out: a [`Fix`] for each where one is certain. The ways, in order:
//!
//! 1. [`hoist`]: once, in front of a loop or a worker's closure.
//! 2. [`reach`]: what the function has at hand already.
//! 3. [`cell`]: a connection that is opened when it is first asked for.
//! 4. [`statics`], [`momentary`]: the construction moves into a static, of whose value a clone is taken.
//!
//! What a fix writes has the very type of what it replaces, so that the program compiles as before; where that is not certain,
//! there is no fix, and the help shows what to write.

mod case;
mod cell;
mod hoist;
mod layout;
mod momentary;
mod reach;
mod slice;
mod statics;
mod takers;
mod timed;
mod unlocked;
mod value;

use super::context::Context;
use super::help::situation::Situation;
use crate::finding::Fix;
use crate::flow::{Analysis, Frequency};
use case::Case;
pub(super) use timed::timed;
pub(super) use unlocked::unlocked;

/// The fix for each analysis that broke a rule.
pub(super) fn of<'c>(context: Context<'c, '_>, guilty: &[(&'c Analysis, Frequency)]) -> Vec<Option<Fix>> {
    let case_of = |(analysis, frequency): &(&'c Analysis, Frequency)| {
        Some(Case { context, situation: Situation::of(context, analysis, *frequency)? })
    };
    let cases: Vec<Option<Case<'c, '_>>> = guilty.iter().map(case_of).collect();
    let mut cells: Vec<_> =
        cases.iter().flatten().filter_map(|case| statics::cell_of(case).or_else(|| momentary::cell_of(case))).collect();
    cells.sort();
    cells.dedup();
    let mut asked: Vec<_> = cases.iter().flatten().filter_map(cell::cell_of).collect();
    asked.sort();
    asked.dedup();
    let fix = |case: &Case<'_, '_>| {
        hoist::hoisted(case)
            .or_else(|| reach::at_hand(case))
            .or_else(|| cell::asked(case, &asked))
            .or_else(|| statics::shared(case, &cells))
            .or_else(|| momentary::shared(case, &cells))
    };
    cases.iter().map(|case| case.as_ref().and_then(fix)).collect()
}
