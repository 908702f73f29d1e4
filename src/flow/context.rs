//! What stands around an expression within its unit.
//!
//! In: an expression. Out: [`Context`]: the loops and per-item closures it runs in, the memoising form that runs it at most
//! once, the framework that calls the closure it stands in.

use super::frequency::Frequency;
use super::roots::{RootHit, handed_root, loop_root};
use crate::catalog::model::{MemoScope, Runs};
use crate::facts::{Body, Expr, ExprId, LoopKind, Stmt};
use crate::link::{Program, Target, Ty, UnitId};

/// Why code runs at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Barrier {
    /// For what the value holds.
    pub scope: MemoScope,
    /// The call that memoises.
    pub at: ExprId,
}

/// What stands around an expression.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Loops whose body it stands in, innermost first, up to the barrier or root.
    pub loops: Vec<ExprId>,
    /// Closures around it that run once per item.
    pub per_item: Vec<ExprId>,
    /// It runs at most once.
    pub barrier: Option<Barrier>,
    /// It stands in a closure or loop body that a framework runs, and where that is.
    pub root: Option<(RootHit, ExprId)>,
}

/// What happens to a function that is handed on.
#[derive(Debug, Clone)]
pub enum HandOver {
    /// It runs at most once.
    Memo(Barrier),
    /// A framework calls it.
    Root(RootHit),
    /// It runs once per item.
    PerItem,
    /// It runs as a task or thread.
    Task,
    /// It is put away, or given to a library that isn't known: to be called, nobody knows how often.
    Callback,
    /// It runs where it stands, as far as is known.
    Inline,
}

/// The context of an expression.
pub(super) fn context(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Context {
    let mut found = Context::default();
    let Some(body) = program.body(unit) else { return found };
    let mut at = expr;
    while let Some(parent) = body.parent(at) {
        match body.expr(parent) {
            Expr::Loop { kind, head, .. } => {
                let in_head = *head == Some(at);
                if !in_head || *kind == LoopKind::While {
                    if let Some(hit) = loop_root(program, unit, parent) {
                        found.root = Some((hit, parent));
                        return found;
                    }
                    found.loops.push(parent);
                }
            }
            Expr::Closure(_) | Expr::Async(_) => match hand_over(program, unit, parent) {
                HandOver::Memo(barrier) => {
                    found.barrier = Some(barrier);
                    return found;
                }
                HandOver::Root(hit) => {
                    found.root = Some((hit, parent));
                    return found;
                }
                HandOver::Callback => {
                    found.root = Some((callback(), parent));
                    return found;
                }
                HandOver::PerItem => found.per_item.push(parent),
                HandOver::Task | HandOver::Inline => {}
            },
            _ => {}
        }
        at = parent;
    }
    found
}

/// What happens to the closure, async block or function path at `at`.
pub(super) fn hand_over(program: &Program<'_>, unit: UnitId, at: ExprId) -> HandOver {
    let Some(body) = program.body(unit) else { return HandOver::Inline };
    let types = program.types(unit);
    let mut at = at;
    // A function's name, or a closure put into a box, a list, a struct: made to be called later, by others.
    let mut is_kept = matches!(body.expr(at), Expr::Path(_));
    let inline = |is_kept: bool| if is_kept { HandOver::Callback } else { HandOver::Inline };
    while let Some(parent) = body.parent(at) {
        match body.expr(parent) {
            Expr::Ref(_) | Expr::Try(_) | Expr::Await(_) | Expr::Cast(..) => {}
            Expr::Tuple(_) | Expr::Array(_) | Expr::Struct { .. } => {
                is_kept |= !matches!(body.expr(at), Expr::Async(_))
            }
            Expr::Macro(call) => {
                if let Some(hit) = handed_root(program, unit, parent, at) {
                    return HandOver::Root(hit);
                }
                let is_list = call.path.last().is_some_and(|name| name == "vec");
                if !is_list || matches!(body.expr(at), Expr::Async(_)) {
                    return HandOver::Inline;
                }
                is_kept = true;
            }
            Expr::Block(stmts) => {
                return handed_by_variable(program, unit, stmts, at)
                    .unwrap_or_else(|| inline(is_kept && !matches!(body.expr(at), Expr::Path(_))));
            }
            Expr::Call { args, .. } | Expr::Method { args, .. } if args.contains(&at) => {
                if let Some(memo) = memo_of(program, unit, parent) {
                    return if memo == MemoScope::Request || is_local_cell(body, types, parent) {
                        HandOver::Inline
                    } else {
                        HandOver::Memo(Barrier { scope: memo, at: parent })
                    };
                }
                if let Some(hit) = handed_root(program, unit, parent, at) {
                    return HandOver::Root(hit);
                }
                match runs(program, body, types, parent) {
                    Some(Runs::PerItem) => return HandOver::PerItem,
                    Some(Runs::Task | Runs::BlockingTask) => return HandOver::Task,
                    Some(Runs::Inline) => return HandOver::Inline,
                    None => {}
                }
                // `Box::pin(async { .. })`, `Arc::new(|| ..)`: what holds it is handed on.
                let wraps = matches!(
                    types.targets.get(&parent),
                    Some(Target::Library { call, .. }) if call.fact.carry == Some(crate::catalog::model::Carry::Same)
                ) && matches!(body.expr(parent), Expr::Call { .. });
                if !wraps {
                    let is_foreign =
                        matches!(types.targets.get(&parent), None | Some(Target::Foreign(_) | Target::Fluent))
                            && !is_combinator(program, body.expr(parent));
                    return inline(is_kept && is_foreign);
                }
                is_kept |= matches!(body.expr(at), Expr::Closure(_));
            }
            _ => return HandOver::Inline,
        }
        at = parent;
    }
    HandOver::Inline
}

/// A closure bound to a variable: what happens where the variable is given to somebody who is known.
fn handed_by_variable(program: &Program<'_>, unit: UnitId, stmts: &[Stmt], at: ExprId) -> Option<HandOver> {
    let body = program.body(unit)?;
    let Expr::Closure(_) = body.expr(at) else { return None };
    let pat = stmts.iter().find_map(|stmt| match stmt {
        Stmt::Let { pat, init, .. } if *init == Some(at) => Some(*pat),
        _ => None,
    })?;
    let uses = program.types(unit).uses.get(&pat)?;
    let known = uses.iter().map(|used| hand_over(program, unit, *used));
    known.into_iter().find(|found| !matches!(found, HandOver::Inline | HandOver::Callback))
}

/// A method of the name that `Option` and `Result` have for handing their value on.
fn is_combinator(program: &Program<'_>, call: &Expr) -> bool {
    let Expr::Method { name, .. } = call else { return false };
    ["std::option::Option", "std::result::Result"]
        .iter()
        .any(|owner| program.catalog.method(owner, name).iter().any(|call| call.fact.runs == Some(Runs::Inline)))
}

/// What a library or a list of functions will call, nobody knows how often: an operation.
pub(super) fn callback() -> RootHit {
    RootHit { frequency: Some(Frequency::PerCall), what: "callback".to_owned(), catalog: String::new(), route: false }
}

fn runs(program: &Program<'_>, body: &Body, types: &crate::link::BodyTypes, call: ExprId) -> Option<Runs> {
    if let Some(Target::Library { call, .. }) = types.targets.get(&call) {
        return call.fact.runs;
    }
    let Expr::Method { receiver, name, .. } = body.expr(call) else { return None };
    if types.targets.contains_key(&call) || !types.ty(*receiver).is_nameless() {
        return None;
    }
    // Unknown receiver: names that only iterators and streams have.
    let ambiguous = ["std::option::Option", "std::result::Result"]
        .iter()
        .any(|owner| !program.catalog.method(owner, name).is_empty());
    let per_item = ["std::iter::Iterator", "futures::stream::Stream"]
        .iter()
        .any(|owner| program.catalog.method(owner, name).iter().any(|call| call.fact.runs == Some(Runs::PerItem)));
    (per_item && !ambiguous).then_some(Runs::PerItem)
}

/// Canonical paths of a type and of what it dereferences to.
pub(super) fn type_paths(program: &Program<'_>, ty: &Ty) -> Vec<crate::facts::Name> {
    program
        .autoderef(ty)
        .into_iter()
        .filter_map(|step| match step {
            Ty::External(path, _) => Some(path),
            _ => None,
        })
        .collect()
}

/// Whether a call memoises the function given to it, and for what.
fn memo_of(program: &Program<'_>, unit: UnitId, call: ExprId) -> Option<MemoScope> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    match body.expr(call) {
        Expr::Call { .. } => {
            let path = called_path(types, call)?;
            let name = crate::catalog::last_segment(&path);
            program
                .catalog
                .memos_named(name)
                .find(|memo| memo.functions.iter().any(|known| *known == path))
                .map(|memo| memo.scope)
        }
        Expr::Method { receiver, name, .. } => {
            let paths = type_paths(program, types.ty(*receiver));
            program
                .catalog
                .memos_named(name)
                .find(|memo| {
                    memo.methods.iter().any(|known| known == name)
                        && (memo.on.is_empty() || memo.on.iter().any(|on| paths.iter().any(|path| path == on)))
                })
                .map(|memo| memo.scope)
        }
        _ => None,
    }
}

/// Whether a memoising method is called on a cell that the unit itself has just made: it memoises nothing.
fn is_local_cell(body: &Body, types: &crate::link::BodyTypes, call: ExprId) -> bool {
    let Expr::Method { receiver, .. } = body.expr(call) else { return false };
    let Some(variable) = types.locals.get(receiver) else { return false };
    body.exprs.iter().any(|node| match &node.expr {
        Expr::Block(stmts) => stmts.iter().any(|stmt| {
            matches!(stmt, Stmt::Let { pat, init: Some(init), .. } if pat == variable && matches!(body.expr(*init), Expr::Call { .. }))
        }),
        _ => false,
    })
}

/// The canonical path of what a call calls, when it is of a library.
pub(super) fn called_path(types: &crate::link::BodyTypes, call: ExprId) -> Option<crate::facts::Name> {
    match types.targets.get(&call)? {
        Target::Library { call, .. } => Some(call.path.clone()),
        Target::Foreign(path) => Some(path.clone()),
        _ => None,
    }
}

/// Whether a loop around `expr` only repeats it until it succeeds.
pub(super) fn is_retry(body: &Body, expr: ExprId, around: ExprId) -> bool {
    let mut at = expr;
    while let Some(parent) = body.parent(at) {
        if parent == around {
            return false;
        }
        match body.expr(parent) {
            Expr::Match { scrutinee, arms }
                if *scrutinee == at && arms.iter().any(|(pat, _, arm)| body.is_success(*pat) && leaves(body, *arm)) =>
            {
                return true;
            }
            Expr::If { cond, then, .. } if *cond == at => {
                if let Expr::Let(pat, _) = body.expr(at)
                    && body.is_success(*pat)
                    && leaves(body, *then)
                {
                    return true;
                }
            }
            Expr::Return(_) | Expr::Break(_) => return true,
            _ => {}
        }
        at = parent;
    }
    false
}

/// Whether an expression always ends in a `return` or `break`: not only under a further condition.
fn leaves(body: &Body, expr: ExprId) -> bool {
    match body.expr(expr) {
        Expr::Return(_) | Expr::Break(_) => true,
        Expr::Block(stmts) => stmts.iter().any(|stmt| match stmt {
            Stmt::Semi(expr) | Stmt::Tail(expr) => leaves(body, *expr),
            Stmt::Let { init, .. } => init.is_some_and(|init| leaves(body, init)),
        }),
        Expr::If { then, otherwise: Some(otherwise), .. } => leaves(body, *then) && leaves(body, *otherwise),
        Expr::Match { arms, .. } => !arms.is_empty() && arms.iter().all(|(_, _, arm)| leaves(body, *arm)),
        _ => false,
    }
}
