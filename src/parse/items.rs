//! Items: functions, types, implementations, imports.

use super::attrs::{self, name};
use super::exprs::{Arena, BodyLowerer};
use super::{Scope, Tests, span, types};
use crate::facts::{
    Body, BodySource, EnumItem, FieldDef, FnBody, Function, ImplItem, Item, ItemKind, ModItem, Name, Param, Path,
    Receiver, StaticItem, StructItem, TraitItem, Unparsed, UseLeaf, Variant,
};

/// Lowers items.
pub(super) struct ItemLowerer<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) tests: Tests,
    arena: Arena,
}

impl<'a> ItemLowerer<'a> {
    pub(super) fn new(scope: Scope<'a>) -> Self {
        Self { scope, tests: Tests::Keep, arena: Arena::default() }
    }

    /// All items, in order.
    pub(super) fn items(&mut self, items: &[syn::Item]) -> Vec<Item> {
        let mut lowered = Vec::with_capacity(items.len());
        for item in items {
            if self.tests == Tests::Skip && attrs::is_test_only(attributes_of(item)) {
                continue;
            }
            match item {
                syn::Item::Macro(call) => lowered.extend(self.macro_items(&call.mac).unwrap_or_default()),
                other => lowered.extend(self.item(other)),
            }
        }
        lowered
    }

    fn item(&mut self, item: &syn::Item) -> Option<Item> {
        Some(match item {
            syn::Item::Fn(item) => {
                let function = self.function(&item.attrs, &item.vis, &item.sig, Some(&item.block));
                named(&item.sig.ident, &item.vis, &item.attrs, ItemKind::Fn(Box::new(function)))
            }
            syn::Item::Mod(item) => {
                let items = item.content.as_ref().map(|(_, items)| self.items(items));
                let path = attrs::lower(&item.attrs)
                    .into_iter()
                    .find(|attr| attr.path.single().is_some_and(|name| name == "path"))
                    .and_then(|attr| attr.literals.first().cloned());
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Mod(ModItem { items, path }))
            }
            syn::Item::Use(item) => {
                let mut leaves = Vec::new();
                let prefix = Path { absolute: item.leading_colon.is_some(), ..Path::default() };
                use_leaves(&item.tree, &prefix, &mut leaves);
                unnamed(item.use_token.span, &item.vis, &item.attrs, ItemKind::Use(leaves))
            }
            syn::Item::ExternCrate(item) => {
                let alias = item.rename.as_ref().map_or(&item.ident, |(_, alias)| alias);
                named(alias, &item.vis, &item.attrs, ItemKind::ExternCrate(name(&item.ident)))
            }
            syn::Item::Struct(item) => {
                let generics = types::lower_generics(&item.generics);
                let fields = fields(&item.fields);
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Struct(StructItem { generics, fields }))
            }
            syn::Item::Union(item) => {
                let generics = types::lower_generics(&item.generics);
                let fields = fields(&syn::Fields::Named(item.fields.clone()));
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Struct(StructItem { generics, fields }))
            }
            syn::Item::Enum(item) => {
                let variants = item.variants.iter();
                let variants = variants.map(|v| Variant { name: name(&v.ident), fields: fields(&v.fields) }).collect();
                let generics = types::lower_generics(&item.generics);
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Enum(EnumItem { generics, variants }))
            }
            syn::Item::Type(item) => {
                let generics = types::lower_generics(&item.generics);
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Alias(generics, types::lower(&item.ty)))
            }
            syn::Item::Static(item) => {
                let value = self.value(&item.ty, &item.expr, false);
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Static(value))
            }
            syn::Item::Const(item) => {
                let value = self.value(&item.ty, &item.expr, true);
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Static(value))
            }
            syn::Item::Trait(item) => {
                let lowered = self.a_trait(item);
                named(&item.ident, &item.vis, &item.attrs, ItemKind::Trait(lowered))
            }
            syn::Item::Impl(item) => {
                let lowered = self.an_impl(item);
                unnamed(item.impl_token.span, &syn::Visibility::Inherited, &item.attrs, ItemKind::Impl(lowered))
            }
            _ => return None,
        })
    }

    /// A function with its body.
    pub(super) fn function(
        &mut self,
        attributes: &[syn::Attribute],
        vis: &syn::Visibility,
        sig: &syn::Signature,
        block: Option<&syn::Block>,
    ) -> Function {
        let mut lowerer = BodyLowerer::new(self.scope, std::mem::take(&mut self.arena));
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &sig.inputs {
            match input {
                syn::FnArg::Receiver(this) => {
                    let (by_ref, by_mut) = match &this.kind {
                        syn::ReceiverKind::Reference(_, _, mutable) => (true, mutable.is_some()),
                        syn::ReceiverKind::Typed(_, ty) => match &**ty {
                            syn::Type::Reference(reference) => (true, reference.mutability.is_some()),
                            _ => (false, false),
                        },
                        _ => (false, false),
                    };
                    receiver = Some(Receiver { by_ref, by_mut });
                }
                syn::FnArg::Typed(typed) => params
                    .push(Param { pat: block.is_some().then(|| lowerer.pat(&typed.pat)), ty: types::lower(&typed.ty) }),
            }
        }
        let fn_span = span(sig.fn_token.span);
        let whole = block.map_or(fn_span.to(span(sig.paren_token.span.close())), |block| {
            fn_span.to(span(block.brace_token.span.close()))
        });
        let body = block.map(|block| {
            let start = span(block.brace_token.span.open()).start;
            let cut = self.scope.bodies.borrow_mut().remove(&start);
            match cut {
                Some(cut) => {
                    let (params, arena) = lowerer.finish_params();
                    self.arena = arena;
                    let text = Unparsed::new(start, cut.range, params);
                    FnBody { words: cut.words, source: BodySource::Text(Box::new(text)) }
                }
                None => FnBody::of(self.finished(lowerer, block)),
            }
        });
        Function {
            name: name(&sig.ident),
            span: span(sig.ident.span()),
            whole,
            public: !matches!(vis, syn::Visibility::Inherited),
            test: attrs::is_test_only(attributes),
            attrs: attrs::lower(attributes),
            is_async: sig.asyncness.is_some(),
            receiver,
            params,
            ret: types::lower_return(&sig.output),
            generics: types::lower_generics(&sig.generics),
            body,
        }
    }

    fn finished(&mut self, mut lowerer: BodyLowerer<'_>, block: &syn::Block) -> Body {
        let root = lowerer.block(block);
        let (body, arena) = lowerer.finish(root);
        self.arena = arena;
        body
    }

    /// The body of an initialiser.
    pub(super) fn body(&mut self, expr: &syn::Expr) -> Body {
        let mut lowerer = BodyLowerer::new(self.scope, std::mem::take(&mut self.arena));
        let root = lowerer.expr(expr);
        let (body, arena) = lowerer.finish(root);
        self.arena = arena;
        body
    }

    fn value(&mut self, ty: &syn::Type, expr: &syn::Expr, is_const: bool) -> StaticItem {
        StaticItem { ty: types::lower(ty), body: Some(self.body(expr)), per_thread: false, is_const }
    }

    fn a_trait(&mut self, item: &syn::ItemTrait) -> TraitItem {
        let functions = item.items.iter().filter_map(|member| match member {
            syn::TraitItem::Fn(function) => {
                let vis = syn::Visibility::Inherited;
                Some(self.function(&function.attrs, &vis, &function.sig, function.default.as_ref()))
            }
            _ => None,
        });
        TraitItem {
            functions: functions.collect(),
            generics: types::lower_generics(&item.generics),
            supertraits: types::lower_bounds(item.supertraits.iter()),
        }
    }

    fn an_impl(&mut self, item: &syn::ItemImpl) -> ImplItem {
        let mut lowered = ImplItem {
            generics: types::lower_generics(&item.generics),
            of_trait: item.trait_.as_ref().map(|(path, _)| types::lower_path(path)),
            self_ty: types::lower(&item.self_ty),
            functions: Vec::new(),
            constants: Vec::new(),
            types: Vec::new(),
        };
        for member in &item.items {
            self.impl_member(member, &mut lowered);
        }
        lowered
    }

    fn impl_member(&mut self, member: &syn::ImplItem, into: &mut ImplItem) {
        match member {
            syn::ImplItem::Fn(function) => {
                let block = Some(&function.block);
                into.functions.push(self.function(&function.attrs, &function.vis, &function.sig, block));
            }
            syn::ImplItem::Const(value) => {
                let kind = ItemKind::Static(self.value(&value.ty, &value.expr, true));
                into.constants.push(named(&value.ident, &value.vis, &value.attrs, kind));
            }
            syn::ImplItem::Type(ty) => into.types.push((name(&ty.ident), types::lower(&ty.ty))),
            syn::ImplItem::Macro(call) => {
                for item in self.macro_items(&call.mac).unwrap_or_default() {
                    if let ItemKind::Fn(function) = item.kind {
                        into.functions.push(*function);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The attributes of an item that can hold code.
fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// An item with a name.
pub(super) fn named(ident: &syn::Ident, vis: &syn::Visibility, attributes: &[syn::Attribute], kind: ItemKind) -> Item {
    Item {
        name: name(ident),
        span: span(ident.span()),
        public: !matches!(vis, syn::Visibility::Inherited),
        test: attrs::is_test_only(attributes),
        attrs: attrs::lower(attributes),
        kind,
    }
}

fn unnamed(keyword: proc_macro2::Span, vis: &syn::Visibility, attributes: &[syn::Attribute], kind: ItemKind) -> Item {
    Item {
        name: Name::default(),
        span: span(keyword),
        public: !matches!(vis, syn::Visibility::Inherited),
        test: attrs::is_test_only(attributes),
        attrs: attrs::lower(attributes),
        kind,
    }
}

fn fields(fields: &syn::Fields) -> Vec<FieldDef> {
    fields
        .iter()
        .enumerate()
        .map(|(index, field)| FieldDef {
            name: field.ident.as_ref().map_or_else(|| index.to_string().into(), name),
            span: field.ident.as_ref().map_or_else(Default::default, |ident| span(ident.span())),
            ty: types::lower(&field.ty),
            attrs: attrs::lower(&field.attrs),
        })
        .collect()
}

fn use_leaves(tree: &syn::UseTree, prefix: &Path, into: &mut Vec<UseLeaf>) {
    match tree {
        syn::UseTree::Path(path) => use_leaves(&path.tree, &extended(prefix, name(&path.ident)), into),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| use_leaves(tree, prefix, into)),
        syn::UseTree::Glob(_) => {
            into.push(UseLeaf { path: prefix.clone(), alias: Name::default(), glob: true });
        }
        syn::UseTree::Name(leaf) => push_leaf(prefix, name(&leaf.ident), None, into),
        syn::UseTree::Rename(leaf) => push_leaf(prefix, name(&leaf.ident), Some(name(&leaf.rename)), into),
    }
}

/// `use a::b::{self, c}`: `self` names the prefix.
fn push_leaf(prefix: &Path, leaf: Name, alias: Option<Name>, into: &mut Vec<UseLeaf>) {
    let path = if leaf == "self" && !prefix.segments.is_empty() { prefix.clone() } else { extended(prefix, leaf) };
    let alias = alias.or_else(|| path.last().cloned()).unwrap_or_default();
    into.push(UseLeaf { path, alias, glob: false });
}

fn extended(prefix: &Path, next: Name) -> Path {
    let mut path = prefix.clone();
    path.segments.push(crate::facts::Segment { name: next, ..Default::default() });
    path
}
