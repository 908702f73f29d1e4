//! Expressions: lowered into a body's arena.
//!
//! Spans are built up from the children's, since asking syn for the span of a large expression walks all its tokens.

use proc_macro2::Span as TokenSpan;
use syn::spanned::Spanned;
use thin_vec::{ThinVec, thin_vec};

use super::attrs::name;
use super::items::ItemLowerer;
use super::pats::member;
use super::{Scope, span, types};
use crate::facts::{Body, ClosureExpr, Expr, ExprId, ExprNode, Item, LoopKind, Name, Pat, PatId, Stmt, is_word};
use crate::source::Span;

/// Builds one [`Body`].
pub(super) struct BodyLowerer<'a> {
    pub(super) scope: Scope<'a>,
    arena: Arena,
    items: Vec<Item>,
    /// How deep expressions may still nest; beyond it they are unknown, so that no input can exhaust the stack.
    depth_left: u32,
}

/// What a body is built in. One serves body after body, so that it need not grow anew for each.
#[derive(Default)]
pub(super) struct Arena {
    exprs: Vec<ExprNode>,
    pats: Vec<Pat>,
    words: Vec<Name>,
}

/// Deeper nesting than any person writes.
const MAX_DEPTH: u32 = 200;

/// So many expressions has no body; what is beyond is unknown. Questions about a body go through all of it, once for each
/// construction in it.
const MAX_EXPRS: usize = 100_000;

impl<'a> BodyLowerer<'a> {
    /// `arena` is empty.
    pub(super) fn new(scope: Scope<'a>, arena: Arena) -> Self {
        Self { scope, arena, items: Vec::new(), depth_left: MAX_DEPTH }
    }

    /// The finished body with `root` as its outermost expression, and the arena, empty again.
    #[expect(clippy::drain_collect, reason = "the room goes on to the next body; this one takes no more than it needs")]
    pub(super) fn finish(mut self, root: ExprId) -> (Body, Arena) {
        self.link_parents();
        let Arena { exprs, pats, words } = &mut self.arena;
        words.sort_unstable();
        words.dedup();
        let body = Body {
            exprs: exprs.drain(..).collect(),
            pats: pats.drain(..).collect(),
            root: Some(root),
            items: self.items,
            words: words.drain(..).collect(),
        };
        (body, self.arena)
    }

    /// A body that begins with the patterns of its function's parameters.
    pub(super) fn with_params(scope: Scope<'a>, params: Vec<Pat>) -> Self {
        Self::new(scope, Arena { pats: params, ..Arena::default() })
    }

    /// The patterns lowered so far, when the body itself is not, and the arena, empty again.
    pub(super) fn finish_params(mut self) -> (Vec<Pat>, Arena) {
        let params = std::mem::take(&mut self.arena.pats);
        self.arena.exprs.clear();
        self.arena.words.clear();
        (params, self.arena)
    }

    fn link_parents(&mut self) {
        let exprs = &mut self.arena.exprs;
        for index in 0..exprs.len() {
            let parent = ExprId(u32::try_from(index).unwrap_or(u32::MAX));
            // Children stand before their parents.
            let (before, rest) = exprs.split_at_mut(index);
            let Some(node) = rest.first() else { break };
            node.expr.for_each_child(|child| {
                if let Some(child) = before.get_mut(child.0 as usize) {
                    child.parent = Some(parent);
                }
            });
        }
    }

    pub(super) fn push(&mut self, expr: Expr, at: Span) -> ExprId {
        let id = ExprId(u32::try_from(self.arena.exprs.len()).unwrap_or(u32::MAX));
        self.arena.exprs.push(ExprNode { expr, span: at, parent: None });
        id
    }

    pub(super) fn push_pat(&mut self, pat: Pat) -> PatId {
        let id = PatId(u32::try_from(self.arena.pats.len()).unwrap_or(u32::MAX));
        self.arena.pats.push(pat);
        id
    }

    pub(super) fn span_of(&self, id: ExprId) -> Span {
        self.arena.exprs[id.0 as usize].span
    }

    fn span_between(&self, first: ExprId, end: TokenSpan) -> Span {
        self.span_of(first).to(span(end))
    }

    pub(super) fn all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e syn::Expr>) -> ThinVec<ExprId> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    /// Lowers an expression.
    pub(super) fn expr(&mut self, expr: &syn::Expr) -> ExprId {
        let lowered = self.deeper(|lowerer| lowerer.expr_inner(expr));
        lowered.unwrap_or_else(|| self.push(Expr::Unknown, span(expr.span())))
    }

    /// Does `work` one level deeper, unless that is too deep.
    pub(super) fn deeper<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if self.arena.exprs.len() > MAX_EXPRS {
            return None;
        }
        self.depth_left = self.depth_left.checked_sub(1)?;
        let done = work(self);
        self.depth_left += 1;
        Some(done)
    }

    fn expr_inner(&mut self, expr: &syn::Expr) -> ExprId {
        match expr {
            syn::Expr::Path(path) => self.path(path),
            syn::Expr::Lit(lit) => {
                let kind = match &lit.lit {
                    syn::Lit::Str(text) => {
                        let text = Name::from(text.value());
                        self.arena.words.extend(is_word(&text).then(|| text.clone()));
                        Expr::Str(text)
                    }
                    syn::Lit::Int(number) => number.base10_parse().map_or(Expr::Lit, Expr::Int),
                    _ => Expr::Lit,
                };
                self.push(kind, span(lit.lit.span()))
            }
            syn::Expr::Call(call) => {
                let callee = self.expr(&call.func);
                let args = self.all(&call.args);
                let at = self.span_between(callee, call.paren_token.span.close());
                self.push(Expr::Call { callee, args }, at)
            }
            syn::Expr::MethodCall(call) => self.method(call),
            syn::Expr::Field(field) => {
                let base = self.expr(&field.base);
                let at = self.span_between(base, field.member.span());
                let name = member(&field.member);
                self.arena.words.push(name.clone());
                self.push(Expr::Field { base, name }, at)
            }
            syn::Expr::Index(inner) => {
                let base = self.expr(&inner.expr);
                let index = self.expr(&inner.index);
                let at = self.span_between(base, inner.bracket_token.span.close());
                self.push(Expr::Index { base, index }, at)
            }
            syn::Expr::Await(inner) => {
                let base = self.expr(&inner.base);
                let at = self.span_between(base, inner.await_token.span);
                self.push(Expr::Await(base), at)
            }
            syn::Expr::Try(inner) => {
                let base = self.expr(&inner.expr);
                let at = self.span_between(base, inner.question_token.span);
                self.push(Expr::Try(base), at)
            }
            syn::Expr::Paren(inner) => self.expr(&inner.expr),
            syn::Expr::Group(inner) => self.expr(&inner.expr),
            syn::Expr::Reference(inner) => self.prefixed(inner.and_token.span, &inner.expr, Expr::Ref),
            syn::Expr::RawAddr(inner) => self.prefixed(inner.and_token.span, &inner.expr, Expr::Ref),
            syn::Expr::Unary(inner) => {
                let kind = if matches!(inner.op, syn::UnOp::Deref(_)) { Expr::Deref } else { Expr::Unary };
                self.prefixed(inner.op.span(), &inner.expr, kind)
            }
            syn::Expr::Cast(inner) => {
                let base = self.expr(&inner.expr);
                let at = self.span_of(base);
                self.push(Expr::Cast(base, Box::new(types::lower(&inner.ty))), at)
            }
            _ => self.expr_compound(expr),
        }
    }

    fn expr_compound(&mut self, expr: &syn::Expr) -> ExprId {
        match expr {
            syn::Expr::Assign(inner) => {
                let left = self.expr(&inner.left);
                let right = self.expr(&inner.right);
                let at = self.span_of(left).to(self.span_of(right));
                self.push(Expr::Assign(left, right), at)
            }
            syn::Expr::Binary(inner) => {
                let parts = thin_vec![self.expr(&inner.left), self.expr(&inner.right)];
                let at = self.span_of(parts[0]).to(self.span_of(parts[1]));
                self.push(Expr::Binary(parts), at)
            }
            syn::Expr::Range(inner) => {
                let parts = self.all(inner.start.iter().chain(&inner.end).map(|part| &**part));
                let at = parts.iter().fold(span(inner.limits.span()), |at, part| at.to(self.span_of(*part)));
                self.push(Expr::Binary(parts), at)
            }
            syn::Expr::Tuple(inner) => {
                let parts = self.all(&inner.elems);
                self.push(Expr::Tuple(parts), span(inner.paren_token.span.join()))
            }
            syn::Expr::Array(inner) => {
                let parts = self.all(&inner.elems);
                self.push(Expr::Array(parts), span(inner.bracket_token.span.join()))
            }
            syn::Expr::Repeat(inner) => {
                let parts = thin_vec![self.expr(&inner.expr), self.expr(&inner.len)];
                self.push(Expr::Array(parts), span(inner.bracket_token.span.join()))
            }
            syn::Expr::Struct(inner) => {
                let fields: Vec<(Name, ExprId)> =
                    inner.fields.iter().map(|field| (member(&field.member), self.expr(&field.expr))).collect();
                self.arena.words.extend(fields.iter().map(|(name, _)| name.clone()));
                let base = inner.rest.as_ref().map(|rest| self.expr(rest));
                let path = types::lower_qualified(inner.qself.as_ref(), &inner.path);
                self.mention(&path);
                let at = span(inner.path.span()).to(span(inner.brace_token.span.close()));
                self.push(Expr::Struct { path: Box::new(path), fields, base }, at)
            }
            syn::Expr::Macro(inner) => self.macro_call(&inner.mac),
            _ => self.expr_control(expr),
        }
    }

    fn expr_control(&mut self, expr: &syn::Expr) -> ExprId {
        match expr {
            syn::Expr::Block(inner) => self.block(&inner.block),
            syn::Expr::Unsafe(inner) => self.block(&inner.block),
            syn::Expr::Const(inner) => self.block(&inner.block),
            syn::Expr::TryBlock(inner) => self.block(&inner.block),
            syn::Expr::Async(inner) => {
                let block = self.block(&inner.block);
                let at = span(inner.async_token.span).to(self.span_of(block));
                self.push(Expr::Async(block), at)
            }
            syn::Expr::Closure(inner) => {
                let params = inner.inputs.iter().map(|input| self.pat(input)).collect();
                let body = self.expr(&inner.body);
                let at = span(inner.inputs_begin.span).to(self.span_of(body));
                let closure = ClosureExpr { params, body, is_async: inner.asyncness.is_some() };
                self.push(Expr::Closure(closure), at)
            }
            syn::Expr::If(inner) => {
                let cond = self.expr(&inner.cond);
                let then = self.block(&inner.then_branch);
                let otherwise = inner.else_branch.as_ref().map(|(_, branch)| self.expr(branch));
                let at = span(inner.if_token.span).to(self.span_of(otherwise.unwrap_or(then)));
                self.push(Expr::If { cond, then, otherwise }, at)
            }
            syn::Expr::Let(inner) => {
                let pat = self.pat(&inner.pat);
                let value = self.expr(&inner.expr);
                let at = span(inner.let_token.span).to(self.span_of(value));
                self.push(Expr::Let(pat, value), at)
            }
            syn::Expr::Match(inner) => {
                let scrutinee = self.expr(&inner.expr);
                let arms = inner.arms.iter().map(|arm| {
                    let (pat, guard) = self.pat_and_guard(&arm.pat);
                    (pat, guard, self.expr(&arm.body))
                });
                let arms = arms.collect();
                let at = span(inner.match_token.span).to(span(inner.brace_token.span.close()));
                self.push(Expr::Match { scrutinee, arms }, at)
            }
            syn::Expr::Loop(inner) => self.a_loop(LoopKind::Loop, inner.loop_token.span, None, None, &inner.body),
            syn::Expr::While(inner) => {
                self.a_loop(LoopKind::While, inner.while_token.span, None, Some(&inner.cond), &inner.body)
            }
            syn::Expr::ForLoop(inner) => {
                self.a_loop(LoopKind::For, inner.for_token.span, Some(&inner.pat), Some(&inner.expr), &inner.body)
            }
            syn::Expr::Return(inner) => {
                let value = inner.expr.as_ref().map(|value| self.expr(value));
                self.push(Expr::Return(value), span(inner.return_token.span))
            }
            syn::Expr::Break(inner) => {
                let value = inner.expr.as_ref().map(|value| self.expr(value));
                self.push(Expr::Break(value), span(inner.break_token.span))
            }
            syn::Expr::Continue(inner) => self.push(Expr::Continue, span(inner.continue_token.span)),
            syn::Expr::Yield(inner) => {
                let parts = self.all(inner.expr.iter().map(|part| &**part));
                self.push(Expr::Binary(parts), span(inner.yield_token.span))
            }
            other => self.push(Expr::Unknown, span(other.span())),
        }
    }

    fn prefixed(&mut self, operator: TokenSpan, inner: &syn::Expr, kind: fn(ExprId) -> Expr) -> ExprId {
        let inner = self.expr(inner);
        let at = span(operator).to(self.span_of(inner));
        self.push(kind(inner), at)
    }

    fn path(&mut self, path: &syn::ExprPath) -> ExprId {
        let lowered = types::lower_qualified(path.qself.as_ref(), &path.path);
        self.mention(&lowered);
        let first = path.qself.as_ref().map_or_else(
            || path.path.segments.first().map_or_else(TokenSpan::call_site, |segment| segment.ident.span()),
            |qself| qself.lt_token.span,
        );
        let last = path.path.segments.last().map_or(first, |segment| match &segment.arguments {
            syn::PathArguments::AngleBracketed(list) => list.gt_token.span,
            _ => segment.ident.span(),
        });
        self.push(Expr::Path(lowered), span(first).to(span(last)))
    }

    fn mention(&mut self, path: &crate::facts::Path) {
        self.arena.words.extend(path.segments.iter().map(|segment| segment.name.clone()));
    }

    fn method(&mut self, call: &syn::ExprMethodCall) -> ExprId {
        let receiver = self.expr(&call.receiver);
        let args = self.all(&call.args);
        let turbofish = call.turbofish.as_ref().map_or_else(ThinVec::new, |list| types::lower_arguments(list).0);
        let method = name(&call.method);
        self.arena.words.push(method.clone());
        let at = self.span_between(receiver, call.paren_token.span.close());
        let name_span = span(call.method.span());
        self.push(Expr::Method { receiver, name: method, name_span, turbofish, args }, at)
    }

    fn a_loop(
        &mut self,
        kind: LoopKind,
        keyword: TokenSpan,
        pat: Option<&syn::Pat>,
        head: Option<&syn::Expr>,
        body: &syn::Block,
    ) -> ExprId {
        let pat = pat.map(|pat| self.pat(pat));
        let head = head.map(|head| self.expr(head));
        let body = self.block(body);
        let at = span(keyword).to(self.span_of(body));
        self.push(Expr::Loop { kind, pat, head, body }, at)
    }

    /// A block with its statements; the items in it go to the body.
    pub(super) fn block(&mut self, block: &syn::Block) -> ExprId {
        let stmts = self.stmts(&block.stmts);
        self.push(Expr::Block(stmts), span(block.brace_token.span.join()))
    }

    pub(super) fn stmts(&mut self, stmts: &[syn::Stmt]) -> Vec<Stmt> {
        let mut lowered = Vec::with_capacity(stmts.len());
        for (index, stmt) in stmts.iter().enumerate() {
            let last = index + 1 == stmts.len();
            match stmt {
                syn::Stmt::Local(local) => lowered.push(self.local(local)),
                syn::Stmt::Item(item) => {
                    let items = ItemLowerer::new(self.scope).items(std::slice::from_ref(item));
                    self.items.extend(items);
                }
                syn::Stmt::Expr(expr, semi) => {
                    let id = self.expr(expr);
                    lowered.push(if semi.is_none() && last { Stmt::Tail(id) } else { Stmt::Semi(id) });
                }
                syn::Stmt::Macro(call) => {
                    if let Some(items) = ItemLowerer::new(self.scope).macro_items(&call.mac) {
                        self.items.extend(items);
                        continue;
                    }
                    let id = self.macro_call(&call.mac);
                    lowered.push(if call.semi_token.is_none() && last { Stmt::Tail(id) } else { Stmt::Semi(id) });
                }
            }
        }
        lowered
    }

    fn local(&mut self, local: &syn::Local) -> Stmt {
        let (pat, ty) = match &local.pat {
            syn::Pat::Type(typed) => (&*typed.pat, Some(Box::new(types::lower(&typed.ty)))),
            pat => (pat, None),
        };
        let init = local.init.as_ref().map(|init| self.expr(&init.expr));
        let otherwise = local.init.as_ref().and_then(|init| init.diverge.as_ref()).map(|(_, block)| self.expr(block));
        Stmt::Let { pat: self.pat(pat), ty, init, otherwise }
    }
}
