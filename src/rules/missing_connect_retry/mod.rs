//! `missing-connect-retry`: a process that ends when a server does not answer its first attempt to connect.
//!
//! In: what each process asks of servers before it serves. Out: a finding at the first connection to a family's servers,
//! where it is opened by a single attempt (`attempts`) whose failure ends the program (`outcome`).

mod attempts;
mod outcome;

use std::collections::BTreeSet;

use attempts::{Attempts, attempts};
use outcome::ends_program;

use super::chain;
use super::context::{Context, family_title};
use super::judge::{Draft, Judge, Place, Rule};
use super::servers::{Ask, Process, Start, Way, handle_family, is_per_worker, processes, retrying_opener, start_of};
use crate::catalog::CallRef;
use crate::facts::Expr;
use crate::finding::{Confidence, Resource};
use crate::flow::Analysis;
use crate::link::Program;

/// The rule.
pub(super) const RULE: Rule = Rule { id: "missing-connect-retry", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let is_asked = |family: &str| context.program.catalog.ping_of(family).is_some();
    if !context.analyses.iter().any(|analysis| is_asked(&analysis.site.family)) {
        return;
    }
    for process in &processes(context) {
        let Some(start) = start_of(context, process) else { continue };
        let mut seen = BTreeSet::new();
        // Whoever comes after the first one finds a server that answers.
        let firsts = start.asks.iter().filter(|ask| !ask.in_task && seen.insert(ask.family.clone()));
        for ask in firsts.filter(|ask| is_asked(&ask.family)) {
            match verdict(context, ask, &start) {
                Ok((call, confidence)) => judge.report(draft(context, ask, &call, confidence, process)),
                Err(reason) => {
                    judge.acquit(|| Place::of_expr(context.program, ask.unit, ask.expr), || reason.to_owned());
                }
            }
        }
    }
}

/// The call that makes the one attempt, or why there is nothing to say of it.
fn verdict(
    context: Context<'_, '_>,
    ask: &Ask,
    start: &Start,
) -> Result<(std::sync::Arc<CallRef>, Confidence), &'static str> {
    let Some(call) = ask.call.clone().filter(|_| ask.way != Way::Sends) else {
        return Err("a command on a connection that is made elsewhere");
    };
    let is_here = |analysis: &&Analysis| (analysis.site.unit, analysis.site.expr) == (ask.unit, ask.expr);
    let site = context.analyses.iter().find(is_here);
    if site.is_some_and(is_per_worker) {
        return Err("another rule says that each worker opens its own");
    }
    if site.is_some_and(|analysis| is_passing(context.program, analysis)) {
        return Err("a connection for the work of start-up only");
    }
    let certain = match attempts(context, ask) {
        Attempts::Many(why) => return Err(why),
        Attempts::Single { certain } => certain,
    };
    if !ends_program(context.program, ask, start) {
        return Err("its failure is not seen to end the program");
    }
    Ok((call, if certain && ask.sure { Confidence::High } else { Confidence::Medium }))
}

/// Whether what is opened is no client of the process: it is made from an address, used at start-up and dropped.
fn is_passing(program: &Program<'_>, analysis: &Analysis) -> bool {
    let site = &analysis.site;
    let Some(body) = program.body(site.unit) else { return false };
    let types = program.types(site.unit);
    let mut is_of_handle = false;
    body.expr(site.expr).for_each_child(|part| is_of_handle |= handle_family(program, types.ty(part)).is_some());
    let is_kept = analysis.ends.iter().any(|end| end.fate.kept.is_some() || end.fate.into_task || end.fate.serves);
    !is_of_handle && !is_kept
}

fn draft(context: Context<'_, '_>, ask: &Ask, call: &CallRef, confidence: Confidence, process: &Process) -> Draft {
    let program = context.program;
    let title = family_title(program, &ask.family, call.file);
    let mut place = Place::of_expr(program, ask.unit, ask.expr);
    if let Some(Expr::Method { name_span, .. }) = program.body(ask.unit).map(|body| body.expr(ask.expr)) {
        place.location.span.start = place.location.span.start.max(name_span.start);
    }
    let mut chain = vec![chain::root_unit(program, process.main, "start-up")];
    for (index, (unit, expr)) in ask.frames.iter().enumerate() {
        let callee = ask.frames.get(index + 1).map_or(ask.unit, |(unit, _)| *unit);
        chain.push(chain::call_step(program, *unit, *expr, callee));
    }
    let verb = if ask.way == Way::Takes { "takes a connection with" } else { "connects with" };
    Draft {
        place,
        confidence,
        message: format!("one failed attempt to connect to {title} at start-up ends the process"),
        resource: call.fact.makes.unwrap_or(Resource::Connection),
        family: ask.family.clone(),
        call: call.path.to_string(),
        chain,
        what: format!("{verb} `{}`, once", call.path),
        related: Vec::new(),
        help: help(program, ask, call),
        example: None,
        fix: None,
    }
}

/// What to do, in the project's names: its own function around the attempt, else the library's.
fn help(program: &Program<'_>, ask: &Ask, call: &CallRef) -> Vec<String> {
    let attempt = match ask.frames.last() {
        Some(_) => program.display_name(ask.unit),
        None => call.path.to_string(),
    };
    let mut lines = vec![format!(
        "call `{attempt}` again a few times, with growing pauses, before giving up: the server may start later than this process"
    )];
    let package = program.catalog.file(call.file).packages.first();
    if let Some(other) = retrying_opener(program, ask) {
        lines.push(format!("or connect with `{other}`, which does so by itself"));
    } else if let (Some(versions), Some(package)) = (call.fact.retries.as_deref(), package) {
        lines.push(format!("or update: `{package}` {versions} does so by itself"));
    }
    lines
}
