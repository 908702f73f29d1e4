//! Rule pages and the table of rules as text.
//!
//! In: pages and a [`Style`]. Out: text for a terminal, or JSON.

use serde::Serialize;

use super::markdown::{Block, blocks, inline};
use super::{RulePage, Section};
use crate::finding::{Level, Resource};
use crate::report::{Ink, Paint, Style, wrap};

/// Prose is not made wider than this: long lines are hard to read.
const WIDEST: usize = 100;
const CODE_INDENT: &str = "    ";

/// The page for `connlint explain`.
#[must_use]
pub fn render_page(page: &RulePage, style: &Style) -> String {
    let paint = Paint::new(style);
    let mut text = format!("{} ({}, since {})\n", paint.ink(Ink::Title, &page.id), page.level.name(), page.since);
    for line in wrap(&page.summary, columns(style)) {
        text.push_str(&line);
        text.push('\n');
    }
    for section in &page.sections {
        push_section(&mut text, section, style);
    }
    text
}

fn columns(style: &Style) -> usize {
    style.width.min(WIDEST)
}

fn push_section(text: &mut String, section: &Section, style: &Style) {
    text.push('\n');
    push_heading(text, section.heading, style);
    let mut above = None;
    for block in blocks(section.text) {
        let item = matches!(block, Block::Item(_));
        if above.is_some_and(|above| !(above && item)) {
            text.push('\n');
        }
        push_block(text, &block, style);
        above = Some(item);
    }
}

/// Underlined by the terminal, or by a line of its own.
fn push_heading(text: &mut String, heading: &str, style: &Style) {
    let paint = Paint::new(style);
    text.push_str(&paint.ink(Ink::Title, heading));
    text.push('\n');
    if !style.color {
        let line = paint.pick("─", "-").repeat(heading.chars().count());
        text.push_str(&line);
        text.push('\n');
    }
}

fn push_block(text: &mut String, block: &Block<'_>, style: &Style) {
    match block {
        Block::Heading(heading) => push_heading(text, heading, style),
        Block::Paragraph(prose) => push_prose(text, prose, "", "", style),
        Block::Item(prose) => {
            let bullet = Paint::new(style).pick("• ", "- ");
            push_prose(text, prose, bullet, "  ", style);
        }
        Block::Code { lines, .. } => {
            for line in lines {
                let line = format!("{CODE_INDENT}{line}");
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
}

fn push_prose(text: &mut String, prose: &str, first: &str, rest: &str, style: &Style) {
    let lines = wrap(prose, columns(style).saturating_sub(first.chars().count()));
    for (index, line) in inline(&lines, style).iter().enumerate() {
        text.push_str(if index == 0 { first } else { rest });
        text.push_str(line);
        text.push('\n');
    }
}

/// The table for `connlint rules`: id, default level, summary.
#[must_use]
pub fn rules_table(pages: &[RulePage], style: &Style) -> String {
    let paint = Paint::new(style);
    let id_width = pages.iter().map(|page| page.id.len()).max().unwrap_or(0);
    let level_width = "pedantic".len();
    let indent = id_width + level_width + 4;
    let mut text = String::new();
    for page in pages {
        let lines = wrap(&page.summary, columns(style).saturating_sub(indent).max(20));
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                text.push_str(&format!("{:indent$}{line}\n", ""));
                continue;
            }
            let id = format!("{:id_width$}", page.id);
            let level = format!("{:level_width$}", page.level.name());
            let (id, level) = (paint.ink(Ink::Strong, &id), paint.ink(ink(page.level), &level));
            text.push_str(&format!("{id}  {level}  {line}\n"));
        }
    }
    text
}

fn ink(level: Level) -> Ink {
    match level {
        Level::Error => Ink::Error,
        Level::Warning => Ink::Warning,
        Level::Pedantic | Level::Off => Ink::Help,
    }
}

/// The table for `connlint rules --format json`.
#[must_use]
pub fn rules_json(pages: &[RulePage]) -> String {
    let rules = pages.iter().map(|page| JsonRule {
        id: &page.id,
        level: page.level,
        summary: &page.summary,
        since: page.since.to_string(),
        resources: &page.resources,
        families: &page.families,
    });
    let document = JsonRules { schema_version: 1, rules: rules.collect() };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct JsonRules<'a> {
    schema_version: u32,
    rules: Vec<JsonRule<'a>>,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    level: Level,
    summary: &'a str,
    since: String,
    resources: &'a [Resource],
    families: &'a [String],
}
