//! Rule pages: the Markdown files under `rules/`, one per rule id, carried by the program.
//!
//! In: a page's text: TOML front matter between `+++` lines, then the sections of [`SECTIONS`] in that order. Out: a
//! [`RulePage`]. The page is the one source for a rule's id, default level and prose: the table of rules, `explain` and
//! the help of machine-readable reports are views of it.

mod markdown;
mod render;

use std::sync::LazyLock;

use semver::Version;
use serde::Deserialize;
use thiserror::Error;

use crate::finding::{Level, Resource};

pub use render::{render_page, rules_json, rules_table};

/// The embedded pages: file name and text.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The sections of every page, in this order.
pub const SECTIONS: [&str; 9] = [
    "Problem",
    "Symptom",
    "Impact",
    "Why it happens",
    "Wrong",
    "Right",
    "How to confirm",
    "When to allow it",
    "Known limits",
];

/// A rule's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePage {
    /// The rule's id; equals the file's stem.
    pub id: String,
    /// One line, lower case, no full stop.
    pub summary: String,
    /// The level without any configuration.
    pub level: Level,
    /// The first release with this rule.
    pub since: Version,
    /// What kinds of construction the rule speaks of.
    pub resources: Vec<Resource>,
    /// Families of clients that it speaks of; `any` for all in the catalogues.
    pub families: Vec<String>,
    /// The Markdown below the front matter.
    pub body: &'static str,
    /// The parts of `body`, in the order of [`SECTIONS`].
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The heading, without marks.
    pub heading: &'static str,
    /// The Markdown below the heading.
    pub text: &'static str,
}

/// Why a page cannot be used. Pages are embedded, so each of these is a mistake in connlint itself.
#[derive(Debug, Error)]
pub enum PageError {
    /// The file does not begin with TOML between two `+++` lines.
    #[error("rules/{page}: no front matter between `+++` lines")]
    NoFrontMatter {
        /// File name.
        page: &'static str,
    },
    /// The front matter is not TOML, or lacks a key, or has one too many.
    #[error("rules/{page}: the front matter cannot be read")]
    FrontMatter {
        /// File name.
        page: &'static str,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The id is not the file's stem.
    #[error("rules/{page}: the id `{id}` differs from the file's name")]
    Id {
        /// File name.
        page: &'static str,
        /// The id found.
        id: String,
    },
    /// A section is missing, misplaced or unknown.
    #[error("rules/{page}: expected the section `{expected}`, found `{found}`")]
    Section {
        /// File name.
        page: &'static str,
        /// The section that should stand there, or "no more sections".
        expected: &'static str,
        /// The one that does, or "no more sections".
        found: &'static str,
    },
}

/// The front matter as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: String,
    summary: String,
    level: LevelName,
    since: Version,
    resources: Vec<Resource>,
    families: Vec<String>,
}

/// The levels that a page may name.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum LevelName {
    Pedantic,
    Warning,
    Error,
}

/// All embedded pages, sorted by id.
///
/// # Errors
/// The first page that is not well-formed.
pub fn pages() -> Result<&'static [RulePage], &'static PageError> {
    static PAGES: LazyLock<Result<Vec<RulePage>, PageError>> = LazyLock::new(|| {
        let pages = FILES.iter().map(|(name, text)| RulePage::parse(name, text));
        let mut pages: Vec<RulePage> = pages.collect::<Result<_, _>>()?;
        pages.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(pages)
    });
    PAGES.as_ref().map(Vec::as_slice)
}

/// A rule's page on the web.
#[must_use]
pub fn page_url(rule: &str) -> String {
    format!("{}/blob/main/rules/{rule}.md", env!("CARGO_PKG_REPOSITORY"))
}

impl RulePage {
    /// Reads the page that stands in the file `page`.
    ///
    /// # Errors
    /// If front matter, id or sections are not as they must be.
    pub fn parse(page: &'static str, text: &'static str) -> Result<RulePage, PageError> {
        let (front, body) = text
            .strip_prefix("+++\n")
            .and_then(|rest| rest.split_once("\n+++\n"))
            .ok_or(PageError::NoFrontMatter { page })?;
        let front: FrontMatter = toml::from_str(front).map_err(|source| {
            let source = Box::new(source);
            PageError::FrontMatter { page, source }
        })?;
        if page.strip_suffix(".md") != Some(front.id.as_str()) {
            return Err(PageError::Id { page, id: front.id });
        }
        Ok(RulePage {
            id: front.id,
            summary: front.summary,
            level: match front.level {
                LevelName::Pedantic => Level::Pedantic,
                LevelName::Warning => Level::Warning,
                LevelName::Error => Level::Error,
            },
            since: front.since,
            resources: front.resources,
            families: front.families,
            body,
            sections: sections(page, body)?,
        })
    }

    /// The Markdown below a heading of [`SECTIONS`].
    #[must_use]
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        self.sections.iter().find(|section| section.heading == heading).map(|section| section.text)
    }

    /// The Rust programs in the section `Wrong` or `Right`.
    #[must_use]
    pub fn programs(&self, heading: &str) -> Vec<String> {
        markdown::blocks(self.section(heading).unwrap_or_default())
            .into_iter()
            .filter_map(|block| match block {
                markdown::Block::Code { language: "rust", lines } => Some(lines.join("\n") + "\n"),
                _ => None,
            })
            .collect()
    }
}

/// Splits a body at its `##` headings, which must be those of [`SECTIONS`].
fn sections(page: &'static str, body: &'static str) -> Result<Vec<Section>, PageError> {
    const NONE: &str = "no more sections";
    let found = split(body);
    let count = found.len().max(SECTIONS.len());
    for index in 0..count {
        let expected = SECTIONS.get(index).copied().unwrap_or(NONE);
        let found = found.get(index).map_or(NONE, |section| section.heading);
        if expected != found {
            return Err(PageError::Section { page, expected, found });
        }
    }
    Ok(found)
}

/// The sections as they stand; a heading within a fenced block is none.
fn split(body: &'static str) -> Vec<Section> {
    let mut starts = Vec::new();
    let mut fenced = false;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if let Some(heading) = line.strip_prefix("## ").filter(|_| !fenced) {
            starts.push((at, at + line.len(), heading.trim()));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, ..)| *start);
    let ends: Vec<usize> = ends.chain([body.len()]).collect();
    starts
        .iter()
        .zip(ends)
        .map(|((_, start, heading), end)| Section { heading, text: body[*start..end].trim_matches('\n') })
        .collect()
}

#[cfg(test)]
mod tests;
