//! Reports: a run's findings, problems and totals as text.
//!
//! In: a [`Report`], the [`Sources`] it points into, a [`Format`] and a [`Style`]. Out: bytes on a writer. Every format
//! is one file and one function of the same data; nothing here reads a file, the environment or the clock, so the
//! same report gives the same bytes everywhere.

mod checkstyle;
mod excerpt;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod line;
mod mistakes;
mod paint;
mod rustc_json;
mod sarif;
mod short;
mod snippet;
mod statistics;
mod summary;
mod text;
mod xml;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use clap::ValueEnum;

pub use json::schemas;
pub use mistakes::render_mistakes;
pub use paint::{Ink, Paint};
pub use rustc_json::{finish as build_finished, render as compiler_messages};
pub use statistics::{Counts, statistics};
pub use summary::summary_line;
pub use text::{clean, wrap};

use crate::finding::Report;
use crate::source::Sources;

/// How a report is written. What is said of each is the command's help, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// With excerpts, the route to each construction, and help
    #[default]
    Human,
    /// One line for each finding
    Short,
    /// One JSON object, for programs; docs/schema has its schema
    Json,
    /// The same, one JSON object a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// The report for people, then the annotations: what the log of a step of GitHub Actions wants. Nobody asks for it.
    #[value(skip)]
    Annotated,
    /// GitLab's Code Quality report
    Gitlab,
    /// JUnit's XML, for CI servers that show tests
    Junit,
    /// Checkstyle's XML, for Jenkins, reviewdog and others
    Checkstyle,
    /// What `cargo check --message-format=json` writes, for rust-analyzer
    RustcJson,
}

impl Format {
    /// Its name on the command line; empty for what has none there.
    #[must_use]
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Columns where nothing tells how many there are.
pub const WIDTH: usize = 100;

/// How a report is drawn; formats for programs heed [`Style::withheld`] only.
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
    /// Whether there is a table of counts per rule.
    pub statistics: bool,
    /// Whether SARIF has results for what is suppressed or in the baseline, marked as such.
    pub withheld: bool,
}

impl Style {
    /// No colour, no links, Unicode: what a pipe gets.
    #[must_use]
    pub fn plain(width: usize) -> Style {
        Style { color: false, unicode: true, width, links: false, quiet: false, statistics: false, withheld: true }
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
        Format::Jsonl => json::render_lines(report, out),
        Format::Sarif => sarif::render(report, style.withheld, out),
        Format::Github => github::render(report, style, out),
        Format::Annotated => github::render_log(report, sources, style, out),
        Format::Gitlab => gitlab::render(report, out),
        Format::Junit => junit::render(report, sources, out),
        Format::Checkstyle => checkstyle::render(report, out),
        Format::RustcJson => {
            compiler_messages(report, sources, out)?;
            build_finished(report.summary.errors == 0, out)
        }
    }
}
