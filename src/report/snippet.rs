//! The excerpt of a construction, drawn by miette.
//!
//! In: a location, its source, a label. Out: the drawn lines. Only the box with the source comes from miette: the
//! header above it and all below it belong to [`super::human`].

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::Style;
use super::excerpt::{Excerpt, Piece};
use super::paint::Paint;
use super::text::{clean, width};
use crate::finding::{Level, Location};
use crate::source::Sources;

/// Columns that miette needs beside the source, without the line number and with the arrow of a tall span.
const MARGIN: usize = 4 + 4;

/// The lines that show `location` with `label`; none when its text is not at hand.
pub(super) fn snippet(location: &Location, level: Level, label: &str, sources: &Sources, style: &Style) -> Vec<String> {
    let Some(file) = sources.get(&location.file) else {
        return Vec::new();
    };
    let digits = location.span.end.line.to_string().len();
    let room = style.width.saturating_sub(MARGIN + digits).max(20);
    let mark = Paint::new(style).cut();
    let name = clean(&location.file);
    let Some(excerpt) = Excerpt::new(&name, &file.text, location.span, room, mark) else {
        return Vec::new();
    };
    let label = Some(label).filter(|label| excerpt.label_column() + width(label) <= room);
    let boxes = excerpt.pieces.iter().map(|piece| draw(piece, &excerpt, level, label, style)).collect();
    join(boxes, excerpt.skipped, style)
}

/// One piece as miette draws it, without the empty message above the box.
fn draw(piece: &Piece, excerpt: &Excerpt, level: Level, label: Option<&str>, style: &Style) -> Vec<String> {
    let range = excerpt.range.clone();
    let shown = Shown {
        source: piece,
        label: LabeledSpan::new_primary_with_span(label.map(str::to_owned), range),
        severity: severity(level),
    };
    let mut text = String::new();
    if handler(style).render_report(&mut text, &shown).is_err() {
        return Vec::new();
    }
    text.lines().skip(1).map(|line| line.trim_end().to_owned()).collect()
}

/// Makes one box of two: the line numbers are set below each other, the inner edges become a gap.
fn join(mut boxes: Vec<Vec<String>>, skipped: usize, style: &Style) -> Vec<String> {
    let Some(tail) = boxes.pop() else {
        return Vec::new();
    };
    let Some(mut head) = boxes.pop() else {
        return tail;
    };
    let edge = |lines: &[String]| {
        let line = lines.first().map_or("", String::as_str);
        line.len() - line.trim_start().len()
    };
    let shift = edge(&tail).saturating_sub(edge(&head));
    let indent = edge(&tail);
    head.pop();
    for line in &mut head {
        line.insert_str(0, &" ".repeat(shift));
    }
    let paint = Paint::new(style);
    let (dots, bar) = (paint.pick("·", ":"), paint.pick("│", "|"));
    head.push(format!("{}{dots} {bar}   {} {skipped} more lines", " ".repeat(indent), paint.cut()));
    head.extend(tail.into_iter().skip(1));
    head
}

/// The handler for `style`; also used for problems.
pub(super) fn handler(style: &Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width.max(20))
        .with_context_lines(1)
        .with_links(false)
        .without_syntax_highlighting()
}

/// How miette calls a level.
pub(super) fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Pedantic | Level::Off => Severity::Advice,
    }
}

/// What miette is asked to draw: a label in a piece, no message.
#[derive(Debug)]
struct Shown<'a> {
    source: &'a Piece,
    label: LabeledSpan,
    severity: Severity,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}
