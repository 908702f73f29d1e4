//! What is shown about a place.
//!
//! In: a line of text, or an analysis. Out: the rule that is named there, or the reasoning about the construction, as Markdown.

use std::fmt::Write as _;

use crate::check::Analysed;
use crate::rules::page::{RulePage, page_url, pages};
use crate::source::{Pos, Span};
use crate::why::{self, EndReasoning, Reasoning};

/// The reasoning about the constructions at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) markdown: String,
}

/// The page of the rule that is named at a character (from 0 on) of a line, and from which character to which, if the line has
/// a comment for connlint.
pub(super) fn rule_at(line: &str, character: usize) -> Option<(&'static RulePage, std::ops::Range<usize>)> {
    let mark = line.find("connlint:")?;
    let is_part = |c: char| c.is_ascii_lowercase() || c == '-';
    let chars: Vec<char> = line.chars().collect();
    let from = (0..character.min(chars.len())).rev().take_while(|at| is_part(chars[*at])).last().unwrap_or(character);
    let to = (character..chars.len()).take_while(|at| is_part(chars[*at])).last().map_or(character, |at| at + 1);
    let word: String = chars.get(from..to)?.iter().collect();
    let is_behind = line.chars().take(from).map(char::len_utf8).sum::<usize>() > mark;
    let page = pages().ok()?.iter().find(|page| page.id == word)?;
    is_behind.then_some((page, from..to))
}

/// A rule's page.
pub(super) fn page(page: &RulePage) -> String {
    format!("# {}\n\n{}\n\n{}\n\n[{}]({})", page.id, page.summary, page.body.trim(), page.id, page_url(&page.id))
}

/// The reasoning about the constructions at a place; none where there is none.
pub(super) fn why_at(analysed: &Analysed<'_, '_>, file: &str, pos: Pos) -> Option<Why> {
    let found = why::at(analysed, file, pos.line, Some(pos.column));
    // A call in a chain stands within the whole chain: what begins last is meant.
    let innermost = found.iter().map(|one| (one.line, one.column)).max()?;
    let meant = found.iter().filter(|one| (one.line, one.column) == innermost);
    let texts: Vec<String> = meant.map(reasoning).collect();
    Some(Why { markdown: texts.join("\n\n---\n\n") })
}

fn reasoning(found: &Reasoning) -> String {
    let Reasoning { call, resource, function, ends, verdict, .. } = found;
    let mut text = format!("`{call}` makes a {resource} in `{function}`\n\n**{verdict}**\n");
    for end in ends {
        push_end(&mut text, end);
    }
    text
}

fn push_end(text: &mut String, end: &EndReasoning) {
    let EndReasoning { frequency, root, chain, fate, barrier, by_name_only, .. } = end;
    // Writing to a text cannot fail.
    let _ = write!(text, "\n- how often: {frequency}\n- root: {root}\n- what becomes of it: {fate}\n");
    if let Some(barrier) = barrier {
        let _ = writeln!(text, "- {barrier}");
    }
    if *by_name_only {
        let _ = writeln!(text, "- a step rests on a name alone");
    }
    if !chain.is_empty() {
        let _ = writeln!(text, "- chain:");
    }
    for (index, step) in chain.iter().enumerate() {
        let _ = writeln!(text, "  {}. {step}", index + 1);
    }
}

/// The characters of a line as a span.
pub(super) fn span_in_line(line: u32, characters: &std::ops::Range<usize>) -> Span {
    let pos = |character: usize| Pos { line, column: u32::try_from(character + 1).unwrap_or(u32::MAX) };
    Span { start: pos(characters.start), end: pos(characters.end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_found_wherever_in_its_name_one_points() {
        let line = "  é(); // connlint: allow(client-per-call, unknown) -- client-in-loop";
        let at = |wanted: &str| line.chars().collect::<String>().find(wanted).map(|at| line[..at].chars().count());
        let start = at("client-per-call").expect("it is there");
        for character in [start, start + 3, start + 15] {
            let (page, found) = rule_at(line, character).expect("a rule");
            assert_eq!((page.id.as_str(), found), ("client-per-call", start..start + 15));
        }
        assert!(rule_at(line, at("unknown").expect("it is there")).is_none());
        assert!(rule_at(line, 999).is_none());
        assert!(rule_at("client-per-call", 3).is_none(), "no comment of ours");
    }
}
