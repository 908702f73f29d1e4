//! Comments that allow a finding, as edits.
//!
//! In: a finding and the text around it. Out: an [`Edit`] that puts the comment above the line, or above the function. The reason
//! is left to the user.

use crate::finding::{Edit, Location};
use crate::lexical::head;
use crate::source::{Pos, Span};

/// Stands where the user is to say why.
pub(super) const REASON: &str = "TODO: say why it is right here";

/// Allows a rule on the line of a place.
pub(super) fn here(rule: &str, place: &Location, text: &str) -> Edit {
    above(rule, &place.file, place.span.start.line, text)
}

/// Allows a rule in the function that has this name.
pub(super) fn in_function(rule: &str, file: &str, name: Span, text: &str) -> Edit {
    above(rule, file, head(text, name).start.line, text)
}

fn above(rule: &str, file: &str, line: u32, text: &str) -> Edit {
    let found = text.split_inclusive('\n').nth(line.saturating_sub(1) as usize).unwrap_or_default();
    let indent: String = found.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
    let end = if found.ends_with("\r\n") { "\r\n" } else { "\n" };
    let start = Pos { line, column: 1 };
    Edit {
        location: Location { file: file.to_owned(), span: Span { start, end: start } },
        replacement: format!("{indent}// connlint: allow({rule}) -- {REASON}{end}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_is_indented_as_the_line_is() {
        let text = "#[get(\"/\")]\r\nasync fn a() {\r\n\t  b();\r\n}\r\n";
        let pos = |line, column| Pos { line, column };
        let place = Location { file: "a.rs".to_owned(), span: Span { start: pos(3, 4), end: pos(3, 7) } };
        let edit = here("client-per-call", &place, text);
        assert_eq!(edit.replacement, format!("\t  // connlint: allow(client-per-call) -- {REASON}\r\n"));
        assert_eq!(edit.location.span.start, pos(3, 1));
        let name = Span { start: pos(2, 10), end: pos(2, 11) };
        assert_eq!(in_function("x", "a.rs", name, text).location.span.start, pos(1, 1), "above the attributes");
    }
}
