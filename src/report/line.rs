//! One line of source text, made ready to be shown.
//!
//! In: a raw line and character columns. Out: text without tabs, line ends and control characters, cut to a width
//! around a place of interest, and where that place came to lie.

use std::ops::Range;

use super::text::{char_width, is_unsafe, width};

const TAB: usize = 4;

/// A line with tabs expanded, and where each of its characters went.
#[derive(Debug)]
pub(super) struct Line {
    text: String,
    /// Byte offset in `text` of each source character, and of the end.
    starts: Vec<usize>,
}

impl Line {
    /// Prepares `raw`, with or without its line end.
    pub(super) fn new(raw: &str) -> Line {
        let raw = raw.strip_suffix('\n').unwrap_or(raw);
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        let mut text = String::with_capacity(raw.len());
        let mut starts = Vec::with_capacity(raw.len() + 1);
        let mut column = 0;
        for ch in raw.chars() {
            starts.push(text.len());
            let before = text.len();
            match ch {
                '\t' => text.extend(std::iter::repeat_n(' ', TAB - column % TAB)),
                ch if is_unsafe(ch) => text.push(char::REPLACEMENT_CHARACTER),
                ch => text.push(ch),
            }
            column += width(&text[before..]);
        }
        text.truncate(text.trim_end().len());
        let end = text.len();
        starts.push(end);
        for start in &mut starts {
            *start = (*start).min(end);
        }
        Line { text, starts }
    }

    /// The whole line.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Bytes taken by the indentation.
    pub(super) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// Byte offset of a 1-based character column; the end for one behind it.
    pub(super) fn offset(&self, column: u32) -> usize {
        let index = column.saturating_sub(1) as usize;
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    /// At most `columns` of the line from byte `from` on, such that as much as possible of `focus` is seen, and where
    /// `focus` lies in the result.
    pub(super) fn clip(&self, from: usize, focus: Range<usize>, columns: usize, mark: &str) -> (String, Range<usize>) {
        let text = &self.text[from..];
        let focus = focus.start.max(from) - from..focus.end.max(from) - from;
        if width(text) <= columns {
            return (text.to_owned(), focus);
        }
        let room = columns.saturating_sub(2 * width(mark)).max(1);
        let start = if width(&text[..focus.end]) <= room {
            0
        } else {
            let lead = room / 4;
            byte_at(text, width(&text[..focus.start]).saturating_sub(lead))
        };
        let end = start + byte_at(&text[start..], room);
        let before = if start > 0 { mark } else { "" };
        let after = if end < text.len() { mark } else { "" };
        let place = |at: usize| at.clamp(start, end) - start + before.len();
        let clipped = format!("{before}{}{after}", &text[start..end]);
        (clipped, place(focus.start)..place(focus.end))
    }
}

/// The offset of the first character that begins at or behind `columns` and is not a combining one.
fn byte_at(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, ch) in text.char_indices() {
        let wide = char_width(ch);
        if wide > 0 && used + wide > columns {
            return at;
        }
        used += wide;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_and_line_ends_are_resolved() {
        let line = Line::new("\ta\tb  \r\n");
        assert_eq!(line.text(), "    a   b");
        assert_eq!(line.offset(2), 4);
        assert_eq!(line.offset(4), 8);
        assert_eq!(line.offset(99), 9);
        assert_eq!(line.indent(), 4);
    }

    #[test]
    fn clipping_keeps_the_focus() {
        let line = Line::new(&format!("{}FOCUS{}", "a".repeat(50), "b".repeat(50)));
        let (text, focus) = line.clip(0, 50..55, 20, "…");
        assert_eq!(&text[focus], "FOCUS");
        assert_eq!(width(&text), 20);
        let (text, focus) = line.clip(0, 0..2, 20, "…");
        assert_eq!((text.as_str(), focus), ("aaaaaaaaaaaaaaaaaa…", 0..2));
    }

    #[test]
    fn clipping_splits_no_character() {
        let line = Line::new(&"日e\u{301}".repeat(20));
        for columns in 5..30 {
            let (text, _) = line.clip(0, 30..36, columns, "…");
            assert!(width(&text) <= columns, "{text}");
            assert!(!text.trim_start_matches('…').starts_with('\u{301}'));
        }
    }
}
