//! What a setting is made of.
//!
//! In: an expression, with the way by which the program comes to its unit. Out: a text that is the same for two expressions
//! only if they have the same value in one process: literals, environment variables, statics, fields and calls, with
//! variables and parameters replaced by what they stand for. None when that cannot be told.

use crate::catalog::model::Carry;
use crate::facts::{Body, Expr, ExprId, Pat, PatId, Stmt};
use crate::link::{Def, Program, Target, UnitId, UnitKind};
use crate::rules::ways::Way;

/// Nothing is followed further than this.
const MAX_DEPTH: usize = 24;

/// How the names of conversions begin, by the language's API guidelines (C-CONV): the value stays what it is.
const CONVERSIONS: [&str; 3] = ["as_", "into_", "to_"];

/// The text of an expression in the last unit of a way.
pub(super) fn origin(program: &Program<'_>, way: &Way, expr: ExprId, depth: usize) -> Option<String> {
    let (unit, _) = *way.last()?;
    let body = program.body(unit).filter(|_| depth < MAX_DEPTH)?;
    let of = |expr: ExprId| origin(program, way, expr, depth + 1);
    let all = |list: &[ExprId]| list.iter().map(|expr| of(*expr)).collect::<Option<Vec<_>>>().map(|all| all.join(", "));
    match body.expr(expr) {
        Expr::Str(text) => Some(format!("{text:?}")),
        Expr::Ref(of_what) | Expr::Deref(of_what) | Expr::Try(of_what) | Expr::Await(of_what) => of(*of_what),
        Expr::Cast(of_what, _) => of(*of_what),
        Expr::Field { base, name } => Some(format!("{}.{name}", of(*base)?)),
        Expr::Path(_) => of_name(program, way, expr, depth),
        Expr::Method { .. } | Expr::Call { .. } => of_call(program, way, expr, depth),
        Expr::Macro(call) if !call.opaque && !call.args.is_empty() && !has_captures(body, &call.args) => {
            Some(format!("{}!({})", call.path.text(), all(&call.args)?))
        }
        Expr::Struct { path, fields, base } => {
            let values = fields.iter().map(|(name, value)| Some(format!("{name}: {}", of(*value)?)));
            let values = values.collect::<Option<Vec<_>>>()?.join(", ");
            let rest = base.map_or(Some(String::new()), of)?;
            Some(format!("{} {{ {values} ..{rest} }}", path.text()))
        }
        Expr::Tuple(parts) | Expr::Array(parts) | Expr::Binary(parts) => Some(format!("({})", all(parts)?)),
        Expr::If { cond, then, otherwise } => {
            Some(format!("if {} {{ {} }} else {{ {} }}", of(*cond)?, of(*then)?, of((*otherwise)?)?))
        }
        Expr::Match { scrutinee, .. } => Some(format!("match {}", of(*scrutinee)?)),
        Expr::Block(stmts) => match stmts.last() {
            Some(Stmt::Tail(tail)) => of(*tail),
            _ => None,
        },
        _ => None,
    }
}

/// `"{name}"`: variables that only the text mentions.
fn has_captures(body: &Body, args: &[ExprId]) -> bool {
    args.iter().any(|arg| match body.expr(*arg) {
        Expr::Str(text) => {
            text.split('{').skip(1).any(|rest| rest.starts_with(|first: char| first.is_alphabetic() || first == '_'))
        }
        _ => false,
    })
}

/// A variable, parameter, static, constant, `self`.
fn of_name(program: &Program<'_>, way: &Way, expr: ExprId, depth: usize) -> Option<String> {
    let (unit, _) = *way.last()?;
    if let Some((way, expr)) = behind(program, way, expr) {
        return origin(program, &way, expr, depth + 1);
    }
    match program.types(unit).values.get(&expr)? {
        Def::Unit(id) => {
            let value = match program.unit(*id).kind {
                UnitKind::Static(value) if value.is_const => value.body.as_ref().and_then(|body| body.root),
                _ => None,
            };
            let text = value.and_then(|root| origin(program, &[(*id, root)], root, depth + 1));
            Some(text.unwrap_or_else(|| program.full_name(*id)))
        }
        Def::External(path) => Some(path.to_string()),
        _ => None,
    }
}

/// A call: of what only hands on, what is handed on; else the function with what it is given.
fn of_call(program: &Program<'_>, way: &Way, expr: ExprId, depth: usize) -> Option<String> {
    let (unit, _) = *way.last()?;
    let body = program.body(unit)?;
    let of = |expr: ExprId| origin(program, way, expr, depth + 1);
    let target = program.types(unit).targets.get(&expr);
    let (receiver, args) = match body.expr(expr) {
        Expr::Method { receiver, args, .. } => (Some(*receiver), args),
        Expr::Call { args, .. } => (None, args),
        _ => return None,
    };
    if let Some(on) = handed_on(program, unit, expr) {
        return of(on);
    }
    let name = match (target, body.expr(expr)) {
        (Some(Target::Units { units, sure: true }), _) => program.full_name(*units.first()?),
        (Some(Target::Library { call, .. }), _) => call.path.to_string(),
        (Some(Target::Foreign(path)), _) => path.to_string(),
        (Some(Target::Constructor), Expr::Call { callee, .. }) => match body.expr(*callee) {
            Expr::Path(path) => path.text(),
            _ => return None,
        },
        (None | Some(Target::Units { sure: false, .. }), Expr::Method { name, .. }) => name.to_string(),
        _ => return None,
    };
    let parts = receiver.iter().chain(args).map(|part| of(*part)).collect::<Option<Vec<_>>>()?;
    Some(format!("{name}({})", parts.join(", ")))
}

/// What a call gives back as it is: `x.clone()`, `x.unwrap_or(..)`, `Some(x)`, `x.as_str()`.
pub(super) fn handed_on(program: &Program<'_>, unit: UnitId, call: ExprId) -> Option<ExprId> {
    let body = program.body(unit)?;
    let carries = match program.types(unit).targets.get(&call) {
        Some(Target::Library { call, .. }) => call.fact.carry == Some(Carry::Same),
        Some(Target::Units { .. } | Target::Constructor | Target::Fluent) => return None,
        Some(Target::Foreign(_)) | None => false,
    };
    match body.expr(call) {
        Expr::Method { receiver, name, args, .. } => {
            let converts = args.is_empty() && CONVERSIONS.iter().any(|prefix| name.starts_with(prefix));
            (carries || converts || is_outcome_method(program, name)).then_some(*receiver)
        }
        Expr::Call { args, .. } if carries => args.first().copied(),
        _ => None,
    }
}

fn is_outcome_method(program: &Program<'_>, name: &str) -> bool {
    ["std::option::Option", "std::result::Result"]
        .iter()
        .any(|owner| program.catalog.method(owner, name).iter().any(|call| call.fact.carry == Some(Carry::Same)))
}

/// What a variable was bound to; for a parameter or `self` what the caller gives, with the way to there.
pub(super) fn behind(program: &Program<'_>, way: &Way, expr: ExprId) -> Option<(Vec<(UnitId, ExprId)>, ExprId)> {
    let (unit, _) = *way.last()?;
    let body = program.body(unit)?;
    let Some(variable) = program.types(unit).locals.get(&expr) else {
        let (caller, call) = body.is_self(expr).then(|| caller(way)).flatten()?;
        let Expr::Method { receiver, .. } = program.body(caller)?.expr(call) else { return None };
        return Some((way[..way.len() - 1].to_vec(), *receiver));
    };
    if let Some(index) = parameter(program, unit, *variable) {
        let (caller, call) = caller(way)?;
        let (Expr::Method { args, .. } | Expr::Call { args, .. }) = program.body(caller)?.expr(call) else {
            return None;
        };
        return Some((way[..way.len() - 1].to_vec(), *args.get(index)?));
    }
    let init = body.initialiser_of(*variable)?;
    is_whole(body, init, *variable).then(|| (way.to_vec(), init))
}

/// The unit above on the way and its call.
fn caller(way: &Way) -> Option<(UnitId, ExprId)> {
    way.len().checked_sub(2).map(|above| way[above])
}

/// Which parameter of its function a variable is, in all.
fn parameter(program: &Program<'_>, unit: UnitId, variable: PatId) -> Option<usize> {
    program.unit(unit).function()?.params.iter().position(|param| param.pat == Some(variable))
}

/// Whether a variable takes the whole value that it is bound to, or the one within `Ok(..)` and `Some(..)`.
fn is_whole(body: &Body, init: ExprId, variable: PatId) -> bool {
    let whole = |pat: PatId| {
        pat == variable
            || match body.pat(pat) {
                Pat::TupleStruct(_, parts) => parts.as_slice() == [variable],
                Pat::Typed(inner, _) | Pat::Ref(inner) => *inner == variable,
                _ => false,
            }
    };
    let Some(parent) = body.parent(init) else { return false };
    match body.expr(parent) {
        Expr::Block(stmts) => stmts.iter().any(|stmt| matches!(stmt, Stmt::Let { pat, .. } if whole(*pat))),
        Expr::Let(pat, _) => whole(*pat),
        Expr::Match { arms, .. } => arms.iter().any(|(pat, ..)| whole(*pat)),
        _ => false,
    }
}
