//! Ways through a process.
//!
//! In: where a construction's value ends. Out: the way from the root down to the construction; of two ways, where they part,
//! and whether both are gone in one run of the process.

use super::context::Context;
use crate::facts::{Body, Expr, ExprId, Pat, Stmt};
use crate::flow::{End, Via};
use crate::link::{Program, UnitId, UnitKind};

/// A way: units from the root down, each with the call that leads on; what is looked at stands in the last.
pub(super) type Way = [(UnitId, ExprId)];

/// No way shown is longer.
const MAX_STEPS: usize = 32;

/// The whole way to an end's construction.
pub(super) fn way(context: Context<'_, '_>, end: &End) -> Vec<(UnitId, ExprId)> {
    let mut above = Vec::new();
    let is_cut =
        end.context.barrier.is_some() || end.context.root.is_some() || is_static(context.program, end.place().0);
    let mut at = (!is_cut).then_some(end.place().0);
    while let Some(unit) = at.take() {
        let Some(entry) = context.known.of(unit) else { break };
        match &entry.via {
            Via::Reference(reference) if above.len() < MAX_STEPS => {
                above.push((reference.unit, reference.expr));
                at = Some(reference.unit);
            }
            Via::InnerRoot(unit, _, _, reference) => above.push((*unit, reference.expr)),
            Via::Memo(unit, Some(call)) => above.push((*unit, *call)),
            _ => {}
        }
    }
    above.reverse();
    above.extend(end.route.iter().copied());
    above
}

/// A static's initialiser: how often somebody reads it says nothing about how often it runs.
pub(super) fn is_static(program: &Program<'_>, unit: UnitId) -> bool {
    matches!(program.unit(unit).kind, UnitKind::Static(value) if !value.is_const && !value.per_thread)
}

/// Where the ways part: the step of the second one. None where they are one, or where one run takes only one of them: other
/// branches of a condition, other implementations of a trait, other `cfg`s.
pub(super) fn parting(program: &Program<'_>, first: &Way, second: &Way) -> Option<usize> {
    let index = first.iter().zip(second).position(|(one, other)| one != other)?;
    let ((unit, one), (other_unit, other)) = (first[index], second[index]);
    if unit != other_unit {
        // Two roots of one process; two implementations reached by one call.
        let are_roots = index == 0 && program.unit(unit).name != program.unit(other_unit).name;
        return are_roots.then_some(index);
    }
    (!are_exclusive(program, unit, one, other)).then_some(index)
}

/// Whether one run of a unit's body comes to only one of two expressions.
fn are_exclusive(program: &Program<'_>, unit: UnitId, one: ExprId, other: ExprId) -> bool {
    let Some(body) = program.body(unit) else { return true };
    let branches = body.ids().flat_map(|id| branches_of(body, id));
    let holds = |branch: ExprId, expr: ExprId| body.ancestors(expr).any(|at| at == branch);
    let mut apart = branches.into_iter().filter(|(_, branch)| holds(*branch, one) != holds(*branch, other));
    let in_branches = apart.any(|(choice, branch)| {
        // Both under the same choice, or one of them where the function ends.
        let both = holds(choice, one) && holds(choice, other);
        both || leaves(body, branch)
    });
    in_branches || same_variable(body, one, other)
}

/// The branches of a condition, each with the condition.
fn branches_of(body: &Body, id: ExprId) -> Vec<(ExprId, ExprId)> {
    match body.expr(id) {
        Expr::If { then, otherwise, .. } => otherwise.iter().chain([then]).map(|branch| (id, *branch)).collect(),
        Expr::Match { arms, .. } => arms.iter().map(|(_, _, arm)| (id, *arm)).collect(),
        _ => Vec::new(),
    }
}

/// Whether an expression ends in `return`.
fn leaves(body: &Body, expr: ExprId) -> bool {
    match body.expr(expr) {
        Expr::Return(_) => true,
        Expr::Block(stmts) => stmts.iter().any(|stmt| match stmt {
            Stmt::Semi(expr) | Stmt::Tail(expr) => matches!(body.expr(*expr), Expr::Return(_)),
            Stmt::Let { .. } => false,
        }),
        _ => false,
    }
}

/// Whether two statements of one block bind the same variable: they stand under different `cfg`s.
fn same_variable(body: &Body, one: ExprId, other: ExprId) -> bool {
    let bound = |expr: ExprId| {
        body.ancestors(expr).find_map(|at| {
            let parent = body.parent(at)?;
            let Expr::Block(stmts) = body.expr(parent) else { return None };
            stmts.iter().find_map(|stmt| match stmt {
                Stmt::Let { pat, init: Some(init), .. } if *init == at => match body.pat(*pat) {
                    Pat::Bind(name, _) => Some((parent, name.clone())),
                    _ => None,
                },
                _ => None,
            })
        })
    };
    bound(one).is_some_and(|found| bound(other) == Some(found))
}
