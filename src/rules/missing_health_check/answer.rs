//! What a health check's answer depends on.
//!
//! In: a health check. Out: an [`Answer`]: the families whose servers it asks, or why that isn't known.

use std::collections::BTreeSet;

use super::routes::HealthCheck;
use crate::facts::ExprId;
use crate::flow::unit_root;
use crate::link::{Def, Program, Ty, TypeId, TypeKind, UnitId, UnitKind};
use crate::rules::context::Context;
use crate::rules::servers::{Code, Walk, handle_family};

/// What an answer depends on.
pub(super) enum Answer {
    /// Servers of these families; none for an answer that never changes.
    Asks(BTreeSet<String>),
    /// State that something else keeps up to date which asks servers.
    Fed,
    /// Something is awaited that isn't known.
    Unknown,
}

/// Types within types are followed this far.
const MAX_DEPTH: usize = 4;

/// What a health check's answer depends on.
pub(super) fn answer(context: Context<'_, '_>, check: &HealthCheck) -> Answer {
    let mut walk = Walk::new(context, false);
    for code in &check.code {
        walk.through(*code);
        if let Code::Unit(unit) = code {
            extractors(context.program, *unit).into_iter().for_each(|unit| walk.through(Code::Unit(unit)));
        }
    }
    let mut asked: BTreeSet<String> = walk.asks.iter().map(|ask| ask.family.clone()).collect();
    asked.extend(check.code.iter().filter_map(|code| given(context.program, *code)));
    if asked.is_empty() && is_fed(context, &walk.units, check) {
        return Answer::Fed;
    }
    match walk.unclear {
        Some(_) if asked.is_empty() => Answer::Unknown,
        _ => Answer::Asks(asked),
    }
}

/// The family of a connection that a handler is given by an extractor.
fn given(program: &Program<'_>, code: Code) -> Option<String> {
    let Code::Unit(unit) = code else { return None };
    let types = program.types(unit);
    let params = &program.unit(unit).function()?.params;
    let mut binds = params.iter().filter_map(|param| param.pat).filter_map(|pat| types.binds.get(&pat));
    binds.find_map(|ty| match program.autoderef(ty).first()? {
        step @ Ty::External(path, _) => {
            let is_checkout = program.catalog.has_role(path, crate::catalog::model::TypeRole::Checkout);
            is_checkout.then(|| handle_family(program, step)).flatten()
        }
        _ => None,
    })
}

/// The functions that make a handler's parameters out of a request.
fn extractors(program: &Program<'_>, unit: UnitId) -> Vec<UnitId> {
    let types = program.types(unit);
    let Some(function) = program.unit(unit).function() else { return Vec::new() };
    let own = |ty: &Ty| match ty {
        Ty::Local(id, _) => Some(*id),
        _ => None,
    };
    let params = function.params.iter().filter_map(|param| types.binds.get(&param.pat?)).filter_map(own);
    params
        .flat_map(|id| program.impls_of_type.get(&id).into_iter().flatten())
        .flat_map(|of| program.impls[of.index()].functions.values().copied())
        .filter(|unit| unit_root(program, *unit).is_some_and(|root| !root.route))
        .collect()
}

/// Whether the answer is read from state that changes, and that some code beside it changes which asks servers.
fn is_fed(context: Context<'_, '_>, units: &BTreeSet<UnitId>, check: &HealthCheck) -> bool {
    let program = context.program;
    let unit_of = |code: &Code| match code {
        Code::Unit(unit) => Some(*unit),
        Code::Expr(..) => None,
    };
    let own: BTreeSet<UnitId> = check.code.iter().filter_map(unit_of).collect();
    let read: BTreeSet<State> = units.iter().flat_map(|unit| states_in(program, *unit)).collect();
    if read.is_empty() {
        return false;
    }
    program.unit_ids().any(|unit| {
        let is_other = !own.contains(&unit) && context.flow.in_scope(unit);
        is_other && states_in(program, unit).iter().any(|state| read.contains(state)) && {
            let mut walk = Walk::new(context, false);
            walk.through(Code::Unit(unit));
            !walk.asks.is_empty()
        }
    })
}

/// State that changes while the process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// A static.
    Static(UnitId),
    /// Values of a type of the program.
    Type(TypeId),
}

/// The state that changes and that a unit's body touches; what holds a client is no such state.
fn states_in(program: &Program<'_>, unit: UnitId) -> BTreeSet<State> {
    let Some(body) = program.body(unit) else { return BTreeSet::new() };
    let types = program.types(unit);
    let of = |id: ExprId| {
        if let Some(Def::Unit(found)) = types.values.get(&id)
            && matches!(program.unit(*found).kind, UnitKind::Static(_))
            && changes(program, &program.result_type(*found), 0)
        {
            return Some(State::Static(*found));
        }
        program.autoderef(types.ty(id)).iter().find_map(|step| match step {
            Ty::Local(id, _) if changes(program, step, 0) && !holds_handle(program, step, 0) => Some(State::Type(*id)),
            _ => None,
        })
    };
    body.ids().filter_map(of).collect()
}

/// Whether a type holds something that can be changed through a shared reference.
fn changes(program: &Program<'_>, ty: &Ty, depth: usize) -> bool {
    any_within(program, ty, depth, &|ty| matches!(ty, Ty::External(path, _) if program.catalog.changes(path)))
}

fn holds_handle(program: &Program<'_>, ty: &Ty, depth: usize) -> bool {
    any_within(program, ty, depth, &|ty| handle_family(program, ty).is_some())
}

/// Whether a type or one within it is such.
fn any_within(program: &Program<'_>, ty: &Ty, depth: usize, is_such: &dyn Fn(&Ty) -> bool) -> bool {
    if is_such(ty) {
        return true;
    }
    if depth > MAX_DEPTH {
        return false;
    }
    match ty {
        Ty::External(_, args) => args.iter().any(|arg| any_within(program, arg, depth + 1, is_such)),
        Ty::Local(id, args) => match program.types[id.index()].kind {
            TypeKind::Struct(item) => item.fields.iter().any(|field| {
                any_within(program, &program.member_type(*id, &item.generics, field, args), depth + 1, is_such)
            }),
            _ => false,
        },
        _ => false,
    }
}
