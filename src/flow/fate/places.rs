//! What a value is put into, traced back to where that begins: outside of the unit, or in one of its variables.

use super::Kept;
use super::walk::{Walk, stmt_of};
use crate::facts::{Expr, ExprId, PatId, Stmt};
use crate::link::UnitKind;

/// Where a place expression (`self.cell`, `*guard`, `map`) begins.
pub(super) enum PlaceRoot {
    /// Outside the unit's call: `self`, a parameter, a static.
    Outside,
    /// A variable of the unit.
    Local(PatId),
}

impl<'f> Walk<'_, '_, 'f> {
    /// The result of the call is made use of.
    pub(super) fn is_chained(&self, call: ExprId) -> bool {
        let Some(parent) = self.body.parent(call) else { return true };
        match self.body.expr(parent) {
            Expr::Block(stmts) => !matches!(stmt_of(stmts, call), Some(Stmt::Semi(_))),
            _ => true,
        }
    }

    /// A value made on the spot, by a function called by its path, rather than a place.
    pub(super) fn is_fresh(&self, expr: ExprId) -> bool {
        match self.body.expr(expr) {
            Expr::Call { .. } | Expr::Struct { .. } | Expr::Macro(_) => true,
            Expr::Method { receiver, .. } => self.is_fresh(*receiver),
            Expr::Try(inner) | Expr::Await(inner) => self.is_fresh(*inner),
            _ => false,
        }
    }

    /// The value is put into what `receiver` names.
    pub(super) fn kept_by(&mut self, receiver: ExprId, call: ExprId) {
        match self.place_root(receiver, 0) {
            PlaceRoot::Outside => self.keep(Kept::Stored, call),
            PlaceRoot::Local(pat) => self.follow_pat(pat, Some(call)),
        }
    }

    pub(super) fn assigned(&mut self, left: ExprId, at: ExprId) {
        match self.place_root(left, 0) {
            PlaceRoot::Outside => self.keep(Kept::Stored, at),
            PlaceRoot::Local(pat) => self.follow_pat(pat, Some(at)),
        }
    }

    /// Where a place begins: through fields, derefs, locks and the variables that hold guards.
    pub(super) fn place_root(&self, expr: ExprId, depth: usize) -> PlaceRoot {
        let mut at = expr;
        loop {
            at = match self.body.expr(at) {
                Expr::Field { base, .. } | Expr::Index { base, .. } => *base,
                Expr::Deref(inner) | Expr::Ref(inner) | Expr::Try(inner) | Expr::Await(inner) => *inner,
                Expr::Method { receiver, .. } => *receiver,
                Expr::Path(_) => break,
                // A call that gives a place: `registry().insert(..)`, `State::get(..)`.
                _ => return PlaceRoot::Outside,
            };
        }
        let Some(pat) = self.types.locals.get(&at).copied() else { return PlaceRoot::Outside };
        if self.is_param(pat) {
            return PlaceRoot::Outside;
        }
        // A guard or reference: go on from what it was made of.
        match self.body.initialiser_of(pat) {
            Some(init) if depth < 6 && self.is_borrow(init) => self.place_root(init, depth + 1),
            _ => PlaceRoot::Local(pat),
        }
    }

    /// Whether an initialiser only borrows a place: `&x`, `x.lock()`, `x.entry(k)`, but not `HashMap::new()` or a literal.
    pub(super) fn is_borrow(&self, init: ExprId) -> bool {
        match self.body.expr(init) {
            Expr::Ref(_) | Expr::Field { .. } | Expr::Index { .. } | Expr::Path(_) => true,
            Expr::Method { receiver, .. } => self.is_borrow(*receiver),
            Expr::Try(inner) | Expr::Await(inner) | Expr::Deref(inner) => self.is_borrow(*inner),
            _ => false,
        }
    }

    pub(super) fn is_param(&self, pat: PatId) -> bool {
        let UnitKind::Function(function) = self.program.unit(self.unit).kind else { return false };
        function.params.iter().filter_map(|param| param.pat).any(|param| self.body.binds(param, pat))
    }
}
