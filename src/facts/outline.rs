//! What other files can see of a file, and what its functions hold.
//!
//! In: facts. Out: items without what stands in the bodies of functions and on which lines ([`outline`]); the functions in the
//! order of the declarations ([`functions`]).

use super::{
    Body, BodySource, EnumItem, FieldDef, FileFacts, FnBody, Function, ImplItem, Item, ItemKind, ModItem, StaticItem,
    StructItem, TraitItem, Variant,
};
use crate::source::Span;

/// Every function of a file, also those within bodies, in a fixed order.
#[must_use]
pub fn functions(facts: &FileFacts) -> Vec<&Function> {
    let mut found = Vec::new();
    functions_of(&facts.items, &mut found);
    found
}

fn functions_of<'f>(items: &'f [Item], found: &mut Vec<&'f Function>) {
    for item in items {
        match &item.kind {
            ItemKind::Mod(module) => functions_of(module.items.as_deref().unwrap_or_default(), found),
            ItemKind::Fn(function) => a_function(function, found),
            ItemKind::Trait(inner) => inner.functions.iter().for_each(|function| a_function(function, found)),
            ItemKind::Impl(inner) => {
                inner.functions.iter().for_each(|function| a_function(function, found));
                functions_of(&inner.constants, found);
            }
            ItemKind::Static(value) => {
                functions_of(value.body.as_ref().map_or(&[], |body| &body.items), found);
            }
            _ => {}
        }
    }
}

fn a_function<'f>(function: &'f Function, found: &mut Vec<&'f Function>) {
    found.push(function);
    if let Some(FnBody { source: BodySource::Parsed(body), .. }) = &function.body {
        functions_of(&body.items, found);
    }
}

fn items(all: &[Item]) -> Vec<Item> {
    all.iter().map(outline).collect()
}

/// An item without places and without what bodies hold.
#[must_use]
pub fn outline(item: &Item) -> Item {
    Item {
        name: item.name.clone(),
        span: Span::default(),
        public: item.public,
        test: item.test,
        attrs: item.attrs.clone(),
        kind: kind(&item.kind),
    }
}

fn kind(kind: &ItemKind) -> ItemKind {
    match kind {
        ItemKind::Mod(ModItem { items: inner, path }) => {
            ItemKind::Mod(ModItem { items: inner.as_deref().map(items), path: path.clone() })
        }
        ItemKind::Fn(inner) => ItemKind::Fn(Box::new(head(inner))),
        ItemKind::Struct(inner) => {
            ItemKind::Struct(StructItem { generics: inner.generics.clone(), fields: fields(&inner.fields) })
        }
        ItemKind::Enum(inner) => {
            let variant = |one: &Variant| Variant { name: one.name.clone(), fields: fields(&one.fields) };
            let variants = inner.variants.iter().map(variant).collect();
            ItemKind::Enum(EnumItem { generics: inner.generics.clone(), variants })
        }
        ItemKind::Trait(inner) => ItemKind::Trait(TraitItem {
            generics: inner.generics.clone(),
            supertraits: inner.supertraits.clone(),
            functions: inner.functions.iter().map(head).collect(),
        }),
        ItemKind::Impl(inner) => ItemKind::Impl(ImplItem {
            generics: inner.generics.clone(),
            of_trait: inner.of_trait.clone(),
            self_ty: inner.self_ty.clone(),
            functions: inner.functions.iter().map(head).collect(),
            constants: items(&inner.constants),
            types: inner.types.clone(),
        }),
        ItemKind::Static(inner) => ItemKind::Static(StaticItem {
            ty: inner.ty.clone(),
            body: inner.body.as_ref().map(body_items),
            per_thread: inner.per_thread,
            is_const: inner.is_const,
        }),
        ItemKind::Use(_) | ItemKind::ExternCrate(_) | ItemKind::Alias(..) | ItemKind::Include(_) => kind.clone(),
    }
}

fn fields(all: &[FieldDef]) -> Vec<FieldDef> {
    let field = |one: &FieldDef| FieldDef {
        name: one.name.clone(),
        span: Span::default(),
        ty: one.ty.clone(),
        attrs: one.attrs.clone(),
    };
    all.iter().map(field).collect()
}

/// A function without places and without what its body holds.
#[must_use]
pub fn head(inner: &Function) -> Function {
    Function {
        name: inner.name.clone(),
        span: Span::default(),
        whole: Span::default(),
        public: inner.public,
        test: inner.test,
        attrs: inner.attrs.clone(),
        is_async: inner.is_async,
        receiver: inner.receiver.clone(),
        params: inner.params.clone(),
        ret: inner.ret.clone(),
        generics: inner.generics.clone(),
        body: inner.body.as_ref().map(body),
    }
}

fn body(inner: &FnBody) -> FnBody {
    let source = match &inner.source {
        BodySource::Parsed(parsed) => BodySource::Parsed(Box::new(body_items(parsed))),
        // Whether a body was parsed with its file is no matter of what it declares: one that is text declares nothing.
        BodySource::Text(_) => BodySource::Parsed(Box::default()),
    };
    FnBody { words: Vec::new(), source }
}

fn body_items(body: &Body) -> Body {
    Body { items: items(&body.items), ..Body::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{MacroTable, Tests, parse_file};

    fn facts(text: &str) -> FileFacts {
        parse_file(text, &MacroTable::default(), Tests::Skip)
    }

    fn same_outline(one: &FileFacts, other: &FileFacts) -> bool {
        items(&one.items) == items(&other.items)
    }

    #[test]
    fn bodies_and_places_are_no_part_of_it() {
        let one = facts("struct A { b: u8 }\nimpl A { fn c(&self) { d() } }");
        assert!(same_outline(&one, &facts("\n\nstruct A { b: u8 }\nimpl A { fn c(&self) { e(); f() } }")));
        for other in [
            "struct A { b: u16 }\nimpl A { fn c(&self) { d() } }",
            "struct A { b: u8 }\nimpl A { async fn c(&self) { d() } }",
            "struct A { b: u8 }\nimpl A { fn c(&mut self) { d() } }",
            "struct A { b: u8 }\nimpl A { fn c(&self) { fn g() {} d() } }",
            "#[derive(Clone)]\nstruct A { b: u8 }\nimpl A { fn c(&self) { d() } }",
            "use x::y;\nstruct A { b: u8 }\nimpl A { fn c(&self) { d() } }",
        ] {
            assert!(!same_outline(&one, &facts(other)), "{other}");
        }
    }

    #[test]
    fn functions_within_functions_are_found() {
        let facts = facts("fn a() { fn b() {} }\nmod c { trait D { fn e(); } }\nimpl F { fn g() {} }");
        let names: Vec<&str> = functions(&facts).iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "e", "g"]);
    }
}
