//! The reasoning about each construction, end to end.
//!
//! In: the program. Out: one [`Analysis`] per construction: the places where its value ends (`End`s; a value that a unit
//! returns ends in that unit's callers), how often each is reached, and which of them decides.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::context::{Context, HandOver, context, hand_over, is_retry};
use super::fate::{Fate, Fates, Kept};
use super::frequency::{Entry, Frequencies, Frequency, frequencies};
use super::query::Flow;
use super::roots::{RootHit, unit_root};
use super::scope::Scope;
use super::sites::{Site, find_sites};
use crate::facts::ExprId;
use crate::link::{Program, ReferenceKind, UnitId};
use crate::source::Span;

/// Why an end is innocent whatever its frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Innocent {
    /// The value is kept.
    Kept(Kept),
    /// A constructor without visible callers.
    UncalledFactory,
    /// Made to be held by the loop that it serves: subscriptions, reconnecting workers.
    Serves,
    /// Each value differs by a setting: one per proxy, per certificate.
    Distinguished,
    /// Only tests lead here.
    OutOfScope,
}

/// A place where a construction's value ends.
#[derive(Debug, Clone)]
pub struct End {
    /// From the end down to the construction: units with the call that gives the value.
    pub route: Vec<(UnitId, ExprId)>,
    /// What becomes of it there.
    pub fate: Fate,
    /// What stands around it there.
    pub context: Context,
    /// How often this end is reached.
    pub frequency: Option<Frequency>,
    /// Why it is innocent, if it is.
    pub innocent: Option<Innocent>,
    /// A loop or per-item closure around this very end runs it again and again, not one in a caller.
    pub repeats_here: bool,
    /// The function value that carries it is run once per item.
    pub per_item: bool,
    /// Every step of the route was found by type or path.
    pub sure: bool,
}

impl End {
    /// The unit and the call where the value ends.
    #[must_use]
    pub fn place(&self) -> (UnitId, ExprId) {
        self.route[0]
    }
}

/// The reasoning about one construction.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The construction.
    pub site: Site,
    /// Where its value ends.
    pub ends: Vec<End>,
    /// The end that decides: guilty, of the highest frequency, by the shortest chain.
    pub decisive: Option<usize>,
    /// The construction that this one is reported with: its client, built in the same place.
    pub part_of: Option<usize>,
    /// Constructions made from this one in the same unit.
    pub derived: FxHashSet<ExprId>,
}

/// No value is followed to more ends than this.
const MAX_ENDS: usize = 64;

/// No value is followed through more functions than this: nobody reads a chain so long.
const MAX_ROUTE: usize = 64;

/// Analyses every construction in scope.
#[must_use]
pub fn analyse<'a, 'f>(program: &'a Program<'f>, all_targets: bool) -> Flow<'a, 'f> {
    let scope = Scope::new(program, all_targets);
    let sites = find_sites(program, &scope);
    let fates = Fates::new(program);
    let mut analyses: Vec<Analysis> =
        sites.into_par_iter().map(|site| follow_site(program, &fates, &scope, site)).collect();
    let units: FxHashSet<UnitId> =
        analyses.iter().flat_map(|analysis| analysis.ends.iter().map(|end| end.place().0)).collect();
    let known = frequencies(program, &fates, &scope, units);
    for analysis in &mut analyses {
        for index in 0..analysis.ends.len() {
            rate(program, &known, analysis, index);
        }
        analysis.decisive = decide(analysis, &known);
    }
    acquit_twins(program, &known, &mut analyses);
    group(&mut analyses);
    Flow { program, analyses, known, fates, scope }
}

fn follow_site(program: &Program<'_>, fates: &Fates<'_, '_>, scope: &Scope<'_, '_>, site: Site) -> Analysis {
    let mut follower = Follower { program, fates, scope, ends: Vec::new(), seen: FxHashSet::default() };
    let (unit, expr) = (site.unit, site.expr);
    let derived = if site.as_value || site.momentary { FxHashSet::default() } else { fates.of(unit, expr).derived };
    if site.momentary {
        follower.momentary(unit, expr);
    } else if site.as_value {
        follower.handed_on(unit, expr, vec![(unit, expr)], true);
    } else {
        follower.value(unit, expr, vec![(unit, expr)], false, true);
    }
    let ends = follower.ends;
    Analysis { site, ends, decisive: None, part_of: None, derived }
}

struct Follower<'w, 'a, 'f> {
    program: &'a Program<'f>,
    fates: &'w Fates<'a, 'f>,
    scope: &'w Scope<'a, 'f>,
    ends: Vec<End>,
    seen: FxHashSet<(UnitId, ExprId)>,
}

impl Follower<'_, '_, '_> {
    fn end(&mut self, end: End) {
        if self.ends.len() < MAX_ENDS {
            self.ends.push(end);
        }
    }

    /// What the call builds ends with it.
    fn momentary(&mut self, unit: UnitId, expr: ExprId) {
        let context = context(self.program, unit, expr);
        let innocent = context.barrier.map(|_| Innocent::Kept(Kept::Memoised));
        let fate = Fate { used: true, ..Fate::default() };
        let route = vec![(unit, expr)];
        self.end(End {
            route,
            fate,
            context,
            frequency: None,
            innocent,
            repeats_here: false,
            per_item: false,
            sure: true,
        });
    }

    /// The value of `expr` in `unit`.
    fn value(&mut self, unit: UnitId, expr: ExprId, route: Vec<(UnitId, ExprId)>, per_item: bool, sure: bool) {
        if !self.seen.insert((unit, expr)) || self.ends.len() >= MAX_ENDS {
            return;
        }
        let around = context(self.program, unit, expr);
        let fate = self.fates.of(unit, expr);
        let mut end =
            End { route, fate, context: around, frequency: None, innocent: None, repeats_here: false, per_item, sure };
        if end.context.barrier.is_some() {
            end.innocent = Some(Innocent::Kept(Kept::Memoised));
        } else if let Some((how, _)) = end.fate.kept {
            end.innocent = Some(Innocent::Kept(how));
        } else if end.fate.by_stored_closure {
            end.innocent = Some(Innocent::UncalledFactory);
        } else if end.fate.returned && end.context.root.is_none() && unit_root(self.program, unit).is_none() {
            self.returned(unit, end);
            return;
        }
        self.end(end);
    }

    /// The unit returns the value: it goes on in the callers.
    fn returned(&mut self, unit: UnitId, mut end: End) {
        let references = self.program.references(unit);
        let references: Vec<_> = references.into_iter().filter(|reference| self.scope.has(reference.unit)).collect();
        if references.is_empty() || end.route.len() >= MAX_ROUTE {
            end.innocent = Some(Innocent::UncalledFactory);
            self.end(end);
            return;
        }
        for reference in references {
            let mut route = vec![(reference.unit, reference.expr)];
            route.extend(end.route.iter().copied());
            let sure = end.sure && reference.sure;
            match reference.kind {
                ReferenceKind::Call => self.value(reference.unit, reference.expr, route, end.per_item, sure),
                ReferenceKind::Value => self.handed_on(reference.unit, reference.expr, route, sure),
            }
        }
    }

    /// A function that makes the value is handed on at `expr`.
    fn handed_on(&mut self, unit: UnitId, expr: ExprId, route: Vec<(UnitId, ExprId)>, sure: bool) {
        let mut around = context(self.program, unit, expr);
        let mut per_item = false;
        let mut innocent = None;
        match hand_over(self.program, unit, expr) {
            HandOver::Memo(barrier) => {
                around.barrier = Some(barrier);
                innocent = Some(Innocent::Kept(Kept::Memoised));
            }
            HandOver::Root(hit) => around.root = Some((hit, expr)),
            HandOver::Callback => innocent = Some(Innocent::UncalledFactory),
            HandOver::PerItem => per_item = true,
            HandOver::Task | HandOver::Inline => {}
        }
        let call = self.program.body(unit).and_then(|body| body.parent(expr));
        match call {
            Some(call) if innocent.is_none() && around.root.is_none() => self.value(unit, call, route, per_item, sure),
            _ => self.end(End {
                route,
                fate: Fate::default(),
                context: around,
                frequency: None,
                innocent,
                repeats_here: false,
                per_item,
                sure,
            }),
        }
    }
}

/// Sets the frequency of an end.
fn rate(program: &Program<'_>, known: &Frequencies, analysis: &mut Analysis, index: usize) {
    let dedicated = analysis.site.call.fact.dedicated || analysis.ends[index].fate.dedicated;
    let end = &mut analysis.ends[index];
    let (unit, expr) = end.place();
    let base = match (&end.context.barrier, &end.context.root) {
        (Some(_), _) => Some(Frequency::Once),
        (None, Some((hit, _))) => hit.frequency,
        (None, None) => known.of(unit).map(|entry| entry.frequency),
    };
    let Some(base) = base else {
        end.innocent = end.innocent.or(Some(Innocent::OutOfScope));
        return;
    };
    let repeats = end.per_item || !end.context.per_item.is_empty() || stays_in_loop(program, end, expr);
    end.repeats_here = repeats;
    let frequency = if repeats { base.max(Frequency::PerIteration) } else { base };
    // Stored, but by each worker for itself.
    if frequency == Frequency::PerWorker && end.innocent == Some(Innocent::Kept(Kept::Stored)) {
        end.innocent = None;
    }
    let again = matches!(frequency, Frequency::PerIteration | Frequency::PerCall);
    // A task that an uncalled function starts is most likely a worker.
    let works =
        frequency == Frequency::PerCall && end.fate.into_task && known.of(unit).is_some_and(|entry| entry.uncalled);
    let serves = again && (end.fate.serves || end.fate.replaces || works);
    if end.innocent.is_none() && (serves || (dedicated && (end.fate.serves || end.fate.into_task))) {
        end.innocent = Some(Innocent::Serves);
    }
    if end.innocent.is_none() && again && analysis.site.distinguished {
        end.innocent = Some(Innocent::Distinguished);
    }
    end.frequency = Some(frequency);
}

/// Whether a loop around the end makes the value anew each turn and lets it go.
fn stays_in_loop(program: &Program<'_>, end: &End, expr: ExprId) -> bool {
    let (unit, _) = end.place();
    let Some(body) = program.body(unit) else { return false };
    end.context.loops.iter().any(|around| !end.fate.outlives.contains(around) && !is_retry(body, expr, *around))
}

/// The guilty end of the highest frequency; among equals the one with the surest, shortest chain.
fn decide(analysis: &Analysis, known: &Frequencies) -> Option<usize> {
    let length = |end: &End| {
        let above = match end.context.root {
            Some(_) => 0,
            None => known.of(end.place().0).map_or(0, |entry: &Entry| entry.depth),
        };
        end.route.len() + above as usize
    };
    analysis
        .guilty()
        .max_by_key(|(index, end)| (end.frequency, end.sure, std::cmp::Reverse(length(end)), std::cmp::Reverse(*index)))
        .map(|(index, _)| index)
}

/// A file that several targets share is analysed in each. That one of them doesn't call a function says nothing when
/// another one does.
fn acquit_twins(program: &Program<'_>, known: &Frequencies, analyses: &mut [Analysis]) {
    let mut places: FxHashMap<(usize, Span), Vec<usize>> = FxHashMap::default();
    for (index, analysis) in analyses.iter().enumerate() {
        let place = (program.unit(analysis.site.unit).file, analysis.site.span);
        places.entry(place).or_default().push(index);
    }
    let is_uncalled =
        |end: &End| end.context.root.is_none() && known.of(end.place().0).is_none_or(|entry| entry.uncalled);
    for twins in places.values().filter(|twins| twins.len() > 1) {
        let by_uncalled = |index: &usize| match analyses[*index].decisive {
            Some(end) => is_uncalled(&analyses[*index].ends[end]),
            None => analyses[*index].ends.iter().all(is_uncalled),
        };
        let (uncalled, called): (Vec<usize>, Vec<usize>) = twins.iter().partition(|index| by_uncalled(index));
        if !called.is_empty() {
            for index in uncalled {
                analyses[index].decisive = None;
            }
        }
    }
}

/// Joins what is built from one another in one place: one finding speaks for all.
fn group(analyses: &mut [Analysis]) {
    use crate::finding::Resource;
    for index in 0..analyses.len() {
        if analyses[index].decisive.is_none() {
            continue;
        }
        let (unit, derived) = (analyses[index].site.unit, analyses[index].derived.clone());
        for other in 0..analyses.len() {
            if other == index || analyses[other].decisive.is_none() || analyses[other].site.unit != unit {
                continue;
            }
            if !derived.contains(&analyses[other].site.expr) {
                continue;
            }
            // A pool speaks for the client it is made of, a client for its connections.
            let (whole, part) =
                if analyses[other].site.resource == Resource::Pool { (other, index) } else { (index, other) };
            if analyses[whole].part_of != Some(part) {
                analyses[part].part_of = Some(whole);
            }
        }
    }
}

impl Analysis {
    /// The guilty ends: not innocent, and reached more than once. Each with its index in `ends`.
    pub fn guilty(&self) -> impl Iterator<Item = (usize, &End)> {
        let is_often = |frequency: Frequency| {
            frequency > Frequency::Once && !(frequency == Frequency::PerWorker && self.site.per_thread)
        };
        let is_guilty = move |end: &End| end.innocent.is_none() && end.frequency.is_some_and(is_often);
        self.ends.iter().enumerate().filter(move |(_, end)| is_guilty(end))
    }

    /// The root that the deciding end stands in, when a closure or loop is one.
    #[must_use]
    pub fn inner_root(&self) -> Option<&(RootHit, ExprId)> {
        self.decisive.and_then(|index| self.ends[index].context.root.as_ref())
    }
}
