//! Parsing that survives syntax errors.
//!
//! In: text. Out: a `syn::File` with every item that parses, and a problem for each stretch that doesn't. Three levels: the
//! whole file; item by item over its tokens, within `impl` and `mod` blocks member by member; and where not even the
//! brackets match, chunk by chunk, a chunk being what begins at the left margin (as rustfmt lays files out).

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use rustc_hash::FxHashMap;
use syn::parse::{Parse, Parser};

use super::nesting::{Depth, MAX_BLOCKS, with_room};
use super::signs::signs_of_stream;
use super::skim::{CutBody, skim};
use super::{Tests, pos, problem_at, syntax_problem};
use crate::facts::SyntaxProblem;
use crate::source::Pos;

/// A file as far as it can be parsed.
pub(super) struct Recovered {
    /// Its items.
    pub(super) file: syn::File,
    /// The bodies that are empty in `file`, by the place of their opening brace; their ranges count from the end of the byte
    /// order mark, if there is one.
    pub(super) bodies: FxHashMap<Pos, CutBody>,
    /// What could not be parsed.
    pub(super) problems: Vec<SyntaxProblem>,
}

/// Hands what can be parsed of `text`, which has no byte order mark, to `then`, where there is room for its depth; `None`
/// if there is no room for a thread.
pub(super) fn parse<R: Send>(text: &str, tests: Tests, then: impl FnOnce(Recovered) -> R + Send) -> Option<R> {
    let text = blank_shebang(text);
    let Some(skimmed) = skim(&text, tests) else {
        return with_room(Depth::MOST, || then(in_parts(&text, tests)));
    };
    let depth = skimmed.depth;
    with_room(if depth.is_refused() { Depth::MOST } else { depth }, || {
        let file = if depth.is_refused() { None } else { whole(&skimmed.text, tests) };
        then(match file {
            Some(file) => Recovered { file, bodies: skimmed.bodies, problems: Vec::new() },
            None => in_parts(&text, tests),
        })
    })
}

/// A file without any error.
fn whole(text: &str, tests: Tests) -> Option<syn::File> {
    syn::parse2(tokens_of(text, tests).ok()?).ok()
}

fn in_parts(text: &str, tests: Tests) -> Recovered {
    let (file, problems) = match tokens_of(text, tests) {
        Ok(tokens) => match parse_shallow::<syn::File>(tokens.clone()) {
            Ok(file) => (file, Vec::new()),
            Err(_) => by_items(tokens),
        },
        Err(error) => by_chunks(text, pos(error.span().start()), &error.to_string()),
    };
    Recovered { file, bodies: FxHashMap::default(), problems }
}

/// What `tokens` are, unless they nest too deep.
fn parse_shallow<T: Parse>(tokens: TokenStream) -> Result<T, SyntaxProblem> {
    if let Some(problem) = refusal(&tokens) {
        return Err(problem);
    }
    syn::parse2(tokens).map_err(|error| problem_at(&error))
}

/// Why `tokens` are not parsed, if they nest too deep for it.
fn refusal(tokens: &TokenStream) -> Option<SyntaxProblem> {
    let depth = Depth::of(signs_of_stream(tokens.clone()));
    let start = || tokens.clone().into_iter().next().map_or(Pos::default(), |first| pos(first.span().start()));
    depth.is_refused().then(|| depth.refusal(start())).flatten()
}

fn tokens_of(text: &str, tests: Tests) -> Result<TokenStream, proc_macro2::LexError> {
    let tokens = TokenStream::from_str(text)?;
    Ok(if tests == Tests::Skip { without_test_modules(tokens) } else { tokens })
}

/// The file's tokens with the bodies of its `#[cfg(test)] mod tests { .. }` emptied, wherever they stand.
fn without_test_modules(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    // Within an item that begins with `#[cfg(test)]`; whether it is a module.
    let mut test_item: Option<bool> = None;
    for token in tokens {
        let is_attribute = matches!(kept.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        match &token {
            TokenTree::Group(group) if is_attribute && is_cfg_test(group) => test_item = Some(false),
            TokenTree::Ident(word) if word == "mod" => test_item = test_item.map(|_| true),
            TokenTree::Group(group) if test_item == Some(true) && group.delimiter() == Delimiter::Brace => {
                let mut empty = proc_macro2::Group::new(Delimiter::Brace, TokenStream::new());
                empty.set_span(group.span());
                kept.push(TokenTree::Group(empty));
                test_item = None;
                continue;
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => test_item = None,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => test_item = None,
            _ => {}
        }
        kept.push(token);
    }
    kept.into_iter().collect()
}

/// `[cfg(test)]`.
fn is_cfg_test(group: &proc_macro2::Group) -> bool {
    let mut tokens = group.stream().into_iter();
    let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(inner)), None) =
        (tokens.next(), tokens.next(), tokens.next())
    else {
        return false;
    };
    let mut inner = inner.stream().into_iter();
    name == "cfg" && matches!((inner.next(), inner.next()), (Some(TokenTree::Ident(word)), None) if word == "test")
}

/// A `#!` line is not Rust; its place is kept.
fn blank_shebang(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with("#!") && !text[2..].trim_start().starts_with('[') {
        let end = text.find('\n').unwrap_or(text.len());
        return format!("{}{}", " ".repeat(end), &text[end..]).into();
    }
    text.into()
}

fn empty_file() -> syn::File {
    syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: Vec::new() }
}

fn by_items(tokens: TokenStream) -> (syn::File, Vec<SyntaxProblem>) {
    let mut file = empty_file();
    let mut problems = Vec::new();
    let (attributes, rest) = split_inner_attributes(tokens);
    if refusal(&attributes).is_none() {
        file.attrs = syn::Attribute::parse_inner.parse2(attributes).unwrap_or_default();
    }
    file.items = items_of(rest, MAX_BLOCKS, &mut problems);
    (file, problems)
}

/// The `#![..]` that a file begins with, and the rest.
fn split_inner_attributes(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_sign = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let is_inner = |part: &&[TokenTree]| match part {
        [hash, bang, TokenTree::Group(_)] => is_sign(hash, '#') && is_sign(bang, '!'),
        _ => false,
    };
    let attributes = tokens.chunks(3).take_while(is_inner).count();
    let mut tokens = tokens.into_iter();
    (tokens.by_ref().take(attributes * 3).collect(), tokens.collect())
}

/// All items of a stream; a broken one is skipped up to its end, or opened when it is a block of members.
///
/// `blocks_left`: as many blocks may be opened in one another.
fn items_of(tokens: TokenStream, blocks_left: u32, problems: &mut Vec<SyntaxProblem>) -> Vec<syn::Item> {
    let mut items = Vec::new();
    for piece in pieces(tokens) {
        match parse_shallow::<syn::Item>(piece.clone()) {
            Ok(item) => items.push(item),
            Err(problem) => match open_block(piece, blocks_left, problems) {
                Some(item) => items.push(item),
                None => problems.push(problem),
            },
        }
    }
    items
}

/// Cuts a stream of items after each `;` and each `{}` at its top level that can end an item.
fn pieces(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = Vec::new();
    let mut piece = Piece::default();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_brace = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let is_semi = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';');
        piece.push(token);
        if is_semi || (is_brace && piece.ends_with_braces()) {
            // `macro! { .. };` and `struct S { .. };` keep their semicolon.
            if matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ';') && is_brace {
                piece.tokens.extend(tokens.next());
            }
            pieces.push(std::mem::take(&mut piece).tokens.into_iter().collect());
        }
    }
    if !piece.tokens.is_empty() {
        pieces.push(piece.tokens.into_iter().collect());
    }
    pieces
}

/// An item so far, and what is known of it.
#[derive(Default)]
struct Piece {
    tokens: Vec<TokenTree>,
    names_value: bool,
    is_fn: bool,
    is_use: bool,
    has_equals: bool,
}

impl Piece {
    fn push(&mut self, token: TokenTree) {
        let place = self.tokens.len();
        match &token {
            TokenTree::Ident(word) => {
                self.names_value |= place < 6 && (word == "static" || word == "const");
                self.is_use |= place < 4 && word == "use";
                self.is_fn |= word == "fn";
            }
            TokenTree::Punct(punct) => self.has_equals |= punct.as_char() == '=',
            _ => {}
        }
        self.tokens.push(token);
    }

    /// `static X: T = { .. };` and `use a::{ .. };` go on behind the braces.
    fn ends_with_braces(&self) -> bool {
        let is_initialiser = self.names_value && !self.is_fn && self.has_equals;
        !is_initialiser && !self.is_use
    }
}

/// Keeps what parses of a broken `impl`, `trait` or `mod` block.
fn open_block(piece: TokenStream, blocks_left: u32, problems: &mut Vec<SyntaxProblem>) -> Option<syn::Item> {
    let blocks_left = blocks_left.checked_sub(1)?;
    let mut tokens: Vec<TokenTree> = piece.into_iter().collect();
    let TokenTree::Group(group) = tokens.pop()? else { return None };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    tokens.push(TokenTree::Group(proc_macro2::Group::new(Delimiter::Brace, TokenStream::new())));
    let head: TokenStream = tokens.into_iter().collect();
    match parse_shallow::<syn::Item>(head).ok()? {
        syn::Item::Impl(mut item) => {
            item.items = members(group.stream(), problems);
            Some(syn::Item::Impl(item))
        }
        syn::Item::Trait(mut item) => {
            item.items = members(group.stream(), problems);
            Some(syn::Item::Trait(item))
        }
        syn::Item::Mod(mut item) => {
            let (brace, _) = item.content.take()?;
            item.content = Some((brace, items_of(group.stream(), blocks_left, problems)));
            Some(syn::Item::Mod(item))
        }
        _ => None,
    }
}

fn members<T: Parse>(tokens: TokenStream, problems: &mut Vec<SyntaxProblem>) -> Vec<T> {
    let mut members = Vec::new();
    for piece in pieces(tokens) {
        match parse_shallow::<T>(piece) {
            Ok(member) => members.push(member),
            Err(problem) => problems.push(problem),
        }
    }
    members
}

/// The last resort: brackets that don't match. Chunks that can be lexed by themselves are parsed, at their places.
fn by_chunks(text: &str, at: Pos, message: &str) -> (syn::File, Vec<SyntaxProblem>) {
    let mut kept = String::with_capacity(text.len());
    let mut problems = Vec::new();
    for (line, chunk) in chunks(text) {
        match TokenStream::from_str(&chunk) {
            Ok(_) => kept.push_str(&chunk),
            Err(error) => {
                let place = pos(error.span().start());
                let line = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(place.line);
                problems.push(syntax_problem(Pos { line, ..place }, error.to_string()));
                kept.extend(chunk.matches('\n'));
            }
        }
    }
    let (file, found) = TokenStream::from_str(&kept).map_or_else(|_| (empty_file(), Vec::new()), by_items);
    problems.extend(found);
    if problems.is_empty() {
        problems.push(syntax_problem(at, message.to_owned()));
    }
    (file, problems)
}

/// Cuts a text before each line that begins an item at the left margin; with the 0-based line of each chunk.
fn chunks(text: &str) -> Vec<(usize, String)> {
    const BEGINNINGS: [&str; 17] = [
        "fn ", "pub ", "pub(", "impl ", "impl<", "struct ", "enum ", "trait ", "mod ", "use ", "static ", "const ",
        "type ", "async ", "unsafe ", "extern ", "#[",
    ];
    let mut chunks: Vec<(usize, String)> = Vec::new();
    let mut after_attribute = false;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let begins = BEGINNINGS.iter().any(|beginning| line.starts_with(beginning));
        if chunks.is_empty() || (begins && !after_attribute) {
            chunks.push((number, String::new()));
        }
        after_attribute = begins && line.starts_with("#[") || after_attribute && !begins && line.trim().is_empty();
        if let Some((_, chunk)) = chunks.last_mut() {
            chunk.push_str(line);
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::{Recovered, Tests, parse};

    fn of<R: Send>(text: &str, tests: Tests, ask: impl FnOnce(Recovered) -> R + Send) -> R {
        parse(text, tests, ask).expect("there is room")
    }

    fn names(text: &str) -> (Vec<String>, usize) {
        of(text, Tests::Skip, |Recovered { file, problems, .. }| {
            let names = file.items.iter().map(|item| match item {
                syn::Item::Fn(item) => item.sig.ident.to_string(),
                syn::Item::Impl(item) => format!("impl with {}", item.items.len()),
                syn::Item::Static(item) => item.ident.to_string(),
                other => format!("{other:?}").chars().take(12).collect(),
            });
            (names.collect(), problems.len())
        })
    }

    #[test]
    fn bodies_of_test_modules_are_passed_over() {
        let text = "#[cfg(test)]\nmod tests { fn a(let) }\nfn b() {}\n#[cfg(test)] use x::y;\nmod c { fn d() {} }";
        let (problems, of_modules) = of(text, Tests::Skip, |Recovered { file, problems, .. }| {
            let of_modules = file.items.iter().filter_map(|item| match item {
                syn::Item::Mod(item) => Some(item.content.as_ref().map_or(0, |(_, items)| items.len())),
                _ => None,
            });
            (problems.len(), of_modules.collect::<Vec<_>>())
        });
        assert_eq!((problems, of_modules), (0, vec![0, 1]));
        assert_eq!(of(text, Tests::Keep, |kept| kept.problems.len()), 1);
    }

    #[test]
    fn an_item_that_nests_too_deep_costs_itself() {
        let deep = format!("static A: u8 = {}1{};", "(".repeat(5000), ")".repeat(5000));
        let (found, problems) =
            names(&format!("#![a]\nfn a() {{}}\n{deep}\nimpl B {{ fn c() {{}} const {}", &deep[7..]));
        assert_eq!((found, problems), (vec!["a".into()], 2));
        let (found, problems) = names(&format!("fn a() {{}}\nimpl B {{ fn c() {{}} const {} }}", &deep[7..]));
        assert_eq!((found, problems), (vec!["a".into(), "impl with 1".into()], 1));
    }

    #[test]
    fn a_broken_function_costs_itself() {
        let (found, problems) = names("fn a() {}\nfn b( { let }\nfn c() { x }\n");
        assert_eq!((found, problems), (vec!["a".into(), "c".into()], 1));
    }

    #[test]
    fn a_broken_method_costs_itself() {
        let (found, problems) = names("impl A { fn a(&self) {} fn b(&self) -> {} fn c(&self) {} }");
        assert_eq!((found, problems), (vec!["impl with 2".into()], 1));
    }

    #[test]
    fn an_unbalanced_brace_costs_its_item() {
        let (found, problems) = names("fn a() {}\n\nfn b() { {\n\n#[attr]\nfn c() {}\n");
        assert_eq!((found, problems), (vec!["a".into(), "c".into()], 1));
    }

    #[test]
    fn a_static_with_a_block_stays_whole() {
        let (found, problems) = names("static A: u8 = { 1 };\nfn b( {}\n");
        assert_eq!((found, problems), (vec!["A".into()], 1));
    }
}
