//! Where locks are taken.
//!
//! In: an expression. Out: [`Taken`], when it is a call that gives one holder a guard for itself.

use crate::catalog::CallRef;
use crate::facts::{Expr, ExprId};
use crate::link::{Program, Target, Ty, UnitId};

/// Where a lock is taken.
pub(super) struct Taken {
    pub(super) unit: UnitId,
    /// The call.
    pub(super) expr: ExprId,
    /// The lock.
    pub(super) receiver: ExprId,
    /// Its type.
    pub(super) ty: Ty,
    /// What it guards.
    pub(super) inner: Ty,
    /// The call gives a future.
    pub(super) is_async: bool,
}

/// A call that takes a lock.
pub(super) fn taken(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<Taken> {
    let types = program.types(unit);
    let Target::Library { call, sure: true } = types.targets.get(&expr)? else { return None };
    call.fact.locks.then_some(())?;
    let Expr::Method { receiver, .. } = program.body(unit)?.expr(expr) else { return None };
    let ty = program.autoderef(types.ty(*receiver)).into_iter().find(|step| is_of(call, step))?;
    let Ty::External(_, args) = &ty else { return None };
    let inner = args.first()?.clone();
    Some(Taken { unit, expr, receiver: *receiver, ty, inner, is_async: call.fact.is_async })
}

fn is_of(call: &CallRef, ty: &Ty) -> bool {
    let Ty::External(path, _) = ty else { return false };
    call.path.rsplit_once("::").is_some_and(|(owner, _)| owner == path.as_str())
}
