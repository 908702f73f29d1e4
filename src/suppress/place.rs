//! What a directive covers.
//!
//! In: a file's [`Scan`], its chunks, the place of a comment. Out: a [`Cover`], which is then asked about the places of
//! findings.

use crate::finding::{Location, Role};
use crate::lexical::{Chunk, Comment, Scan, chunks};
use crate::source::Span;

/// The part of a file that a directive speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cover {
    /// All of it.
    File,
    /// From one comment to another.
    Block(Span),
    /// The line that the comment stands on or above, and what begins or ends there: items, statements, arguments.
    Code {
        /// None where no code follows.
        line: Option<u32>,
        /// From the first token to the last.
        extents: Vec<Span>,
    },
}

impl Cover {
    /// The largest stretch that is covered, unless it is the whole file or but a line.
    pub(super) fn extent(&self) -> Option<Span> {
        match self {
            Cover::File => None,
            Cover::Block(span) => Some(*span),
            Cover::Code { extents, .. } => extents.iter().copied().max_by_key(|span| span.end),
        }
    }

    /// Whether a place of a finding in the same file is covered. Of a construction every line counts, since a builder's
    /// chain has many; of a call, which may have a whole closure for an argument, the first and the last.
    pub(super) fn covers(&self, place: &Location, role: Role) -> bool {
        let span = place.span;
        match self {
            Cover::File => true,
            Cover::Block(block) => holds(*block, span),
            Cover::Code { line, extents } => {
                let on_line = line.is_some_and(|line| match role {
                    Role::Construction => span.has_line(line),
                    Role::Root | Role::Call => span.start.line == line || span.end.line == line,
                });
                on_line || extents.iter().any(|extent| holds(*extent, span))
            }
        }
    }
}

/// Whether `inner` begins within `outer`.
fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.start < outer.end
}

/// A file's code as comments see it.
pub(super) struct Code<'s, 't> {
    scan: &'s Scan<'t>,
    chunks: Vec<Chunk>,
}

impl<'s, 't> Code<'s, 't> {
    pub(super) fn new(scan: &'s Scan<'t>) -> Self {
        Code { scan, chunks: chunks(&scan.tokens) }
    }

    /// What `allow` covers: behind code its line, above code what begins below.
    pub(super) fn cover(&self, comment: &Comment<'_>) -> Cover {
        let next = comment.tokens_before;
        let line = comment.span.start.line;
        let tokens = &self.scan.tokens;
        let last = next.checked_sub(1).filter(|last| tokens[*last].span.end.line == line);
        let Some(last) = last else {
            // What closes something belongs to what stands above the comment.
            let below = tokens.get(next).filter(|token| !is_closing(token.text));
            let begin = self.chunks.iter().filter(|chunk| below.is_some() && begins(chunk, next));
            return Cover::Code { line: below.map(|token| token.span.start.line), extents: self.spans(begin) };
        };
        let first = tokens[..last].iter().rposition(|token| token.span.start.line < line).map_or(0, |at| at + 1);
        let here = self.chunks.iter().filter(|chunk| begins(chunk, first) || chunk.end == last);
        Cover::Code { line: Some(line), extents: self.spans(here) }
    }

    fn spans<'c>(&self, chunks: impl Iterator<Item = &'c Chunk>) -> Vec<Span> {
        let tokens = &self.scan.tokens;
        chunks.map(|chunk| tokens[chunk.start].span.to(tokens[chunk.end].span)).collect()
    }

    /// Whether nothing but inner attributes stands above a comment.
    pub(super) fn is_at_head(&self, comment: &Comment<'_>) -> bool {
        let tokens = &self.scan.tokens;
        let mut at = 0;
        while at < comment.tokens_before {
            let is_inner = tokens[at].text == "#" && tokens.get(at + 1).is_some_and(|token| token.text == "!");
            match self.chunks.iter().find(|chunk| is_inner && chunk.start == at) {
                Some(attribute) => at = attribute.end + 1,
                None => return false,
            }
        }
        true
    }

    /// Whether a comment stands in or above an item whose attributes speak of tests.
    pub(super) fn is_for_tests(&self, comment: &Comment<'_>) -> bool {
        let next = comment.tokens_before;
        let around = self.chunks.iter().filter(|chunk| chunk.start <= next && next <= chunk.end);
        around
            .into_iter()
            .any(|chunk| self.scan.tokens[chunk.start..chunk.body].iter().any(|token| token.text == "test"))
    }
}

/// Whether a chunk begins with a token, or with an attribute that it belongs to.
fn begins(chunk: &Chunk, token: usize) -> bool {
    chunk.start <= token && token <= chunk.body
}

fn is_closing(token: &str) -> bool {
    [")", "]", "}"].contains(&token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexical::scan;
    use crate::source::Pos;

    /// The lines of a text that its one comment covers, for calls that begin at the line's first token.
    fn covered(text: &str) -> Vec<u32> {
        let scan = scan(text);
        let cover = Code::new(&scan).cover(&scan.comments[0]);
        let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        let starts = lines.map(|(line, number)| {
            let column = u32::try_from(line.len() - line.trim_start().len() + 1).expect("short");
            (number, Pos { line: number, column })
        });
        let place = |start| Location { file: String::new(), span: Span { start, end: start } };
        starts.filter(|(_, start)| cover.covers(&place(*start), Role::Call)).map(|(number, _)| number).collect()
    }

    #[test]
    fn above_code_covers_what_begins_below() {
        let cases: &[(&str, &[u32])] = &[
            ("fn f() {\n    // c\n    let a =\n        b();\n    d();\n}", &[3, 4]),
            ("// c\nfn f() {\n    a();\n}\nfn g() {}", &[2, 3, 4]),
            ("// c\n/// doc\n#[x]\n#[y]\nfn f() {\n    a();\n}\nb!();", &[3, 4, 5, 6, 7]),
            ("/// doc\n#[x]\n// c\n#[y]\nfn f() {\n    a();\n}\nb!();", &[2, 3, 4, 5, 6, 7]),
            ("// c\n\n// other\nfn f() {\n    a();\n}", &[4, 5, 6]),
            ("// c\nimpl A {\n    fn f() {\n        a();\n    }\n}", &[2, 3, 4, 5, 6]),
            ("a(|| {\n    b();\n    // c\n});", &[]),
            ("a()\n    // c\n    .b()\n    .d();", &[3]),
            ("a(\n    // c\n    b(),\n    d(),\n);", &[3]),
            ("match a {\n    // c\n    B => {\n        d()\n    }\n    E => f(),\n}", &[3, 4, 5]),
            ("a();\n// c", &[]),
        ];
        for (text, lines) in cases {
            assert_eq!(covered(text), *lines, "{text}");
        }
    }

    #[test]
    fn behind_code_covers_its_line_and_what_begins_or_ends_there() {
        let cases: &[(&str, &[u32])] = &[
            ("a(); // c\nb();", &[1]),
            ("let a =\n    b()\n        .d(); // c\ne();", &[1, 2, 3]),
            ("fn f() { // c\n    a();\n}\nb!();", &[1, 2, 3]),
            ("#[x] // c\nfn f() {\n    a();\n}\nb!();", &[1, 2, 3, 4]),
            ("let a = B::new()\n    .d() // c\n    .e();", &[2]),
            ("a(|| { // c\n    b();\n});\nd();", &[1, 2, 3]),
            ("f(\n    a(), // c\n    b(),\n);", &[2]),
        ];
        for (text, lines) in cases {
            assert_eq!(covered(text), *lines, "{text}");
        }
    }

    #[test]
    fn the_head_ends_with_the_first_item() {
        for (text, at_head) in [
            ("// c", true),
            ("//! doc\n#![x(y)]\n#![z]\n// c\nuse a;", true),
            ("use a;\n// c", false),
            ("#[x]\n// c\nfn f() {}", false),
            ("#![x]\nmod a;\n// c", false),
        ] {
            let scan = scan(text);
            let comment = scan.comments.last().expect("there is one");
            assert_eq!(Code::new(&scan).is_at_head(comment), at_head, "{text}");
        }
    }

    #[test]
    fn tests_are_known_by_their_attributes() {
        for (text, for_tests) in [
            ("#[cfg(test)]\nmod a {\n    fn f() {\n        // c\n        b();\n    }\n}", true),
            ("// c\n#[tokio::test]\nasync fn f() {}", true),
            ("#[cfg(test)]\nmod a {}\n// c\nfn f() {}", false),
        ] {
            let scan = scan(text);
            assert_eq!(Code::new(&scan).is_for_tests(&scan.comments[0]), for_tests, "{text}");
        }
    }
}
