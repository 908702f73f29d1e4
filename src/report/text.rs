//! Text as a terminal shows it: widths, wrapping, and characters that must not reach a terminal.
//!
//! In: any string. Out: strings whose width is known. Widths are sums over characters, which is how miette counts.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Columns that `ch` takes.
pub(super) fn char_width(ch: char) -> usize {
    ch.width().unwrap_or(0)
}

/// Columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Whether a terminal would act on `ch` instead of showing it: control characters and changes of text direction.
pub(super) fn is_unsafe(ch: char) -> bool {
    ch.is_control()
        || matches!(ch, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// `text` on one line, without characters that a terminal would act on.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let shown = |ch| match ch {
        '\n' | '\t' => ' ',
        ch if is_unsafe(ch) => char::REPLACEMENT_CHARACTER,
        ch => ch,
    };
    Cow::Owned(text.replace("\r\n", "\n").chars().map(shown).collect())
}

/// A line that no CI service takes for a command of its own: GitHub's begin with `::`, older ones have `##[` anywhere.
pub(super) fn inert(line: String) -> String {
    let line = if line.contains("##[") { line.replace("##[", "## [") } else { line };
    if line.trim_start().starts_with("::") { format!("./{line}") } else { line }
}

/// As [`clean`], for those who keep it.
pub(super) fn tidy(text: &str) -> String {
    clean(text).into_owned()
}

/// Breaks `text` at spaces into lines of at most `columns`; words that are longer stand alone on their line.
///
/// Line ends in `text` are spaces; no line has spaces at its ends. An empty text has no lines.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let word = clean(word);
        let wide = width(&word);
        if used > 0 && used + 1 + wide > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(&word);
        used += wide;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_a_terminal() {
        assert_eq!(width("abc"), 3);
        assert_eq!(width("日本"), 4);
        assert_eq!(width("e\u{301}"), 1);
    }

    #[test]
    fn wrap_breaks_at_spaces() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("a verylongword b", 4), ["a", "verylongword", "b"]);
        assert_eq!(wrap("日本 語", 5), ["日本", "語"]);
        assert!(wrap("  \n ", 5).is_empty());
    }

    #[test]
    fn terminals_are_not_steered() {
        assert_eq!(clean("a\u{1b}[31m\nb"), "a\u{fffd}[31m b");
        assert_eq!(clean("a\u{202e}b"), "a\u{fffd}b");
    }

    #[test]
    fn services_are_not_commanded() {
        assert_eq!(inert("::error::a.rs:1:2: x".to_owned()), "./::error::a.rs:1:2: x");
        assert_eq!(inert("a.rs:1:2: ##[error]".to_owned()), "a.rs:1:2: ## [error]");
        assert_eq!(inert("a::b: #[c]".to_owned()), "a::b: #[c]");
    }
}
