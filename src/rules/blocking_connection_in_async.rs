//! `blocking-connection-in-async`: a call of a synchronous client that holds up an executor's thread.
//!
//! In: every call of a client library that blocks. Out: one finding for each function that makes such calls in asynchronous
//! code: in itself, or by being called from it without a thread of its own in between. Start-up may block.

use std::collections::{BTreeSet, VecDeque};

use super::chain;
use super::construction::{Context, family_title};
use super::help::family_of;
use super::judge::{Draft, Judge, Place, Rule};
use crate::catalog::FileId;
use crate::catalog::model::{Carry, Runs, TypeRole};
use crate::facts::{Body, Expr, ExprId, Name};
use crate::finding::{Confidence, Resource, Step};
use crate::flow::{Frequency, HandOver};
use crate::link::{Program, Reference, ReferenceKind, Target, Ty, UnitId, UnitKind};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "blocking-connection-in-async", judge };

/// Callers are followed this far upwards.
const MAX_DEPTH: usize = 12;

/// A call that blocks.
struct Call {
    unit: UnitId,
    expr: ExprId,
    /// Canonical path.
    path: Name,
    file: FileId,
    family: String,
    resource: Resource,
}

/// In what kind of code an expression is evaluated, as far as its unit tells.
enum Around {
    /// On an executor's thread.
    Async,
    /// On the thread of whoever calls the unit.
    Sync,
    /// Blocking is no harm here, or it isn't known who calls: why.
    Apart(&'static str),
}

/// How asynchronous code gets to a call.
struct Route {
    /// The calls on the way, in the asynchronous code first: in which unit, where, of what.
    calls: Vec<(UnitId, ExprId, UnitId)>,
    /// The asynchronous unit.
    entry: UnitId,
}

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let calls: Vec<Vec<Call>> = units(context).map(|unit| calls_of(context.program, unit)).collect();
    let calls: Vec<Vec<Call>> = calls.into_iter().filter(|calls| !calls.is_empty()).collect();
    let known = context.flow.frequencies(calls.iter().map(|calls| calls[0].unit));
    for calls in &calls {
        let mut reasons = Vec::new();
        let mut found = None;
        for call in calls {
            match route(context, &known, call) {
                Ok(route) => {
                    found = Some((call, route));
                    break;
                }
                Err(reason) => reasons.push((call, reason)),
            }
        }
        match found {
            Some((call, route)) => judge.report(draft(context.program, call, &route)),
            None => {
                for (call, reason) in reasons {
                    judge.acquit(|| Place::of_expr(context.program, call.unit, call.expr), || reason.to_owned());
                }
            }
        }
    }
}

/// The functions that may make such calls.
fn units<'c>(context: Context<'c, '_>) -> impl Iterator<Item = UnitId> + 'c {
    let program = context.program;
    let names = program.catalog.blocking_names();
    program.unit_ids().filter(move |unit| {
        let mentions = || program.body(*unit).is_some_and(|body| body.mentions.iter().any(|name| names.contains(name)));
        matches!(program.unit(*unit).kind, UnitKind::Function(_)) && mentions() && context.flow.in_scope(*unit)
    })
}

/// The blocking calls of a unit, as they stand.
fn calls_of(program: &Program<'_>, unit: UnitId) -> Vec<Call> {
    let Some(body) = program.body(unit) else { return Vec::new() };
    let types = program.types(unit);
    let mut found: Vec<Call> = body
        .ids()
        .filter(|id| !is_awaited(body, *id))
        .filter_map(|id| match types.targets.get(&id) {
            Some(Target::Library { call, sure: true }) if program.catalog.blocks(call) => {
                let resource = call.fact.makes.unwrap_or(Resource::Connection);
                let own = program.catalog.file(call.file).family.clone();
                let family = receiver(body, id)
                    .and_then(|receiver| family_through(program, types.ty(receiver)))
                    .or(own)
                    .or_else(|| family_of(program, types.ty(id)))
                    .unwrap_or_default();
                Some(Call { unit, expr: id, path: call.path.clone(), file: call.file, family, resource })
            }
            None => command(program, unit, id),
            Some(_) => None,
        })
        .collect();
    found.sort_by_key(|call| end_of(body, call.expr));
    found
}

/// A method that the catalogue doesn't know, on a synchronous connection: a command.
fn command(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<Call> {
    let body = program.body(unit)?;
    let Expr::Method { receiver, name, .. } = body.expr(expr) else { return None };
    let ty = program.types(unit).ty(*receiver);
    program.autoderef(ty).iter().find_map(|step| {
        let Ty::External(path, _) = step else { return None };
        let info = program.catalog.type_info(path)?;
        let is_connection = info.fact.blocking && info.fact.role == TypeRole::Connection;
        is_connection.then(|| Call {
            unit,
            expr,
            path: format!("{path}::{name}").into(),
            file: info.file,
            family: family_of(program, step).unwrap_or_default(),
            resource: Resource::Connection,
        })
    })
}

fn receiver(body: &Body, call: ExprId) -> Option<ExprId> {
    match body.expr(call) {
        Expr::Method { receiver, .. } => Some(*receiver),
        _ => None,
    }
}

fn family_through(program: &Program<'_>, ty: &Ty) -> Option<String> {
    program.autoderef(ty).iter().find_map(|step| family_of(program, step))
}

fn is_awaited(body: &Body, expr: ExprId) -> bool {
    body.parent(expr).is_some_and(|parent| matches!(body.expr(parent), Expr::Await(_)))
}

fn end_of(body: &Body, expr: ExprId) -> (crate::source::Pos, ExprId) {
    (body.node(expr).span.end, expr)
}

/// The way by which asynchronous code gets to a call, or why there is none that matters.
fn route(context: Context<'_, '_>, known: &crate::flow::Frequencies, call: &Call) -> Result<Route, &'static str> {
    let (program, flow) = (context.program, context.flow);
    let mut reason = None;
    let mut seen = BTreeSet::from([call.unit]);
    let mut queue = VecDeque::from([(call.unit, call.expr, Vec::new(), false)]);
    while let Some((unit, expr, calls, repeated)) = queue.pop_front() {
        let repeated = repeated || flow.goes_on(unit, expr);
        match around(context, unit, expr) {
            Around::Apart(why) => {
                reason.get_or_insert(why);
            }
            Around::Async => {
                let inner = flow.context(unit, expr);
                let own = known.of(unit).map(|entry| entry.frequency);
                let frequency = match inner.root {
                    Some((hit, _)) => hit.frequency,
                    None => own,
                };
                if !repeated && frequency.is_none_or(|frequency| frequency <= Frequency::PerWorker) {
                    reason.get_or_insert("only at start-up");
                } else {
                    return Ok(Route { calls, entry: unit });
                }
            }
            Around::Sync if calls.len() < MAX_DEPTH => {
                for reference in program.references(unit) {
                    let is_meant = reference.sure && !is_asynchronous_twin(program, unit, reference);
                    if !is_meant || !flow.in_scope(reference.unit) || !seen.insert(reference.unit) {
                        continue;
                    }
                    if reference.kind == ReferenceKind::Value
                        && let Some(why) = apart(context, reference.unit, reference.expr)
                    {
                        reason.get_or_insert(why);
                        continue;
                    }
                    let mut further = vec![(reference.unit, reference.expr, unit)];
                    further.extend(calls.iter().copied());
                    queue.push_back((reference.unit, reference.expr, further, repeated));
                }
            }
            Around::Sync => {}
        }
    }
    Err(reason.unwrap_or("no asynchronous code is seen to call it"))
}

/// Whether a call that may be of this synchronous function is awaited, though its result is no future: another function of
/// the name is meant, under another `cfg`.
fn is_asynchronous_twin(program: &Program<'_>, unit: UnitId, reference: Reference) -> bool {
    let Some(body) = program.body(reference.unit) else { return false };
    let result = program.result_type(unit);
    let is_value = matches!(result, Ty::Tuple(_) | Ty::Local(..)) || program.outcome_inner(&result).is_some();
    is_value && is_awaited(body, reference.expr)
}

/// In what an expression stands within its unit.
fn around(context: Context<'_, '_>, unit: UnitId, expr: ExprId) -> Around {
    let program = context.program;
    let Some(body) = program.body(unit) else { return Around::Sync };
    if matches!(program.unit(unit).kind, UnitKind::Static(_)) {
        return Around::Apart(AT_MOST_ONCE);
    }
    let mut is_async = false;
    for at in body.ancestors(expr).skip(1) {
        match body.expr(at) {
            Expr::Async(_) => is_async = true,
            Expr::Closure(closure) => {
                is_async |= closure.is_async;
                match apart(context, unit, at) {
                    Some(why) if !is_async || why == OWN_THREAD || why == AT_MOST_ONCE => return Around::Apart(why),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let is_async = is_async || program.unit(unit).function().is_some_and(|function| function.is_async);
    if is_async { Around::Async } else { Around::Sync }
}

const OWN_THREAD: &str = "on a thread where blocking is allowed";
const AT_MOST_ONCE: &str = "run at most once";
const UNKNOWN: &str = "given to something that is not known to run it here";

/// Why the function given on at `at` doesn't run on the thread of the code around it; none if it does.
fn apart(context: Context<'_, '_>, unit: UnitId, at: ExprId) -> Option<&'static str> {
    match runs(context.program, unit, at) {
        Some(Runs::BlockingTask) => return Some(OWN_THREAD),
        Some(Runs::Inline | Runs::PerItem | Runs::Task) => return None,
        None => {}
    }
    match context.flow.hand_over(unit, at) {
        HandOver::Memo(_) => Some(AT_MOST_ONCE),
        HandOver::Root(_) | HandOver::Callback => Some(UNKNOWN),
        HandOver::PerItem | HandOver::Task => None,
        HandOver::Inline => is_argument(context.program, unit, at).then_some(UNKNOWN),
    }
}

/// What the call to which a function is given does with it.
fn runs(program: &Program<'_>, unit: UnitId, at: ExprId) -> Option<Runs> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    let mut at = at;
    loop {
        let parent = body.parent(at)?;
        match body.expr(parent) {
            Expr::Ref(_) | Expr::Cast(..) => {}
            Expr::Call { args, .. } | Expr::Method { args, .. } if args.contains(&at) => {
                let Some(Target::Library { call, .. }) = types.targets.get(&parent) else { return None };
                if call.fact.runs.is_some() {
                    return call.fact.runs;
                }
                (call.fact.carry == Some(Carry::Same)).then_some(())?;
            }
            _ => return None,
        }
        at = parent;
    }
}

fn is_argument(program: &Program<'_>, unit: UnitId, at: ExprId) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let parent = body.ancestors(at).skip(1).find(|at| !matches!(body.expr(*at), Expr::Ref(_) | Expr::Cast(..)));
    parent.is_some_and(|parent| match body.expr(parent) {
        Expr::Call { args, .. } | Expr::Method { args, .. } => args.contains(&at),
        _ => false,
    })
}

fn draft(program: &Program<'_>, call: &Call, route: &Route) -> Draft {
    let title = family_title(program, &call.family, call.file);
    let here = route.calls.is_empty();
    let mut place = Place::of_expr(program, call.unit, call.expr);
    // Of a chain of calls only the one that blocks.
    if let Some(Expr::Method { name_span, .. }) = program.body(call.unit).map(|body| body.expr(call.expr)) {
        place.location.span.start = place.location.span.start.max(name_span.start);
    }
    let chain: Vec<Step> = route
        .calls
        .first()
        .map(|_| chain::root_unit(program, route.entry, "asynchronous"))
        .into_iter()
        .chain(route.calls.iter().map(|(unit, expr, callee)| chain::call_step(program, *unit, *expr, *callee)))
        .collect();
    let to = if here { "in asynchronous code" } else { "in a function called from asynchronous code" };
    Draft {
        place,
        confidence: Confidence::High,
        message: format!("a synchronous {title} call blocks the executor {to}"),
        resource: call.resource,
        family: call.family.clone(),
        call: call.path.to_string(),
        chain,
        what: format!("blocks in `{}`", call.path),
        related: Vec::new(),
        help: vec![
            "use the asynchronous client and await its calls".to_owned(),
            "or run this on a thread where blocking is allowed (`spawn_blocking`)".to_owned(),
        ],
        example: None,
    }
}
