//! How a rule tells what it found: the bench before which it brings its subjects.
//!
//! In: for each subject that a rule looks at (a construction, a lock, a call), either a [`Draft`] of a finding or the reason
//! why there is none. Out: findings, with level and identity; for `connlint why` also the reasons.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Found;
use super::context::Context;
use crate::facts::ExprId;
use crate::finding::{Confidence, Finding, Fix, Level, Location, Related, Resource, Role, Step, fingerprint};
use crate::flow::Site;
use crate::link::{Program, TypeId, UnitId};
use crate::source::Span;

/// A rule beyond those about constructions: its page's id, and how it judges a program.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The id; a page of that name says all else.
    pub id: &'static str,
    /// Looks at every subject of the program.
    pub judge: fn(Context<'_, '_>, &mut Judge),
}

/// A place in the program, with a name that outlives edits elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File and span.
    pub location: Location,
    /// The function or type around it, as it is shown.
    pub function: String,
    /// The same with its modules, for identities.
    pub identity: String,
}

impl Place {
    /// An expression.
    #[must_use]
    pub fn of_expr(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Place {
        let span = program.body(unit).map_or(program.unit(unit).span, |body| body.node(expr).span);
        Self::in_unit(program, unit, span)
    }

    /// A stretch of a unit.
    #[must_use]
    pub fn in_unit(program: &Program<'_>, unit: UnitId, span: Span) -> Place {
        Place {
            location: Location { file: program.file_name(unit).to_owned(), span },
            function: program.display_name(unit),
            identity: program.full_name(unit),
        }
    }

    /// A stretch of a type's declaration: a field.
    #[must_use]
    pub fn in_type(program: &Program<'_>, id: TypeId, span: Span) -> Place {
        let found = &program.types[id.index()];
        let file = program.modules[found.module.index()].file;
        Place {
            location: Location { file: program.loaded.files[file].name.clone(), span },
            function: found.name.to_string(),
            identity: format!("{}::{}", program.module_path(found.module), found.name),
        }
    }
}

/// A finding as its rule words it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Where it stands.
    pub place: Place,
    /// How sure.
    pub confidence: Confidence,
    /// One terse phrase that stands alone: lower case, no full stop.
    pub message: String,
    /// What it is about.
    pub resource: Resource,
    /// Family of the client.
    pub family: String,
    /// Canonical path of the call, or of the type, that it is about.
    pub call: String,
    /// Steps that lead there, root first, without the place itself; may be empty.
    pub chain: Vec<Step>,
    /// What happens at the place itself: the last step of the chain.
    pub what: String,
    /// Other places of interest.
    pub related: Vec<Related>,
    /// How to mend it here.
    pub help: Vec<String>,
    /// Code that shows the remedy.
    pub example: Option<String>,
    /// Edits that mend it.
    pub fix: Option<Fix>,
}

impl Draft {
    /// A finding about a construction, at the construction.
    #[must_use]
    pub fn of_site(program: &Program<'_>, site: &Site, confidence: Confidence, message: String, what: String) -> Draft {
        Draft {
            place: Place::in_unit(program, site.unit, site.span),
            confidence,
            message,
            resource: site.resource,
            family: site.family.clone(),
            call: site.call.path.to_string(),
            chain: Vec::new(),
            what,
            related: Vec::new(),
            help: Vec::new(),
            example: None,
            fix: None,
        }
    }

    fn finding(self, rule: &'static str, level: Level) -> Finding {
        let mut chain = self.chain;
        chain.push(Step {
            location: self.place.location.clone(),
            function: self.place.function.clone(),
            what: self.what,
            role: Role::Construction,
            bypassed: false,
        });
        Finding {
            rule,
            level,
            confidence: self.confidence,
            message: self.message,
            resource: Some(self.resource),
            family: self.family,
            call: self.call,
            location: self.place.location,
            function: self.place.function,
            chain,
            more_chains: 0,
            related: self.related,
            help: self.help,
            example: self.example,
            fix: self.fix,
            fingerprint: String::new(),
        }
    }
}

/// Why a rule has nothing to say of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquittal {
    /// The rule.
    pub rule: &'static str,
    /// The subject.
    pub location: Location,
    /// A phrase: lower case, no full stop.
    pub reason: String,
}

/// Takes what one rule has to say.
#[derive(Debug, Default)]
pub struct Judge {
    /// Whether reasons are wanted, too.
    explains: bool,
    rule: &'static str,
    drafts: Vec<Draft>,
    /// The rule's pedantic part.
    remarks: Vec<Draft>,
    acquittals: Vec<Acquittal>,
}

impl Judge {
    /// A finding.
    pub fn report(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }

    /// A finding of the rule's pedantic part: reported only when pedantic findings are asked for, whatever the rule's level.
    pub fn remark(&mut self, draft: Draft) {
        self.remarks.push(draft);
    }

    /// No finding, and why. The reason is worked out only for `connlint why`.
    pub fn acquit(&mut self, place: impl FnOnce() -> Place, reason: impl FnOnce() -> String) {
        if self.explains {
            let acquittal = Acquittal { rule: self.rule, location: place().location, reason: reason() };
            if !self.acquittals.contains(&acquittal) {
                self.acquittals.push(acquittal);
            }
        }
    }
}

/// The findings of `rules` that `levels` does not turn off, in the order of the rules; those of a rule's pedantic part are
/// among the findings only if `pedantic`.
pub(super) fn judged(
    context: Context<'_, '_>,
    rules: &'static [Rule],
    levels: &BTreeMap<String, Level>,
    pedantic: bool,
) -> Found {
    let on = |rule: &&Rule| levels.get(rule.id).is_some_and(|level| *level != Level::Off);
    let judged = |rule: &Rule| {
        let mut judge = Judge { rule: rule.id, ..Judge::default() };
        (rule.judge)(context, &mut judge);
        let drafts = judge.drafts.len();
        let found = identified(rule.id, levels[rule.id], judge.drafts, judge.remarks);
        let (findings, remarks) = found.into_iter().partition(|(index, _)| pedantic || *index < drafts);
        let strip = |found: Vec<(usize, Finding)>| found.into_iter().map(|(_, finding)| finding).collect();
        Found { findings: strip(findings), remarks: strip(remarks) }
    };
    let of_each: Vec<Found> = rules.par_iter().filter(on).map(judged).collect();
    let mut all = Found::default();
    for Found { findings, remarks } in of_each {
        all.findings.extend(findings);
        all.remarks.extend(remarks);
    }
    all
}

/// What each rule says of its subjects, whatever its level: findings and acquittals.
#[must_use]
pub(super) fn reasons(context: Context<'_, '_>, rules: &'static [Rule]) -> (Vec<Finding>, Vec<Acquittal>) {
    let (mut findings, mut acquittals) = (Vec::new(), Vec::new());
    for rule in rules {
        let mut judge = Judge { rule: rule.id, explains: true, ..Judge::default() };
        (rule.judge)(context, &mut judge);
        let found = identified(rule.id, Level::Warning, judge.drafts, judge.remarks);
        findings.extend(found.into_iter().map(|(_, finding)| finding));
        acquittals.append(&mut judge.acquittals);
    }
    (findings, acquittals)
}

/// The findings of one rule, each with the index of its draft. The pedantic part comes last, so that it changes neither the
/// identity of another finding nor takes its place.
fn identified(rule: &'static str, level: Level, drafts: Vec<Draft>, remarks: Vec<Draft>) -> Vec<(usize, Finding)> {
    let mut identities = Identities::default();
    let identify = |(index, (draft, level)): (usize, (Draft, Level))| {
        let identity = draft.place.identity.clone();
        Some((index, identities.identified(draft.finding(rule, level), &identity)?))
    };
    let remarks = remarks.into_iter().map(|draft| (draft, level.min(Level::Pedantic)));
    drafts.into_iter().map(|draft| (draft, level)).chain(remarks).enumerate().filter_map(identify).collect()
}

/// Gives findings an identity without line numbers, and takes one per place: a file that two targets share is judged in
/// both.
#[derive(Debug, Default)]
pub(super) struct Identities {
    places: BTreeSet<(Location, &'static str)>,
    /// How many findings of a rule and call there are within a name.
    ordinals: BTreeMap<(&'static str, String, String), usize>,
}

impl Identities {
    /// The finding with its fingerprint, within what is called `name` in full; none when there is one at its place.
    pub(super) fn identified(&mut self, mut finding: Finding, name: &str) -> Option<Finding> {
        if !self.places.insert((finding.location.clone(), finding.rule)) {
            return None;
        }
        let ordinal = self.ordinals.entry((finding.rule, name.to_owned(), finding.call.clone())).or_default();
        finding.fingerprint = fingerprint(&[finding.rule, name, &finding.call, &ordinal.to_string()]);
        *ordinal += 1;
        Some(finding)
    }
}
