//! The value that a construction gives, as it is used.
//!
//! In: a constructing call. Out: [`Made`]: the expression around it that is the client or connection itself, and how a failure is
//! dealt with on the way there.

use crate::facts::{Body, Expr, ExprId, Pat, PatId, Stmt};
use crate::link::{Program, UnitId};

/// How the failure of a construction is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failing {
    /// It can't fail.
    Never,
    /// `?`, perhaps after the error was changed.
    Handed,
    /// `unwrap`, `expect`, `unwrap_or_else` …: the expression deals with it.
    Settled,
    /// It is still a `Result`.
    Open,
}

/// A construction with what belongs to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// The call, awaited where it has to be.
    pub(super) call: ExprId,
    /// The expression that is the value; for [`Failing::Open`] the `Result`.
    pub(super) whole: ExprId,
    /// How failure is dealt with.
    pub(super) failing: Failing,
}

/// Methods of `Result` that give its value, whatever happens.
const SETTLING: [&str; 4] = ["unwrap", "expect", "unwrap_or_default", "unwrap_or_else"];

/// What is made of the constructing call `expr`.
pub(super) fn made(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<Made> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    let call = if body.is_awaited(expr) { body.parent(expr)? } else { expr };
    let Some(inner) = program.outcome_inner(types.ty(call)) else {
        return Some(Made { call, whole: call, failing: Failing::Never });
    };
    let mut at = call;
    while let Some(parent) = body.parent(at) {
        match body.expr(parent) {
            Expr::Try(_) => return Some(Made { call, whole: parent, failing: Failing::Handed }),
            Expr::Method { receiver, name, .. } if *receiver == at && SETTLING.contains(&name.as_str()) => {
                return Some(Made { call, whole: parent, failing: Failing::Settled });
            }
            // `map_err`, `context`: the value stays what it is.
            Expr::Method { receiver, .. }
                if *receiver == at && program.outcome_inner(types.ty(parent)).as_ref() == Some(&inner) =>
            {
                at = parent;
            }
            _ => break,
        }
    }
    Some(Made { call, whole: at, failing: Failing::Open })
}

/// Whether an expression is the function's result, bare or in `Ok(..)`.
pub(super) fn is_result(body: &Body, at: ExprId) -> bool {
    let is_last = |at: ExprId| match body.parent(at) {
        Some(parent) => match body.expr(parent) {
            Expr::Block(stmts) => {
                matches!(stmts.last(), Some(Stmt::Tail(tail)) if *tail == at) && body.root == Some(parent)
            }
            Expr::Return(Some(_)) => {
                !body.ancestors(parent).any(|above| matches!(body.expr(above), Expr::Closure(_) | Expr::Async(_)))
            }
            _ => false,
        },
        None => true,
    };
    let wrapped = body.parent(at).filter(|parent| match body.expr(*parent) {
        Expr::Call { callee, args } => {
            args.as_slice() == [at]
                && matches!(body.expr(*callee), Expr::Path(path) if path.single().is_some_and(|name| name == "Ok"))
        }
        _ => false,
    });
    is_last(wrapped.unwrap_or(at))
}

/// Whether the type of the error is known where `e?` becomes a value that can't fail: by the function's signature, or in a closure or
/// `async` block by another `?`.
pub(super) fn keeps_error_type(body: &Body, value: ExprId) -> bool {
    let inner = body.ancestors(value).skip(1).find(|at| matches!(body.expr(*at), Expr::Closure(_) | Expr::Async(_)));
    let Some(inner) = inner else { return true };
    body.ids().any(|at| {
        let is_inside = || body.ancestors(at).any(|above| above == inner);
        let is_own = || body.ancestors(at).any(|above| above == value);
        matches!(body.expr(at), Expr::Try(_)) && is_inside() && !is_own()
    })
}

/// The variable that a value is bound to by `let name = value;`, without a type.
pub(super) fn bound_to(body: &Body, value: ExprId) -> Option<PatId> {
    let Expr::Block(stmts) = body.expr(body.parent(value)?) else { return None };
    stmts.iter().find_map(|stmt| match stmt {
        Stmt::Let { pat, init, ty: None, otherwise: None } if *init == Some(value) => {
            matches!(body.pat(*pat), Pat::Bind(_, None)).then_some(*pat)
        }
        _ => None,
    })
}
