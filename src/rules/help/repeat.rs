//! Advice for what a loop or a worker's closure builds again and again.
//!
//! In: a situation. Out: advice to build it in front of the loop or closure.

use super::advice::Advice;
use super::example::Example;
use super::handle::{Handle, Sharing};
use super::situation::Situation;
use super::words::{make, sharing};
use crate::facts::{Body, Expr, ExprId};
use crate::finding::Resource;
use crate::link::UnitId;
use crate::source::{Span, byte_range};

/// Build it before the loop, or before the closure that runs once per item.
pub(super) fn in_loop(s: &Situation<'_, '_>, handle: &Handle) -> Option<Advice> {
    let (unit, around) = repetition(s)?;
    let body = s.program.body(unit)?;
    let is_loop = matches!(body.expr(around), Expr::Loop { .. });
    let place = s.expr_place(unit, around);
    let before = if is_loop { format!("before the loop ({place})") } else { format!("before the closure ({place})") };
    // A loop has the value to itself: what can't be shared is right, too.
    let own = handle.maker.is_some() && !matches!(handle.sharing, Sharing::Clone | Sharing::Reference);
    let verb = if s.analysis.site.resource == Resource::Connection { "open" } else { "build" };
    let made = if own { format!("{verb} it {before}") } else { make(handle, &before).replace("it once", "it") };
    let line = if unit == s.user {
        let inside = if is_loop { "use it in every turn" } else { "use it, or a clone of it, inside" };
        format!("{made} and {inside}")
    } else {
        format!("{made} and hand it to `{}`", s.program.display_name(s.user))
    };
    let is_connection = handle.resource == Resource::Connection;
    let maker = handle.maker.as_deref().filter(|maker| is_connection && !own && !maker.is_empty());
    let more = maker.map(|maker| format!("open it with `{maker}`"));
    let example =
        if unit == s.user && is_loop && (own || handle.maker.is_none()) { hoisted(s, handle, around) } else { None };
    Some(Advice { lines: [Some(line), more].into_iter().flatten().collect(), example })
}

/// The outermost loop or per-item closure: around the end, else around the calls that lead to it.
fn repetition(s: &Situation<'_, '_>) -> Option<(UnitId, ExprId)> {
    let own = s.end.context.loops.last().or(s.end.context.per_item.last());
    own.map(|at| (s.user, *at)).or_else(|| {
        s.route.iter().find_map(|(unit, call)| {
            let body = s.program.body(*unit)?;
            let call = (*call)?;
            outermost(body, call, |expr| matches!(expr, Expr::Loop { .. }))
                .or_else(|| outermost(body, call, |expr| matches!(expr, Expr::Closure(_))))
                .map(|at| (*unit, at))
        })
    })
}

fn outermost(body: &Body, from: ExprId, is: impl Fn(&Expr) -> bool) -> Option<ExprId> {
    body.ancestors(from).skip(1).filter(|at| is(body.expr(*at))).last()
}

/// The project's own call in front of its own loop.
fn hoisted(s: &Situation<'_, '_>, handle: &Handle, around: ExprId) -> Option<Example> {
    let body = s.program.body(s.user)?;
    let types = s.program.types(s.user);
    let mut whole = s.at;
    // With `?`, `.await` and `unwrap()`.
    while let Some(parent) = body.parent(whole) {
        match body.expr(parent) {
            Expr::Try(_) | Expr::Await(_) => whole = parent,
            Expr::Method { receiver, name, .. } if *receiver == whole && (name == "unwrap" || name == "expect") => {
                whole = parent
            }
            _ => break,
        }
    }
    // What is bound within the loop is not there in front of it.
    let Expr::Loop { body: inside, .. } = body.expr(around) else { return None };
    let span = body.node(around).span;
    let mut stack = vec![whole];
    while let Some(at) = stack.pop() {
        let bound_inside = types.locals.get(&at).is_some_and(|pat| {
            !types.uses.get(pat).is_some_and(|uses| uses.iter().any(|used| body.node(*used).span.start < span.start))
                && !is_parameter(s, *pat)
        });
        if bound_inside {
            return None;
        }
        body.expr(at).for_each_child(|child| stack.push(child));
    }
    let file = s.program.loaded.sources.get(s.program.file_name(s.user))?;
    let header = Span { start: span.start, end: body.node(*inside).span.start };
    let header = file.text.get(byte_range(&file.text, header))?.trim().to_owned();
    let make = s.text_of(s.user, whole)?.to_owned();
    Some(Example::Loop {
        variable: bound_name(s, whole).unwrap_or_else(|| handle.field.clone()),
        make,
        header,
        mutable: handle.resource == Resource::Connection,
    })
}

fn is_parameter(s: &Situation<'_, '_>, pat: crate::facts::PatId) -> bool {
    s.program.unit(s.user).function().is_some_and(|function| function.params.iter().any(|param| param.pat == Some(pat)))
}

/// The variable that the project binds the value to.
fn bound_name(s: &Situation<'_, '_>, whole: ExprId) -> Option<String> {
    use crate::facts::{Pat, Stmt};
    let body = s.program.body(s.user)?;
    let Expr::Block(stmts) = body.expr(body.parent(whole)?) else { return None };
    stmts.iter().find_map(|stmt| match stmt {
        Stmt::Let { pat, init, .. } if *init == Some(whole) => match body.pat(*pat) {
            Pat::Bind(name, _) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    })
}

/// Build it before the closure that runs once per worker.
pub(super) fn per_worker(s: &Situation<'_, '_>, handle: &Handle) -> Advice {
    let Some((unit, closure)) = s.closure else {
        let line = format!("{} and hand a clone to each worker", make(handle, "at start-up"));
        return Advice { lines: [Some(line), sharing(handle)].into_iter().flatten().collect(), example: None };
    };
    let place = s.expr_place(unit, closure);
    let made = make(handle, &format!("before the closure ({place})"));
    let line = if unit == s.user {
        format!("{made}, which runs once per worker, and clone it into each")
    } else {
        format!("{made}, which runs once per worker, and hand a clone to {}", s.unit_place(s.user))
    };
    let example = cloned_into(s, handle, unit, closure);
    Advice { lines: [Some(line), sharing(handle)].into_iter().flatten().collect(), example }
}

/// The call that takes the closure, with a clone made in it.
fn cloned_into(s: &Situation<'_, '_>, handle: &Handle, unit: UnitId, closure: ExprId) -> Option<Example> {
    let body = s.program.body(unit)?;
    let Expr::Call { callee, .. } = body.expr(body.parent(closure)?) else { return None };
    if unit != s.user
        || !matches!(body.expr(closure), Expr::Closure(_))
        || !matches!(handle.sharing, Sharing::Clone | Sharing::Pool(_))
    {
        return None;
    }
    let site = &s.analysis.site;
    let make = match &handle.maker {
        None if handle.factory.is_none() => s.text_of(site.unit, site.expr)?.to_owned(),
        _ => return None,
    };
    let callee = s.text_of(unit, *callee)?.to_owned();
    Some(Example::Worker { variable: handle.field.clone(), make, callee })
}
