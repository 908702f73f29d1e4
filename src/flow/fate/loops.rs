//! Loops around a value and loops that it lives through.

use super::walk::{Walk, stmt_of};
use crate::facts::{Expr, ExprId, LoopKind, PatId, Stmt};

impl<'f> Walk<'_, '_, 'f> {
    /// Whether an endless loop runs between the statement that binds the value and the end of the block.
    pub(super) fn lives_through_loop(&self, stmts: &[Stmt], at: ExprId) -> bool {
        let after = stmts.iter().skip_while(|stmt| stmt_of(std::slice::from_ref(*stmt), at).is_none()).skip(1);
        after.into_iter().any(|stmt| match stmt {
            Stmt::Semi(expr) | Stmt::Tail(expr) => self.is_endless(*expr, 0),
            Stmt::Let { init, .. } => init.is_some_and(|init| self.is_endless(init, 0)),
        })
    }

    /// `loop { .. }` or a loop over what comes in, outside of closures and tasks.
    pub(super) fn is_endless(&self, expr: ExprId, depth: usize) -> bool {
        match self.body.expr(expr) {
            Expr::Closure(_) | Expr::Async(_) => false,
            Expr::Loop { kind: LoopKind::Loop, .. } => true,
            Expr::Loop { kind: LoopKind::While, head: Some(head), .. } => {
                matches!(self.body.expr(*head), Expr::Let(..))
            }
            inner if depth < 12 => {
                let mut found = false;
                inner.for_each_child(|child| found = found || self.is_endless(child, depth + 1));
                found
            }
            _ => false,
        }
    }

    /// Loops around `made` but not around the variable's declaration: the value outlives their turns.
    pub(super) fn mark_outlived(&mut self, bind: PatId, made: ExprId) {
        let declared = self.body.declared_in(bind);
        for around in self.body.ancestors(made) {
            if let Expr::Loop { .. } = self.body.expr(around) {
                let inside = declared.is_some_and(|declared| self.body.ancestors(declared).any(|at| at == around));
                if !inside {
                    self.fate.outlives.insert(around);
                }
            }
        }
    }

    /// Loops that a `return` or `break` at `at` leaves, up to the closure around it.
    pub(super) fn outlive_loops(&mut self, at: ExprId) {
        for around in self.body.ancestors(at) {
            match self.body.expr(around) {
                Expr::Loop { .. } => {
                    self.fate.outlives.insert(around);
                }
                Expr::Closure(_) | Expr::Async(_) => return,
                _ => {}
            }
        }
    }

    /// The closure or async block that a `return` at `at` belongs to.
    pub(super) fn enclosing_function(&self, at: ExprId) -> Option<ExprId> {
        self.body.ancestors(at).find(|around| matches!(self.body.expr(*around), Expr::Closure(_) | Expr::Async(_)))
    }

    pub(super) fn enclosing_loop(&self, at: ExprId) -> Option<ExprId> {
        self.body.ancestors(at).find(|around| matches!(self.body.expr(*around), Expr::Loop { .. }))
    }
}
