//! Which calls construct a client, a pool or a connection.
//!
//! In: the program. Out: [`Site`]s in the order of the units and expressions.

use std::sync::Arc;

use rayon::prelude::*;

use super::scope::Scope;
use crate::catalog::CallRef;
use crate::catalog::model::TypeRole;
use crate::facts::{Body, Expr, ExprId, TypeRef};
use crate::finding::Resource;
use crate::link::{Program, Target, Ty, UnitId};
use crate::source::Span;

/// A construction.
#[derive(Debug, Clone)]
pub struct Site {
    /// The unit it stands in.
    pub unit: UnitId,
    /// The constructing call; for a function handed on as a value its path.
    pub expr: ExprId,
    /// What it builds.
    pub resource: Resource,
    /// Family of what it talks to.
    pub family: String,
    /// The catalogue's facts.
    pub call: Arc<CallRef>,
    /// Found by type or path, not by name alone.
    pub sure: bool,
    /// The function is handed on as a value rather than called.
    pub as_value: bool,
    /// Where it stands: a builder chain from its path to its terminal call.
    pub span: Span,
    /// What it builds belongs to one thread.
    pub per_thread: bool,
    /// What it builds is gone when the call returns (`reqwest::get`).
    pub momentary: bool,
    /// It is built with a setting, taken from a variable, by which clients differ: a proxy, a certificate.
    pub distinguished: bool,
}

/// Every construction outside of test code (inside too, when tests are in scope).
pub(super) fn find_sites(program: &Program<'_>, scope: &Scope<'_, '_>) -> Vec<Site> {
    let makers = program.catalog.clues(|call| call.fact.makes.is_some());
    let units = program.units_that_may_use(&makers);
    let found: Vec<Vec<Site>> = units
        .into_par_iter()
        .map(|unit| {
            let body = program.body(unit).filter(|_| scope.has(unit));
            body.map_or_else(Vec::new, |body| sites_of(program, unit, body))
        })
        .collect();
    found.into_iter().flatten().collect()
}

fn sites_of(program: &Program<'_>, unit: UnitId, body: &Body) -> Vec<Site> {
    let types = program.types(unit);
    let mut sites = Vec::new();
    for id in body.ids() {
        let (target, as_value) = match types.targets.get(&id) {
            Some(target) => (target, false),
            None => match types.functions.get(&id) {
                Some(target) if !is_callee(body, id) => (target, true),
                _ => continue,
            },
        };
        let Target::Library { call, sure } = target else { continue };
        let Some(resource) = call.fact.makes else { continue };
        sites.push(Site {
            unit,
            expr: id,
            resource,
            family: family_of(program, unit, id, call),
            call: call.clone(),
            sure: *sure,
            as_value,
            span: span_of(program, body, id, types),
            per_thread: is_per_thread(program, call),
            momentary: is_momentary(program, call),
            distinguished: is_distinguished(body, types),
        });
    }
    sites
}

/// Whether the result is something else than a resource or what makes one: an answer.
fn is_momentary(program: &Program<'_>, call: &CallRef) -> bool {
    program.catalog.made_type(call).is_some_and(|info| info.fact.role == TypeRole::Other)
}

/// Whether a setting by which clients differ is made from a variable somewhere in the unit.
fn is_distinguished(body: &Body, types: &crate::link::BodyTypes) -> bool {
    types.targets.iter().any(|(id, target)| {
        let Target::Library { call, .. } = target else { return false };
        let (Expr::Method { args, .. } | Expr::Call { args, .. }) = body.expr(*id) else { return false };
        call.fact.distinguishes && args.iter().any(|arg| varies(body, types, *arg, 0))
    })
}

/// Whether a value can differ from call to call: it is made from a parameter, an item of a loop, or the whole of `self`. A
/// field of `self`, a static, a constant stay what they are.
fn varies(body: &Body, types: &crate::link::BodyTypes, id: ExprId, depth: u32) -> bool {
    match body.expr(id) {
        Expr::Path(_) => match types.locals.get(&id) {
            Some(variable) => match body.initialiser_of(*variable) {
                Some(init) => depth < 8 && varies(body, types, init, depth + 1),
                None => true,
            },
            None => body.is_self(id),
        },
        Expr::Field { base, .. } => !body.is_self(*base) && varies(body, types, *base, depth),
        inner => {
            let mut found = false;
            inner.for_each_child(|child| found = found || varies(body, types, child, depth));
            found
        }
    }
}

fn is_callee(body: &Body, id: ExprId) -> bool {
    body.parent(id).is_some_and(|parent| matches!(body.expr(parent), Expr::Call { callee, .. } if *callee == id))
}

/// The whole call; only its method name and arguments when another construction is its receiver; from where the builder
/// begins when that is in a variable.
fn span_of(program: &Program<'_>, body: &Body, id: ExprId, types: &crate::link::BodyTypes) -> Span {
    let node = body.node(id);
    let Expr::Method { receiver, name_span, .. } = &node.expr else { return node.span };
    let mut at = *receiver;
    let mut span = node.span;
    for _ in 0..body.exprs.len() {
        if matches!(types.targets.get(&at), Some(Target::Library { call, .. }) if call.fact.makes.is_some()) {
            return Span { start: name_span.start, end: node.span.end };
        }
        at = match body.expr(at) {
            Expr::Method { receiver, .. } => *receiver,
            Expr::Try(inner) | Expr::Await(inner) | Expr::Ref(inner) | Expr::Field { base: inner, .. } => *inner,
            Expr::Path(_) if is_builder(program, types.ty(at)) => {
                match types.locals.get(&at).and_then(|variable| body.initialiser_of(*variable)) {
                    Some(init) if body.node(init).span.start < span.start => {
                        span.start = body.node(init).span.start;
                        init
                    }
                    _ => return span,
                }
            }
            _ => return span,
        };
    }
    span
}

fn is_builder(program: &Program<'_>, ty: &Ty) -> bool {
    matches!(ty, Ty::External(path, _) if program.catalog.has_role(path, TypeRole::Builder))
}

/// The family of the catalogue file; for a generic pool that of the manager it, or its builder, is given.
fn family_of(program: &Program<'_>, unit: UnitId, id: ExprId, call: &CallRef) -> String {
    let own = program.catalog.file(call.file).family.clone().unwrap_or_default();
    if !own.is_empty() && !call.fact.family_of_arg {
        return own;
    }
    manager_of(program, unit, id).and_then(|ty| program.family_of(ty)).unwrap_or(own)
}

/// The type of the manager that a generic pool, or the builder that it comes from, is given.
#[must_use]
pub fn manager_of<'p>(program: &'p Program<'_>, unit: UnitId, pool: ExprId) -> Option<&'p Ty> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    let mut at = pool;
    loop {
        let (args, receiver) = match body.expr(at) {
            Expr::Call { args, .. } => (args.as_slice(), None),
            Expr::Method { args, receiver, .. } => (args.as_slice(), Some(*receiver)),
            _ => return None,
        };
        match types.targets.get(&at)? {
            Target::Library { call, .. } if call.fact.family_of_arg => {
                return args.get(call.fact.from_arg.unwrap_or(0)).map(|arg| types.ty(*arg));
            }
            _ => at = receiver?,
        }
    }
}

fn is_per_thread(program: &Program<'_>, call: &CallRef) -> bool {
    let Some(owner) = call.path.rsplit_once("::").map(|(owner, _)| owner) else { return false };
    let of_owner = program.catalog.type_info(owner).is_some_and(|info| info.fact.per_thread);
    of_owner
        || call.returns.as_ref().is_some_and(|ty| match ty {
            TypeRef::Path(path) => program.catalog.type_info(&path.text()).is_some_and(|info| info.fact.per_thread),
            _ => false,
        })
}
