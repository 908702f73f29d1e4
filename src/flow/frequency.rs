//! How often units run.
//!
//! In: the units in question. Out: [`Frequencies`]: for each the highest frequency that reaches it, by the shortest way. The
//! references to a unit are followed upwards to the roots; then frequencies are handed down again, raised by loops and
//! per-item closures, cut off by memoisation.

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::{Context, HandOver, callback, context, hand_over, is_retry};
use super::fate::Fates;
use super::roots::{RootHit, caller_root, lifecycle_root, uncalled_root, unit_root};
use super::scope::Scope;
use crate::facts::{Expr, ExprId, LoopKind};
use crate::link::{Program, Reference, ReferenceKind, UnitId, UnitKind};

/// How often code runs, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    /// Once per process.
    Once,
    /// Once per worker thread.
    PerWorker,
    /// Once per turn of a loop.
    PerIteration,
    /// Once per call of an operation; who calls it isn't seen.
    PerCall,
    /// Once per request, message, event, job.
    PerRequest,
}

impl Frequency {
    /// For people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Frequency::Once => "once per process",
            Frequency::PerWorker => "once per worker",
            Frequency::PerIteration => "once per turn of a loop",
            Frequency::PerCall => "once per call of an operation",
            Frequency::PerRequest => "once per request",
        }
    }
}

/// By which way a unit gets its frequency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// It is a root.
    Root(RootHit),
    /// A static's initialiser, or run at most once by a memoising form in this unit.
    Memo(UnitId, Option<ExprId>),
    /// A reference in a closure or loop of this unit that a framework runs: the closure or loop, the reference.
    InnerRoot(UnitId, RootHit, ExprId, Reference),
    /// A reference.
    Reference(Reference),
    /// Nobody is seen to refer to it.
    Uncalled,
}

/// What is known of a unit's frequency.
#[derive(Debug, Clone)]
pub struct Entry {
    /// How often.
    pub frequency: Frequency,
    /// Steps to the root.
    pub depth: u32,
    /// By which way.
    pub via: Via,
    /// Every step was found by type or path.
    pub sure: bool,
    /// The chain begins with a unit that nobody is seen to call.
    pub uncalled: bool,
}

/// Frequencies of units.
#[derive(Debug, Default)]
pub struct Frequencies {
    entries: FxHashMap<UnitId, Entry>,
    /// Units that refer to a unit.
    callers: FxHashMap<UnitId, Vec<UnitId>>,
    roots: FxHashMap<UnitId, Frequency>,
}

impl Frequencies {
    /// What is known of a unit.
    #[must_use]
    pub fn of(&self, unit: UnitId) -> Option<&Entry> {
        self.entries.get(&unit)
    }

    /// How many roots of this frequency reach a unit.
    #[must_use]
    pub fn roots_above(&self, unit: UnitId, frequency: Frequency) -> usize {
        let mut seen = FxHashSet::default();
        let mut stack = vec![unit];
        let mut count = 0;
        while let Some(at) = stack.pop() {
            if !seen.insert(at) {
                continue;
            }
            count += usize::from(self.roots.get(&at) == Some(&frequency));
            stack.extend(self.callers.get(&at).into_iter().flatten());
        }
        count
    }

    /// Whether a root of at least this frequency reaches a unit by a way that does not pass through another one.
    #[must_use]
    pub fn is_reached_past(&self, unit: UnitId, passed: UnitId, least: Frequency) -> bool {
        let mut seen = FxHashSet::from_iter([passed]);
        let mut stack = vec![unit];
        while let Some(at) = stack.pop() {
            if !seen.insert(at) {
                continue;
            }
            if self.roots.get(&at).is_some_and(|frequency| *frequency >= least) {
                return true;
            }
            stack.extend(self.callers.get(&at).into_iter().flatten());
        }
        false
    }
}

/// An edge: how a reference hands frequency on.
struct Edge {
    to: UnitId,
    reference: Reference,
    raised: bool,
    fixed: Option<(Frequency, Via)>,
}

/// Works out the frequencies of `units` and of everything that leads to them.
pub(super) fn frequencies(
    program: &Program<'_>,
    fates: &Fates<'_, '_>,
    scope: &Scope<'_, '_>,
    units: impl IntoIterator<Item = UnitId>,
) -> Frequencies {
    let (edges, known) = (FxHashMap::default(), FxHashMap::default());
    let mut graph = Graph { program, fates, scope, edges, known, outside: FxHashSet::default() };
    let mut order = graph.gather(units.into_iter().collect());
    order.sort_unstable();
    let mut result = Frequencies::default();
    graph.seed(&order, &mut result);
    let mut seeded: Vec<UnitId> = result.entries.keys().copied().collect();
    seeded.sort_unstable();
    graph.spread(seeded, &mut result);
    graph.leave_out(&order, &result);
    // What is left is only called from within circles.
    for unit in &order {
        if !result.entries.contains_key(unit) && !graph.outside.contains(unit) && graph.is_function(*unit) {
            let entry =
                Entry { frequency: Frequency::PerCall, depth: 0, via: Via::Uncalled, sure: true, uncalled: true };
            result.entries.insert(*unit, entry);
            graph.spread(vec![*unit], &mut result);
        }
    }
    result
}

struct Graph<'g, 'a, 'f> {
    program: &'a Program<'f>,
    fates: &'g Fates<'a, 'f>,
    scope: &'g Scope<'a, 'f>,
    /// Edges by the unit they start in.
    edges: FxHashMap<UnitId, Vec<Edge>>,
    /// Units that were looked at: whether anybody refers to them, and what they are a root of.
    known: FxHashMap<UnitId, (bool, Option<RootHit>)>,
    /// Units that run in no program: helpers of tests that stand beside them, and what only these call.
    outside: FxHashSet<UnitId>,
}

impl Graph<'_, '_, '_> {
    /// Follows references upwards from the units; roots of the highest frequency need no callers.
    fn gather(&mut self, mut stack: Vec<UnitId>) -> Vec<UnitId> {
        let mut order = Vec::new();
        while let Some(unit) = stack.pop() {
            if self.known.contains_key(&unit) {
                continue;
            }
            order.push(unit);
            let root = unit_root(self.program, unit);
            let is_top = root.as_ref().is_some_and(|root| root.frequency == Some(Frequency::PerRequest));
            let references = if is_top { Vec::new() } else { self.program.references(unit) };
            let references: Vec<Reference> =
                references.into_iter().filter(|reference| self.scope.has(reference.unit)).collect();
            self.known.insert(unit, (!references.is_empty(), root));
            for reference in references {
                let edge = self.edge(unit, reference);
                if edge.fixed.is_none() {
                    stack.push(reference.unit);
                }
                self.edges.entry(reference.unit).or_default().push(edge);
            }
        }
        order
    }

    fn edge(&self, to: UnitId, reference: Reference) -> Edge {
        let from = reference.unit;
        let mut around = context(self.program, from, reference.expr);
        let mut per_item = !around.per_item.is_empty();
        if reference.kind == ReferenceKind::Value {
            match hand_over(self.program, from, reference.expr) {
                HandOver::Memo(barrier) => around = Context { barrier: Some(barrier), ..Context::default() },
                HandOver::Root(hit) => around = Context { root: Some((hit, reference.expr)), ..Context::default() },
                HandOver::Callback => {
                    around = Context { root: Some((callback(), reference.expr)), ..Context::default() };
                }
                HandOver::PerItem => per_item = true,
                HandOver::Task | HandOver::Inline => {}
            }
        }
        let fixed = if let Some(barrier) = around.barrier {
            Some((Frequency::Once, Via::Memo(from, Some(barrier.at))))
        } else if let Some((hit, at)) = around.root {
            hit.frequency.map(|frequency| (frequency, Via::InnerRoot(from, hit, at, reference)))
        } else {
            None
        };
        Edge { to, reference, raised: per_item || self.repeats(from, reference.expr, &around.loops), fixed }
    }

    /// Whether a loop runs a call over and over, rather than until it succeeds.
    fn repeats(&self, unit: UnitId, expr: ExprId, loops: &[ExprId]) -> bool {
        let Some(body) = self.program.body(unit) else { return false };
        let repeating: Vec<&ExprId> = loops.iter().filter(|around| !is_retry(body, expr, **around)).collect();
        if repeating.is_empty() {
            return false;
        }
        let fate = self.fates.of(unit, expr);
        // A reconnecting loop: what the call gives is served until it breaks.
        if fate.serves {
            return false;
        }
        // A `for` that keeps what it gets sets something up: pools, shards, levels of a cache.
        let is_for = |around: &ExprId| matches!(body.expr(*around), Expr::Loop { kind: LoopKind::For, .. });
        if !repeating.iter().all(|around| is_for(around)) {
            return true;
        }
        fate.kept.is_none() && !repeating.iter().all(|around| fate.outlives.contains(around))
    }

    fn is_function(&self, unit: UnitId) -> bool {
        matches!(self.program.unit(unit).kind, UnitKind::Function(_))
    }

    /// Enters roots, initialisers, uncalled units and fixed edges.
    fn seed(&mut self, order: &[UnitId], result: &mut Frequencies) {
        for unit in order {
            let (called, root) = &self.known[unit];
            let uncalled = match *called || root.is_some() {
                true => None,
                false => self.root_of_uncalled(*unit),
            };
            let root = root.as_ref().or(uncalled.as_ref());
            let entry = |frequency, via| {
                let uncalled = via == Via::Uncalled;
                Entry { frequency, depth: 0, via, sure: true, uncalled }
            };
            match root {
                Some(hit) => {
                    if let Some(frequency) = hit.frequency {
                        result.roots.insert(*unit, frequency);
                        improve(result, *unit, entry(frequency, Via::Root(hit.clone())));
                    } else if uncalled.is_some() {
                        self.outside.insert(*unit);
                    }
                }
                None if !self.is_function(*unit) => {
                    improve(result, *unit, entry(Frequency::Once, Via::Memo(*unit, None)));
                }
                None if !called => {
                    result.roots.insert(*unit, Frequency::PerCall);
                    improve(result, *unit, entry(Frequency::PerCall, Via::Uncalled));
                }
                None => {}
            }
        }
        let mut starts: Vec<&UnitId> = self.edges.keys().collect();
        starts.sort_unstable();
        for from in starts {
            for edge in &self.edges[from] {
                result.callers.entry(edge.to).or_default().push(*from);
                if let Some((frequency, via)) = &edge.fixed {
                    if matches!(via, Via::InnerRoot(..)) {
                        result.roots.entry(*from).or_insert(*frequency);
                    }
                    let sure = edge.reference.sure;
                    improve(
                        result,
                        edge.to,
                        Entry { frequency: *frequency, depth: 1, via: via.clone(), sure, uncalled: false },
                    );
                }
            }
        }
    }

    /// What a unit is that nobody is seen to call.
    fn root_of_uncalled(&self, unit: UnitId) -> Option<RootHit> {
        let program = self.program;
        let by_name = || uncalled_root(program, unit).filter(|_| self.is_function(unit));
        by_name().or_else(|| caller_root(program, unit)).or_else(|| lifecycle_root(program, unit))
    }

    /// Adds what only units call that run in no program.
    fn leave_out(&mut self, order: &[UnitId], result: &Frequencies) {
        loop {
            let is_outside = |unit: &&UnitId| {
                let callers = result.callers.get(unit).map_or(&[][..], Vec::as_slice);
                !self.outside.contains(unit)
                    && !result.entries.contains_key(unit)
                    && !callers.is_empty()
                    && callers.iter().all(|caller| self.outside.contains(caller))
            };
            let more: Vec<UnitId> = order.iter().filter(is_outside).copied().collect();
            if more.is_empty() {
                return;
            }
            self.outside.extend(more);
        }
    }

    /// Hands the frequencies of `from` down until nothing rises any more.
    fn spread(&self, from: Vec<UnitId>, result: &mut Frequencies) {
        let mut queue: std::collections::VecDeque<UnitId> = from.into();
        while let Some(from) = queue.pop_front() {
            let Some(entry) = result.entries.get(&from).cloned() else { continue };
            for edge in self.edges.get(&from).into_iter().flatten() {
                if edge.fixed.is_some() {
                    continue;
                }
                let frequency =
                    if edge.raised { entry.frequency.max(Frequency::PerIteration) } else { entry.frequency };
                let next = Entry {
                    frequency,
                    depth: entry.depth + 1,
                    via: Via::Reference(edge.reference),
                    sure: entry.sure && edge.reference.sure,
                    uncalled: entry.uncalled,
                };
                // What calls itself, directly or not, is not called more often for it.
                if improves(result, edge.to, &next) && !leads_through(result, from, edge.to) {
                    result.entries.insert(edge.to, next);
                    queue.push_back(edge.to);
                }
            }
        }
    }
}

/// Whether the chain by which `unit` gets its frequency passes through `wanted`.
fn leads_through(result: &Frequencies, unit: UnitId, wanted: UnitId) -> bool {
    // Chains are of units that have a frequency.
    if unit != wanted && !result.entries.contains_key(&wanted) {
        return false;
    }
    let mut at = unit;
    for _ in 0..result.entries.len() {
        if at == wanted {
            return true;
        }
        match result.entries.get(&at).map(|entry| &entry.via) {
            Some(Via::Reference(reference)) => at = reference.unit,
            _ => return false,
        }
    }
    true
}

/// Whether an entry is of a higher frequency than what is known, or as high, surer or shorter.
fn improves(result: &Frequencies, unit: UnitId, entry: &Entry) -> bool {
    let rank = |entry: &Entry| (entry.frequency, entry.sure, std::cmp::Reverse(entry.depth));
    result.entries.get(&unit).is_none_or(|known| rank(known) < rank(entry))
}

/// Takes an entry if it [`improves`] what is known.
fn improve(result: &mut Frequencies, unit: UnitId, entry: Entry) {
    if improves(result, unit, &entry) {
        result.entries.insert(unit, entry);
    }
}
