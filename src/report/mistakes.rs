//! What is wrong with a configuration, for people.
//!
//! In: mistakes and the texts that they stand in. Out: for each a header, the line with the place marked (drawn by miette),
//! help.

use super::Style;
use super::paint::{Ink, Paint};
use super::short::place;
use super::snippet::snippet;
use super::text::clean;
use crate::config::ConfigError;
use crate::finding::Level;

/// Every mistake, and how many there are.
#[must_use]
pub fn render_mistakes(error: &ConfigError, style: &Style) -> String {
    let paint = Paint::new(style);
    let word = paint.ink(Ink::Error, "error");
    let mut text = String::new();
    for mistake in &error.mistakes {
        let message = clean(&mistake.message);
        text.push_str(&format!("{word}: {}\n", paint.ink(Ink::Strong, &message)));
        let lines = snippet(&mistake.location, Level::Error, "here", &error.sources, style);
        if lines.is_empty() && mistake.location.span.start.line > 0 {
            text.push_str(&format!("  at {}\n", place(&mistake.location)));
        }
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        text.push_str(&format!("  {}: {}\n\n", paint.ink(Ink::Help, "help"), clean(&mistake.help)));
    }
    text.push_str(&format!("{word}: {}; nothing was checked\n", error.summary()));
    text
}
