//! Parsing that survives syntax errors.
//!
//! In: text. Out: a `syn::File` with every item that parses, and a problem for each stretch that doesn't. Three levels: the
//! whole file; item by item over its tokens, within `impl` and `mod` blocks member by member; and where not even the
//! brackets match, chunk by chunk, a chunk being what begins at the left margin (as rustfmt lays files out).

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use rustc_hash::FxHashMap;
use syn::parse::{Parse, Parser};

use super::skim::{CutBody, skim};
use super::{Tests, pos, problem_at};
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

/// Parses `text`, which has no byte order mark, as far as it can be parsed.
pub(super) fn parse(text: &str, tests: Tests) -> Recovered {
    let text = blank_shebang(text);
    if let Some(skimmed) = skim(&text, tests)
        && let Some(file) = whole(&skimmed.text, tests)
    {
        return Recovered { file, bodies: skimmed.bodies, problems: Vec::new() };
    }
    let (file, problems) = in_parts(&text, tests);
    Recovered { file, bodies: FxHashMap::default(), problems }
}

/// A file without any error.
fn whole(text: &str, tests: Tests) -> Option<syn::File> {
    syn::parse2(tokens_of(text, tests).ok()?).ok()
}

fn in_parts(text: &str, tests: Tests) -> (syn::File, Vec<SyntaxProblem>) {
    match tokens_of(text, tests) {
        Ok(tokens) => match syn::parse2::<syn::File>(tokens.clone()) {
            Ok(file) => (file, Vec::new()),
            Err(_) => by_items(tokens),
        },
        Err(error) => by_chunks(text, pos(error.span().start()), &error.to_string()),
    }
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
    name == "cfg" && inner.stream().to_string() == "test"
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
    let inner_attributes =
        |input: syn::parse::ParseStream| Ok((input.call(syn::Attribute::parse_inner)?, input.parse::<TokenStream>()?));
    let rest = match inner_attributes.parse2(tokens.clone()) {
        Ok((attrs, rest)) => {
            file.attrs = attrs;
            rest
        }
        Err(_) => tokens,
    };
    file.items = items_of(rest, &mut problems);
    (file, problems)
}

/// All items of a stream; a broken one is skipped up to its end, or opened when it is a block of members.
fn items_of(tokens: TokenStream, problems: &mut Vec<SyntaxProblem>) -> Vec<syn::Item> {
    let mut items = Vec::new();
    for piece in pieces(tokens) {
        match syn::parse2::<syn::Item>(piece.clone()) {
            Ok(item) => items.push(item),
            Err(error) => match open_block(piece, problems) {
                Some(item) => items.push(item),
                None => problems.push(problem_at(&error)),
            },
        }
    }
    items
}

/// Cuts a stream of items after each `;` and each `{}` at its top level that can end an item.
fn pieces(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = Vec::new();
    let mut piece: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_brace = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let is_semi = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';');
        piece.push(token);
        let initialiser = is_brace && has_initialiser(&piece);
        if is_semi || (is_brace && !initialiser && !is_use(&piece)) {
            // `macro! { .. };` and `struct S { .. };` keep their semicolon.
            if matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ';') && is_brace {
                piece.extend(tokens.next());
            }
            pieces.push(piece.drain(..).collect());
        }
    }
    if !piece.is_empty() {
        pieces.push(piece.into_iter().collect());
    }
    pieces
}

/// `static X: T = { .. };` goes on behind the braces.
fn has_initialiser(piece: &[TokenTree]) -> bool {
    let names_value = piece
        .iter()
        .take(6)
        .any(|token| matches!(token, TokenTree::Ident(word) if word == "static" || word == "const"));
    let is_fn = piece.iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "fn"));
    names_value
        && !is_fn
        && piece.iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '='))
}

fn is_use(piece: &[TokenTree]) -> bool {
    piece.iter().take(4).any(|token| matches!(token, TokenTree::Ident(word) if word == "use"))
}

/// Keeps what parses of a broken `impl`, `trait` or `mod` block.
fn open_block(piece: TokenStream, problems: &mut Vec<SyntaxProblem>) -> Option<syn::Item> {
    let mut tokens: Vec<TokenTree> = piece.into_iter().collect();
    let TokenTree::Group(group) = tokens.pop()? else { return None };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    tokens.push(TokenTree::Group(proc_macro2::Group::new(Delimiter::Brace, TokenStream::new())));
    let head: TokenStream = tokens.into_iter().collect();
    match syn::parse2::<syn::Item>(head).ok()? {
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
            item.content = Some((brace, items_of(group.stream(), problems)));
            Some(syn::Item::Mod(item))
        }
        _ => None,
    }
}

fn members<T: Parse>(tokens: TokenStream, problems: &mut Vec<SyntaxProblem>) -> Vec<T> {
    let mut members = Vec::new();
    for piece in pieces(tokens) {
        match syn::parse2::<T>(piece) {
            Ok(member) => members.push(member),
            Err(error) => problems.push(problem_at(&error)),
        }
    }
    members
}

/// The last resort: brackets that don't match. Every chunk is parsed by itself, at its place.
fn by_chunks(text: &str, at: Pos, message: &str) -> (syn::File, Vec<SyntaxProblem>) {
    let mut file = empty_file();
    let mut problems = Vec::new();
    for (line, chunk) in chunks(text) {
        let placed = format!("{}{chunk}", "\n".repeat(line));
        match TokenStream::from_str(&placed) {
            Ok(tokens) => {
                let (part, found) = by_items(tokens);
                file.items.extend(part.items);
                problems.extend(found);
            }
            Err(error) => problems.push(SyntaxProblem { pos: pos(error.span().start()), message: error.to_string() }),
        }
    }
    if problems.is_empty() {
        problems.push(SyntaxProblem { pos: at, message: message.to_owned() });
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

    fn names(text: &str) -> (Vec<String>, usize) {
        let Recovered { file, problems, .. } = parse(text, Tests::Skip);
        let names = file.items.iter().map(|item| match item {
            syn::Item::Fn(item) => item.sig.ident.to_string(),
            syn::Item::Impl(item) => format!("impl with {}", item.items.len()),
            syn::Item::Static(item) => item.ident.to_string(),
            other => format!("{other:?}").chars().take(12).collect(),
        });
        (names.collect(), problems.len())
    }

    #[test]
    fn bodies_of_test_modules_are_passed_over() {
        let text = "#[cfg(test)]\nmod tests { fn a(let) }\nfn b() {}\n#[cfg(test)] use x::y;\nmod c { fn d() {} }";
        let Recovered { file, problems, .. } = parse(text, Tests::Skip);
        assert!(problems.is_empty());
        let of_modules = file.items.iter().filter_map(|item| match item {
            syn::Item::Mod(item) => Some(item.content.as_ref().map_or(0, |(_, items)| items.len())),
            _ => None,
        });
        assert_eq!(of_modules.collect::<Vec<_>>(), [0, 1]);
        assert_eq!(parse(text, Tests::Keep).problems.len(), 1);
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
