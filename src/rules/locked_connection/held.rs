//! What is awaited while a lock is held.
//!
//! In: where a lock is taken, and the handle that it guards. Out: the first `.await` of something asked of the guard.

use super::guarded::Handle;
use super::taken::Taken;
use crate::catalog::model::Carry;
use crate::facts::{Body, Expr, ExprId, PatId, Stmt};
use crate::link::{BodyTypes, Program, Target};

/// Variables that stand for the guard are followed this far.
const MAX_DEPTH: usize = 4;

/// A call awaited while the lock is held.
pub(super) fn held_over(program: &Program<'_>, taken: &Taken, handle: &Handle) -> Option<ExprId> {
    let body = program.body(taken.unit)?;
    let under = Under { program, body, types: program.types(taken.unit), handle };
    let mut at = taken.expr;
    if taken.is_async {
        at = body.parent(at)?;
        matches!(body.expr(at), Expr::Await(_)).then_some(())?;
    }
    under.awaited(at, 0)
}

struct Under<'u, 'f> {
    program: &'u Program<'f>,
    body: &'u Body,
    types: &'u BodyTypes,
    handle: &'u Handle,
}

impl Under<'_, '_> {
    /// What is awaited of the guard at `at`, or of a variable that it is bound to.
    fn awaited(&self, at: ExprId, depth: usize) -> Option<ExprId> {
        let body = self.body;
        let mut at = at;
        // Still the guard, or borrowed from it.
        let mut is_guard = true;
        loop {
            let parent = body.parent(at)?;
            match body.expr(parent) {
                Expr::Await(_) => return (!is_guard).then_some(parent),
                Expr::Ref(_) | Expr::Deref(_) | Expr::Try(_) | Expr::Field { .. } | Expr::Index { .. } => {}
                Expr::Method { receiver, name, .. } if *receiver == at => {
                    if name == "clone" || self.handle.ends.iter().any(|end| end == name) {
                        return None;
                    }
                    is_guard &= self.is_same(parent);
                }
                Expr::Method { args, .. } | Expr::Call { args, .. } if args.contains(&at) => is_guard = false,
                Expr::Block(stmts) if is_guard => {
                    let pat = stmts.iter().find_map(|stmt| match stmt {
                        Stmt::Let { pat, init, .. } if *init == Some(at) => Some(*pat),
                        _ => None,
                    })?;
                    return self.through(pat, depth);
                }
                Expr::Let(pat, _) if is_guard => return self.through(*pat, depth),
                Expr::Match { scrutinee, arms } if is_guard && *scrutinee == at => {
                    return arms.iter().find_map(|(pat, _, _)| self.through(*pat, depth));
                }
                _ => return None,
            }
            at = parent;
        }
    }

    /// Whether a call gives what it is called on (`unwrap`), rather than something that a client makes (a request).
    fn is_same(&self, call: ExprId) -> bool {
        let Some(Target::Library { call, .. }) = self.types.targets.get(&call) else { return false };
        let is_client = self.program.catalog.is_client_file(call.file);
        call.fact.carry == Some(Carry::Same) && !call.fact.is_async && !is_client
    }

    fn through(&self, pat: PatId, depth: usize) -> Option<ExprId> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let variables = self.body.binds_of(pat);
        let uses = variables.iter().filter_map(|variable| self.types.uses.get(variable)).flatten();
        uses.copied().find_map(|used| self.awaited(used, depth + 1))
    }
}
