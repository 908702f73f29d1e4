//! The little Markdown that rule pages use.
//!
//! In: text. Out: blocks in order: headings, paragraphs, list items, fenced code, tables (line by line). Inline marks stay
//! in the text: [`inline`] turns them into plain or coloured text.

use crate::report::{Ink, Paint, Style};

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// A heading, without marks.
    Heading(&'a str),
    /// A paragraph on one line.
    Paragraph(String),
    /// An item of a list on one line.
    Item(String),
    /// Lines that keep their form.
    Code {
        /// What stands after the fence.
        language: &'a str,
        /// The lines between the fences.
        lines: Vec<&'a str>,
    },
}

/// The blocks of `text`.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    let mut open = false;
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|line| !line.starts_with("```"));
            blocks.push(Block::Code { language, lines: lines.collect() });
            open = false;
        } else if line.starts_with('#') {
            blocks.push(Block::Heading(line.trim_start_matches('#').trim()));
            open = false;
        } else if line.trim().is_empty() {
            open = false;
        } else if let Some(item) = line.strip_prefix("- ") {
            blocks.push(Block::Item(item.to_owned()));
            open = true;
        } else if line.starts_with('|') {
            table_row(&mut blocks, line, open);
            open = true;
        } else {
            prose(&mut blocks, line.trim(), open);
            open = true;
        }
    }
    blocks
}

/// A row of a table joins the rows above it.
fn table_row<'a>(blocks: &mut Vec<Block<'a>>, line: &'a str, open: bool) {
    match blocks.last_mut() {
        Some(Block::Code { lines, .. }) if open => lines.push(line),
        _ => blocks.push(Block::Code { language: "", lines: vec![line] }),
    }
}

/// A line of prose continues the paragraph or item above it, or begins a paragraph.
fn prose(blocks: &mut Vec<Block<'_>>, line: &str, open: bool) {
    match blocks.last_mut() {
        Some(Block::Paragraph(text) | Block::Item(text)) if open => {
            text.push(' ');
            text.push_str(line);
        }
        _ => blocks.push(Block::Paragraph(line.to_owned())),
    }
}

/// Lines of prose for the terminal: `**` goes; with colour, code is emphasised instead of quoted.
///
/// The lines are those of one paragraph, so that code which was wrapped is still known as code.
pub(super) fn inline(lines: &[String], style: &Style) -> Vec<String> {
    let paint = Paint::new(style);
    let mut code = false;
    let mut shown = Vec::with_capacity(lines.len());
    for line in lines {
        let line = line.replace("**", "");
        if !style.color {
            shown.push(line);
            continue;
        }
        let mut text = String::new();
        for (index, part) in line.split('`').enumerate() {
            code ^= index > 0;
            let part = if code { paint.ink(Ink::Strong, part) } else { part.to_owned() };
            text.push_str(&part);
        }
        shown.push(text);
    }
    shown
}
