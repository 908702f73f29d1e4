//! A file's comments and code tokens, with their places.
//!
//! In: the text of a file, whatever it is; the lexer is rustc's own and refuses nothing. Out: a [`Scan`]. Comment marks in
//! string literals, raw strings and other comments are none, and a quote may begin a lifetime.

use ra_ap_rustc_lexer::{DocStyle, FrontmatterAllowed, TokenKind, strip_shebang, tokenize};

use crate::source::{Pos, Span};

/// How a comment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `// …`, to the end of the line.
    Line,
    /// `/* … */`.
    Block,
    /// `/// …`, `//! …`, `/** … */`: text for rustdoc.
    Doc,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment<'t> {
    pub(crate) form: Form,
    /// What stands behind the opening marks; of a block comment up to the closing ones.
    pub(crate) text: &'t str,
    /// Byte at which `text` begins.
    pub(crate) at: usize,
    /// The whole comment.
    pub(crate) span: Span,
    /// How many code tokens stand before it.
    pub(crate) tokens_before: usize,
}

/// A token that is neither space nor comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'t str,
    pub(crate) span: Span,
}

/// A file as the lexer sees it.
#[derive(Debug)]
pub(crate) struct Scan<'t> {
    text: &'t str,
    pub(crate) comments: Vec<Comment<'t>>,
    pub(crate) tokens: Vec<Token<'t>>,
}

/// Lexes a whole file.
pub(crate) fn scan(text: &str) -> Scan<'_> {
    let mut scan = Scan { text, comments: Vec::new(), tokens: Vec::new() };
    // A byte order mark is no character of the first line to rustc, and is one to nobody else.
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    at += strip_shebang(&text[at..]).unwrap_or(0);
    let mut start = position(&text[..at], Pos { line: 1, column: 1 });
    for token in tokenize(&text[at..], FrontmatterAllowed::No) {
        let whole = &text[at..at + token.len as usize];
        let end = position(whole, start);
        scan.push(token.kind, whole, at, Span { start, end });
        at += whole.len();
        start = end;
    }
    scan
}

impl<'t> Scan<'t> {
    fn push(&mut self, kind: TokenKind, whole: &'t str, at: usize, span: Span) {
        let (form, close) = match kind {
            TokenKind::Whitespace => return,
            TokenKind::LineComment { doc_style } => (form_of(doc_style, Form::Line), ""),
            TokenKind::BlockComment { doc_style, .. } => (form_of(doc_style, Form::Block), "*/"),
            _ => return self.tokens.push(Token { kind, text: whole, span }),
        };
        let marks = if form == Form::Doc { 3 } else { 2 };
        let text = &whole[marks.min(whole.len())..];
        let text = text.strip_suffix(close).unwrap_or(text);
        let tokens_before = self.tokens.len();
        self.comments.push(Comment { form, text, at: at + marks, span, tokens_before });
    }

    /// The span of some bytes of a comment's text.
    pub(crate) fn span_in(&self, comment: &Comment<'_>, bytes: &std::ops::Range<usize>) -> Span {
        let of_text = |at: usize| position(&comment.text[..at], self.start_of(comment));
        Span { start: of_text(bytes.start), end: of_text(bytes.end) }
    }

    fn start_of(&self, comment: &Comment<'_>) -> Pos {
        let line = self.text[..comment.at].rfind('\n').map_or(0, |end| end + 1);
        let marks = position(&self.text[line..comment.at], Pos { line: 1, column: 1 });
        Pos { line: comment.span.start.line, column: marks.column }
    }
}

fn form_of(doc: Option<DocStyle>, plain: Form) -> Form {
    if doc.is_some() { Form::Doc } else { plain }
}

/// Where one stands after `text`, beginning at `from`.
fn position(text: &str, from: Pos) -> Pos {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    let last = text.rfind('\n').map_or(text, |end| &text[end + 1..]);
    let columns = u32::try_from(last.chars().count()).unwrap_or(u32::MAX);
    let column = if lines == 0 { from.column.saturating_add(columns) } else { columns.saturating_add(1) };
    Pos { line: from.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)), column }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comments of a text, as `line:column form text`.
    fn comments(text: &str) -> Vec<String> {
        let scan = scan(text);
        let shown = scan.comments.iter().map(|comment| {
            let start = comment.span.start;
            format!("{}:{} {:?}{}", start.line, start.column, comment.form, comment.text)
        });
        shown.collect()
    }

    #[test]
    fn comments_are_told_from_what_looks_like_them() {
        let cases: &[(&str, &[&str])] = &[
            ("a(); // x", &["1:6 Line x"]),
            ("a();\n\t// x\r\nb();", &["2:2 Line x\r"]),
            ("\"// x\"", &[]),
            ("\"\\\" // x\"", &[]),
            ("\"a\n// x\nb\"", &[]),
            ("r\"\\\" // x", &["1:6 Line x"]),
            ("r##\"\"# // x\"##", &[]),
            ("b\"// x\" c\"// y\" br#\"// z\"#", &[]),
            ("'\"' // x", &["1:5 Line x"]),
            ("'/' // x", &["1:5 Line x"]),
            ("fn a<'a>(b: &'a str) {} // x", &["1:25 Line x"]),
            ("'\\'' // x", &["1:6 Line x"]),
            ("/* a /* // b */ // c */ d // x", &["1:1 Block a /* // b */ // c ", "1:27 Line x"]),
            (
                "/// x\n//! y\n/** z */\n//// w\n/**/",
                &["1:1 Doc x", "2:1 Doc y", "3:1 Doc z ", "4:1 Line// w", "5:1 Block"],
            ),
            ("#!/usr/bin/env run // x\n// y", &["2:1 Line y"]),
            ("#![allow(x)] // y", &["1:14 Line y"]),
            ("é(); // x", &["1:6 Line x"]),
            ("/* never closed", &["1:1 Block never closed"]),
            ("\"never closed // x", &[]),
            ("// x", &["1:1 Line x"]),
            ("//", &["1:1 Line"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(comments(text), *expected, "{text}");
        }
    }

    #[test]
    fn parts_of_comments_have_places() {
        let text = "é /* a\n bé c */";
        let scan = scan(text);
        let comment = &scan.comments[0];
        let at = comment.text.find('c').expect("it is there");
        let span = scan.span_in(comment, &(at..at + 1));
        assert_eq!((span.start, span.end), (Pos { line: 2, column: 5 }, Pos { line: 2, column: 6 }));
        let span = scan.span_in(comment, &(1..2));
        assert_eq!(span.start, Pos { line: 1, column: 6 });
    }
}
