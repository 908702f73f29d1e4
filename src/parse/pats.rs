//! Patterns: lowered into a body's arena.

use super::attrs::name;
use super::exprs::BodyLowerer;
use super::types;
use crate::facts::{ExprId, Pat, PatId};

impl BodyLowerer<'_> {
    /// A pattern; a guard within it is dropped (see [`Self::pat_and_guard`]).
    pub(super) fn pat(&mut self, pat: &syn::Pat) -> PatId {
        let lowered = self.deeper(|lowerer| lowerer.pat_kind(pat)).unwrap_or(Pat::Other);
        self.push_pat(lowered)
    }

    /// A match arm's pattern and its guard.
    pub(super) fn pat_and_guard(&mut self, pat: &syn::Pat) -> (PatId, Option<ExprId>) {
        match pat {
            syn::Pat::Guard(guarded) => {
                let inner = self.pat(&guarded.pat);
                (inner, Some(self.expr(&guarded.guard)))
            }
            _ => (self.pat(pat), None),
        }
    }

    fn pat_kind(&mut self, pat: &syn::Pat) -> Pat {
        match pat {
            syn::Pat::Ident(bind) => {
                let sub = bind.subpat.as_ref().map(|(_, sub)| self.pat(sub));
                Pat::Bind(name(&bind.ident), sub)
            }
            syn::Pat::Guard(guarded) => self.pat_kind(&guarded.pat),
            syn::Pat::Paren(inner) => self.pat_kind(&inner.pat),
            syn::Pat::Reference(inner) => Pat::Ref(self.pat(&inner.pat)),
            syn::Pat::Tuple(tuple) => Pat::Tuple(tuple.elems.iter().map(|elem| self.pat(elem)).collect()),
            syn::Pat::Slice(slice) => Pat::Slice(slice.elems.iter().map(|elem| self.pat(elem)).collect()),
            syn::Pat::Or(or) => Pat::Or(or.cases.iter().map(|case| self.pat(case)).collect()),
            syn::Pat::TupleStruct(inner) => Pat::TupleStruct(
                Box::new(types::lower_qualified(inner.qself.as_ref(), &inner.path)),
                inner.elems.iter().map(|elem| self.pat(elem)).collect(),
            ),
            syn::Pat::Struct(inner) => {
                let fields = inner.fields.iter().map(|field| (member(&field.member), self.pat(&field.pat)));
                Pat::Struct(Box::new(types::lower_qualified(inner.qself.as_ref(), &inner.path)), fields.collect())
            }
            syn::Pat::Type(typed) => Pat::Typed(self.pat(&typed.pat), Box::new(types::lower(&typed.ty))),
            syn::Pat::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Pat::Str(text.value().into()),
            syn::Pat::Rest(_) => Pat::Rest,
            _ => Pat::Other,
        }
    }
}

/// The name of a field, or its index.
pub(super) fn member(member: &syn::Member) -> crate::facts::Name {
    match member {
        syn::Member::Named(ident) => name(ident),
        syn::Member::Unnamed(index) => index.index.to_string().into(),
    }
}
