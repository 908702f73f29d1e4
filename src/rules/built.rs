//! What processes build once, at start-up, and live with.
//!
//! In: the analyses of all constructions. Out: [`Built`]: the ends that are reached once per process and hand the value on,
//! each with its process and the way from the process's root down to the construction.

use rustc_hash::FxHashSet;

use super::context::Context;
use super::ways::{is_static, way};
use crate::catalog::model::MemoScope;
use crate::facts::{Body, Expr, ExprId, ExprNode, Pat, PatId, Stmt};
use crate::finding::Resource;
use crate::flow::{Analysis, End, Frequency, Innocent, Kept, Via};
use crate::link::{BodyTypes, CrateId, Program, Target, UnitId};

/// Variables that stand for a value are followed this far.
const MAX_DEPTH: usize = 4;

/// A client, pool or connection that a process builds once.
#[derive(Clone)]
pub(super) struct Built<'c> {
    pub(super) analysis: &'c Analysis,
    pub(super) end: &'c End,
    /// The crate of the root: a binary, or the library whose static it is.
    pub(super) process: CrateId,
    /// From the root down: units, each with the call that leads on; the construction is the last.
    pub(super) way: Vec<(UnitId, ExprId)>,
}

impl Built<'_> {
    /// The part of the way whose units give the value to the one above, the unit in which it ends first.
    pub(super) fn route(&self) -> &[(UnitId, ExprId)] {
        &self.end.route
    }

    pub(super) fn family(&self) -> &str {
        &self.analysis.site.family
    }

    /// Whether every step was found by type or path.
    pub(super) fn is_sure(&self, context: Context<'_, '_>) -> bool {
        let above = context.known.of(self.end.place().0).is_none_or(|entry| entry.sure);
        self.analysis.site.sure && self.end.sure && above
    }
}

/// Everything that is built once per process, in the order of the constructions. What something else is made of in the same
/// place stands for nothing of its own.
pub(super) fn built<'c>(context: Context<'c, '_>) -> Vec<Built<'c>> {
    let mut found = Vec::new();
    for analysis in context.analyses.iter().filter(|analysis| !is_part(context, analysis)) {
        for end in analysis.ends.iter().filter(|end| is_once(context.program, end) && lives(context, end)) {
            let way = way(context, end);
            let Some((root, _)) = way.first() else { continue };
            let process = context.program.crate_id_of(*root);
            found.push(Built { analysis, end, process, way });
        }
    }
    found
}

/// Whether something else is made of it where it is made.
fn is_part(context: Context<'_, '_>, analysis: &Analysis) -> bool {
    let unit = analysis.site.unit;
    context.analyses.iter().any(|other| other.site.unit == unit && analysis.derived.contains(&other.site.expr))
}

fn is_once(program: &Program<'_>, end: &End) -> bool {
    match end.innocent {
        Some(Innocent::Kept(Kept::Memoised)) => {
            let scope = end.context.barrier.map(|barrier| barrier.scope);
            scope.is_none_or(|scope| matches!(scope, MemoScope::Cell | MemoScope::Process))
        }
        Some(Innocent::Kept(_)) => end.frequency == Some(Frequency::Once) || is_static(program, end.place().0),
        Some(_) => false,
        None => end.frequency == Some(Frequency::Once),
    }
}

/// Whether the value outlives the function in which it ends: it is kept, or handed on to somebody. One that only serves a
/// few commands of its function is gone with it, unless that function is the process's whole life.
fn lives(context: Context<'_, '_>, end: &End) -> bool {
    let (unit, expr) = end.place();
    let is_root = matches!(context.known.of(unit).map(|entry| &entry.via), Some(Via::Root(_)));
    end.innocent.is_some() || end.fate.into_task || is_root || is_handed_on(context.program, unit, expr, 0)
}

/// Whether a value, or a clone of it, goes into something: an argument, a struct, a closure.
fn is_handed_on(program: &Program<'_>, unit: UnitId, expr: ExprId, depth: usize) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let types = program.types(unit);
    let mut at = expr;
    while let Some(parent) = body.parent(at) {
        match body.expr(parent) {
            Expr::Try(_) | Expr::Await(_) | Expr::Match { .. } | Expr::Tuple(_) | Expr::Closure(_) | Expr::Async(_) => {
            }
            Expr::Method { receiver, name, .. } if *receiver == at => {
                if name != "clone" && !is_unwrapping(types, parent) {
                    return false;
                }
            }
            Expr::Method { .. } | Expr::Call { .. } | Expr::Struct { .. } | Expr::Array(_) | Expr::Macro(_) => {
                return true;
            }
            Expr::Assign(left, _) => return *left != at,
            Expr::Block(stmts) => match bound_by(body, stmts, at) {
                Some(variable) => {
                    return depth < MAX_DEPTH && is_variable_handed_on(program, unit, at, variable, depth);
                }
                None if matches!(stmts.last(), Some(Stmt::Tail(tail)) if *tail == at) => {}
                None => return false,
            },
            _ => return false,
        }
        at = parent;
    }
    false
}

/// The same for the variable that holds the value of `init`.
fn is_variable_handed_on(program: &Program<'_>, unit: UnitId, init: ExprId, variable: PatId, depth: usize) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let is_captured = |used: ExprId| {
        let inner = body.ancestors(used).take_while(|at| !body.ancestors(init).any(|around| around == *at));
        inner.into_iter().any(|at| matches!(body.expr(at), Expr::Closure(_) | Expr::Async(_)))
    };
    let uses = program.types(unit).uses.get(&variable).map_or(&[][..], Vec::as_slice);
    uses.iter().any(|used| is_captured(*used) || is_handed_on(program, unit, *used, depth + 1))
}

fn is_unwrapping(types: &BodyTypes, call: ExprId) -> bool {
    match types.targets.get(&call) {
        Some(Target::Library { call, .. }) => call.fact.carry == Some(crate::catalog::model::Carry::Same),
        Some(_) => false,
        None => true,
    }
}

/// The only variable that a statement binds to the value of `at`.
pub(super) fn bound_by(body: &Body, stmts: &[Stmt], at: ExprId) -> Option<PatId> {
    let pat = stmts.iter().find_map(|stmt| match stmt {
        Stmt::Let { pat, init, .. } if *init == Some(at) => Some(*pat),
        _ => None,
    })?;
    match body.binds_of(pat).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// The crates whose code runs in the process of a crate: with a binary what it is made of; with a library also whoever uses
/// it, and what they are made of.
pub(super) fn crates_of(program: &Program<'_>, process: CrateId) -> FxHashSet<CrateId> {
    let all = (0..u32::try_from(program.crates.len()).unwrap_or(u32::MAX)).map(CrateId);
    let wholes = all.map(|id| reached_from(program, id)).filter(|reached| reached.contains(&process));
    wholes.flatten().collect()
}

/// A crate and those of the program that it depends on, directly or not.
fn reached_from(program: &Program<'_>, start: CrateId) -> FxHashSet<CrateId> {
    let mut seen = FxHashSet::default();
    let mut stack = vec![start];
    while let Some(at) = stack.pop() {
        if seen.insert(at) {
            stack.extend(program.crates[at.index()].local_externs.values());
        }
    }
    seen
}

/// Whether a process sends commands that hold up all others on a connection, and thus need one of their own.
pub(super) fn sends_exclusively(context: Context<'_, '_>, process: CrateId) -> bool {
    let program = context.program;
    let crates = crates_of(program, process);
    let names = program.catalog.exclusive_names();
    let mut units =
        program.unit_ids().filter(|unit| crates.contains(&program.crate_id_of(*unit)) && context.flow.in_scope(*unit));
    units.any(|unit| {
        if !program.unit(unit).words().iter().any(|word| names.contains(word.as_str())) {
            return false;
        }
        let is_command = |node: &ExprNode| match &node.expr {
            Expr::Str(name) | Expr::Method { name, .. } => names.contains(name.as_str()),
            Expr::Path(path) => path.last().is_some_and(|name| names.contains(name.as_str())),
            _ => false,
        };
        program.body(unit).is_some_and(|body| body.exprs.iter().any(is_command))
    })
}

/// The name of the variable or field that a value is first put into; the resource's own where there is none.
pub(super) fn name_of(program: &Program<'_>, unit: UnitId, expr: ExprId, resource: Resource) -> String {
    let found = program.body(unit).and_then(|body| {
        body.ancestors(expr).find_map(|at| {
            let parent = body.parent(at)?;
            match body.expr(parent) {
                Expr::Block(stmts) => match body.pat(bound_by(body, stmts, at)?) {
                    Pat::Bind(name, _) => Some(name.to_string()),
                    _ => None,
                },
                Expr::Struct { fields, .. } => {
                    fields.iter().find(|(_, value)| *value == at).map(|(name, _)| name.to_string())
                }
                _ => None,
            }
        })
    });
    found.unwrap_or_else(|| resource.name().to_owned())
}
