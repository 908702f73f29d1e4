//! Places in the protocol's units.
//!
//! In: a text and a [`Pos`] (lines and characters from 1 on), or the protocol's position (from 0 on, in the [`Encoding`]'s units).
//! Out: the other. A position behind the end of its line, or within a character, is the nearest one that exists.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::source::{Pos, Span};

/// In which units a position counts within its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// What every client knows.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    pub(super) fn named(name: &str) -> Option<Encoding> {
        match name {
            "utf-8" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16),
            "utf-32" => Some(Encoding::Utf32),
            _ => None,
        }
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// A text with its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
    encoding: Encoding,
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Lines<'t> {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Lines { text, starts: std::iter::once(0).chain(breaks).collect(), encoding }
    }

    /// A line, from 0 on, without its end; empty behind the last.
    pub(super) fn line(&self, index: usize) -> &'t str {
        let Some(start) = self.starts.get(index) else { return "" };
        let end = self.starts.get(index + 1).copied().unwrap_or(self.text.len());
        self.text[*start..end].trim_end_matches(['\n', '\r'])
    }

    /// Where a line, from 0 on, begins, in bytes.
    fn start(&self, index: usize) -> usize {
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    pub(super) fn position(&self, pos: Pos) -> Position {
        let line = pos.line.saturating_sub(1);
        if line as usize >= self.starts.len() {
            return self.end();
        }
        let before = self.line(line as usize).chars().take(pos.column.saturating_sub(1) as usize);
        Position { line, character: number(before.map(|c| self.encoding.units(c)).sum()) }
    }

    /// Behind the last character.
    fn end(&self) -> Position {
        let last = self.starts.len() - 1;
        Position {
            line: number(last),
            character: number(self.line(last).chars().map(|c| self.encoding.units(c)).sum()),
        }
    }

    pub(super) fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    /// The byte at a position.
    pub(super) fn offset(&self, position: Position) -> usize {
        let index = position.line as usize;
        let mut left = position.character as usize;
        let mut offset = self.start(index);
        for c in self.line(index).chars() {
            let units = self.encoding.units(c);
            if left < units {
                break;
            }
            left -= units;
            offset += c.len_utf8();
        }
        offset
    }

    pub(super) fn pos(&self, position: Position) -> Pos {
        let index = position.line as usize;
        let within = self.text.get(self.start(index)..self.offset(position)).unwrap_or_default();
        Pos { line: position.line.saturating_add(1), column: number(within.chars().count()).saturating_add(1) }
    }
}

/// Where the places of a text are in a later version of it.
pub(super) struct Shift {
    /// So many lines at the beginning are the same.
    head: u32,
    /// From this line on, from 1, the rest is the same.
    tail: u32,
    /// So much further down is the rest.
    by: i64,
}

impl Shift {
    /// Finds out what is the same by lines; none when everything is.
    pub(super) fn between(old: &str, new: &str) -> Option<Shift> {
        if old == new {
            return None;
        }
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
        let head = same(&mut old.iter().zip(&new));
        let rest = same(&mut old.iter().rev().zip(new.iter().rev()));
        let rest = rest.min(old.len().min(new.len()) - head);
        let by = i64::from(number(new.len())) - i64::from(number(old.len()));
        Some(Shift { head: number(head), tail: number(old.len() - rest + 1), by })
    }

    /// The same place; of what is gone, where it was.
    pub(super) fn apply(&self, span: Span) -> Span {
        Span { start: self.pos(span.start), end: self.pos(span.end) }
    }

    fn pos(&self, pos: Pos) -> Pos {
        if pos.line <= self.head {
            pos
        } else if pos.line >= self.tail {
            Pos { line: u32::try_from(i64::from(pos.line) + self.by).unwrap_or(1), ..pos }
        } else {
            Pos { line: self.head + 1, column: 1 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\n🦀é x\r\nlast";

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_count_in_the_units_of_the_encoding() {
        let x = Pos { line: 2, column: 4 };
        for (encoding, character) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            let lines = Lines::new(TEXT, encoding);
            assert_eq!(lines.position(x), at(1, character), "{encoding:?}");
            assert_eq!(&TEXT[lines.offset(at(1, character))..=lines.offset(at(1, character))], "x");
            assert_eq!(lines.pos(at(1, character)), x);
        }
    }

    #[test]
    fn what_is_outside_of_the_text_is_its_end() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        assert_eq!(lines.offset(at(1, 99)), TEXT.find('\r').expect("it has one"));
        assert_eq!(lines.offset(at(9, 0)), TEXT.len());
        assert_eq!(lines.offset(at(1, 1)), 2, "within the crab");
        assert_eq!(lines.position(Pos { line: 9, column: 1 }), at(2, 4));
        assert_eq!(lines.line(9), "");
    }

    #[test]
    fn places_move_with_their_lines() {
        let shift = Shift::between("a\nb\nc\nd", "a\nx\ny\nz\nd").expect("they differ");
        let line = |line| shift.apply(Span { start: Pos { line, column: 1 }, end: Pos { line, column: 2 } }).start.line;
        assert_eq!([1, 2, 3, 4].map(line), [1, 2, 2, 5]);
        let shift = Shift::between("a\na\na", "a\na").expect("they differ");
        assert_eq!(shift.apply(Span::default()).start.line, 0);
        assert!(Shift::between("a", "a").is_none());
    }
}
