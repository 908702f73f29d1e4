//! Statics: those that hold a handle already, and the one that could.
//!
//! In: a situation. Out: advice, or an example.

use super::advice::Advice;
use super::example::Example;
use super::handle::{Handle, Sharing};
use super::project::Project;
use super::reach::held_by;
use super::situation::Situation;
use super::words::with_article;
use crate::facts::{Expr, ExprId};
use crate::finding::Resource;
use crate::link::UnitId;

/// A static holds one.
pub(super) fn in_static<'c>(s: &Situation<'c, '_>, project: &Project<'c>) -> Option<Advice> {
    let (unit, held) = project.statics(s.program).iter().find_map(|(unit, ty)| {
        let item = s.program.unit(*unit);
        let seen = s.sees_private(s.user, item.module) || (item.public && s.sees_crate(s.user, item.module));
        let held = held_by(s, s.user, ty).filter(|held| held.fields.is_empty() && seen)?;
        Some((*unit, held))
    })?;
    let line = format!(
        "{} already holds {} for the whole process: use it in {}",
        s.unit_place(unit),
        with_article(&held.written),
        s.unit_place(s.user)
    );
    Some(Advice { lines: vec![line], example: None })
}

/// The static for a client that is built without waiting; its initialiser as far as the project's code allows.
pub(super) fn static_of(s: &Situation<'_, '_>, handle: &Handle) -> Option<Example> {
    let shared =
        matches!(handle.sharing, Sharing::Clone | Sharing::Pool(None)) && handle.resource != Resource::Connection;
    let ty = handle.code.clone().filter(|_| shared && !handle.is_async && handle.factory.is_none())?;
    let site = &s.analysis.site;
    let init = match &handle.maker {
        Some(path) if !path.is_empty() => path.clone(),
        Some(_) => return None,
        None => initialiser(s, site.unit, site.expr)?,
    };
    Some(Example::Static { name: handle.field.to_uppercase(), ty, init })
}

/// The flagged call as an initialiser: a path for `Type::new()`, a closure for what needs no variable.
fn initialiser(s: &Situation<'_, '_>, unit: UnitId, expr: ExprId) -> Option<String> {
    let body = s.program.body(unit)?;
    let types = s.program.types(unit);
    let mut stack = vec![expr];
    while let Some(at) = stack.pop() {
        let is_open =
            matches!(body.expr(at), Expr::Closure(_) | Expr::Macro(_) | Expr::Try(_) | Expr::Await(_) | Expr::Unknown);
        let is_self = matches!(body.expr(at), Expr::Path(path) if path.segments.first().is_some_and(|first| first.name == "self"));
        if types.locals.contains_key(&at) || is_open || is_self {
            return None;
        }
        body.expr(at).for_each_child(|child| stack.push(child));
    }
    let text = s.text_of(unit, expr)?;
    let fallible = s.program.outcome_inner(types.ty(expr)).is_some();
    match body.expr(expr) {
        Expr::Call { args, .. } if args.is_empty() && !fallible => Some(s.analysis.site.call.path.to_string()),
        _ if fallible => Some(format!("|| {text}.expect(\"the client is built\")")),
        _ => Some(format!("|| {text}")),
    }
}
