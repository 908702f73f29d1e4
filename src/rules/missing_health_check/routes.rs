//! The health checks of a program.
//!
//! In: the program. Out: a [`HealthCheck`] for each route or handler that is called one: by the path of its attribute, of
//! its registration, of a comparison with the request's path; else by the handler's own name.

use std::collections::BTreeSet;

use super::names::{of_handler, of_path};
use crate::catalog::model::HealthKind;
use crate::facts::{Body, Expr, ExprId, Name, Pat, PatId};
use crate::flow::{Frequency, HandOver, registration, unit_root};
use crate::link::{Def, Program, Target, UnitId, UnitKind};
use crate::rules::context::Context;
use crate::rules::judge::Place;
use crate::rules::servers::Code;

/// A health check.
pub(super) struct HealthCheck {
    /// Where it is registered, else its handler.
    pub(super) place: Place,
    /// The unit of that place.
    pub(super) unit: UnitId,
    /// What it is for.
    pub(super) kind: HealthKind,
    /// Its path, else its handler's name.
    pub(super) name: String,
    /// What answers it.
    pub(super) code: Vec<Code>,
}

/// Chains of registrations are followed this far.
const MAX_CHAIN: usize = 64;

/// Every health check, by route first; a handler is there once.
pub(super) fn health_checks(context: Context<'_, '_>) -> Vec<HealthCheck> {
    let program = context.program;
    let constants = constants(program);
    let mut found = Vec::new();
    let units = || program.unit_ids().filter(|unit| context.flow.in_scope(*unit));
    let naming = naming(program, &constants);
    for unit in units() {
        found.extend(by_attribute(program, unit));
        if naming.binary_search(&unit).is_ok() {
            found.extend(registered(context, unit, &constants));
        }
    }
    let known: BTreeSet<Code> = found.iter().flat_map(|check: &HealthCheck| check.code.iter().copied()).collect();
    found.extend(units().filter(|unit| !known.contains(&Code::Unit(*unit))).filter_map(|unit| by_name(program, unit)));
    found
}

/// `#[get("/health")]`, also the path in a handler's documentation (`#[utoipa::path(path = "/health")]`).
fn by_attribute(program: &Program<'_>, unit: UnitId) -> Option<HealthCheck> {
    let literals = program.unit(unit).attrs.iter().flat_map(|attr| &attr.literals);
    let mut paths = literals.filter(|text| text.starts_with('/'));
    let (path, kind) = paths.find_map(|text| Some((text, of_path(program.catalog, text)?)))?;
    answers(program, unit).then(|| of_unit(program, unit, kind, path.to_string()))
}

/// A handler that calls itself one, whatever its route.
fn by_name(program: &Program<'_>, unit: UnitId) -> Option<HealthCheck> {
    let name = &program.unit(unit).name;
    let kind = of_handler(program.catalog, name)?;
    answers(program, unit).then(|| of_unit(program, unit, kind, name.to_string()))
}

/// Whether a unit answers requests under a path of its own.
fn answers(program: &Program<'_>, unit: UnitId) -> bool {
    program.unit(unit).function().is_some_and(|function| function.body.is_some())
        && (unit_root(program, unit).is_some_and(|root| root.route)
            || registration(program, unit).is_some_and(|root| root.route))
}

fn of_unit(program: &Program<'_>, unit: UnitId, kind: HealthKind, name: String) -> HealthCheck {
    let place = Place::in_unit(program, unit, program.unit(unit).span);
    HealthCheck { place, unit, kind, name, code: vec![Code::Unit(unit)] }
}

/// Names of the constants that hold the path of a health check, with it.
fn constants(program: &Program<'_>) -> Vec<(UnitId, Name)> {
    let text = |unit: &UnitId| {
        let UnitKind::Static(value) = program.unit(*unit).kind else { return None };
        let body = value.body.as_ref()?;
        match body.expr(body.root?) {
            Expr::Str(text) if of_path(program.catalog, text).is_some() => Some((*unit, text.clone())),
            _ => None,
        }
    };
    program.unit_ids().filter_map(|unit| text(&unit)).collect()
}

/// The units that may name the path of a health check, in order.
fn naming(program: &Program<'_>, constants: &[(UnitId, Name)]) -> Vec<UnitId> {
    let paths = program.mentions.keys().filter(|word| of_path(program.catalog, word).is_some());
    let names = constants.iter().map(|(constant, _)| &program.unit(*constant).name);
    program.units_mentioning(paths.chain(names))
}

/// The health checks that a unit registers, or answers by comparing the request's path.
fn registered(context: Context<'_, '_>, unit: UnitId, constants: &[(UnitId, Name)]) -> Vec<HealthCheck> {
    let program = context.program;
    let Some(body) = program.body(unit) else { return Vec::new() };
    let mut found = Vec::new();
    for (expr, text) in paths_in(program, unit, body, constants) {
        let Some(kind) = of_path(program.catalog, &text) else { continue };
        let code = match handlers_of(context, unit, expr) {
            handlers if !handlers.is_empty() => handlers,
            _ => branch_of(program, unit, expr).into_iter().collect(),
        };
        if !code.is_empty() {
            let place = Place::of_expr(program, unit, expr);
            found.push(HealthCheck { place, unit, kind, name: text.to_string(), code });
        }
    }
    found.extend(matched(program, unit, body));
    found
}

/// Texts and constants of a body that could be the path of a health check.
fn paths_in(program: &Program<'_>, unit: UnitId, body: &Body, constants: &[(UnitId, Name)]) -> Vec<(ExprId, Name)> {
    let named = |expr: ExprId, name: &Name| {
        let known = constants.iter().filter(|(known, _)| program.unit(*known).name == *name);
        let mut known = known.peekable();
        known.peek()?;
        let meant = program.types(unit).values.get(&expr)?;
        known.find(|(known, _)| *meant == Def::Unit(*known)).map(|(_, text)| text.clone())
    };
    body.ids()
        .filter_map(|expr| match body.expr(expr) {
            Expr::Str(text) => of_path(program.catalog, text).map(|_| (expr, text.clone())),
            Expr::Path(path) => named(expr, path.last()?).map(|text| (expr, text)),
            _ => None,
        })
        .collect()
}

/// The handlers that are registered with the path at `expr`: in the same call, else further on in its chain.
fn handlers_of(context: Context<'_, '_>, unit: UnitId, expr: ExprId) -> Vec<Code> {
    let Some(body) = context.program.body(unit) else { return Vec::new() };
    let mut at = expr;
    let mut found = Vec::new();
    for _ in 0..MAX_CHAIN {
        let Some(parent) = body.parent(at) else { break };
        match body.expr(parent) {
            Expr::Call { args, .. } | Expr::Method { args, .. } if args.contains(&at) => {
                args.iter().filter(|arg| **arg != at).for_each(|arg| handed(context, unit, *arg, &mut found));
            }
            Expr::Method { receiver, args, .. } if *receiver == at => {
                args.iter().for_each(|arg| handed(context, unit, *arg, &mut found));
            }
            Expr::Binary(_) | Expr::Macro(_) | Expr::Ref(_) => {}
            _ => break,
        }
        if !found.is_empty() {
            break;
        }
        at = parent;
    }
    found
}

/// The functions and closures within an argument that a framework will call with requests.
fn handed(context: Context<'_, '_>, unit: UnitId, expr: ExprId, into: &mut Vec<Code>) {
    let program = context.program;
    let Some(body) = program.body(unit) else { return };
    let is_route = || match context.flow.hand_over(unit, expr) {
        HandOver::Root(hit) => hit.route && hit.frequency == Some(Frequency::PerRequest),
        _ => false,
    };
    match body.expr(expr) {
        Expr::Closure(closure) if is_route() => into.push(Code::Expr(unit, closure.body)),
        Expr::Path(_) => {
            let types = program.types(unit);
            let units: &[UnitId] = match (types.values.get(&expr), types.functions.get(&expr)) {
                (Some(Def::Unit(found)), _) => std::slice::from_ref(found),
                (_, Some(Target::Units { units, .. })) => units,
                _ => return,
            };
            if is_route() {
                into.extend(units.iter().map(|found| Code::Unit(*found)));
            }
        }
        Expr::Call { callee, args } => {
            args.iter().for_each(|arg| handed(context, unit, *arg, into));
            if into.is_empty() && matches!(body.expr(*callee), Expr::Path(_)) {
                registers(context, unit, expr, into);
            }
        }
        Expr::Closure(_) | Expr::Async(_) | Expr::Block(_) => {}
        other => other.for_each_child(|child| handed(context, unit, child, into)),
    }
}

/// The handlers that a function registers which makes the routes under a path (`.nest("/health", routes())`).
fn registers(context: Context<'_, '_>, unit: UnitId, call: ExprId, into: &mut Vec<Code>) {
    let Some(Target::Units { units, .. }) = context.program.types(unit).targets.get(&call) else { return };
    for found in units.iter().filter(|found| **found != unit) {
        let Some(body) = context.program.body(*found) else { continue };
        let is_argument = |id: &ExprId| {
            let parent = body.parent(*id).map(|parent| body.expr(parent));
            matches!(parent, Some(Expr::Call { args, .. } | Expr::Method { args, .. }) if args.contains(id))
        };
        for id in body.ids().filter(is_argument) {
            if matches!(body.expr(id), Expr::Path(_) | Expr::Closure(_)) {
                handed(context, *found, id, into);
            }
        }
    }
}

/// `if request.uri().path() == "/health" { .. }` in what answers requests itself: the branch.
fn branch_of(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<Code> {
    let body = program.body(unit)?;
    let mut at = expr;
    loop {
        let parent = body.parent(at)?;
        match body.expr(parent) {
            Expr::Binary(_) => {}
            Expr::If { cond, then, .. } if *cond == at => {
                return dispatches(program, unit).then_some(Code::Expr(unit, *then));
            }
            _ => return None,
        }
        at = parent;
    }
}

/// `match request.uri().path() { "/health" => .. }` in what answers requests itself.
fn matched(program: &Program<'_>, unit: UnitId, body: &Body) -> Vec<HealthCheck> {
    let mut found = Vec::new();
    for node in &body.exprs {
        let Expr::Match { arms, .. } = &node.expr else { continue };
        for (pat, _, arm) in arms {
            let path = text_of(body, *pat).filter(|text| text.starts_with('/'));
            let named = path.and_then(|text| Some((text, of_path(program.catalog, text)?)));
            if let Some((text, kind)) = named.filter(|_| dispatches(program, unit)) {
                let place = Place::of_expr(program, unit, *arm);
                let code = vec![Code::Expr(unit, *arm)];
                found.push(HealthCheck { place, unit, kind, name: text.to_string(), code });
            }
        }
    }
    found
}

/// The text in a pattern.
fn text_of(body: &Body, pat: PatId) -> Option<&Name> {
    match body.pat(pat) {
        Pat::Str(text) => Some(text),
        Pat::Tuple(parts) | Pat::Or(parts) | Pat::TupleStruct(_, parts) => {
            parts.iter().find_map(|part| text_of(body, *part))
        }
        Pat::Ref(inner) => text_of(body, *inner),
        _ => None,
    }
}

/// Whether a unit answers all requests of a server: it is, or is called by, the one function that the server has.
fn dispatches(program: &Program<'_>, unit: UnitId) -> bool {
    let is_service = |unit: UnitId| answers(program, unit);
    is_service(unit)
        || program.references(unit).into_iter().any(|reference| {
            let Some(body) = program.body(reference.unit) else { return false };
            let in_closure = || {
                let mut closures =
                    body.ancestors(reference.expr).filter(|at| matches!(body.expr(*at), Expr::Closure(_)));
                closures.any(|at| crate::flow::is_route_closure(program, reference.unit, at))
            };
            is_service(reference.unit) || in_closure()
        })
}
