//! A connection that is taken out of its lock by a clone, instead of being used under it.
//!
//! In: the calls that take a lock around something whose clones share one connection. Out: a fix that clones it as soon as the lock
//! is there, so that the lock is held for no longer than that.

use super::case::Draft;
use super::hoist::{statement_start, word_in_use};
use super::value::{Failing, bound_to, made};
use crate::facts::{Body, Expr, ExprId};
use crate::finding::{Applicability, Fix};
use crate::link::{Program, UnitId};
use crate::rules::fix::layout::indent_at;
use crate::rules::fix::slice::{range_of, text_of, text_of_file};

/// Clones what these calls lock; `name` is a good name for it.
pub(in crate::rules) fn unlocked(program: &Program<'_>, locks: &[(UnitId, ExprId)], name: &str) -> Option<Fix> {
    let mut draft = Draft::new(program);
    for (unit, lock) in locks {
        cloned(program, *unit, *lock, name, &mut draft)?;
    }
    draft.finish(Applicability::Unsafe, "use a clone of it, so that the lock is held for a moment only".to_owned())
}

fn cloned(program: &Program<'_>, unit: UnitId, lock: ExprId, name: &str, draft: &mut Draft<'_, '_>) -> Option<()> {
    let body = program.body(unit)?;
    let made = made(program, unit, lock)?;
    if made.failing == Failing::Open {
        return None;
    }
    let file = program.unit(unit).file;
    if let Some(variable) = bound_to(body, made.whole) {
        let uses = program.types(unit).uses.get(&variable).map(Vec::as_slice).unwrap_or_default();
        for at in uses {
            let parent = body.parent(*at)?;
            match body.expr(parent) {
                // `*guard` is the connection: so is its clone.
                Expr::Deref(_) => draft.replace(unit, parent, text_of(program, unit, *at).to_owned()),
                Expr::Ref(_) | Expr::Method { .. } => {}
                Expr::Call { callee, args } if is_drop(body, *callee) && args.as_slice() == [*at] => {}
                _ => return None,
            }
        }
        let end = range_of(program, unit, made.whole).end;
        draft.replace_in(file, end..end, ".clone()".to_owned());
        return Some(());
    }
    // Used where it is locked: the guard lives to the end of the statement, a variable does not.
    let parent = body.parent(made.whole)?;
    let is_receiver = matches!(body.expr(parent), Expr::Method { receiver, .. } if *receiver == made.whole);
    let is_within = |at: ExprId| {
        matches!(
            body.expr(at),
            Expr::Closure(_) | Expr::Async(_) | Expr::If { .. } | Expr::Match { .. } | Expr::Loop { .. }
        )
    };
    let before = statement_start(program, unit, body, made.whole)?;
    let crosses =
        body.ancestors(made.whole).skip(1).take_while(|at| !matches!(body.expr(*at), Expr::Block(_))).any(is_within);
    if !is_receiver || crosses || word_in_use(program, unit, name) {
        return None;
    }
    let text = text_of_file(program, unit);
    let value = text_of(program, unit, made.whole);
    let line = format!("let mut {name} = {value}.clone();\n{}", indent_at(text, before));
    draft.replace_in(file, before..before, line);
    draft.replace(unit, made.whole, name.to_owned());
    Some(())
}

fn is_drop(body: &Body, callee: ExprId) -> bool {
    matches!(body.expr(callee), Expr::Path(path) if path.last().is_some_and(|name| name == "drop"))
}
