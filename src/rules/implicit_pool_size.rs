//! `implicit-pool-size`: a pool whose size is what the machine has cores for.
//!
//! In: constructions of pools and the catalogue's sizes for the version in force. Out: a finding where the default follows
//! the machine and nothing on the pool's way sets a size.

use super::construction::thing;
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use super::settings::{Settings, calls_on, shown, type_built};
use super::versions::{Holds, holds};
use crate::catalog::model::SizeFact;
use crate::finding::{Confidence, Resource};
use crate::flow::{Analysis, Innocent};
use crate::link::Program;

/// The rule.
pub(super) const RULE: Rule = Rule { id: "implicit-pool-size", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    for analysis in context.analyses.iter().filter(|analysis| analysis.site.resource == Resource::Pool) {
        match draft(context, analysis) {
            Ok(draft) => judge.report(draft),
            Err(reason) => judge.acquit(
                || Place::in_unit(context.program, analysis.site.unit, analysis.site.span),
                || reason.to_owned(),
            ),
        }
    }
}

fn draft(context: Context<'_, '_>, analysis: &Analysis) -> Result<Draft, &'static str> {
    let program = context.program;
    let site = &analysis.site;
    if analysis.ends.iter().all(|end| end.innocent == Some(Innocent::OutOfScope)) && !analysis.ends.is_empty() {
        return Err("only tests lead here");
    }
    let built = type_built(program, analysis).ok_or("what it builds is not known")?;
    let info = program.catalog.type_info(&built).ok_or("nothing is known of its size")?;
    let in_force: Vec<(&SizeFact, Holds)> = info
        .fact
        .size
        .iter()
        .map(|fact| (fact, holds(program, site.unit, info.file, fact.versions.as_deref())))
        .filter(|(_, holds)| *holds != Holds::Never)
        .collect();
    let follows = |fact: &SizeFact| fact.per_logical_core.or(fact.per_physical_core).is_some();
    let (fact, _) = in_force.iter().find(|(fact, _)| follows(fact)).ok_or("its default size is fixed")?;
    let set_by: Vec<String> = in_force.iter().flat_map(|(fact, _)| fact.set_by.iter().cloned()).collect();
    let settings = Settings::of(program, analysis);
    if settings.has(program, &set_by) || is_resized(program, analysis, &set_by) {
        return Err("its size is set");
    }
    if settings.hidden {
        return Err("its settings come from where they are not seen");
    }
    let all_follow = in_force.iter().all(|(fact, _)| follows(fact));
    let confidence = match all_follow && site.sure {
        true if in_force.iter().any(|(_, holds)| *holds == Holds::Always) => Confidence::High,
        true => Confidence::Medium,
        false => Confidence::Low,
    };
    let rule = in_force.iter().filter(|(fact, _)| follows(fact)).map(|(fact, _)| times(fact)).collect::<Vec<_>>();
    let rule = rule.join(" or ");
    let what = thing(program, analysis);
    let mut draft = Draft::of_site(
        program,
        site,
        confidence,
        format!("{what} has as many connections as the machine's cores make it: {rule}"),
        "its size is not set".to_owned(),
    );
    if let Some(setter) = fact.set_by.first() {
        draft.help.push(format!("set the size with `{}`, from the configuration", shown(setter)));
    }
    Ok(draft)
}

/// Whether a unit that the pool comes through sets its size, once it stands.
fn is_resized(program: &Program<'_>, analysis: &Analysis, set_by: &[String]) -> bool {
    let routes = analysis.ends.iter().flat_map(|end| end.route.iter().map(|(unit, _)| *unit));
    routes.chain([analysis.site.unit]).any(|unit| {
        set_by.iter().any(|path| {
            let path = program.catalog.canonical(path);
            path.rsplit_once("::").is_some_and(|(owner, name)| calls_on(program, unit, owner, name))
        })
    })
}

/// `2 for each logical core`.
fn times(fact: &SizeFact) -> String {
    match (fact.per_logical_core, fact.per_physical_core) {
        (Some(times), _) => format!("{times} for each logical core"),
        (None, Some(times)) => format!("{times} for each physical core"),
        (None, None) => String::new(),
    }
}
