//! What a file declares, by name: what a change of it can matter to.
//!
//! In: facts. Out: [`Declaration`]s, each with the names by which others can come upon it and those that it rests on; and the
//! [`Entities`] of a file in the order in which a program gives them their numbers.

use super::outline::{head, outline};
use super::{
    Attr, Body, BodySource, FieldDef, FileFacts, FnBody, Function, Generics, ImplItem, Item, ItemKind, Name, Path,
    StaticItem, TypeRef,
};

/// Something that is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declaration {
    /// Names by which it is come upon: its own, those of its fields, variants, functions.
    pub names: Vec<Name>,
    /// Names that its meaning rests on: of types, traits, what is imported.
    pub mentions: Vec<Name>,
    /// It can change what any name means: a glob, an implementation for everything.
    pub is_everywhere: bool,
    /// The whole of it without places and bodies, if wanted.
    pub text: String,
}

/// What gets a number in a program, by name; body scopes have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entities<'f> {
    /// Functions, methods, statics.
    pub units: Vec<&'f str>,
    /// Structs, enums, aliases.
    pub types: Vec<&'f str>,
    /// Traits.
    pub traits: Vec<&'f str>,
    /// Modules, the file's own first.
    pub modules: Vec<&'f str>,
}

/// The declarations of a file, also those within bodies; with their texts if `with_text`.
#[must_use]
pub fn declarations(facts: &FileFacts, with_text: bool) -> Vec<Declaration> {
    let mut reader = Reader { found: Vec::new(), around: String::new(), with_text };
    reader.items(&facts.items);
    reader.found
}

/// The entities of a file.
#[must_use]
pub fn entities(facts: &FileFacts) -> Entities<'_> {
    let mut found = Entities { modules: vec![""], ..Entities::default() };
    found.items(&facts.items);
    found
}

struct Reader {
    found: Vec<Declaration>,
    /// The modules and bodies around, as text.
    around: String,
    with_text: bool,
}

impl Reader {
    fn text(&self, of: impl FnOnce() -> String) -> String {
        if self.with_text { format!("{} {}", self.around, of()) } else { String::new() }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn within(&mut self, name: &str, items: &[Item]) {
        if items.is_empty() {
            return;
        }
        let length = self.around.len();
        self.around.push_str("::");
        self.around.push_str(name);
        self.items(items);
        self.around.truncate(length);
    }

    fn item(&mut self, item: &Item) {
        let mut names = vec![item.name.clone()];
        let mut mentions = Mentions::default();
        mentions.attrs(&item.attrs);
        match &item.kind {
            ItemKind::Mod(module) => {
                let bare = Item { kind: ItemKind::Include(Name::default()), ..outline(item) };
                let text = self.text(|| format!("mod {bare:?}"));
                self.found.push(Declaration { names, mentions: mentions.names, is_everywhere: false, text });
                self.within(&item.name, module.items.as_deref().unwrap_or_default());
                return;
            }
            ItemKind::Impl(inner) => return self.an_impl(item, inner),
            ItemKind::Use(leaves) => {
                for leaf in leaves {
                    let mut mentions = Mentions::default();
                    mentions.path(&leaf.path);
                    let names = vec![leaf.alias.clone()];
                    let text = self.text(|| format!("use {leaf:?} {}", item.public));
                    self.found.push(Declaration { names, mentions: mentions.names, is_everywhere: leaf.glob, text });
                }
                return;
            }
            ItemKind::Fn(function) => {
                mentions.function(function);
                self.body(&function.name, function.body.as_ref());
            }
            ItemKind::Struct(inner) => {
                mentions.generics(&inner.generics);
                names.extend(mentions.fields(&inner.fields));
            }
            ItemKind::Enum(inner) => {
                mentions.generics(&inner.generics);
                for variant in &inner.variants {
                    names.push(variant.name.clone());
                    names.extend(mentions.fields(&variant.fields));
                }
            }
            ItemKind::Trait(inner) => {
                mentions.generics(&inner.generics);
                inner.supertraits.iter().for_each(|path| mentions.path(path));
                for function in &inner.functions {
                    names.push(function.name.clone());
                    mentions.function(function);
                    self.body(&function.name, function.body.as_ref());
                }
            }
            ItemKind::Static(value) => {
                mentions.ty(&value.ty);
                self.static_body(&item.name, value);
            }
            ItemKind::Alias(generics, ty) => {
                mentions.generics(generics);
                mentions.ty(ty);
            }
            ItemKind::ExternCrate(_) | ItemKind::Include(_) => {}
        }
        let is_everywhere = matches!(item.kind, ItemKind::ExternCrate(_) | ItemKind::Include(_));
        let text = self.text(|| format!("{:?}", outline(item)));
        self.found.push(Declaration { names, mentions: mentions.names, is_everywhere, text });
    }

    /// The head of an implementation, then its functions, each for itself.
    fn an_impl(&mut self, item: &Item, inner: &ImplItem) {
        let mut mentions = Mentions::default();
        mentions.attrs(&item.attrs);
        mentions.generics(&inner.generics);
        mentions.ty(&inner.self_ty);
        inner.of_trait.iter().for_each(|path| mentions.path(path));
        inner.types.iter().for_each(|(_, ty)| mentions.ty(ty));
        let bare = ImplItem { functions: Vec::new(), constants: Vec::new(), ..inner.clone_head() };
        let bare = Item { kind: ItemKind::Impl(bare), ..outline_of(item) };
        let of = self.text(|| format!("{bare:?}"));
        let mut heads = Mentions::default();
        heads.ty(&inner.self_ty);
        inner.of_trait.iter().for_each(|path| heads.path(path));
        let mut names = heads.names;
        names.extend(inner.functions.iter().map(|function| function.name.clone()));
        names.extend(inner.constants.iter().map(|constant| constant.name.clone()));
        names.extend(inner.types.iter().map(|(name, _)| name.clone()));
        let is_named = matches!(&inner.self_ty, TypeRef::Path(path)
            if path.single().is_none_or(|name| !inner.generics.params.iter().any(|(param, _)| param == name)));
        let is_everywhere = !is_named;
        let head_mentions = mentions.names.clone();
        self.found.push(Declaration { names, mentions: mentions.names, is_everywhere, text: of.clone() });
        for function in &inner.functions {
            let mut mentions = Mentions { names: head_mentions.clone() };
            mentions.function(function);
            let text = self.text(|| format!("{of} {:?}", head(function)));
            let names = vec![function.name.clone()];
            self.found.push(Declaration { names, mentions: mentions.names, is_everywhere: false, text });
            self.body(&function.name, function.body.as_ref());
        }
        self.within(&of, &inner.constants);
    }

    fn body(&mut self, name: &Name, body: Option<&FnBody>) {
        if let Some(FnBody { source: BodySource::Parsed(body), .. }) = body {
            self.within(name, &body.items);
        }
    }

    fn static_body(&mut self, name: &Name, value: &StaticItem) {
        let items = value.body.as_ref().map_or(&[][..], |body| &body.items);
        self.within(name, items);
    }
}

impl ImplItem {
    /// Without functions and constants.
    fn clone_head(&self) -> ImplItem {
        ImplItem {
            generics: self.generics.clone(),
            of_trait: self.of_trait.clone(),
            self_ty: self.self_ty.clone(),
            functions: Vec::new(),
            constants: Vec::new(),
            types: self.types.clone(),
        }
    }
}

/// An item without place and without what it is.
fn outline_of(item: &Item) -> Item {
    Item {
        name: item.name.clone(),
        span: crate::source::Span::default(),
        public: item.public,
        test: item.test,
        attrs: item.attrs.clone(),
        kind: ItemKind::Include(Name::default()),
    }
}

/// Names that something rests on.
#[derive(Default)]
struct Mentions {
    names: Vec<Name>,
}

impl Mentions {
    fn path(&mut self, path: &Path) {
        if let Some(qself) = &path.qself {
            self.ty(&qself.0);
        }
        for segment in &path.segments {
            self.names.push(segment.name.clone());
            segment.args.iter().for_each(|ty| self.ty(ty));
            segment.assoc.iter().for_each(|(_, ty)| self.ty(ty));
        }
    }

    fn ty(&mut self, ty: &TypeRef) {
        match ty {
            TypeRef::Path(path) => self.path(path),
            TypeRef::Ref(inner) | TypeRef::Slice(inner) | TypeRef::Fn(inner) => self.ty(inner),
            TypeRef::Tuple(parts) => parts.iter().for_each(|part| self.ty(part)),
            TypeRef::Impl(bounds) | TypeRef::Dyn(bounds) => bounds.iter().for_each(|path| self.path(path)),
            TypeRef::Unknown => {}
        }
    }

    fn generics(&mut self, generics: &Generics) {
        generics.params.iter().flat_map(|(_, bounds)| bounds).for_each(|path| self.path(path));
    }

    fn function(&mut self, function: &Function) {
        self.attrs(&function.attrs);
        self.generics(&function.generics);
        function.params.iter().for_each(|param| self.ty(&param.ty));
        function.ret.iter().for_each(|ty| self.ty(ty));
    }

    /// The fields' types are mentioned; their names are given back.
    fn fields(&mut self, fields: &[FieldDef]) -> Vec<Name> {
        for field in fields {
            self.attrs(&field.attrs);
            self.ty(&field.ty);
        }
        fields.iter().map(|field| field.name.clone()).collect()
    }

    fn attrs(&mut self, attrs: &[Attr]) {
        for attr in attrs {
            self.path(&attr.path);
            self.names.extend(attr.words.iter().cloned());
        }
    }
}

impl<'f> Entities<'f> {
    fn items(&mut self, items: &'f [Item]) {
        for item in items {
            let name = item.name.as_str();
            match &item.kind {
                ItemKind::Mod(module) => {
                    // One with a file of its own is of that file.
                    if let Some(items) = &module.items {
                        self.modules.push(name);
                        self.items(items);
                    }
                }
                ItemKind::Fn(function) => self.function(function),
                ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Alias(..) => self.types.push(name),
                ItemKind::Trait(inner) => {
                    self.traits.push(name);
                    inner.functions.iter().for_each(|function| self.function(function));
                }
                ItemKind::Impl(inner) => {
                    inner.functions.iter().for_each(|function| self.function(function));
                    self.items(&inner.constants);
                }
                ItemKind::Static(value) => {
                    self.units.push(name);
                    value.body.iter().for_each(|body| self.body(body));
                }
                ItemKind::Use(_) | ItemKind::ExternCrate(_) | ItemKind::Include(_) => {}
            }
        }
    }

    fn function(&mut self, function: &'f Function) {
        self.units.push(&function.name);
        if let Some(FnBody { source: BodySource::Parsed(body), .. }) = &function.body {
            self.body(body);
        }
    }

    fn body(&mut self, body: &'f Body) {
        if !body.items.is_empty() {
            self.modules.push("");
            self.items(&body.items);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{MacroTable, Tests, parse_file};

    fn facts(text: &str) -> FileFacts {
        parse_file(text, &MacroTable::default(), Tests::Skip)
    }

    fn names(declarations: &[Declaration]) -> Vec<String> {
        let join = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(" ");
        declarations.iter().map(|one| format!("{} <- {}", join(&one.names), join(&one.mentions))).collect()
    }

    #[test]
    fn names_and_what_they_rest_on() {
        let facts =
            facts("use a::B as C;\nstruct D<T: E> { f: G<H> }\nimpl I for D { type J = K; fn l(&self, m: N) -> O {} }");
        let all = declarations(&facts, false);
        assert_eq!(names(&all), ["C <- a B", "D f <- E G H", "D I l J <- D I K", "l <- D I K N O"]);
        assert!(all.iter().all(|one| !one.is_everywhere && one.text.is_empty()));
    }

    #[test]
    fn what_can_matter_everywhere_says_so() {
        let everywhere = |text: &str| declarations(&facts(text), false).iter().any(|one| one.is_everywhere);
        for text in
            ["use a::*;", "extern crate a as b;", "impl<T: A> B for T { fn c(&self) {} }", "impl A for dyn B {}"]
        {
            assert!(everywhere(text), "{text}");
        }
        assert!(!everywhere("impl<T> A for B<T> {}"));
    }

    #[test]
    fn a_body_is_no_part_of_a_declaration() {
        let texts =
            |text: &str| declarations(&facts(text), true).into_iter().map(|one| one.text).collect::<Vec<String>>();
        assert_eq!(texts("fn a() { b() }\nimpl C { fn d() { e() } }"), texts("\nfn a() {}\n\nimpl C { fn d() {} }"));
        assert_ne!(texts("mod a { fn b() {} }"), texts("mod c { fn b() {} }"));
        assert_ne!(texts("impl A { fn b() {} }")[1], texts("impl C { fn b() {} }")[1]);
    }

    #[test]
    fn entities_are_in_the_order_of_their_numbers() {
        let facts = facts(
            "struct A;\nmod b { fn c() { fn d() {} } }\ntrait E { fn f(); }\nimpl A { fn g() {} const H: u8 = 1; }\nmod i;",
        );
        let Entities { units, types, traits, modules } = entities(&facts);
        assert_eq!((units, types), (vec!["c", "d", "f", "g", "H"], vec!["A"]));
        assert_eq!((traits, modules), (vec!["E"], vec!["", "b", ""]));
    }
}
