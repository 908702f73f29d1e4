//! The seven construction rules: a table over what is built and how often.
//!
//! In: analyses. Out: one [`Finding`] per guilty construction.

use std::collections::BTreeMap;

use super::context::{Context, family_title};
use super::judge::Identities;
use super::{chain, fix, help, routes};
use crate::finding::{Confidence, Finding, Level, Location, Related, Resource};
use crate::flow::{Analysis, End, Frequency};
use crate::link::Program;

/// Every rule id of this module, in the order of the documentation.
pub const RULES: [&str; 7] = [
    "client-per-request",
    "client-per-call",
    "client-in-loop",
    "client-per-worker",
    "connection-per-request",
    "connection-per-call",
    "connection-in-loop",
];

/// The rule that a construction of `resource` breaks at an end. What a loop elsewhere runs again and again is an operation:
/// `-in-loop` is said only of what stands in the loop itself.
#[must_use]
pub fn rule_of(resource: Resource, end: &End) -> Option<&'static str> {
    match (resource, said_frequency(end)?) {
        (_, Frequency::Once) => None,
        (_, Frequency::PerWorker) => Some("client-per-worker"),
        (Resource::Connection, Frequency::PerIteration) => Some("connection-in-loop"),
        (Resource::Connection, Frequency::PerCall) => Some("connection-per-call"),
        (Resource::Connection, Frequency::PerRequest) => Some("connection-per-request"),
        (_, Frequency::PerIteration) => Some("client-in-loop"),
        (_, Frequency::PerCall) => Some("client-per-call"),
        (_, Frequency::PerRequest) => Some("client-per-request"),
    }
}

/// How often an end is said to be reached: see [`rule_of`].
fn said_frequency(end: &End) -> Option<Frequency> {
    match end.frequency? {
        Frequency::PerIteration if !end.repeats_here => Some(Frequency::PerCall),
        frequency => Some(frequency),
    }
}

/// All findings; rules that `levels` sets to off are left to the caller's count by level [`Level::Off`].
pub(super) fn findings(context: Context<'_, '_>, levels: &BTreeMap<String, Level>) -> Vec<Finding> {
    let project = help::Project::default();
    let mut identities = Identities::default();
    let mut found = Vec::new();
    let guilty: Vec<Guilty<'_>> = context.analyses.iter().filter_map(Guilty::of).collect();
    let fixes = fix::of(context, &guilty.iter().map(|one| (one.analysis, one.frequency)).collect::<Vec<_>>());
    for (one, fix) in guilty.into_iter().zip(fixes) {
        let finding = Finding { fix, ..finding_of(context, &project, &one, levels) };
        found.extend(identities.identified(finding, &context.program.full_name(one.analysis.site.unit)));
    }
    found
}

/// A construction that breaks a rule.
struct Guilty<'c> {
    analysis: &'c Analysis,
    end: &'c End,
    frequency: Frequency,
    rule: &'static str,
}

impl<'c> Guilty<'c> {
    fn of(analysis: &'c Analysis) -> Option<Self> {
        let end = &analysis.ends[analysis.decisive.filter(|_| analysis.part_of.is_none())?];
        Some(Guilty { analysis, end, frequency: end.frequency?, rule: rule_of(analysis.site.resource, end)? })
    }
}

fn finding_of<'c>(
    context: Context<'c, '_>,
    project: &help::Project<'c>,
    guilty: &Guilty<'c>,
    levels: &BTreeMap<String, Level>,
) -> Finding {
    let Guilty { analysis, end, frequency, rule } = *guilty;
    let site = &analysis.site;
    let program = context.program;
    let location = Location { file: program.file_name(site.unit).to_owned(), span: site.span };
    let steps = routes::marked(context, analysis, chain::placed_steps(context, analysis, end));
    let (help, example) = help::of(project, context, analysis, frequency);
    let confidence = confidence(context, analysis, frequency);
    let more = context.known.roots_above(end.place().0, frequency).saturating_sub(1);
    let function = program.display_name(site.unit);
    Finding {
        rule,
        level: levels.get(rule).copied().unwrap_or(Level::Error),
        confidence,
        message: message(program, analysis, said_frequency(end).unwrap_or(frequency)),
        resource: Some(site.resource),
        family: site.family.clone(),
        call: site.call.path.to_string(),
        location,
        function,
        chain: steps,
        more_chains: more,
        related: related(context, analysis),
        help,
        example,
        fix: None,
        fingerprint: String::new(),
    }
}

/// `a Redis client is built for every request`.
fn message(program: &Program<'_>, analysis: &Analysis, frequency: Frequency) -> String {
    let site = &analysis.site;
    let what = thing(program, analysis);
    let verb = if site.resource == Resource::Connection { "opened" } else { "built" };
    let when = match frequency {
        Frequency::Once => "once",
        Frequency::PerWorker => "once for every worker",
        Frequency::PerIteration => "anew in every turn of a loop",
        Frequency::PerCall => "anew in every call",
        Frequency::PerRequest => "anew for every request",
    };
    format!("{what} is {verb} {when}")
}

/// `a Redis client`, `an HTTP pool`.
pub(super) fn thing(program: &Program<'_>, analysis: &Analysis) -> String {
    let family = family_title(program, &analysis.site.family, analysis.site.call.file);
    let article = help::article(&family);
    format!("{article} {family} {}", analysis.site.resource.name())
}

/// Every step found by type or path: high; no caller known: medium; a name alone: low.
fn confidence(context: Context<'_, '_>, analysis: &Analysis, frequency: Frequency) -> Confidence {
    let Some(end) = analysis.decisive.map(|index| &analysis.ends[index]) else { return Confidence::Low };
    let above = end.context.root.is_some() || context.known.of(end.place().0).is_none_or(|entry| entry.sure);
    if !end.sure || !above {
        Confidence::Low
    } else if frequency == Frequency::PerCall || !analysis.site.sure {
        Confidence::Medium
    } else {
        Confidence::High
    }
}

/// Constructions in the same place that this finding speaks for.
fn related(context: Context<'_, '_>, analysis: &Analysis) -> Vec<Related> {
    let own = context.analyses.iter().position(|other| std::ptr::eq(other, analysis));
    let parts = context.analyses.iter().filter(|other| other.part_of.is_some() && other.part_of == own);
    parts
        .map(|part| Related {
            location: Location { file: context.program.file_name(part.site.unit).to_owned(), span: part.site.span },
            message: format!("{} of it comes from here", thing(context.program, part)),
        })
        .collect()
}
