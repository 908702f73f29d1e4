//! How a finding can be mended by edits of the sources.
//!
//! A rule makes a [`Fix`] beside its finding; [`crate::fix`] applies it, and every format shows it. Its edits belong together:
//! with one of them left out the program may not compile.

use schemars::JsonSchema;
use serde::Serialize;

use super::Location;

/// How far a fix can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// It shows what to do and is not applied: a type or name is not certain.
    DisplayOnly,
    /// It compiles, and does something else in a case that somebody may care about: an error becomes a panic, a connection
    /// is opened earlier or lives longer.
    Unsafe,
    /// It compiles, and does the same but for what the rule finds fault with.
    Safe,
}

impl Applicability {
    /// The name used in output and configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Applicability::DisplayOnly => "display-only",
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        }
    }
}

/// Another text for a stretch of a file; where nothing is replaced, the span is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// What is replaced.
    pub location: Location,
    /// By what.
    pub replacement: String,
}

/// Edits that mend a finding, and perhaps others along with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// What it does: an imperative phrase that stands alone, lower case, no full stop.
    pub title: String,
    /// Sorted by place, without overlaps. Several may insert at one place, in this order.
    pub edits: Vec<Edit>,
}
