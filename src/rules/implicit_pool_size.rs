//! `implicit-pool-size`: a pool whose size nobody sets.
//!
//! In: constructions of pools and the catalogue's sizes for the versions that a package can have. Out: a finding where
//! nothing on the pool's way sets a size, with what the library makes of that.

use super::construction::thing;
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use super::settings::{Settings, shown, type_built};
use super::sizes::Sizes;
use super::versions::library_of;
use crate::catalog::model::SizeFact;
use crate::finding::{Confidence, Resource};
use crate::flow::{Analysis, Innocent};

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
    let sizes = Sizes::of(program, site.unit, &built).ok_or("nothing is known of its size")?;
    let mut defaults: Vec<String> = sizes.in_force.iter().filter_map(|fact| default_of(fact)).collect();
    defaults.dedup();
    if defaults.is_empty() {
        return Err("its size is an argument");
    }
    let settings = Settings::of(program, analysis);
    if sizes.is_set(program, analysis, &settings) {
        return Err("its size is set");
    }
    if settings.hidden {
        return Err("its settings come from where they are not seen");
    }
    let confidence = match (defaults.len(), site.sure) {
        (1, true) => Confidence::High,
        (_, true) => Confidence::Medium,
        (_, false) => Confidence::Low,
    };
    let what = thing(program, analysis);
    let library = library_of(program, site.unit, sizes.file);
    let message = format!("{what} has no size of its own; {library} gives it {}", defaults.join(" or "));
    let mut draft = Draft::of_site(program, site, confidence, message, "its size is not set".to_owned());
    if let Some(setter) = sizes.in_force.iter().find_map(|fact| fact.set_by.first()) {
        draft.help.push(format!("set the size with `{}`, from the configuration", shown(setter)));
    }
    if defaults.len() > 1 {
        draft.help.push(format!("{library}: which of these it is depends on the version"));
    }
    Ok(draft)
}

/// `10 connections`, `2 connections for each logical core`.
fn default_of(fact: &SizeFact) -> Option<String> {
    match (fact.default, fact.per_logical_core, fact.per_physical_core) {
        (Some(1), _, _) => Some("1 connection".to_owned()),
        (Some(size), _, _) => Some(format!("{size} connections")),
        (None, Some(times), _) => Some(format!("{times} connections for each logical core")),
        (None, None, Some(times)) => Some(format!("{times} connections for each physical core")),
        (None, None, None) => None,
    }
}
