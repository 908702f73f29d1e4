//! Colours and drawing characters, chosen by the [`Style`].
//!
//! In: a style and a text. Out: the text, wrapped in ANSI sequences when colour is on.

use super::Style;

/// What a piece of text is; the colour follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// An error's word and marks.
    Error,
    /// A warning's word and marks.
    Warning,
    /// Advice, help, headings of remarks.
    Help,
    /// A place in a file.
    Place,
    /// A name, a heading: emphasised.
    Strong,
    /// A heading of a page: emphasised and underlined.
    Title,
    /// Source text and lines that should stay in the background.
    Faint,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Error => "1;31",
            Ink::Warning => "1;33",
            Ink::Help => "36",
            Ink::Place => "34",
            Ink::Strong => "1",
            Ink::Title => "1;4",
            Ink::Faint => "2",
        }
    }
}

/// Draws with the means that a [`Style`] allows.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    color: bool,
    unicode: bool,
    links: bool,
}

impl Paint {
    /// The means of `style`.
    #[must_use]
    pub fn new(style: &Style) -> Paint {
        Paint { color: style.color, unicode: style.unicode, links: style.links }
    }

    /// `text` in the colour of `ink`.
    #[must_use]
    pub fn ink(self, ink: Ink, text: &str) -> String {
        if self.color && !text.is_empty() { format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code()) } else { text.to_owned() }
    }

    /// `text` as a hyperlink to `url`, where links are wanted.
    #[must_use]
    pub fn link(self, url: &str, text: &str) -> String {
        if self.links { format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\") } else { text.to_owned() }
    }

    /// `fine` where Unicode may be drawn, else `plain`.
    #[must_use]
    pub fn pick(self, fine: &'static str, plain: &'static str) -> &'static str {
        if self.unicode { fine } else { plain }
    }

    /// The mark for text that was cut off.
    #[must_use]
    pub fn cut(self) -> &'static str {
        self.pick("…", "...")
    }
}
