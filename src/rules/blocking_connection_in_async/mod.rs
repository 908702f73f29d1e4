//! `blocking-connection-in-async`: a call of a synchronous client that holds up an executor's thread.
//!
//! In: every call of a client library that blocks (`calls`). Out: one finding for each function that makes such calls in
//! asynchronous code: in itself, or by being called from it without a thread of its own in between (`route`, `around`), with what to use instead (`remedy`).
//! Start-up may block.

mod around;
mod calls;
mod remedy;
mod route;

use calls::{Call, calls_of, units};
use remedy::help;
use route::{Route, route};

use super::chain;
use super::context::{Context, confidence_by, family_title};
use super::judge::{Draft, Judge, Place, Rule};
use crate::facts::Expr;
use crate::finding::{Confidence, Step};
use crate::link::Program;

/// The rule.
pub(super) const RULE: Rule = Rule { id: "blocking-connection-in-async", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let calls: Vec<Vec<Call>> = units(context).into_iter().map(|unit| calls_of(context.program, unit)).collect();
    let calls: Vec<Vec<Call>> = calls.into_iter().filter(|calls| !calls.is_empty()).collect();
    let known = context.flow.frequencies(calls.iter().map(|calls| calls[0].unit));
    for calls in &calls {
        let mut reasons = Vec::new();
        let mut found = None;
        for call in calls {
            match route(context, &known, call) {
                Ok(route) => {
                    found = Some((call, route));
                    break;
                }
                Err(reason) => reasons.push((call, reason)),
            }
        }
        match found {
            Some((call, route)) => {
                let confidence = confidence_by(&known, route.entry);
                judge.report(draft(context.program, call, &route, confidence));
            }
            None => {
                for (call, reason) in reasons {
                    judge.acquit(|| Place::of_expr(context.program, call.unit, call.expr), || reason.to_owned());
                }
            }
        }
    }
}

fn draft(program: &Program<'_>, call: &Call, route: &Route, confidence: Confidence) -> Draft {
    let title = family_title(program, &call.family, call.file);
    let here = route.calls.is_empty();
    let mut place = Place::of_expr(program, call.unit, call.expr);
    // Of a chain of calls only the one that blocks.
    if let Some(Expr::Method { name_span, .. }) = program.body(call.unit).map(|body| body.expr(call.expr)) {
        place.location.span.start = place.location.span.start.max(name_span.start);
    }
    let chain: Vec<Step> = route
        .calls
        .first()
        .map(|_| chain::root_unit(program, route.entry, "asynchronous"))
        .into_iter()
        .chain(route.calls.iter().map(|(unit, expr, callee)| chain::call_step(program, *unit, *expr, *callee)))
        .collect();
    let to = if here { "in asynchronous code" } else { "in a function called from asynchronous code" };
    Draft {
        place,
        confidence,
        message: format!("a synchronous {title} call blocks the executor {to}"),
        resource: call.resource,
        family: call.family.clone(),
        call: call.path.to_string(),
        chain,
        what: format!("blocks in `{}`", call.path),
        related: Vec::new(),
        help: help(program, call),
        example: None,
        fix: None,
    }
}
