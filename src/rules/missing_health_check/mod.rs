//! `missing-health-check`: a health check that says nothing about the servers without which the process cannot work.
//!
//! In: the health checks of each process (`routes`, `names`) and what their answers depend on (`answer`). Out: a finding at
//! a readiness check, or where there is none at a health check, when no server of a family that the process uses is asked.
//! A liveness check need not ask anybody.

mod answer;
mod names;
mod routes;

use std::collections::BTreeSet;

use answer::{Answer, answer};
use routes::{HealthCheck, health_checks};

use super::context::{Context, family_title};
use super::judge::{Draft, Judge, Rule};
use super::servers::{Code, Process, Walk, place_of, processes};
use crate::catalog::model::HealthKind;
use crate::finding::{Confidence, Location, Related};
use crate::flow::{Analysis, Site};
use crate::link::{Program, UnitId};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "missing-health-check", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let is_asked = |analysis: &&Analysis| context.program.catalog.ping_of(&analysis.site.family).is_some();
    let clients: Vec<&Analysis> = context.analyses.iter().filter(is_asked).collect();
    if clients.is_empty() {
        return;
    }
    let checks = health_checks(context);
    if checks.is_empty() {
        return;
    }
    for (process, own) in assigned(context, &checks) {
        let built = |analysis: &&Analysis| process.builds(context.program, analysis);
        let clients: Vec<&Analysis> = clients.iter().copied().filter(built).collect();
        if !clients.is_empty() && !own.is_empty() {
            of_process(context, judge, &own, &clients);
        }
    }
}

/// The processes with the checks that each answers: those that it registers at start-up. What none is seen to register
/// belongs to all that are linked with it.
fn assigned<'h>(context: Context<'_, '_>, checks: &'h [HealthCheck]) -> Vec<(Process, Vec<&'h HealthCheck>)> {
    let program = context.program;
    let registered = |process: &Process| -> Vec<bool> {
        let mut walk = Walk::new(context, false);
        walk.through(Code::Unit(process.main));
        let is_reached = |unit: UnitId| walk.units.contains(&unit);
        let is_named = |unit| program.references(unit).into_iter().any(|reference| is_reached(reference.unit));
        checks.iter().map(|check| is_reached(check.unit) || is_named(check.unit)).collect()
    };
    let found: Vec<(Process, Vec<bool>)> =
        processes(context).into_iter().map(|process| (process.clone(), registered(&process))).collect();
    let is_anyones = |index: usize| found.iter().any(|(_, own)| own[index]);
    let has = |process: &Process, own: &[bool], index: usize| {
        own[index] || (!is_anyones(index) && process.has(program, checks[index].unit))
    };
    found
        .iter()
        .map(|(process, own)| {
            let mine = (0..checks.len()).filter(|index| has(process, own, *index)).map(|index| &checks[index]);
            (process.clone(), mine.collect())
        })
        .collect()
}

/// Judges the checks by which one process tells whether it can serve.
fn of_process(context: Context<'_, '_>, judge: &mut Judge, checks: &[&HealthCheck], clients: &[&Analysis]) {
    let highest = checks.iter().map(|check| check.kind).max().unwrap_or(HealthKind::Liveness);
    let (judged, others): (Vec<&HealthCheck>, Vec<&HealthCheck>) =
        checks.iter().copied().partition(|check| check.kind == highest && highest != HealthKind::Liveness);
    for check in others {
        judge.acquit(
            || check.place.clone(),
            || "another check tells whether it can serve, or only liveness is asked for".to_owned(),
        );
    }
    let answers: Vec<Answer> = judged.iter().map(|check| answer(context, check)).collect();
    let reason = answers.iter().find_map(|answer| match answer {
        Answer::Fed => Some("the answer is kept up to date by code that asks servers"),
        Answer::Unknown => Some("what it awaits isn't known"),
        Answer::Asks(asked) if !asked.is_empty() => Some("it asks a server"),
        Answer::Asks(_) => None,
    });
    match (reason, judged.split_first()) {
        (Some(reason), _) => {
            for check in judged {
                judge.acquit(|| check.place.clone(), || reason.to_owned());
            }
        }
        (None, Some((first, rest))) => judge.report(draft(context, first, rest, clients)),
        (None, None) => {}
    }
}

fn draft(context: Context<'_, '_>, check: &HealthCheck, rest: &[&HealthCheck], clients: &[&Analysis]) -> Draft {
    let program = context.program;
    let site = &clients[0].site;
    let titles: BTreeSet<String> =
        clients.iter().map(|client| family_title(program, &client.site.family, client.site.call.file)).collect();
    let titles: Vec<String> = titles.into_iter().collect();
    let titles = titles.join(" and ");
    let built = Location { file: program.file_name(site.unit).to_owned(), span: site.span };
    let mut related =
        vec![Related { location: built, message: "the process depends on what is built here".to_owned() }];
    for other in rest {
        related.push(Related {
            location: other.place.location.clone(),
            message: format!("neither does `{}`", other.name),
        });
    }
    Draft {
        place: check.place.clone(),
        confidence: Confidence::High,
        message: format!("`{}` answers without asking {titles}", check.name),
        resource: site.resource,
        family: site.family.clone(),
        call: site.call.path.to_string(),
        chain: Vec::new(),
        what: "answers whatever the servers do".to_owned(),
        related,
        help: help(program, check, site),
        example: None,
        fix: None,
    }
}

/// What to do, in the project's names: its handler, and the function that builds the client.
fn help(program: &Program<'_>, check: &HealthCheck, site: &Site) -> Vec<String> {
    let ping = program.catalog.ping_of(&site.family).unwrap_or_default();
    let handler = match check.code.first() {
        Some(Code::Unit(unit)) => format!("`{}`", program.display_name(*unit)),
        _ => format!("the handler of `{}`", check.name),
    };
    let maker = format!("`{}` ({})", program.display_name(site.unit), place_of(program, site.unit, site.expr));
    vec![
        format!("let {handler} send `{ping}` through what {maker} builds, within a short timeout"),
        "answer 503 when that fails; a check that asks nobody is for liveness, under a path of its own".to_owned(),
    ]
}
