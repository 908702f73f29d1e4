//! What connlint says: findings, the steps of their chains, and problems with the input.
//!
//! Every report is a function of these types; a rule makes a [`Finding`] and knows no output format. A finding has one
//! primary [`Location`] (the construction), an ordered chain (root first) and help lines.

mod fingerprint;
mod fix;
mod run;

use schemars::JsonSchema;
use serde::Serialize;

pub use fingerprint::fingerprint;
pub use fix::{Applicability, Edit, Fix};
pub use run::{Owner, Run};

use crate::source::Span;

/// How bad a finding is; also the level that a rule is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule is off.
    Off,
    /// On only when asked for; does not fail a run.
    Pedantic,
    /// Fails a run.
    Warning,
    /// Fails a run.
    Error,
}

impl Level {
    /// The name used in output and configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Pedantic => "pedantic",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// How sure the analysis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A step of the reasoning rests on a name alone.
    Low,
    /// A step rests on a convention, or no caller is known.
    Medium,
    /// Every step was resolved.
    High,
}

impl Confidence {
    /// The name used in output and configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// What a construction builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// A client: the thing that a process needs one of.
    Client,
    /// A pool of connections.
    Pool,
    /// A physical connection.
    Connection,
}

impl Resource {
    /// The name used in output and configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Resource::Client => "client",
            Resource::Pool => "pool",
            Resource::Connection => "connection",
        }
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// File as shown (see [`crate::source::SourceFile::name`]).
    pub file: String,
    /// Lines and columns, 1-based.
    pub span: Span,
}

/// What a chain step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Where the chain begins: a handler, `main`, a hook, a public function.
    Root,
    /// A call (or a hand-over of a function) on the way.
    Call,
    /// The constructor call.
    Construction,
}

/// One step from the root down to the construction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// Where: the name of the root function, or the call expression.
    pub location: Location,
    /// The function the place is in (for a root: the root itself), as `Type::name` or `name`.
    pub function: String,
    /// What happens here, e.g. "handler of GET /users/{id}", "calls `UserService::find`".
    pub what: String,
    /// What kind of step it is.
    pub role: Role,
    /// Further routes lead to the construction past the function that the step is in.
    pub bypassed: bool,
}

/// A place that belongs to a finding without being on its chain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// Why it matters.
    pub message: String,
}

/// One reported construction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Rule id, e.g. `client-per-request`.
    pub rule: &'static str,
    /// Level after configuration.
    pub level: Level,
    /// How sure.
    pub confidence: Confidence,
    /// One terse phrase that stands alone: lower case, no full stop.
    pub message: String,
    /// What is built; none for findings about something else than a client.
    pub resource: Option<Resource>,
    /// Family of the client, e.g. `redis`, `http`; empty without a resource.
    pub family: String,
    /// Canonical path of the constructor, e.g. `redis::Client::open`; empty without a resource.
    pub call: String,
    /// The constructor call; for a builder chain from its path to its terminal call.
    pub location: Location,
    /// The function that the construction stands in; empty without a resource.
    pub function: String,
    /// From the root (first) to the construction (last); empty without a resource.
    pub chain: Vec<Step>,
    /// How many further routes lead to the construction.
    pub more_chains: usize,
    /// Other places of interest.
    pub related: Vec<Related>,
    /// How to mend it here.
    pub help: Vec<String>,
    /// Code that shows the remedy, formatted; empty when there is none.
    pub example: Option<String>,
    /// Edits that mend it.
    pub fix: Option<Fix>,
    /// Stable identity without line numbers.
    pub fingerprint: String,
}

/// Who or what a problem concerns: the input that could not be used in part or whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// File as shown; empty when no file is concerned.
    pub file: String,
    /// 1-based; 0 when the whole file is concerned.
    pub line: u32,
    /// 1-based; 0 when the whole line or file is concerned.
    pub column: u32,
    /// What is wrong, one phrase.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Why a finding is not reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It is outside of what was asked for: other paths, other families.
    NotAsked,
    /// Its rule is off.
    Level,
    /// It is less sure than was asked for.
    Confidence,
    /// A comment in the source allows it.
    Suppressed {
        /// Where the comment stands.
        comment: Location,
        /// What it says after `--`.
        reason: Option<String>,
    },
    /// The baseline has it.
    Baselined {
        /// Since when, `YYYY-MM-DD`.
        since: Option<String>,
        /// Why it may stay.
        reason: Option<String>,
    },
    /// No place of it is in what changed.
    Unchanged,
}

/// A finding that is not reported, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// The finding, as it would have been reported.
    pub finding: Finding,
    /// Why it is not.
    pub cause: Cause,
}

/// Totals of a run. Findings add up: `errors`, `warnings` and `pedantic` are reported, the rest of them is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Packages analysed.
    pub packages: usize,
    /// Source files read.
    pub files: usize,
    /// Constructions seen, flagged or not.
    pub constructions: usize,
    /// Findings at level error.
    pub errors: usize,
    /// Findings at level warning.
    pub warnings: usize,
    /// Findings at level pedantic.
    pub pedantic: usize,
    /// Findings silenced in the source.
    pub suppressed: usize,
    /// Findings that the baseline has.
    pub baselined: usize,
    /// Findings of rules that are off, or less sure than asked for.
    pub below_level: usize,
    /// Findings outside of what was asked for: other paths, other families, nothing changed.
    pub skipped: usize,
    /// Findings that the baseline has and that are gone; they are no findings of this run.
    pub stale: usize,
}

impl Summary {
    /// Findings reported.
    #[must_use]
    pub fn reported(&self) -> usize {
        self.errors + self.warnings + self.pedantic
    }

    /// All findings, reported or not.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.reported() + self.suppressed + self.baselined + self.below_level + self.skipped
    }
}

/// Everything that a run has to say.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Sorted by file, line, column, rule.
    pub findings: Vec<Finding>,
    /// What was found and is not reported, sorted likewise.
    pub withheld: Vec<Withheld>,
    /// Sorted likewise.
    pub problems: Vec<Problem>,
    /// Totals.
    pub summary: Summary,
    /// Where and on what.
    pub run: Run,
}
