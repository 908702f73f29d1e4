//! `pooled-multiplexed`: a pool, or a home-made collection, of handles each of which serves everybody at once.
//!
//! In: what is built at start-up. Out: a finding at a generic pool whose manager, one of the program's own, makes handles
//! whose clones share one connection; and at a construction of such a handle that a loop repeats a number of times for one
//! server, to keep them all. None when the process sends commands that need a connection of their own: then more than one
//! is right.

use super::built::{Built, built, sends_exclusively};
use super::construction::thing;
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use crate::catalog::model::TypeFact;
use crate::facts::{Body, Expr, ExprId, LoopKind, PatId, Stmt};
use crate::finding::{Confidence, Resource};
use crate::flow::manager_of;
use crate::link::{Program, Ty, UnitId};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "pooled-multiplexed", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    for built in built(context) {
        let site = &built.analysis.site;
        let handle = match site.resource {
            Resource::Pool => pooled(program, &built),
            _ => collected(context, &built),
        };
        let Some(handle) = handle else { continue };
        let place = || Place::in_unit(program, site.unit, site.span);
        if sends_exclusively(context, built.process) {
            judge.acquit(place, || "the process sends commands that need a connection of their own".to_owned());
        } else {
            judge.report(draft(context, &built, handle));
        }
    }
}

/// What a pool holds by a manager of the program's own, if one such handle would do.
fn pooled<'p>(program: &'p Program<'_>, built: &Built<'_>) -> Option<&'p TypeFact> {
    let site = &built.analysis.site;
    let Ty::External(path, _) = program.pooled_by(manager_of(program, site.unit, site.expr)?)? else { return None };
    Some(&program.catalog.type_info(&path)?.fact).filter(|fact| fact.multiplexes)
}

/// What is built again and again for a collection, if one would do.
fn collected<'c>(context: Context<'c, '_>, built: &Built<'_>) -> Option<&'c TypeFact> {
    let fact = &context.program.catalog.made_type(&built.analysis.site.call)?.fact;
    let fate = &built.end.fate;
    let is_counted = built.route().iter().any(|(unit, expr)| is_counted(context, *unit, *expr));
    (fact.multiplexes && is_counted && !fate.into_task && !fate.dedicated).then_some(fact)
}

/// Whether a loop or iterator over a number repeats an expression, without making use of which turn it is, and keeps what
/// it gives.
fn is_counted(context: Context<'_, '_>, unit: UnitId, expr: ExprId) -> bool {
    let program = context.program;
    let Some(body) = program.body(unit) else { return false };
    let is_unused = |pat: PatId| {
        let uses = &program.types(unit).uses;
        body.binds_of(pat).iter().all(|variable| uses.get(variable).is_none_or(Vec::is_empty))
    };
    body.ancestors(expr).any(|at| match body.expr(at) {
        Expr::Loop { kind: LoopKind::For, pat: Some(pat), head: Some(head), .. } => {
            let fate = context.flow.fate(unit, expr);
            is_range(body, *head) && is_unused(*pat) && (fate.kept.is_some() || fate.outlives.contains(&at))
        }
        Expr::Closure(closure) => {
            let over = body.parent(at).map(|call| body.expr(call));
            let is_over_range = matches!(over, Some(Expr::Method { receiver, .. }) if is_range(body, *receiver));
            let is_unused = !closure.params.is_empty() && closure.params.iter().all(|pat| is_unused(*pat));
            is_over_range && is_unused && gives(body, at, expr)
        }
        _ => false,
    })
}

/// Whether a closure's result is, or holds, the value of an expression in it.
fn gives(body: &Body, closure: ExprId, expr: ExprId) -> bool {
    let around = body.ancestors(expr).skip(1).take_while(|at| *at != closure);
    let mut inner = expr;
    around.into_iter().all(|at| {
        let goes_on = match body.expr(at) {
            Expr::Block(stmts) => matches!(stmts.last(), Some(Stmt::Tail(tail)) if *tail == inner),
            Expr::Closure(_) | Expr::Loop { .. } | Expr::Macro(_) => false,
            _ => true,
        };
        inner = at;
        goes_on
    })
}

/// `0..n`, also behind a method.
fn is_range(body: &Body, expr: ExprId) -> bool {
    match body.expr(expr) {
        Expr::Binary(_) => true,
        Expr::Method { receiver, .. } => is_range(body, *receiver),
        _ => false,
    }
}

fn draft(context: Context<'_, '_>, built: &Built<'_>, handle: &TypeFact) -> Draft {
    let program = context.program;
    let site = &built.analysis.site;
    let confidence = if built.is_sure(context) { Confidence::High } else { Confidence::Medium };
    let path = &handle.path;
    let (message, doing) = match site.resource {
        Resource::Pool => {
            let what = thing(program, built.analysis);
            (format!("{what} of `{path}`, each of which would do for all"), "builds it with")
        }
        _ => {
            let message = format!("a collection of `{path}`, each of which would do for all");
            (message, super::help::makes_verb(site.resource))
        }
    };
    let mut draft = Draft::of_site(program, site, confidence, message, format!("{doing} `{}`", site.call.path));
    let (unit, _) = built.end.place();
    draft.help.push(format!(
        "open one `{path}` in `{}` and hand each user a clone: clones share its connection, and no command waits for another",
        program.display_name(unit)
    ));
    draft
}
