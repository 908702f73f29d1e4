//! What a file's text need not be parsed for: comments, unit tests, and the bodies of functions.
//!
//! In: a file's text. Out: [`Skimmed`]: the same text without them, every line with its number and what is left on a line in
//! its column, and the bodies that were taken out, each with its place and the words in it. To lex is cheap, to parse is
//! not, and most bodies concern nobody: they are parsed when somebody asks for them (see [`super::parse_body`]).

use std::ops::Range;

use ra_ap_rustc_lexer::{Cursor, FrontmatterAllowed, LiteralKind, TokenKind};
use rustc_hash::FxHashMap;

use super::Tests;
use super::nesting::Depth;
use super::signs::signs_of_tokens;
use crate::facts::{Name, is_word};
use crate::source::Pos;

/// A file's text without what need not be parsed.
pub(super) struct Skimmed {
    /// What is left.
    pub(super) text: String,
    /// The bodies that were taken out, by the place of their opening brace.
    pub(super) bodies: FxHashMap<Pos, CutBody>,
    /// How deep the text nests that is left.
    pub(super) depth: Depth,
}

/// A function's body that was taken out.
pub(super) struct CutBody {
    /// Its bytes in the file's text, with the braces.
    pub(super) range: Range<usize>,
    /// Every identifier in it, and every literal that is one word; sorted, each once.
    pub(super) words: Vec<Name>,
}

/// Takes out of `text` what need not be parsed; `None` when its brackets or literals have no end.
pub(super) fn skim(text: &str, tests: Tests) -> Option<Skimmed> {
    let tokens = lex(text, tests)?;
    let Lexed { significant, partners, cuts } = tokens;
    let mut cutter =
        Cutter { text, tokens: &significant, partners: &partners, cuts, bodies: Vec::new(), cut_tokens: Vec::new() };
    cutter.run();
    let depth = cutter.depth_of_rest();
    let Cutter { mut cuts, bodies, .. } = cutter;
    cuts.sort_unstable_by_key(|cut| (cut.start, std::cmp::Reverse(cut.end)));
    Some(without(text, &cuts, bodies, depth))
}

/// What a token is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    RawWord,
    Open,
    Close,
    OpenBrace,
    CloseBrace,
    Semi,
    /// A string literal.
    Text,
    Other,
}

/// A token that is neither space nor comment, with its bytes in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A file's tokens, and what was found to be of no use already.
pub(super) struct Lexed {
    pub(super) significant: Vec<Token>,
    /// For each significant token that is an opening bracket, the closing one's index.
    partners: Vec<u32>,
    /// Comments and the bodies of test modules, in bytes.
    cuts: Vec<Range<usize>>,
}

/// The tokens of a text; `None` when its brackets or literals have no end.
pub(super) fn lex(text: &str, tests: Tests) -> Option<Lexed> {
    let room = text.len() / 8;
    let mut lexed =
        Lexed { significant: Vec::with_capacity(room), partners: Vec::with_capacity(room), cuts: Vec::new() };
    let mut open: Vec<(usize, TokenKind)> = Vec::new();
    let mut cursor = Cursor::new(text, FrontmatterAllowed::No);
    let mut at = 0;
    loop {
        let token = cursor.advance_token();
        let (start, end) = (at, at + token.len as usize);
        at = end;
        let kind = match token.kind {
            TokenKind::Eof => return open.is_empty().then_some(lexed),
            TokenKind::Whitespace => continue,
            TokenKind::LineComment { .. } => {
                lexed.cuts.push(start..end);
                continue;
            }
            TokenKind::BlockComment { terminated, .. } => {
                if !terminated {
                    return None;
                }
                lexed.cuts.push(start..end);
                continue;
            }
            TokenKind::Ident => Kind::Word,
            TokenKind::RawIdent => Kind::RawWord,
            TokenKind::OpenBrace => Kind::OpenBrace,
            TokenKind::CloseBrace => Kind::CloseBrace,
            TokenKind::OpenParen | TokenKind::OpenBracket => Kind::Open,
            TokenKind::CloseParen | TokenKind::CloseBracket => Kind::Close,
            TokenKind::Semi => Kind::Semi,
            TokenKind::Literal { kind, .. } if !is_terminated(kind) => return None,
            TokenKind::Literal { kind: LiteralKind::Str { .. } | LiteralKind::RawStr { .. }, .. } => Kind::Text,
            _ => Kind::Other,
        };
        match kind {
            Kind::Open | Kind::OpenBrace => open.push((lexed.significant.len(), token.kind)),
            Kind::Close | Kind::CloseBrace => {
                let (partner, _) = open.pop().filter(|(_, opening)| closing(*opening) == Some(token.kind))?;
                lexed.partners[partner] = u32::try_from(lexed.significant.len()).ok()?;
            }
            _ => {}
        }
        lexed.significant.push(Token { kind, start, end });
        lexed.partners.push(0);
        if kind == Kind::OpenBrace
            && tests == Tests::Skip
            && opens_test_module(text, &lexed.significant)
            && let Some(length) = text[end..].find("\n}")
        {
            // The end of a module at the left margin is taken to be where rustfmt puts it. Where that is wrong (in a literal of
            // many lines), what is left has one closing brace too many: nothing of it parses, and the text is taken as it is.
            at = end + length + 1;
            lexed.cuts.push(end..at);
            cursor = Cursor::new(&text[at..], FrontmatterAllowed::No);
        }
    }
}

fn closing(opening: TokenKind) -> Option<TokenKind> {
    match opening {
        TokenKind::OpenParen => Some(TokenKind::CloseParen),
        TokenKind::OpenBracket => Some(TokenKind::CloseBracket),
        TokenKind::OpenBrace => Some(TokenKind::CloseBrace),
        _ => None,
    }
}

fn is_terminated(kind: LiteralKind) -> bool {
    match kind {
        LiteralKind::Char { terminated }
        | LiteralKind::Byte { terminated }
        | LiteralKind::Str { terminated }
        | LiteralKind::ByteStr { terminated }
        | LiteralKind::CStr { terminated } => terminated,
        LiteralKind::RawStr { n_hashes } | LiteralKind::RawByteStr { n_hashes } | LiteralKind::RawCStr { n_hashes } => {
            n_hashes.is_some()
        }
        LiteralKind::Int { .. } | LiteralKind::Float { .. } => true,
    }
}

/// Whether the last token opens a `mod name {` at the left margin that is under `#[cfg(test)]`.
fn opens_test_module(text: &str, tokens: &[Token]) -> bool {
    let word = |token: &Token| &text[token.start..token.end];
    let [before @ .., module, name, _] = tokens else { return false };
    if name.kind != Kind::Word || word(module) != "mod" {
        return false;
    }
    let before = without_visibility(text, before);
    let first = tokens.get(before.len()).unwrap_or(module);
    if first.start > 0 && text.as_bytes()[first.start - 1] != b'\n' {
        return false;
    }
    attributes(text, before).any(|inner| {
        let words: Vec<&str> = inner.iter().map(word).collect();
        words == ["cfg", "(", "test", ")"]
    })
}

/// The tokens before `pub`, `pub(crate)`, if they end with it.
fn without_visibility<'t>(text: &str, tokens: &'t [Token]) -> &'t [Token] {
    let is_pub = |token: &Token| &text[token.start..token.end] == "pub";
    match tokens {
        [rest @ .., last] if is_pub(last) => rest,
        [rest @ .., first, open, _, close] if is_pub(first) && open.kind == Kind::Open && close.kind == Kind::Close => {
            rest
        }
        _ => tokens,
    }
}

/// What stands in the attributes that the tokens end with, the last one first.
fn attributes<'t>(text: &'t str, mut tokens: &'t [Token]) -> impl Iterator<Item = &'t [Token]> {
    std::iter::from_fn(move || {
        let is = |token: &Token, sign: &str| &text[token.start..token.end] == sign;
        let (last, before) = tokens.split_last().filter(|(last, _)| is(last, "]"))?;
        debug_assert_eq!(last.kind, Kind::Close);
        let open = before.iter().rposition(|token| is(token, "["))?;
        let hash = open.checked_sub(1).filter(|hash| is(&before[*hash], "#"))?;
        tokens = &tokens[..hash];
        Some(&before[open + 1..])
    })
}

/// Words that begin items. A body that has one is parsed with its file: its items belong to the program.
const ITEM_WORDS: [&str; 14] = [
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "include",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
    "type",
    "union",
    "use",
];

struct Cutter<'t> {
    text: &'t str,
    tokens: &'t [Token],
    partners: &'t [u32],
    cuts: Vec<Range<usize>>,
    bodies: Vec<CutBody>,
    /// The tokens within the bodies.
    cut_tokens: Vec<Range<usize>>,
}

/// A function's body: its braces, by token.
struct Braces {
    open: usize,
    close: usize,
}

impl<'t> Cutter<'t> {
    fn word(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn run(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            // What a macro makes of its tokens isn't known: they stay whole.
            if let Some(close) = self.macro_call(at) {
                at = close + 1;
                continue;
            }
            let is_function = self.kind(at) == Some(Kind::Word)
                && self.word(at) == "fn"
                && matches!(self.kind(at + 1), Some(Kind::Word | Kind::RawWord));
            at += 1;
            if !is_function {
                continue;
            }
            let Some(body) = self.body_after(at + 1) else { continue };
            at = if self.cut(&body) { body.close + 1 } else { body.open + 1 };
        }
    }

    /// The end of the macro call whose `!` is at `at`: `name!(..)`, `macro_rules! name {..}`.
    fn macro_call(&self, at: usize) -> Option<usize> {
        if self.word(at) != "!" || self.kind(at.checked_sub(1)?) != Some(Kind::Word) {
            return None;
        }
        let opens = |at: &usize| matches!(self.kind(*at), Some(Kind::Open | Kind::OpenBrace));
        let open = [at + 1, at + 2].into_iter().find(opens)?;
        Some(self.close_of(open))
    }

    /// The body of the function whose signature goes on at `at`.
    fn body_after(&self, mut at: usize) -> Option<Braces> {
        let mut depth = 0_usize;
        loop {
            match self.kind(at)? {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.checked_sub(1)?,
                Kind::Semi | Kind::CloseBrace if depth == 0 => return None,
                Kind::OpenBrace => {
                    let close = self.close_of(at);
                    // `-> Array<{ N }>`.
                    let is_argument = depth > 0 || matches!(self.word(close + 1), ">" | ",");
                    if !is_argument {
                        return Some(Braces { open: at, close });
                    }
                    at = close;
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// The end of a bracket, in braces or not.
    fn close_of(&self, open: usize) -> usize {
        self.partners[open] as usize
    }

    /// How deep nests what is not cut.
    fn depth_of_rest(&self) -> Depth {
        let starts = std::iter::once(0).chain(self.cut_tokens.iter().map(|cut| cut.end));
        let ends = self.cut_tokens.iter().map(|cut| cut.start).chain([self.tokens.len()]);
        Depth::of(starts.zip(ends).flat_map(|(start, end)| signs_of_tokens(self.text, &self.tokens[start..end])))
    }

    /// Takes a body out, unless it is empty or has items.
    fn cut(&mut self, body: &Braces) -> bool {
        let inner = &self.tokens[body.open + 1..body.close];
        let mut words: Vec<&str> = Vec::with_capacity(inner.len() / 2);
        for token in inner {
            let word = &self.text[token.start..token.end];
            match token.kind {
                Kind::Word if ITEM_WORDS.binary_search(&word).is_ok() => return false,
                Kind::Word => words.push(word),
                Kind::RawWord => words.push(word.trim_start_matches("r#")),
                Kind::Text => words.extend(content(word).filter(|literal| is_word(literal))),
                _ => {}
            }
        }
        if inner.is_empty() {
            return false;
        }
        words.sort_unstable();
        words.dedup();
        let range = self.tokens[body.open].start..self.tokens[body.close].end;
        self.cuts.push(range.start + 1..range.end - 1);
        self.cut_tokens.push(body.open + 1..body.close);
        self.bodies.push(CutBody { range, words: words.into_iter().map(Name::from).collect() });
        true
    }
}

/// What stands between the quotes of a string literal, as written.
fn content(literal: &str) -> Option<&str> {
    literal.trim_start_matches('r').trim_matches('#').strip_prefix('"')?.strip_suffix('"')
}

/// `text` with `cuts` blanked, and the places of `bodies`, which are in order.
fn without(text: &str, cuts: &[Range<usize>], bodies: Vec<CutBody>, depth: Depth) -> Skimmed {
    let mut left = String::with_capacity(text.len() / 2);
    let mut by_place = FxHashMap::default();
    let mut bodies = bodies.into_iter().peekable();
    let mut place = Place { text, line: 1, line_start: 0, at: 0 };
    let mut at = 0;
    for cut in cuts.iter().filter(|cut| !cut.is_empty()) {
        if cut.start < at {
            continue;
        }
        left.push_str(&text[at..cut.start]);
        if let Some(body) = bodies.next_if(|body| body.range.start + 1 == cut.start) {
            by_place.insert(place.of(body.range.start), body);
        }
        blank(&text[cut.clone()], &mut left);
        at = cut.end;
    }
    left.push_str(&text[at..]);
    Skimmed { text: left, bodies: by_place, depth }
}

/// Lines and columns of places that are asked for in order.
struct Place<'t> {
    text: &'t str,
    line: u32,
    line_start: usize,
    at: usize,
}

impl Place<'_> {
    fn of(&mut self, at: usize) -> Pos {
        for (offset, _) in self.text[self.at..at].match_indices('\n') {
            self.line += 1;
            self.line_start = self.at + offset + 1;
        }
        self.at = at;
        let column = self.text[self.line_start..at].chars().count() + 1;
        Pos { line: self.line, column: u32::try_from(column).unwrap_or(u32::MAX) }
    }
}

/// As many lines as `cut` has, and on the last one as many characters.
fn blank(cut: &str, into: &mut String) {
    let mut last = cut;
    while let Some((_, rest)) = last.split_once('\n') {
        into.push('\n');
        last = rest;
    }
    into.extend(last.chars().map(|_| ' '));
}

#[cfg(test)]
mod tests {
    use super::{Skimmed, Tests, skim};

    fn left(text: &str) -> String {
        skim(text, Tests::Skip).map_or_else(|| "nothing".to_owned(), |skimmed| skimmed.text)
    }

    fn bodies(text: &str) -> Vec<(u32, u32, String, String)> {
        let Some(Skimmed { bodies, .. }) = skim(text, Tests::Skip) else { return Vec::new() };
        let mut found: Vec<_> = bodies
            .into_iter()
            .map(|(pos, body)| (pos.line, pos.column, text[body.range].to_owned(), body.words.join(" ")))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn bodies_are_taken_out_and_everything_else_stays_in_its_place() {
        let text = "//! Doc\nfn a(x: u8) -> u8 { b(x); é }\nimpl A { fn é(&self) {\n  c.d()\n} const X: u8 = 1; }\n";
        assert_eq!(
            left(text),
            "       \nfn a(x: u8) -> u8 {         }\nimpl A { fn é(&self) {\n\n} const X: u8 = 1; }\n"
        );
        assert_eq!(
            bodies(text),
            [
                (2, 19, "{ b(x); é }".to_owned(), "b x é".to_owned()),
                (3, 22, "{\n  c.d()\n}".to_owned(), "c d".to_owned()),
            ]
        );
    }

    #[test]
    fn bodies_with_items_stay_and_the_functions_in_them_are_cut() {
        let text = "fn a() { use b::c; fn d() { e() } d() }";
        assert_eq!(left(text), "fn a() { use b::c; fn d() {     } d() }");
    }

    #[test]
    fn braces_in_signatures_are_no_bodies() {
        let text = "fn a(x: [u8; { 1 }]) -> B<{ N }> { c() }\nfn d() -> fn(u8) { e() }\ntrait T { fn f(&self); fn g() { h() } }";
        let expected = "fn a(x: [u8; { 1 }]) -> B<{ N }> {     }\nfn d() -> fn(u8) {     }\ntrait T { fn f(&self); fn g() {     } }";
        assert_eq!(left(text), expected);
    }

    #[test]
    fn tokens_of_macros_stay_whole() {
        let text = "quote! { fn a() { #b } }\nmacro_rules! c { () => { fn d() { e() } } }\nfn f() { g!(h) }";
        let expected = "quote! { fn a() { #b } }\nmacro_rules! c { () => { fn d() { e() } } }\nfn f() {       }";
        assert_eq!(left(text), expected);
    }

    #[test]
    fn braces_in_literals_and_comments_do_not_count() {
        let text = "fn a<'a>() { b('{', \"}\", r#\"}\"#, /* } */ 'a: loop {}) // }\n}\nfn c() {}";
        assert_eq!(left(text), "fn a<'a>() {\n}\nfn c() {}");
    }

    #[test]
    fn test_modules_are_emptied_and_only_those() {
        let text = "#[cfg(test)]\n#[allow(x)]\npub(crate) mod tests {\n    fn t() { x }\n}\n#[cfg(not(test))]\nmod b {\n    struct C;\n}\n";
        let expected =
            "#[cfg(test)]\n#[allow(x)]\npub(crate) mod tests {\n\n}\n#[cfg(not(test))]\nmod b {\n    struct C;\n}\n";
        assert_eq!(left(text), expected);
        assert_eq!(skim(text, Tests::Keep).map(|kept| kept.text.contains("fn t() {   }")), Some(true));
    }

    #[test]
    fn what_has_no_end_is_left_alone() {
        for text in ["fn a() { \"b }", "/* fn a() {}", "fn a() { r#\"b\" }", "fn a() { b(", "fn a() { (} )"] {
            assert!(skim(text, Tests::Skip).is_none(), "{text}");
        }
    }
}
