//! `missing-timeout`: a client, pool or connection that waits for ever where it could be told not to.
//!
//! In: constructions and the catalogue's timeouts for the version in force. Out: one finding for those of a type in a
//! module, where nothing sets a timeout that has no default: not on the way to the construction ([`Settings`]), not on the
//! value afterwards, and no limit stands around its use.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::construction::{rule_of, thing};
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use super::settings::{Settings, calls_on, is_setting, shown, type_built};
use super::versions::{Holds, holds};
use rustc_hash::FxHashSet;

use crate::catalog::model::{TimeoutFact, TimeoutKind, TypeRole};
use crate::catalog::{CallRef, FileId, last_segment};
use crate::facts::{ExprId, Name};
use crate::finding::{Confidence, Related, Resource};
use crate::flow::{Analysis, Innocent};
use crate::link::{ModuleId, Owner, Program, Target, TraitRef, Ty, UnitId};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "missing-timeout", judge };

/// A timeout that is not set.
struct Missing<'c> {
    kind: TimeoutKind,
    /// Who could set it.
    set_by: &'c [String],
    /// No version that the package can have sets it by itself.
    sure: bool,
}

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut causes: BTreeMap<(ModuleId, Name, String), usize> = BTreeMap::new();
    for analysis in context.analyses {
        let program = context.program;
        let place = || Place::in_unit(program, analysis.site.unit, analysis.site.span);
        match missing(context, analysis) {
            Err(reason) => judge.acquit(place, || reason.to_owned()),
            Ok((built, missing)) => {
                let draft = draft(context, analysis, &missing);
                let cause = (program.unit(analysis.site.unit).module, built, draft.message.clone());
                match causes.get(&cause) {
                    Some(first) => {
                        let message = "the same is missing here".to_owned();
                        let related = Related { location: draft.place.location, message };
                        if related.location != drafts[*first].place.location {
                            drafts[*first].related.push(related);
                        }
                    }
                    None => {
                        causes.insert(cause, drafts.len());
                        drafts.push(draft);
                    }
                }
            }
        }
    }
    drafts.into_iter().for_each(|draft| judge.report(draft));
}

/// The timeouts that a construction lacks, or why there is nothing to say.
fn missing<'c>(context: Context<'c, '_>, analysis: &Analysis) -> Result<(Name, Vec<Missing<'c>>), &'static str> {
    let program = context.program;
    let site = &analysis.site;
    let is_out = |innocent: Option<Innocent>| innocent == Some(Innocent::OutOfScope);
    if !analysis.ends.is_empty() && analysis.ends.iter().all(|end| is_out(end.innocent)) {
        return Err("only tests lead here");
    }
    if analysis.decisive.is_some_and(|end| rule_of(site.resource, &analysis.ends[end]).is_some()) {
        return Err("another rule says that it is in the wrong place");
    }
    if site.call.fact.dedicated || analysis.ends.iter().any(|end| end.fate.dedicated) {
        return Err("it waits for messages, as it should");
    }
    if is_opener_of_pool(program, site.unit) {
        return Err("the pool that opens it limits how long that takes");
    }
    let built = type_built(program, analysis).ok_or("what it builds is not known")?;
    let info = program.catalog.type_info(&built).ok_or("nothing is known of its timeouts")?;
    if info.fact.timeout.is_empty() {
        return Err("nothing is known of its timeouts");
    }
    let mut missing = unset(program, site.unit, info.file, &info.fact.timeout);
    if missing.is_empty() {
        return Err("each of its timeouts has a default or cannot be set");
    }
    let settings = Settings::of(program, analysis);
    missing.retain(|one| !settings.has(program, one.set_by));
    if missing.is_empty() {
        return Err("its timeouts are set");
    }
    if settings.hidden {
        return Err("its settings come from where they are not seen");
    }
    let packages = packages(program, analysis);
    let opens_late = site.resource != Resource::Connection;
    missing.retain(|one| !is_set_elsewhere(program, &packages, one.set_by, !opens_late));
    let limited = missing.iter().any(|one| one.kind != TimeoutKind::Connect || opens_late)
        && is_use_limited(program, &packages, &site.family);
    let is_limited = |kind: TimeoutKind| match kind {
        TimeoutKind::Connect if !opens_late => is_construction_limited(program, analysis),
        _ => limited,
    };
    missing.retain(|one| !is_limited(one.kind));
    // A write waits only once the peer has stopped reading; where all else is limited, that is found out.
    if missing.iter().all(|one| one.kind == TimeoutKind::Write) {
        return Err("its use is limited");
    }
    Ok((built, missing))
}

/// For each kind of timeout, the fact in force that has no default and that somebody can set.
fn unset<'c>(program: &Program<'_>, unit: UnitId, file: FileId, facts: &'c [TimeoutFact]) -> Vec<Missing<'c>> {
    let mut missing: Vec<Missing<'c>> = Vec::new();
    let in_force: Vec<(&TimeoutFact, Holds)> = facts
        .iter()
        .map(|fact| (fact, holds(program, unit, file, fact.versions.as_deref())))
        .filter(|(_, holds)| *holds != Holds::Never)
        .collect();
    for (fact, _) in &in_force {
        if fact.default_ms.is_some() || fact.set_by.is_empty() || missing.iter().any(|one| one.kind == fact.kind) {
            continue;
        }
        let rivals = in_force.iter().filter(|(other, _)| other.kind == fact.kind);
        let sure = rivals.into_iter().all(|(other, _)| other.default_ms.is_none() && !other.set_by.is_empty());
        missing.push(Missing { kind: fact.kind, set_by: &fact.set_by, sure });
    }
    missing
}

/// Whether a unit is how a pool of another library opens its connections.
fn is_opener_of_pool(program: &Program<'_>, unit: UnitId) -> bool {
    let Owner::Impl(of) = program.unit(unit).owner else { return false };
    let Some(TraitRef::External(path)) = &program.impls[of.index()].of_trait else { return false };
    let Some((library, _)) = path.split_once("::") else { return false };
    let is_pool = |path: &str| path.split_once("::").is_some_and(|(of, _)| of == library);
    let mut types = program.catalog.files().iter().flat_map(|file| &file.types);
    types.any(|fact| fact.role == TypeRole::Pool && is_pool(&fact.path))
}

/// The packages that a value comes through.
fn packages(program: &Program<'_>, analysis: &Analysis) -> Vec<usize> {
    let routes = analysis.ends.iter().flat_map(|end| end.route.iter().map(|(unit, _)| *unit));
    let mut packages: Vec<usize> =
        routes.chain([analysis.site.unit]).map(|unit| program.crate_of(unit).package).collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Whether some method of what was made, or of what is made from it, sets the timeout somewhere in these packages. For a
/// connection, its client may have been built with it.
fn is_set_elsewhere(program: &Program<'_>, packages: &[usize], set_by: &[String], by_client: bool) -> bool {
    let makers = program.catalog.maker_names().into_values().flatten().collect::<FxHashSet<Name>>();
    let makes = |calls: &[Arc<CallRef>]| calls.iter().any(|call| call.fact.makes.is_some());
    set_by.iter().any(|path| {
        let path = program.catalog.canonical(path);
        let Some((owner, name)) = path.rsplit_once("::") else { return false };
        let constructs = makes(program.catalog.method(owner, name)) || makes(program.catalog.function(&path));
        let counts = if is_setting(program, owner) {
            by_client && makers.iter().any(|name| makes(program.catalog.method(owner, name)))
        } else {
            !constructs
        };
        counts && mentioning(program, packages, name).any(|unit| calls_on(program, unit, owner, name))
    })
}

fn mentioning<'p>(program: &'p Program<'_>, packages: &'p [usize], name: &str) -> impl Iterator<Item = UnitId> + 'p {
    let units = program.mentions.get(last_segment(name)).map_or(&[][..], Vec::as_slice);
    units.iter().copied().filter(|unit| is_judged(program, packages, *unit))
}

fn is_judged(program: &Program<'_>, packages: &[usize], unit: UnitId) -> bool {
    !program.unit(unit).test && packages.contains(&program.crate_of(unit).package)
}

/// Whether the construction, or a call that leads to it, is given to what limits its time.
fn is_construction_limited(program: &Program<'_>, analysis: &Analysis) -> bool {
    let here = (analysis.site.unit, analysis.site.expr);
    let routes = analysis.ends.iter().flat_map(|end| end.route.iter().copied());
    routes.chain([here]).any(|(unit, expr)| {
        program.body(unit).is_some_and(|body| body.ancestors(expr).any(|at| limits(program, unit, at)))
    })
}

fn limits(program: &Program<'_>, unit: UnitId, call: ExprId) -> bool {
    matches!(program.types(unit).targets.get(&call), Some(Target::Library { call, .. }) if call.fact.limits)
}

/// Whether anything that is done with the family's libraries in these packages is given to what limits its time.
fn is_use_limited(program: &Program<'_>, packages: &[usize], family: &str) -> bool {
    program.unit_ids().filter(|unit| is_judged(program, packages, *unit)).any(|unit| {
        let Some(body) = program.body(unit) else { return false };
        if !body.mentions("timeout") && !body.mentions("timeout_at") {
            return false;
        }
        body.ids().filter(|id| limits(program, unit, *id)).any(|id| concerns(program, unit, id, family, 0))
    })
}

/// Whether a stretch of code does something with a library of the family, itself or through functions.
fn concerns(program: &Program<'_>, unit: UnitId, id: ExprId, family: &str, depth: usize) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let types = program.types(unit);
    let is_family = |file: FileId| program.catalog.file(file).family.as_deref() == Some(family);
    let of_type = program.autoderef(types.ty(id)).iter().any(|step| match step {
        Ty::External(path, _) => program.catalog.type_info(path).is_some_and(|info| is_family(info.file)),
        _ => false,
    });
    let of_call = match types.targets.get(&id) {
        Some(Target::Library { call, .. }) => is_family(call.file),
        Some(Target::Units { units, .. }) if depth < 2 => units.iter().any(|unit| {
            program
                .body(*unit)
                .and_then(|body| body.root)
                .is_some_and(|root| concerns(program, *unit, root, family, depth + 1))
        }),
        _ => false,
    };
    let mut found = of_type || of_call;
    body.expr(id).for_each_child(|child| found = found || concerns(program, unit, child, family, depth));
    found
}

fn draft(context: Context<'_, '_>, analysis: &Analysis, missing: &[Missing<'_>]) -> Draft {
    let program = context.program;
    let what = thing(program, analysis);
    let names: Vec<&str> = missing.iter().map(|one| name(one.kind)).collect();
    let sure = missing.iter().any(|one| one.sure);
    let confidence = match (sure, analysis.site.sure) {
        (true, true) => Confidence::High,
        (true, false) | (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    let message = format!("{what} has no {} timeout", joined(&names));
    let step = format!("waits for ever where a {} timeout would end it", joined(&names));
    let mut draft = Draft::of_site(program, &analysis.site, confidence, message, step);
    let mut setters: Vec<String> = Vec::new();
    for one in missing {
        let Some(setter) = one.set_by.first() else { continue };
        let line = format!("`{}`", shown(setter));
        if !setters.contains(&line) {
            setters.push(line);
        }
    }
    let setters: Vec<&str> = setters.iter().map(String::as_str).collect();
    draft.help.push(format!("set it with {}", joined(&setters)));
    draft
}

fn name(kind: TimeoutKind) -> &'static str {
    match kind {
        TimeoutKind::Connect => "connect",
        TimeoutKind::Response => "response",
        TimeoutKind::Read => "read",
        TimeoutKind::Write => "write",
        TimeoutKind::Wait => "wait",
    }
}

/// `a`, `a and b`, `a, b and c`.
fn joined(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
