//! Reports: a run's findings, problems and totals as text.
//!
//! In: a [`Report`], the [`Sources`] it points into, a [`Format`] and a [`Style`]. Out: bytes on a writer. Every format
//! is one file and one function of the same data; nothing here reads a file, the environment or the clock, so the
//! same report gives the same bytes everywhere.

mod excerpt;
mod human;
mod json;
mod line;
mod paint;
mod short;
mod snippet;
mod summary;
mod text;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

pub use paint::{Ink, Paint};
pub use summary::summary_line;
pub use text::wrap;

use crate::finding::Report;
use crate::source::Sources;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people: excerpts, the route to each construction, help.
    #[default]
    Human,
    /// One line for each finding and each problem.
    Short,
    /// The versioned JSON contract, for programs.
    Json,
}

/// How text is drawn; [`Format::Json`] does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are used.
    pub color: bool,
    /// Whether lines and arrows are drawn with Unicode characters; ASCII otherwise.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether rule names are hyperlinks (OSC 8) to their pages.
    pub links: bool,
    /// Whether the footer and the summary are left out.
    pub quiet: bool,
}

impl Style {
    /// No colour, no links, Unicode: what a pipe gets.
    #[must_use]
    pub fn plain(width: usize) -> Style {
        Style { color: false, unicode: true, width, links: false, quiet: false }
    }
}

/// Writes `report` in `format`.
///
/// # Errors
/// Only those of the writer.
pub fn render(
    format: Format,
    report: &Report,
    sources: &Sources,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::render(report, sources, style, out),
        Format::Short => short::render(report, style, out),
        Format::Json => json::render(report, out),
    }
}
