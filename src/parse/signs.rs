//! Tokens as far as they can nest; see [`super::nesting`].
//!
//! In: a text, or a token stream. Out: its [`Sign`]s, in order. Neither recurses.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::Tests;
use super::skim::{Kind, Token, lex};

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sign {
    /// `(`, `[`, `{`.
    Open {
        /// `{`.
        brace: bool,
    },
    /// `)`, `]`, `}`.
    Close,
    /// `,`
    Comma,
    /// `;`
    Semi,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `#`
    Hash,
    /// `.`, `?`
    Dot,
    /// `!`
    Not,
    /// The end of `->`.
    Arrow,
    /// The end of `=>`.
    FatArrow,
    /// Any other punctuation that can nest.
    Operator,
    /// `as`, `else`.
    As,
    /// A word that expressions, types or patterns begin with.
    Keyword,
    /// Numbers, strings, characters.
    Literal,
    /// Names, lifetimes, what nests in no way.
    #[default]
    Word,
}

impl Sign {
    /// A punctuation character that follows `before`, the character directly before it if that is one, too.
    fn of_punctuation(sign: char, before: Option<char>) -> Sign {
        match (sign, before) {
            (',', _) => Sign::Comma,
            (';', _) => Sign::Semi,
            ('<', _) => Sign::Less,
            ('>', Some('-')) => Sign::Arrow,
            ('>', Some('=')) => Sign::FatArrow,
            ('>', _) => Sign::Greater,
            ('#', _) => Sign::Hash,
            ('.' | '?', _) => Sign::Dot,
            ('!', _) => Sign::Not,
            // `a: b` does not nest, `a::b` does in imports.
            (':', Some(':')) => Sign::Operator,
            (':' | '\'' | '$' | '~', _) => Sign::Word,
            _ => Sign::Operator,
        }
    }

    fn of_word(word: &str) -> Sign {
        match word {
            "as" | "else" => Sign::As,
            "async" | "box" | "break" | "const" | "do" | "dyn" | "extern" | "fn" | "for" | "gen" | "if" | "impl"
            | "in" | "let" | "loop" | "match" | "move" | "mut" | "ref" | "return" | "static" | "try" | "unsafe"
            | "while" | "yield" => Sign::Keyword,
            _ => Sign::Word,
        }
    }
}

/// The signs of a text; `None` when its literals or brackets have no end.
pub(super) fn signs_of_text(text: &str) -> Option<Vec<Sign>> {
    let lexed = lex(text, Tests::Keep)?;
    Some(signs_of_tokens(text, &lexed.significant).collect())
}

/// The signs of tokens of `text`.
pub(super) fn signs_of_tokens<'t>(text: &'t str, tokens: &'t [Token]) -> impl Iterator<Item = Sign> + 't {
    let mut before: Option<(usize, char)> = None;
    tokens.iter().map(move |token| {
        let glued = before.take().filter(|(end, _)| *end == token.start).map(|(_, sign)| sign);
        match token.kind {
            Kind::Word => Sign::of_word(&text[token.start..token.end]),
            Kind::RawWord => Sign::Word,
            Kind::Open => Sign::Open { brace: false },
            Kind::OpenBrace => Sign::Open { brace: true },
            Kind::Close | Kind::CloseBrace => Sign::Close,
            Kind::Semi => Sign::Semi,
            Kind::Text => Sign::Literal,
            Kind::Other => match text[token.start..token.end].chars().next() {
                Some(sign) if sign.is_ascii_punctuation() && token.end - token.start == 1 => {
                    before = Some((token.end, sign));
                    Sign::of_punctuation(sign, glued)
                }
                // A lifetime or label; a character ends with its quote.
                Some('\'') if !text[..token.end].ends_with('\'') => Sign::Word,
                _ => Sign::Literal,
            },
        }
    })
}

/// The signs of a token stream.
pub(super) fn signs_of_stream(tokens: TokenStream) -> impl Iterator<Item = Sign> {
    let mut open = vec![(tokens.into_iter(), None::<Delimiter>)];
    let mut before = None;
    std::iter::from_fn(move || {
        loop {
            let glued = before.take();
            let (tokens, _) = open.last_mut()?;
            return Some(match tokens.next() {
                None => {
                    let (_, delimiter) = open.pop()?;
                    match delimiter {
                        // Invisible brackets, or the stream itself.
                        None | Some(Delimiter::None) => continue,
                        Some(_) => Sign::Close,
                    }
                }
                Some(TokenTree::Group(group)) => {
                    let delimiter = group.delimiter();
                    open.push((group.stream().into_iter(), Some(delimiter)));
                    match delimiter {
                        Delimiter::None => continue,
                        delimiter => Sign::Open { brace: delimiter == Delimiter::Brace },
                    }
                }
                Some(TokenTree::Punct(punct)) => {
                    before = (punct.spacing() == proc_macro2::Spacing::Joint).then(|| punct.as_char());
                    Sign::of_punctuation(punct.as_char(), glued)
                }
                Some(TokenTree::Ident(word)) => Sign::of_word(&word.to_string()),
                Some(TokenTree::Literal(_)) => Sign::Literal,
            });
        }
    })
}
