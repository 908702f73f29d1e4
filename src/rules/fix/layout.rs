//! Where new items and imports go in a module.
//!
//! In: the text of a file and the inline module within it. Out: [`Layout`]: what the module has, and the bytes at which an item
//! or an import is inserted. Items go below the imports at the top, those that are inserted there one after another in the order
//! of their names: so the same tree comes out whichever is inserted first.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::spanned::Spanned;

use crate::facts::Name;

/// A module as it is written.
#[derive(Debug)]
pub(super) struct Layout<'t> {
    text: &'t str,
    /// Items at the top: imports, `extern crate`, `mod name;`.
    prelude: Vec<Range<usize>>,
    /// Imports among them that hold in every configuration, as written.
    imports: Vec<(String, Range<usize>)>,
    /// Statics that follow, each with its name.
    statics: Vec<(String, Range<usize>)>,
    /// Every static of the module: its name, type and value as code without blanks.
    codes: Vec<(String, String, String)>,
    /// Every function of the module: its name, and all of it as code without blanks and attributes.
    functions: Vec<(String, String)>,
    /// Names that the module declares or imports.
    names: BTreeSet<String>,
    /// What is imported unconditionally: full paths.
    imported: BTreeSet<String>,
    /// Where the first item begins, comments above it included; where the module's braces or its file begin when it is empty.
    first: usize,
    /// Blanks in front of its items.
    indent: String,
}

impl<'t> Layout<'t> {
    /// Looks at a module: `inline` are the modules of the file that it stands in, outermost first; none for the file's own.
    /// None when the file can't be parsed as a whole.
    pub(super) fn of(text: &'t str, inline: &[Name]) -> Option<Layout<'t>> {
        // What syn skips before it counts bytes.
        if text.starts_with('\u{feff}') || (text.starts_with("#!") && !text.starts_with("#![")) {
            return None;
        }
        let file = syn::parse_file(text).ok()?;
        let inner = file.attrs.iter().map(|attr| attr.span().byte_range().end).max().unwrap_or(0);
        let layout = Self::within(text, &file.items, inner, inline);
        drop(file);
        proc_macro2::extra::invalidate_current_thread_spans();
        layout
    }

    fn within(text: &'t str, items: &[syn::Item], begin: usize, inline: &[Name]) -> Option<Layout<'t>> {
        let Some((name, rest)) = inline.split_first() else { return Some(Self::of_items(text, items, begin)) };
        let module = items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == name.as_str() => Some(module),
            _ => None,
        })?;
        let (brace, items) = module.content.as_ref()?;
        let attrs = module.attrs.iter().filter(|attr| matches!(attr.style, syn::AttrStyle::Inner(_)));
        let begin = attrs.map(|attr| attr.span().byte_range().end).max();
        Self::within(text, items, begin.unwrap_or(brace.span.open().byte_range().end), rest)
    }

    fn of_items(text: &'t str, items: &[syn::Item], begin: usize) -> Layout<'t> {
        let first_item = items.first().map(|item| item.span().byte_range().start);
        let mut layout = Layout {
            text,
            prelude: Vec::new(),
            imports: Vec::new(),
            statics: Vec::new(),
            codes: Vec::new(),
            functions: Vec::new(),
            names: BTreeSet::new(),
            imported: BTreeSet::new(),
            first: first_item.map_or(begin, |start| above_comments(text, start, begin)),
            indent: first_item.map(|start| indent_at(text, start)).unwrap_or_default(),
        };
        let mut items_left = items.iter().peekable();
        while let Some(item) = items_left.next_if(|item| is_prelude(item)) {
            layout.prelude.push(item.span().byte_range());
            if let syn::Item::Use(import) = item
                && import.attrs.is_empty()
            {
                let range = import.span().byte_range();
                layout.imports.push((text[range.clone()].to_owned(), range));
            }
        }
        while let Some(syn::Item::Static(item)) = items_left.next_if(|item| matches!(item, syn::Item::Static(_))) {
            let name = item.ident.to_string();
            let mut range = item.span().byte_range();
            // The function that asks a cell stands with it.
            let is_its =
                |item: &&syn::Item| matches!(item, syn::Item::Fn(item) if item.sig.ident == name.to_lowercase());
            if let Some(function) = items_left.next_if(is_its) {
                range.end = function.span().byte_range().end;
            }
            layout.statics.push((name, range));
        }
        for item in items {
            layout.declare(item);
        }
        layout
    }

    fn declare(&mut self, item: &syn::Item) {
        let ident = match item {
            syn::Item::Const(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::ExternCrate(item) => Some(item.rename.as_ref().map_or(&item.ident, |(_, name)| name)),
            syn::Item::Fn(item) => {
                self.functions.push((item.sig.ident.to_string(), code_of(item)));
                Some(&item.sig.ident)
            }
            syn::Item::Macro(item) => item.ident.as_ref(),
            syn::Item::Mod(item) => Some(&item.ident),
            syn::Item::Static(item) => {
                let (ty, value) = (&item.ty, &item.expr);
                let code = |tokens: proc_macro2::TokenStream| plain(&tokens.to_string());
                self.codes.extend(
                    item.attrs
                        .is_empty()
                        .then(|| (item.ident.to_string(), code(quote::quote!(#ty)), code(quote::quote!(#value)))),
                );
                Some(&item.ident)
            }
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::TraitAlias(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            syn::Item::Union(item) => Some(&item.ident),
            syn::Item::Use(item) => {
                let is_sure = item.attrs.is_empty();
                self.import(&item.tree, &mut String::new(), is_sure);
                None
            }
            _ => None,
        };
        self.names.extend(ident.map(ToString::to_string));
    }

    fn import(&mut self, tree: &syn::UseTree, before: &mut String, is_sure: bool) {
        let length = before.len();
        match tree {
            syn::UseTree::Path(path) => {
                before.push_str(&format!("{}::", path.ident));
                self.import(&path.tree, before, is_sure);
            }
            syn::UseTree::Name(name) => {
                if is_sure {
                    self.imported.insert(format!("{before}{}", name.ident));
                }
                self.names.insert(name.ident.to_string());
            }
            syn::UseTree::Rename(rename) => {
                self.names.insert(rename.rename.to_string());
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before, is_sure);
                }
            }
            syn::UseTree::Glob(_) => {}
        }
        before.truncate(length);
    }

    /// The static that is filled by `LazyLock::new(init)`.
    pub(super) fn lazy_static_of(&self, init: &str) -> Option<&str> {
        let init: syn::Expr = syn::parse_str(init).ok()?;
        let wanted = plain(&format!("LazyLock::new({})", quote::quote!(#init)));
        let found = self.codes.iter().find(|(_, _, code)| {
            code.strip_suffix(&wanted).is_some_and(|before| before.is_empty() || before.ends_with("::"))
        });
        found.map(|(name, ..)| name.as_str())
    }

    /// The names of its functions.
    pub(super) fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(|(name, _)| name.as_str())
    }

    /// Whether the module has this very function, whatever its visibility and attributes.
    pub(super) fn has_function(&self, name: &str, code: &str) -> bool {
        let Ok(wanted) = syn::parse_str::<syn::ItemFn>(code) else { return false };
        let wanted = code_of(&wanted);
        self.functions.iter().any(|(known, code)| known == name && *code == wanted)
    }

    /// Whether a static holds something of this type, lazily or not.
    pub(super) fn has_static_of(&self, ty: &str) -> bool {
        let ty = plain(ty);
        self.codes.iter().any(|(_, found, _)| *found == ty || found.ends_with(&format!("<{ty}>")))
    }

    /// Whether the module has something of this name itself.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// How to write `path` (`std::sync::LazyLock`) here, and the import that this needs, if any: where, what.
    pub(super) fn naming(&self, path: &str) -> (String, Option<(usize, String)>) {
        let name = path.rsplit("::").next().unwrap_or(path);
        if self.imported.contains(path) {
            return (name.to_owned(), None);
        }
        if self.has(name) { (path.to_owned(), None) } else { (name.to_owned(), Some(self.import_of(path))) }
    }

    /// Among the imports of its kind (the standard library's, other crates', the crate's own), in order; else in front of all others,
    /// or behind the standard library's.
    fn import_of(&self, path: &str) -> (usize, String) {
        let line = format!("use {path};");
        let of_kind = |kind: Kind| self.imports.iter().filter(move |(text, _)| Kind::of(text) == kind);
        let kind = Kind::of(&line);
        if let Some((_, range)) = of_kind(kind).find(|(text, _)| text.as_str() > line.as_str()) {
            return (range.start, format!("{line}\n{}", self.indent));
        }
        if let Some((_, range)) = of_kind(kind).next_back() {
            return (range.end, format!("\n{}{line}", self.indent));
        }
        if let Some((_, range)) = of_kind(Kind::Std).next_back() {
            return (range.end, format!("\n\n{}{line}", self.indent));
        }
        if let Some((_, range)) = self.imports.first() {
            return (range.start, format!("{line}\n\n{}", self.indent));
        }
        self.below(self.prelude.last(), &line)
    }

    /// Where an item of this name is inserted, and its text with the blank lines that it needs.
    pub(super) fn item(&self, name: &str, item: &str) -> (usize, String) {
        let before = self.statics.iter().rev().find(|(known, _)| known.as_str() < name).map(|(_, range)| range);
        self.below(before.or(self.prelude.last()), item)
    }

    /// Where something is inserted below what is there, or where the module begins, and its text with the blank lines that it needs.
    fn below(&self, above: Option<&Range<usize>>, item: &str) -> (usize, String) {
        let item = indented(item, &self.indent);
        match above {
            Some(range) => (end_of_line(self.text, range.end), format!("\n\n{item}")),
            None if self.first < self.text.len() => (self.first, format!("{}\n\n{}", item.trim_start(), self.indent)),
            None => (self.first, format!("{item}\n")),
        }
    }
}

/// A function's signature and body, without blanks.
fn code_of(item: &syn::ItemFn) -> String {
    let (signature, block) = (&item.sig, &item.block);
    plain(&quote::quote!(#signature #block).to_string())
}

/// Code without what only lays it out.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != ',').collect()
}

/// Where an import comes from: those of one kind stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Std,
    Other,
    Own,
}

impl Kind {
    fn of(import: &str) -> Kind {
        let path = import.trim_start_matches("pub ").trim_start_matches("use ").trim_start_matches("::");
        match path.split("::").next().unwrap_or(path) {
            "std" | "core" | "alloc" => Kind::Std,
            "crate" | "self" | "super" => Kind::Own,
            _ => Kind::Other,
        }
    }
}

fn is_prelude(item: &syn::Item) -> bool {
    match item {
        syn::Item::Use(_) | syn::Item::ExternCrate(_) => true,
        syn::Item::Mod(module) => module.content.is_none(),
        _ => false,
    }
}

/// Every line indented, but for empty ones.
pub(super) fn indented(text: &str, indent: &str) -> String {
    let lines = text.trim_end().lines();
    let lines = lines.map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// The blanks with which the line of `at` begins.
pub(super) fn indent_at(text: &str, at: usize) -> String {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..].chars().take_while(|c| *c == ' ' || *c == '\t').collect()
}

/// Behind a comment that stands on the rest of the line; `at` itself when there is code.
fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text[at..].split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let is_comment = rest.trim().is_empty() || rest.trim_start().starts_with("//");
    if is_comment { at + rest.trim_end().len() } else { at }
}

/// Above the lines of comments that stand right on top of `at`, but not above `least`.
fn above_comments(text: &str, at: usize, least: usize) -> usize {
    let mut start = at - indent_width(text, at);
    while start > least {
        let before = &text[least..start - 1];
        let line = before.rfind('\n').map_or(least, |newline| least + newline + 1);
        if !text[line..start].trim_start().starts_with("//") || line < least {
            break;
        }
        start = line;
    }
    start + indent_at(text, start).len().min(at - start)
}

fn indent_width(text: &str, at: usize) -> usize {
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    if text[line..at].trim().is_empty() { at - line } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserted(text: &str, inline: &[&str], name: &str, item: &str) -> String {
        let inline: Vec<Name> = inline.iter().map(|name| (*name).into()).collect();
        let layout = Layout::of(text, &inline).expect("it parses");
        let (at, new) = layout.item(name, item);
        format!("{}{new}{}", &text[..at], &text[at..])
    }

    #[test]
    fn items_go_below_the_imports_in_the_order_of_their_names() {
        let text = "//! Doc.\n\nuse a::b; // why\n\nfn f() {}\n";
        let with_b = inserted(text, &[], "B", "static B: u8 = 1;");
        assert_eq!(with_b, "//! Doc.\n\nuse a::b; // why\n\nstatic B: u8 = 1;\n\nfn f() {}\n");
        let both = inserted(&with_b, &[], "A", "static A: u8 = 1;");
        assert_eq!(both, inserted(&inserted(text, &[], "A", "static A: u8 = 1;"), &[], "B", "static B: u8 = 1;"));
    }

    #[test]
    fn without_imports_items_go_above_the_first_and_its_comments() {
        let text = "// Licence.\n\n// Why.\n/// Doc.\nfn f() {}\n";
        let new = inserted(text, &[], "A", "static A: u8 = 1;");
        assert_eq!(new, "// Licence.\n\nstatic A: u8 = 1;\n\n// Why.\n/// Doc.\nfn f() {}\n");
        assert_eq!(inserted("fn f() {}\n", &[], "A", "static A: u8 = 1;"), "static A: u8 = 1;\n\nfn f() {}\n");
    }

    #[test]
    fn inline_modules_are_indented() {
        let text = "mod a {\n    use b::C;\n\n    fn f() {}\n}\n";
        let new = inserted(text, &["a"], "A", "static A: u8 = 1;");
        assert_eq!(new, "mod a {\n    use b::C;\n\n    static A: u8 = 1;\n\n    fn f() {}\n}\n");
        let text = "mod a {\n    fn f() {}\n}\n";
        let new = inserted(text, &["a"], "A", "static A: u8 = 1;");
        assert_eq!(new, "mod a {\n    static A: u8 = 1;\n\n    fn f() {}\n}\n");
    }

    #[test]
    fn imports_join_those_of_their_crate() {
        let naming = |text: &str| {
            let layout = Layout::of(text, &[]).expect("it parses");
            let (name, import) = layout.naming("std::sync::LazyLock");
            let text = import.map_or(text.to_owned(), |(at, new)| format!("{}{new}{}", &text[..at], &text[at..]));
            (name, text)
        };
        let short = |text: &str| ("LazyLock".to_owned(), text.to_owned());
        assert_eq!(
            naming("use std::io;\nuse tokio::x;\n"),
            short("use std::io;\nuse std::sync::LazyLock;\nuse tokio::x;\n")
        );
        assert_eq!(naming("use std::time::A;\n"), short("use std::sync::LazyLock;\nuse std::time::A;\n"));
        assert_eq!(naming("use axum::A;\n"), short("use std::sync::LazyLock;\n\nuse axum::A;\n"));
        assert_eq!(naming("use std::sync::{Arc, LazyLock};\n"), short("use std::sync::{Arc, LazyLock};\n"));
        assert_eq!(naming("fn f() {}\n"), short("use std::sync::LazyLock;\n\nfn f() {}\n"));
        let layout = Layout::of("use std::a;\n\nuse axum::B;\nuse crate::C;\n", &[]).expect("it parses");
        assert_eq!(layout.naming("tokio::D").1, Some((25, "\nuse tokio::D;".to_owned())));
        let layout = Layout::of("use std::a;\n\nuse crate::C;\n", &[]).expect("it parses");
        assert_eq!(layout.naming("tokio::D").1, Some((11, "\n\nuse tokio::D;".to_owned())));
        let full = |text: &str| ("std::sync::LazyLock".to_owned(), text.to_owned());
        assert_eq!(naming("use other::LazyLock;\n"), full("use other::LazyLock;\n"));
    }
}
