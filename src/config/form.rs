//! The form of `connlint.toml`, and of the same table in a manifest.
//!
//! In: TOML. Out: [`Form`], whose values know where they stand. Every key is optional, so that one mistake does not hide
//! another. The comments are the descriptions in the published schema.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::ops::{Deref, Range};

use clap::ValueEnum;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::Spanned;

use crate::finding::{Confidence, Level, Resource};

/// A value and where a file says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Told<T>(Spanned<T>);

impl<T> Told<T> {
    /// The bytes of the text that say it.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<T> Deref for Told<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref()
    }
}

impl<T: JsonSchema> JsonSchema for Told<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Rules, each with its level.
pub type Levels = BTreeMap<Told<RuleName>, Told<LevelWord>>;

/// What a project says about its own run. Paths are relative to the folder of the file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(
    title = "connlint configuration",
    extend("$id" = "https://raw.githubusercontent.com/connlint/connlint/main/docs/schema/connlint-config.schema.json")
)]
pub struct Form {
    /// Turn the pedantic rules on, and the pedantic parts of others; their findings do not change the exit code.
    pub pedantic: Option<Told<bool>>,
    /// Families of clients to speak of, as the catalogues name them (`redis`, `http`, `sql` …); all when there are none.
    pub families: Option<Told<Vec<Told<String>>>>,
    /// Leave out findings that are less sure than this.
    pub min_confidence: Option<Told<ConfidenceWord>>,
    /// How many connections one process may open to the servers of one family, for `oversized-pool`.
    pub max_connections: Option<Told<NonZeroU64>>,
    /// Check tests, examples, benches and build scripts too.
    pub all_targets: Option<Told<bool>>,
    /// Files of which nothing is reported: globs; a folder stands for all that is in it.
    pub exclude: Option<Told<Vec<Told<String>>>>,
    /// Report comments that allow something without saying why.
    pub require_reasons: Option<Told<bool>>,
    /// The file of known findings, which are not reported.
    pub baseline: Option<Told<String>>,
    /// The level of single rules.
    pub rules: Levels,
    /// Levels of rules in some files only; where several speak of a rule, the last one counts.
    #[serde(rename = "override")]
    pub overrides: Vec<Override>,
    /// Clients that no built-in catalogue knows.
    pub clients: Clients,
    /// Frameworks that no built-in catalogue knows, and what calls the project's own functions.
    pub frameworks: Frameworks,
}

/// The id of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct RuleName(pub String);

impl JsonSchema for RuleName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RuleName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "enum": crate::rules::ids() })
    }
}

/// The level of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LevelWord {
    /// Fails a run.
    Error,
    /// The same as `error`.
    Deny,
    /// Fails a run.
    Warning,
    /// The same as `warning`.
    Warn,
    /// Reported only where pedantic findings are asked for; does not fail a run.
    Pedantic,
    /// Not reported.
    Off,
    /// The same as `off`.
    Allow,
}

impl From<LevelWord> for Level {
    fn from(word: LevelWord) -> Level {
        match word {
            LevelWord::Error | LevelWord::Deny => Level::Error,
            LevelWord::Warning | LevelWord::Warn => Level::Warning,
            LevelWord::Pedantic => Level::Pedantic,
            LevelWord::Off | LevelWord::Allow => Level::Off,
        }
    }
}

/// The least confidence of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum ConfidenceWord {
    /// Also where a step rests on a name alone.
    Low,
    /// Also where a step rests on a convention, or no caller is known.
    Medium,
    /// Only where every step was resolved.
    High,
}

impl From<ConfidenceWord> for Confidence {
    fn from(word: ConfidenceWord) -> Confidence {
        match word {
            ConfidenceWord::Low => Confidence::Low,
            ConfidenceWord::Medium => Confidence::Medium,
            ConfidenceWord::High => Confidence::High,
        }
    }
}

/// Levels of rules in some files.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(extend("required" = ["paths", "rules"]))]
pub struct Override {
    /// The files: globs; a folder stands for all that is in it. A finding is in the file that its construction is in.
    pub paths: Vec<Told<String>>,
    /// The level of each rule there.
    pub rules: Levels,
}

/// Clients of the project's own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Clients {
    /// Catalogue files, in the form of `rules/clients/*.toml`: globs.
    pub catalogs: Vec<Told<String>>,
    /// Functions that open or return a client, where the sources do not show it: those of a crate from a registry, or what
    /// speaks a protocol itself.
    pub wrapper: Vec<Wrapper>,
}

/// Functions that open or return a client.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(extend("required" = ["functions", "makes", "family"]))]
pub struct Wrapper {
    /// Their paths: `acme_cache::open`, `acme_cache::Cache::connect`.
    pub functions: Vec<Told<String>>,
    /// What a call of them makes.
    pub makes: Option<Told<Resource>>,
    /// The family of what it talks to.
    pub family: Option<Told<String>>,
    /// The type of the result (of the awaited result when `async`), in Rust, with paths from the crate on:
    /// `Result<acme_cache::Client>`. For a function of the project its own signature tells it.
    pub returns: Option<Told<String>>,
    /// The result is a future.
    #[serde(rename = "async")]
    pub is_async: bool,
    /// The packages that have them; when there are none, those that the paths begin with.
    pub packages: Vec<Told<String>>,
}

/// Frameworks of the project's own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Frameworks {
    /// Catalogue files, in the form of `rules/frameworks/*.toml`: globs.
    pub catalogs: Vec<Told<String>>,
    /// What runs for every request, message, event or job.
    pub handlers: Roots,
    /// What runs once, at start-up.
    pub startup: Roots,
}

/// Functions that something calls which the sources do not show.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Roots {
    /// Functions with one of these attributes, by their paths: `acme_web::route`.
    pub attributes: Vec<Told<String>>,
    /// Functions of the project, by their paths from the crate on: `api::routes::list`. `*` stands for any characters of a
    /// segment, `**` for any number of segments.
    pub functions: Vec<Told<String>>,
    /// The methods of implementations of these traits: `acme_bus::Consumer`.
    pub traits: Vec<Told<String>>,
}
