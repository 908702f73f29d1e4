//! Macro calls: reading their tokens as the code that they are.
//!
//! In: a macro call and [`MacroTable`] (from the catalogues). Out: expressions, statements or items. An unknown macro is
//! tried as expressions, statements and items in turn; arguments that are no expressions cost only themselves.

use proc_macro2::{TokenStream, TokenTree};
use rustc_hash::FxHashMap;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use thin_vec::{ThinVec, thin_vec};

use super::exprs::BodyLowerer;
use super::items::{ItemLowerer, named};
use super::{span, types};
use crate::catalog::model::MacroSyntax;
use crate::facts::{Expr, ExprId, Item, ItemKind, MacroExpr, Name, StaticItem, Stmt};

/// How to read macros, by the last segment of their path.
#[derive(Debug, Clone, Default)]
pub struct MacroTable {
    /// Syntax by name.
    pub syntax: FxHashMap<Name, MacroSyntax>,
    /// Names of macros whose statics are one per thread.
    pub per_thread: Vec<Name>,
}

impl MacroTable {
    fn of(&self, path: &syn::Path) -> Option<MacroSyntax> {
        let last = path.segments.last()?;
        self.syntax.get(last.ident.to_string().as_str()).copied()
    }
}

impl BodyLowerer<'_> {
    /// A macro call in expression position.
    pub(super) fn macro_call(&mut self, call: &syn::Macro) -> ExprId {
        let at = span(call.path.span()).to(span(call.delimiter.span().close()));
        let path = types::lower_path(&call.path);
        let (args, opaque) = match self.scope.macros.of(&call.path) {
            Some(MacroSyntax::Opaque) => (ThinVec::new(), true),
            Some(MacroSyntax::Select) => self.select(&call.tokens),
            Some(MacroSyntax::Statements) => self.statements(&call.tokens),
            Some(MacroSyntax::Expressions) => self.expressions(&call.tokens),
            _ => self.anything(&call.tokens),
        };
        self.push(Expr::Macro(Box::new(MacroExpr { path, args, opaque })), at)
    }

    /// Comma-separated expressions; those that are none are passed over.
    fn expressions(&mut self, tokens: &TokenStream) -> (ThinVec<ExprId>, bool) {
        let list = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
        if let Ok(exprs) = list.parse2(tokens.clone()) {
            return (self.all(&exprs), false);
        }
        let mut opaque = false;
        let mut args = ThinVec::new();
        for piece in comma_pieces(tokens) {
            match value_of(piece.clone()) {
                Some(expr) => args.push(self.expr(&expr)),
                None => {
                    opaque = true;
                    // `"key": { "inner": code() }`
                    for token in piece {
                        if let TokenTree::Group(group) = token {
                            args.extend(self.expressions(&group.stream()).0);
                        }
                    }
                }
            }
        }
        (args, opaque)
    }

    fn statements(&mut self, tokens: &TokenStream) -> (ThinVec<ExprId>, bool) {
        match syn::Block::parse_within.parse2(tokens.clone()) {
            Ok(stmts) => (thin_vec![self.statement_block(&stmts, tokens)], false),
            Err(_) => self.expressions(tokens),
        }
    }

    fn statement_block(&mut self, stmts: &[syn::Stmt], tokens: &TokenStream) -> ExprId {
        let at = tokens.clone().into_iter().next().map_or_else(Default::default, |first| span(first.span()));
        let stmts = self.stmts(stmts);
        self.push(Expr::Block(stmts), at)
    }

    fn anything(&mut self, tokens: &TokenStream) -> (ThinVec<ExprId>, bool) {
        let list = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
        if let Ok(exprs) = list.parse2(tokens.clone()) {
            return (self.all(&exprs), false);
        }
        if let Ok(stmts) = syn::Block::parse_within.parse2(tokens.clone()) {
            return (thin_vec![self.statement_block(&stmts, tokens)], false);
        }
        let (args, _) = self.expressions(tokens);
        if args.is_empty() { self.groups(tokens) } else { (args, true) }
    }

    /// The blocks within tokens of an unknown grammar: `html! { <a>{ code }</a> }`.
    fn groups(&mut self, tokens: &TokenStream) -> (ThinVec<ExprId>, bool) {
        let mut args = ThinVec::new();
        for token in tokens.clone() {
            let TokenTree::Group(group) = token else { continue };
            let inner = group.stream();
            match syn::Block::parse_within.parse2(inner.clone()) {
                Ok(stmts) if !stmts.is_empty() => args.push(self.statement_block(&stmts, &inner)),
                _ => args.extend(self.groups(&inner).0),
            }
        }
        (args, true)
    }

    /// `pattern = future => handler` branches, each as a block that binds and goes on.
    fn select(&mut self, tokens: &TokenStream) -> (ThinVec<ExprId>, bool) {
        let Ok(branches) = select_branches.parse2(tokens.clone()) else { return self.anything(tokens) };
        let mut args = ThinVec::new();
        for branch in &branches {
            let mut stmts = Vec::new();
            if let Some((pat, future)) = &branch.awaits {
                let future = self.expr(future);
                let at = self.span_of(future);
                let value = self.push(Expr::Await(future), at);
                stmts.push(Stmt::Let { pat: self.pat(pat), ty: None, init: Some(value), otherwise: None });
            }
            let handler = self.expr(&branch.handler);
            stmts.push(Stmt::Tail(handler));
            let at = self.span_of(handler);
            args.push(self.push(Expr::Block(stmts), at));
        }
        (args, false)
    }
}

/// A branch of `select!`.
struct Branch {
    awaits: Option<(syn::Pat, syn::Expr)>,
    handler: syn::Expr,
}

fn select_branches(input: ParseStream) -> syn::Result<Vec<Branch>> {
    if input.peek(syn::Ident) && input.peek2(syn::Token![;]) {
        input.parse::<syn::Ident>()?;
        input.parse::<syn::Token![;]>()?;
    }
    let mut branches = Vec::new();
    while !input.is_empty() {
        let awaits = if input.peek(syn::Token![else]) || is_word(input, "complete") || is_word(input, "default") {
            input.parse::<TokenTree>()?;
            if input.peek(syn::token::Paren) {
                input.parse::<TokenTree>()?;
            }
            None
        } else {
            let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<syn::Token![=]>()?;
            let future: syn::Expr = input.parse()?;
            if input.peek(syn::Token![,]) {
                input.parse::<syn::Token![,]>()?;
                input.parse::<syn::Token![if]>()?;
                input.parse::<syn::Expr>()?;
            }
            Some((pat, future))
        };
        input.parse::<syn::Token![=>]>()?;
        let handler = if input.peek(syn::token::Brace) {
            let block: syn::Block = input.parse()?;
            syn::Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block })
        } else {
            input.parse()?
        };
        input.parse::<Option<syn::Token![,]>>()?;
        branches.push(Branch { awaits, handler });
    }
    Ok(branches)
}

fn is_word(input: ParseStream, word: &str) -> bool {
    input.fork().parse::<syn::Ident>().is_ok_and(|found| found == word)
}

/// Tokens cut at the commas of their top level.
fn comma_pieces(tokens: &TokenStream) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    for token in tokens.clone() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',' || punct.as_char() == ';') {
            pieces.push(TokenStream::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.extend([token]);
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The expression in `expr`, `name = expr`, `name = %expr`, `"key": expr`, `key => expr`.
fn value_of(piece: TokenStream) -> Option<syn::Expr> {
    if let Ok(expr) = syn::parse2::<syn::Expr>(piece.clone()) {
        return Some(expr);
    }
    let tokens: Vec<TokenTree> = piece.into_iter().collect();
    let is = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let cut = tokens.iter().position(|token| is(token, '=') || is(token, ':'))?;
    let rest = tokens[cut + 1..].iter().skip_while(|token| is(token, '>') || is(token, '%') || is(token, '?'));
    syn::parse2(rest.cloned().collect()).ok()
}

impl ItemLowerer<'_> {
    /// The items that a macro call in item or statement position stands for; `None` when it isn't about items.
    pub(super) fn macro_items(&mut self, call: &syn::Macro) -> Option<Vec<Item>> {
        let last = call.path.segments.last()?.ident.to_string();
        if last == "include" {
            let file: syn::LitStr = call.parse_body().ok()?;
            let kind = ItemKind::Include(file.value().into());
            let ident = &call.path.segments.last()?.ident;
            return Some(vec![named(ident, &syn::Visibility::Inherited, &[], kind)]);
        }
        match self.scope.macros.of(&call.path) {
            Some(MacroSyntax::StaticRef) => self.statics(call, &last),
            Some(MacroSyntax::CfgIf) => Some(self.cfg_if(call.tokens.clone())),
            Some(MacroSyntax::Items) => self.plain_items(&call.tokens),
            Some(_) => None,
            None if last == "macro_rules" => Some(Vec::new()),
            None => self.plain_items(&call.tokens),
        }
    }

    fn plain_items(&mut self, tokens: &TokenStream) -> Option<Vec<Item>> {
        if tokens.is_empty() {
            return None;
        }
        let file = syn::parse2::<syn::File>(tokens.clone()).ok()?;
        // `foo!(a::b!())` parses as a file with one macro call: an expression is meant.
        let only_macros = file.items.iter().all(|item| matches!(item, syn::Item::Macro(_)));
        (!only_macros).then(|| self.items(&file.items))
    }

    /// `static ref NAME: Type = value;` (lazy_static) and `static NAME: Type = value;` (thread_local).
    fn statics(&mut self, call: &syn::Macro, macro_name: &str) -> Option<Vec<Item>> {
        let per_thread = self.scope.macros.per_thread.iter().any(|name| name == macro_name);
        let parsed = static_refs.parse2(call.tokens.clone()).ok()?;
        let items = parsed.iter().map(|(attrs, vis, ident, ty, value)| {
            let body = Some(self.body(value));
            let kind = StaticItem { ty: types::lower(ty), body, per_thread, is_const: false };
            named(ident, vis, attrs, ItemKind::Static(kind))
        });
        Some(items.collect())
    }

    /// The items of every branch.
    fn cfg_if(&mut self, tokens: TokenStream) -> Vec<Item> {
        let mut items = Vec::new();
        for token in tokens {
            let TokenTree::Group(group) = token else { continue };
            if group.delimiter() == proc_macro2::Delimiter::Brace {
                items.extend(self.plain_items(&group.stream()).unwrap_or_default());
            }
        }
        items
    }
}

type StaticRef = (Vec<syn::Attribute>, syn::Visibility, syn::Ident, syn::Type, syn::Expr);

fn static_refs(input: ParseStream) -> syn::Result<Vec<StaticRef>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        let attrs = input.call(syn::Attribute::parse_outer)?;
        let vis: syn::Visibility = input.parse()?;
        input.parse::<syn::Token![static]>()?;
        input.parse::<Option<syn::Token![ref]>>()?;
        input.parse::<Option<syn::Token![mut]>>()?;
        let ident: syn::Ident = input.parse()?;
        input.parse::<syn::Token![:]>()?;
        let ty: syn::Type = input.parse()?;
        input.parse::<syn::Token![=]>()?;
        let value: syn::Expr = input.parse()?;
        input.parse::<Option<syn::Token![;]>>()?;
        found.push((attrs, vis, ident, ty, value));
    }
    Ok(found)
}
