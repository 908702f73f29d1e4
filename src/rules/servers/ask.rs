//! Which expressions ask something of a server.
//!
//! In: an expression. Out: the family that it asks, and in which [`Way`].

use std::sync::Arc;

use crate::catalog::model::{CallFact, Carry, Network, TypeRole};
use crate::catalog::{CallRef, FileId};
use crate::facts::{Body, Expr, ExprId};
use crate::link::{Program, Target, Ty, UnitId};

use super::walk::Frame;
use crate::rules::versions::{Holds, holds};

/// In which way a server is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Way {
    /// A connection is opened.
    Opens,
    /// A connection is taken out of a pool, which opens one when there is none.
    Takes,
    /// A command is sent.
    Sends,
}

/// Something asked of a server.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Ask {
    pub(in crate::rules) family: String,
    pub(in crate::rules) way: Way,
    pub(in crate::rules) unit: UnitId,
    pub(in crate::rules) expr: ExprId,
    /// What is called.
    pub(in crate::rules) call: Option<Arc<CallRef>>,
    /// Whether the client library tries more than once by itself, in the versions that the package can have.
    pub(in crate::rules) retries: Holds,
    /// Found by type or path, not by name alone.
    pub(in crate::rules) sure: bool,
    /// The calls that lead there, outermost first.
    pub(in crate::rules) frames: Vec<Frame>,
    /// In a task of its own, beside the code that was walked.
    pub(in crate::rules) in_task: bool,
}

/// Awaited parts are looked for this many expressions around.
const MAX_AROUND: usize = 8;

/// What an expression asks by itself; what it calls in the program is not followed.
pub(super) fn asked(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<Ask> {
    let body = program.body(unit)?;
    let (Expr::Call { args, .. } | Expr::Method { args, .. }) = body.expr(expr) else { return None };
    let types = program.types(unit);
    let sends = |family: String| Ask {
        family,
        way: Way::Sends,
        unit,
        expr,
        call: None,
        retries: Holds::Never,
        sure: true,
        frames: Vec::new(),
        in_task: false,
    };
    match types.targets.get(&expr) {
        Some(Target::Units { .. } | Target::Constructor) => return None,
        Some(Target::Library { call, sure }) => {
            let way = way_of(program, call)?;
            let family = family_of(program, unit, expr, call)?;
            let retries = retries(program, unit, call);
            return Some(Ask { way, call: Some(call.clone()), retries, sure: *sure, ..sends(family) });
        }
        Some(Target::Foreign(_) | Target::Fluent) | None => {}
    }
    if let Some(family) = commanded(program, unit, expr) {
        return Some(sends(family));
    }
    let given = args.iter().find_map(|arg| handle_family(program, types.ty(*arg)));
    given.filter(|_| is_awaited(body, expr)).map(sends)
}

fn way_of(program: &Program<'_>, call: &CallRef) -> Option<Way> {
    let fact = &call.fact;
    match fact.network {
        Some(Network::None) => None,
        _ if fact.carry == Some(Carry::Ends) => None,
        _ if fact.checkout => Some(Way::Takes),
        Some(Network::Connects) => Some(Way::Opens),
        Some(Network::Lazy) | None => {
            let waits = fact.is_async || fact.blocking;
            (fact.makes.is_none() && waits && program.catalog.is_client_file(call.file)).then_some(Way::Sends)
        }
    }
}

/// Whether a call tries again and again, in the versions that a unit's package can have.
pub(in crate::rules) fn retries(program: &Program<'_>, unit: UnitId, call: &CallRef) -> Holds {
    retries_of(program, unit, call.file, &call.fact)
}

/// The same of the facts in a catalogue's file.
pub(super) fn retries_of(program: &Program<'_>, unit: UnitId, file: FileId, fact: &CallFact) -> Holds {
    match fact.retries.as_deref() {
        None => Holds::Never,
        Some("*") => Holds::Always,
        versions => holds(program, unit, file, versions),
    }
}

/// The family that a library's call asks: that of its receiver, its argument, its file, its result.
fn family_of(program: &Program<'_>, unit: UnitId, expr: ExprId, call: &CallRef) -> Option<String> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    let (receiver, args) = match body.expr(expr) {
        Expr::Method { receiver, args, .. } => (Some(*receiver), args.as_slice()),
        Expr::Call { args, .. } => (None, args.as_slice()),
        _ => (None, &[][..]),
    };
    let through = |id: ExprId| program.autoderef(types.ty(id)).iter().find_map(|step| program.family_of(step));
    let given = receiver.into_iter().chain(args.iter().copied()).find_map(through);
    let own = program.catalog.file(call.file).family.clone();
    own.or(given).or_else(|| program.family_of(types.ty(expr)))
}

/// The family of a handle on which a method is called that the catalogue doesn't know, also on what the handle gives
/// (`client.database("x").run_command(..)`).
fn commanded(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<String> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    let mut at = expr;
    while let Expr::Method { receiver, .. } = body.expr(at) {
        let ty = types.ty(*receiver);
        if let Some(family) = handle_family(program, ty) {
            return (blocks(program, ty) || is_awaited(body, expr)).then_some(family);
        }
        at = *receiver;
    }
    None
}

/// The family of a client, pool or connection.
pub(in crate::rules) fn handle_family(program: &Program<'_>, ty: &Ty) -> Option<String> {
    let of_handle = |step: &Ty| {
        let Ty::External(path, _) = step else { return None };
        let fact = &program.catalog.type_info(path)?.fact;
        let is_handle = fact.role.resource().is_some() || fact.role == TypeRole::Checkout || fact.handle;
        is_handle.then(|| program.family_of(step)).flatten()
    };
    program.autoderef(ty).iter().find_map(of_handle)
}

fn blocks(program: &Program<'_>, ty: &Ty) -> bool {
    program.autoderef(ty).iter().any(|step| {
        matches!(step, Ty::External(path, _) if program.catalog.type_info(path).is_some_and(|info| info.fact.blocking))
    })
}

/// Whether a call's future is awaited, as it stands or within what it is given to (`timeout(limit, call)`).
pub(super) fn is_awaited(body: &Body, expr: ExprId) -> bool {
    let around = body.ancestors(expr).skip(1).take(MAX_AROUND);
    around
        .take_while(|at| !matches!(body.expr(*at), Expr::Block(_) | Expr::Closure(_) | Expr::Async(_)))
        .any(|at| matches!(body.expr(at), Expr::Await(_)))
}
