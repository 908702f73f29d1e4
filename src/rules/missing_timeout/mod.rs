//! `missing-timeout`: a client, pool or connection that waits for ever.
//!
//! In: constructions and the catalogue's timeouts for the versions that a package can have. Out: findings where a timeout
//! has no default and nothing sets it: not on the way to the construction ([`Settings`]), not on the value afterwards, and
//! no limit stands around its use ([`limits`]).
//!
//! By default one finding speaks for all that lack the same in a package, and only where the library offers a remedy. The
//! pedantic part is the rest: what nobody can set in this version, what another rule wants elsewhere anyhow, what can hang
//! only as it connects, what each request can be given by itself, what nobody waits for ([`exposed`]).

mod exposed;
mod lacks;
mod limits;

use std::collections::BTreeMap;

use exposed::Exposure;
use lacks::{Lack, lacks};
use limits::{is_construction_limited, is_opener_of_pool, is_set_elsewhere, is_use_limited, packages};

use super::construction::{rule_of, thing};
use super::context::Context;
use super::fix;
use super::judge::{Draft, Judge, Place, Rule};
use super::settings::{Settings, shown, type_built};
use super::versions::{is_known, library_of};
use crate::catalog::model::{CloneKind, TimeoutFact, TimeoutKind};
use crate::catalog::{FileId, TypeInfo};
use crate::facts::Name;
use crate::finding::{Confidence, Location, Related, Resource};
use crate::flow::{Analysis, Innocent};
use crate::link::{Program, UnitId};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "missing-timeout", judge };

/// What a construction waits for without end.
struct Endless<'c> {
    /// Canonical path of what it builds.
    built: Name,
    /// The catalogue that knows it.
    file: FileId,
    facts: &'c [TimeoutFact],
    lacks: Vec<Lack<'c>>,
}

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let mut exposure = Exposure::new(context);
    let mut reports = Reports::default();
    for analysis in context.analyses {
        let place = || Place::in_unit(context.program, analysis.site.unit, analysis.site.span);
        match endless(context, analysis) {
            Err(reason) => judge.acquit(place, || reason.to_owned()),
            // Each of these waits for itself.
            Ok(endless) if is_misplaced(analysis) || !endless.lacks.iter().any(Lack::can_be_set) => {
                reports.remarks.push(draft(context, analysis, &endless));
            }
            Ok(endless) => {
                let is_remark = !hangs(&endless) || is_unseen(analysis) || !exposure.of(analysis);
                let draft = draft(context, analysis, &endless);
                let package = context.program.crate_of(analysis.site.unit).package;
                if let Some(first) = reports.add(is_remark, (package, endless.built), draft) {
                    let first = format!("{}:{}", first.file, first.span.start.line);
                    judge.acquit(place, || format!("the finding at {first} speaks for it"));
                }
            }
        }
    }
    reports.drafts.into_iter().for_each(|draft| judge.report(draft));
    reports.remarks.into_iter().for_each(|draft| judge.remark(draft));
}

/// Drafts, one for all of the same cause.
#[derive(Default)]
struct Reports {
    drafts: Vec<Draft>,
    remarks: Vec<Draft>,
    causes: BTreeMap<(bool, (usize, Name)), usize>,
}

impl Reports {
    /// Adds a draft, or joins it to the first one of its cause and says where that stands.
    fn add(&mut self, is_remark: bool, cause: (usize, Name), draft: Draft) -> Option<Location> {
        let list = if is_remark { &mut self.remarks } else { &mut self.drafts };
        let first = *self.causes.entry((is_remark, cause)).or_insert(list.len());
        match list.get_mut(first) {
            None => {
                list.push(draft);
                None
            }
            Some(first) if first.place.location == draft.place.location => None,
            Some(first) => {
                let related = Related { location: draft.place.location, message: draft.message };
                if !first.related.contains(&related) {
                    first.related.push(related);
                }
                Some(first.place.location.clone())
            }
        }
    }
}

/// Whether a rule says of the construction that it belongs elsewhere.
fn is_misplaced(analysis: &Analysis) -> bool {
    analysis.decisive.is_some_and(|end| rule_of(analysis.site.resource, &analysis.ends[end]).is_some())
}

/// Whether only callers that nobody sees use it.
fn is_unseen(analysis: &Analysis) -> bool {
    let is_uncalled = |innocent: Option<Innocent>| innocent == Some(Innocent::UncalledFactory);
    !analysis.ends.is_empty() && analysis.ends.iter().all(|end| is_uncalled(end.innocent))
}

/// Whether what is asked again and again can hang: the wait for a connection of a pool that has such a wait, else the answer.
/// A connect is made once, and where each request can be given a timeout, that is where the library wants it.
fn hangs(endless: &Endless<'_>) -> bool {
    let is_wait = |kind: TimeoutKind| kind == TimeoutKind::Wait;
    let is_answer = |kind: TimeoutKind| matches!(kind, TimeoutKind::Response | TimeoutKind::Read);
    let has_wait = endless.facts.iter().any(|fact| is_wait(fact.kind));
    endless.lacks.iter().filter(|lack| lack.can_be_set() && !lack.per_request).any(|lack| match has_wait {
        true => is_wait(lack.kind),
        false => is_answer(lack.kind),
    })
}

/// What a construction lacks, or why there is nothing to say.
fn endless<'c>(context: Context<'c, '_>, analysis: &Analysis) -> Result<Endless<'c>, &'static str> {
    let program = context.program;
    let site = &analysis.site;
    let is_out = |innocent: Option<Innocent>| innocent == Some(Innocent::OutOfScope);
    if !analysis.ends.is_empty() && analysis.ends.iter().all(|end| is_out(end.innocent)) {
        return Err("only tests lead here");
    }
    if is_opener_of_pool(program, site.unit) {
        return Err("the pool that opens it limits how long that takes");
    }
    let built = type_built(program, analysis).ok_or("what it builds is not known")?;
    let info = program.catalog.type_info(&built).ok_or("nothing is known of its timeouts")?;
    let lacks = open_lacks(program, analysis, info)?;
    Ok(Endless { built, file: info.file, facts: &info.fact.timeout, lacks: unlimited(program, analysis, lacks)? })
}

/// What has no default and is not set.
fn open_lacks<'c>(
    program: &Program<'c>,
    analysis: &Analysis,
    info: &'c TypeInfo,
) -> Result<Vec<Lack<'c>>, &'static str> {
    let site = &analysis.site;
    if info.fact.clone == Some(CloneKind::Config) {
        return Err("it is an address only; what it opens waits");
    }
    if info.fact.timeout.is_empty() {
        return Err("nothing is known of its timeouts");
    }
    let mut lacks = lacks(program, site.unit, info);
    if !is_known(program, site.unit, info.file) {
        lacks.retain(|lack| lack.sure);
    }
    if lacks.is_empty() {
        return Err("each of its timeouts has a default");
    }
    if site.call.fact.dedicated || analysis.ends.iter().any(|end| end.fate.dedicated) {
        lacks.retain(|lack| lack.kind == TimeoutKind::Connect);
        if lacks.is_empty() {
            return Err("it waits for messages, as it should");
        }
    }
    let settings = Settings::of(program, analysis);
    lacks.retain(|lack| !settings.has(program, lack.set_by));
    if lacks.is_empty() {
        return Err("its timeouts are set");
    }
    if settings.hidden {
        lacks.retain(|lack| !lack.can_be_set());
    }
    if lacks.is_empty() {
        return Err("its settings come from where they are not seen");
    }
    Ok(lacks)
}

/// What nothing else limits either.
fn unlimited<'c>(
    program: &Program<'_>,
    analysis: &Analysis,
    mut lacks: Vec<Lack<'c>>,
) -> Result<Vec<Lack<'c>>, &'static str> {
    let site = &analysis.site;
    let packages = packages(program, analysis);
    let is_connection = site.resource == Resource::Connection;
    lacks.retain(|lack| !is_set_elsewhere(program, &packages, lack.set_by, is_connection));
    if lacks.is_empty() {
        return Err("its timeouts are set on what it makes");
    }
    // A connection is opened here, what others open is opened where they are used.
    let opens_here = |lack: &Lack<'_>| lack.kind == TimeoutKind::Connect && is_connection;
    if lacks.iter().any(opens_here) && is_construction_limited(program, analysis) {
        lacks.retain(|lack| !opens_here(lack));
    }
    if !lacks.iter().all(opens_here) && is_use_limited(program, &packages, &site.family) {
        lacks.retain(opens_here);
    }
    // A write waits only once the peer has stopped reading; where all else is limited, that is found out.
    if lacks.iter().all(|lack| lack.kind == TimeoutKind::Write) {
        return Err("its use is limited");
    }
    Ok(lacks)
}

fn draft(context: Context<'_, '_>, analysis: &Analysis, endless: &Endless<'_>) -> Draft {
    let program = context.program;
    let what = thing(program, analysis);
    let names: Vec<&str> = endless.lacks.iter().map(|lack| lack.kind.name()).collect();
    let confidence = match (endless.lacks.iter().any(|lack| lack.sure), analysis.site.sure) {
        (true, true) => Confidence::High,
        (true, false) | (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    let message = format!("{what} has no {} timeout", joined(&names, "or"));
    let step = format!("waits for ever where a {} timeout would end it", joined(&names, "or"));
    let mut draft = Draft::of_site(program, &analysis.site, confidence, message, step);
    draft.help = help(program, analysis.site.unit, endless);
    let open: Vec<TimeoutKind> = endless.lacks.iter().filter(|lack| lack.can_be_set()).map(|lack| lack.kind).collect();
    draft.fix = fix::timed(program, &analysis.site, &open).filter(|_| !open.is_empty());
    draft
}

/// Who sets it; where nobody can, which version could and what to do until then.
fn help(program: &Program<'_>, unit: UnitId, endless: &Endless<'_>) -> Vec<String> {
    let mut help = Vec::new();
    let library = library_of(program, unit, endless.file);
    let (open, shut): (Vec<&Lack<'_>>, Vec<&Lack<'_>>) = endless.lacks.iter().partition(|lack| lack.can_be_set());
    let mut setters: Vec<String> = Vec::new();
    for setter in open.iter().filter_map(|lack| lack.set_by.first()) {
        let setter = format!("`{}`", shown(setter));
        if !setters.contains(&setter) {
            setters.push(setter);
        }
    }
    if !setters.is_empty() {
        let setters: Vec<&str> = setters.iter().map(String::as_str).collect();
        help.push(format!("set it with {}", joined(&setters, "and")));
    }
    if !shut.is_empty() {
        let kinds: Vec<&str> = shut.iter().map(|lack| lack.kind.name()).collect();
        let kinds = joined(&kinds, "or");
        let remedy = shut.iter().find_map(|lack| lack.remedy.as_ref());
        help.push(match remedy {
            Some(remedy) => format!("{library} offers no {kinds} timeout; {remedy} and later do"),
            None => format!("{library} offers no {kinds} timeout"),
        });
        let is_blocking = program.catalog.type_info(&endless.built).is_some_and(|info| info.fact.blocking);
        if let Some(limiter) = limiter(program, unit).filter(|_| !is_blocking) {
            help.push(format!("or put `{limiter}` around what is awaited"));
        }
    }
    if endless.lacks.iter().any(|lack| !lack.sure) {
        help.push(format!("of the versions that it can be ({library}), only some leave this open"));
    }
    help
}

/// What limits a future in a package: of a runtime that it depends on.
fn limiter<'p>(program: &'p Program<'_>, unit: UnitId) -> Option<&'p Name> {
    let externs = &program.crate_of(unit).externs;
    let is_seen = |path: &&Name| {
        let Some((library, _)) = path.split_once("::") else { return false };
        let leads_there =
            |known: &Name| known == library || program.catalog.canonical(&format!("{known}::{library}")) == library;
        externs.values().any(leads_there)
    };
    program.catalog.limiters().into_iter().find(is_seen)
}

/// `a`, `a and b`, `a, b and c`.
fn joined(words: &[&str], last_by: &str) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {last_by} {last}", first.join(", ")),
    }
}
