//! Files as their text shows them, whether or not they parse.
//!
//! In: the text of a file. Out: its comments and tokens ([`scan()`]), and the items, statements and other stretches that
//! they make up ([`chunks`]). For questions that syn and proc-macro2 have no answer to, since they drop comments, and for
//! which nothing need be parsed.

mod chunk;
mod scan;

pub(crate) use chunk::{Chunk, chunks};
pub(crate) use scan::{Comment, Form, Scan, scan};

use crate::source::{Pos, Span};

/// The head of the item that has a name at a place: from its first attribute to the name.
pub(crate) fn head(text: &str, name: Span) -> Span {
    let scan = scan(text);
    let Some(at) = scan.tokens.iter().position(|token| token.span.start == name.start) else { return name };
    let around = chunks(&scan.tokens).into_iter().filter(|chunk| chunk.start <= at && at <= chunk.end);
    let start: Option<Pos> = around.max_by_key(|chunk| chunk.start).map(|chunk| scan.tokens[chunk.start].span.start);
    Span { start: start.unwrap_or(name.start), end: name.end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_the_attributes() {
        let text = "fn a() {}\n\n#[get(\"/\")]\n#[other]\nasync fn b() {\n    c()\n}\n";
        let pos = |line, column| Pos { line, column };
        let name = |line, from, to| Span { start: pos(line, from), end: pos(line, to) };
        assert_eq!(head(text, name(5, 10, 11)), Span { start: pos(3, 1), end: pos(5, 11) });
        assert_eq!(head(text, name(1, 4, 5)), Span { start: pos(1, 1), end: pos(1, 5) });
        assert_eq!(head(text, name(6, 5, 6)).start, pos(6, 5));
        assert_eq!(head(text, name(99, 1, 2)), name(99, 1, 2));
    }
}
