//! The chain of a finding: from the root down to the construction.
//!
//! In: an end of an analysis. Out: [`Step`]s, root first.

use super::context::Context;
use crate::facts::ExprId;
use crate::finding::{Location, Role, Step};
use crate::flow::{Analysis, End, Via, registration};
use crate::link::{Program, UnitId};
use crate::source::Span;

/// No chain shown is longer.
const MAX_STEPS: usize = 32;

/// The steps of an end.
#[must_use]
pub fn steps(context: Context<'_, '_>, analysis: &Analysis, end: &End) -> Vec<Step> {
    placed_steps(context, analysis, end).into_iter().map(|(_, step)| step).collect()
}

/// The steps of an end, each with the unit that it is in.
pub(super) fn placed_steps(context: Context<'_, '_>, analysis: &Analysis, end: &End) -> Vec<(UnitId, Step)> {
    let program = context.program;
    let mut steps = Vec::new();
    above(context, end, &mut steps);
    for window in end.route.windows(2) {
        let ((unit, expr), (callee, _)) = (window[0], window[1]);
        steps.push((unit, call_step(program, unit, expr, callee)));
    }
    let site = &analysis.site;
    let what = format!("{} `{}`", super::help::makes_verb(site.resource), site.call.path);
    steps.push((site.unit, step(program, site.unit, site.span, what, Role::Construction)));
    steps
}

/// From the root to the unit where the value ends.
fn above(context: Context<'_, '_>, end: &End, steps: &mut Vec<(UnitId, Step)>) {
    let program = context.program;
    let (unit, _) = end.place();
    if let Some((hit, at)) = &end.context.root {
        steps.push((unit, root_at(program, unit, *at, &hit.what)));
        return;
    }
    let mut upwards = Vec::new();
    let mut at = unit;
    for _ in 0..MAX_STEPS {
        let Some(entry) = context.known.of(at) else { break };
        match &entry.via {
            Via::Root(hit) => {
                // Told by its parameters, a handler has no route; its registration has.
                let registered = if hit.what.contains('/') { None } else { registration(program, at) };
                let what = registered.as_ref().map_or(&hit.what, |hit| &hit.what);
                upwards.push((at, root_unit(program, at, what)));
                break;
            }
            Via::Uncalled => {
                upwards.push((at, root_unit(program, at, "no caller is seen")));
                break;
            }
            Via::Memo(from, call) => {
                if let Some(call) = call {
                    upwards.push((*from, root_at(program, *from, *call, "run at most once")));
                } else {
                    upwards.push((*from, root_unit(program, *from, "initialiser, run at most once")));
                }
                break;
            }
            Via::InnerRoot(from, hit, closure, reference) => {
                if reference.expr != *closure {
                    upwards.push((*from, call_step(program, *from, reference.expr, at)));
                }
                upwards.push((*from, root_at(program, *from, *closure, &hit.what)));
                break;
            }
            Via::Reference(reference) => {
                upwards.push((reference.unit, call_step(program, reference.unit, reference.expr, at)));
                at = reference.unit;
            }
        }
    }
    upwards.reverse();
    steps.extend(upwards);
}

pub(super) fn call_step(program: &Program<'_>, unit: UnitId, expr: ExprId, callee: UnitId) -> Step {
    let what = format!("calls `{}`", program.display_name(callee));
    step(program, unit, span_of(program, unit, expr), what, Role::Call)
}

pub(super) fn root_unit(program: &Program<'_>, unit: UnitId, what: &str) -> Step {
    step(program, unit, program.unit(unit).span, what.to_owned(), Role::Root)
}

fn root_at(program: &Program<'_>, unit: UnitId, expr: ExprId, what: &str) -> Step {
    let mut span = span_of(program, unit, expr);
    // Only where a closure or loop begins: its body can be long.
    if span.end.line > span.start.line {
        span.end = span.start;
        span.end.column += 1;
    }
    step(program, unit, span, what.to_owned(), Role::Root)
}

fn step(program: &Program<'_>, unit: UnitId, span: Span, what: String, role: Role) -> Step {
    let location = Location { file: program.file_name(unit).to_owned(), span };
    Step { location, function: program.display_name(unit), what, role, bypassed: false }
}

fn span_of(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Span {
    program.body(unit).map_or_else(Default::default, |body| body.node(expr).span)
}
