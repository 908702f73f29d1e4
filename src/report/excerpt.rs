//! The source text around a span, prepared for miette.
//!
//! In: a file's text, a [`Span`], a width. Out: an [`Excerpt`]: one [`Piece`] of consecutive lines, or two when the
//! span is so tall that its middle is left out. A piece is a miette source whose tabs, control characters and
//! overlong lines have been dealt with, and which still answers with the file's own line and column numbers.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::line::Line;
use super::text::width;
use crate::source::Span;

/// Spans of more lines than this are shown by their first and last lines only.
const TALL: usize = 7;
const HEAD: usize = 3;
const TAIL: usize = 2;

/// The lines to show for a span.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// One or two runs of lines, from top to bottom.
    pub(super) pieces: Vec<Piece>,
    /// The span, counted in bytes over all pieces.
    pub(super) range: Range<usize>,
    /// How many lines stand between the two pieces.
    pub(super) skipped: usize,
}

/// Consecutive lines.
#[derive(Debug)]
pub(super) struct Piece {
    name: String,
    text: String,
    /// Where `text` begins in the count of [`Excerpt::range`].
    base: usize,
    /// 1-based number of the first line.
    first: usize,
    lines: usize,
    /// 1-based place of the span, for the header.
    place: (usize, usize),
}

/// What stays the same for all lines of an excerpt.
struct Cutter<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
    span: Span,
    width: usize,
    mark: &'a str,
}

impl Excerpt {
    /// The excerpt of `text` for `span`; `None` if the span lies outside of the text.
    pub(super) fn new(name: &str, text: &str, span: Span, width: usize, mark: &str) -> Option<Excerpt> {
        let lines: Vec<&str> = text.lines().collect();
        let first = span.start.line as usize;
        if first == 0 || first > lines.len() {
            return None;
        }
        let last = last_line(span).clamp(first, lines.len());
        let cutter = Cutter { name, lines, span, width, mark };
        Some(cutter.excerpt(first, last))
    }

    /// The column at which a label for the span begins.
    pub(super) fn label_column(&self) -> usize {
        const ARROW: usize = 4;
        let text = self.pieces.first().map_or("", |piece| piece.text.as_str());
        let Some(marked) = text.get(self.range.clone()) else {
            return ARROW;
        };
        if marked.contains('\n') {
            return ARROW;
        }
        let before = &text[..self.range.start];
        let indent = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        width(indent) + width(marked) / 2 + ARROW
    }
}

/// The last line with a character of the span: one that ends before a line's first character ends on the line above.
fn last_line(span: Span) -> usize {
    let end = span.end.line as usize;
    if span.end.column <= 1 { end.saturating_sub(1) } else { end }
}

impl Cutter<'_> {
    fn excerpt(&self, first: usize, last: usize) -> Excerpt {
        let count = last - first + 1;
        let mut range = None;
        let pieces = if count > TALL {
            let head = self.piece(first, first + HEAD - 1, 0, &mut range);
            let base = head.text.len() + 1;
            let tail = self.piece(last + 1 - TAIL, last, base, &mut range);
            vec![head, tail]
        } else {
            let from = if first > 1 && self.is_text(first - 1) { first - 1 } else { first };
            let to = if self.is_text(last + 1) { last + 1 } else { last };
            vec![self.piece(from, to, 0, &mut range)]
        };
        let mut range = range.unwrap_or(0..0);
        range.end = range.end.max(range.start + 1);
        let skipped = if pieces.len() > 1 { count - HEAD - TAIL } else { 0 };
        Excerpt { pieces, range, skipped }
    }

    /// Whether the line exists and is not blank.
    fn is_text(&self, line: usize) -> bool {
        self.lines.get(line - 1).is_some_and(|text| !text.trim().is_empty())
    }

    /// The lines from `first` to `last`; `range` grows by the part of the span that they hold.
    fn piece(&self, first: usize, last: usize, base: usize, range: &mut Option<Range<usize>>) -> Piece {
        let mut text = String::new();
        for number in first..=last {
            let line = Line::new(self.lines[number - 1]);
            let focus = self.focus(&line, number);
            let shown = focus.clone().unwrap_or(0..0);
            let (clipped, place) = line.clip(0, shown, self.width, self.mark);
            if focus.is_some() {
                let at = base + text.len();
                grow(range, at + place.start..at + place.end);
            }
            text.push_str(&clipped);
            text.push('\n');
        }
        let start = self.span.start;
        Piece {
            name: self.name.to_owned(),
            base,
            first,
            lines: last + 1 - first,
            place: (start.line as usize, start.column as usize),
            text,
        }
    }

    /// The bytes of `line` that belong to the span.
    fn focus(&self, line: &Line, number: usize) -> Option<Range<usize>> {
        let (start, end) = (self.span.start, self.span.end);
        let number = u32::try_from(number).ok()?;
        if number < start.line || number > end.line {
            return None;
        }
        let from = if number == start.line { line.offset(start.column) } else { line.indent() };
        let to = if number == end.line { line.offset(end.column) } else { line.text().len() };
        Some(from..to.max(from))
    }
}

/// Makes `range` hold `more` too.
fn grow(range: &mut Option<Range<usize>>, more: Range<usize>) {
    *range = Some(match range.take() {
        Some(range) => range.start.min(more.start)..range.end.max(more.end),
        None => more,
    });
}

impl SourceCode for Piece {
    /// The whole piece, whatever is asked for; without context lines only the place is wanted (for the header).
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (line, column) = if before == 0 { self.place } else { (self.first, 1) };
        let span = SourceSpan::from((self.base, self.text.len()));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            span,
            line.saturating_sub(1),
            column.saturating_sub(1),
            self.lines,
        )))
    }
}
