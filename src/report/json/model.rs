//! The JSON contract, version 1, as types.
//!
//! They are kept apart from the types of the analysis, so that those may change. Fields may be added within a version;
//! none is renamed, removed or given another meaning. Lines and columns count from 1, columns in characters; files are
//! `/`-separated; what is not known is `null`. The comments here are the descriptions in the published schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::{Applicability, Confidence, Level, Resource};

/// The version of the contract.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// What `connlint check --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(
    title = "connlint report",
    extend("$id" = "https://raw.githubusercontent.com/connlint/connlint/main/docs/schema/connlint-report.schema.json")
)]
pub(super) struct Document<'a> {
    /// The version of this form. Within a version fields may be added; none is renamed, removed or given another meaning.
    #[schemars(extend("const" = 1))]
    pub(super) schema_version: u32,
    pub(super) tool: Tool,
    /// What is reported, by file, line, column and rule.
    pub(super) findings: Vec<JsonFinding<'a>>,
    /// What was found and is not reported because somebody decided so: suppressed in the source, or in the baseline.
    pub(super) withheld: Vec<JsonWithheld<'a>>,
    /// Problems with the input. The rest of it is checked all the same.
    pub(super) errors: Vec<JsonProblem<'a>>,
    pub(super) summary: JsonSummary,
    /// Counts of each rule that has findings, by its id.
    pub(super) statistics: BTreeMap<&'a str, JsonCounts>,
}

/// One line of `connlint check --format jsonl`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[schemars(
    title = "connlint report line",
    extend("$id" = "https://raw.githubusercontent.com/connlint/connlint/main/docs/schema/connlint-report-line.schema.json")
)]
pub(super) enum Entry<'a> {
    /// A finding that is reported.
    Finding(JsonFinding<'a>),
    /// A finding that somebody decided not to have reported.
    Withheld(JsonWithheld<'a>),
    /// A problem with the input.
    Problem(JsonProblem<'a>),
    /// The last line.
    Summary(End<'a>),
}

/// What ends the lines.
#[derive(Serialize, JsonSchema)]
pub(super) struct End<'a> {
    /// The version of this form, as in the report as one object.
    #[schemars(extend("const" = 1))]
    pub(super) schema_version: u32,
    pub(super) tool: Tool,
    pub(super) summary: JsonSummary,
    /// Counts of each rule that has findings, by its id.
    pub(super) statistics: BTreeMap<&'a str, JsonCounts>,
}

/// What wrote the report.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

/// A finding.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(super) struct JsonFinding<'a> {
    /// The rule's id, e.g. `client-per-request`.
    pub(super) rule: &'a str,
    /// The level after configuration.
    pub(super) level: Level,
    /// How sure the analysis is.
    pub(super) confidence: Confidence,
    /// One phrase that stands alone.
    pub(super) message: &'a str,
    /// What is built.
    pub(super) resource: Option<Resource>,
    /// The family of the client, e.g. `redis`, `http`.
    pub(super) family: Option<&'a str>,
    /// The path of the constructor, e.g. `redis::Client::open`.
    pub(super) call: Option<&'a str>,
    pub(super) location: JsonLocation<'a>,
    /// The function that the construction stands in.
    pub(super) function: Option<&'a str>,
    /// Root first, the construction last.
    pub(super) chain: Vec<JsonStep<'a>>,
    /// How many further routes lead to the construction.
    pub(super) more_chains: usize,
    /// Places that belong to the finding without being on its chain.
    pub(super) related: Vec<JsonRelated<'a>>,
    /// How to mend it here.
    pub(super) help: &'a [String],
    /// Code that shows the remedy.
    pub(super) example: Option<&'a str>,
    /// Edits that mend it, where some are known.
    pub(super) fix: Option<JsonFix<'a>>,
    /// Identity without line numbers: it survives edits elsewhere in the file.
    pub(super) fingerprint: &'a str,
}

/// Edits that belong together.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fix")]
pub(super) struct JsonFix<'a> {
    /// `safe` ones are applied by `--fix`, `unsafe` ones with `--unsafe-fixes`, `display-only` ones never.
    pub(super) applicability: Applicability,
    /// What it does.
    pub(super) title: &'a str,
    /// Sorted by place, without overlaps; several may insert at one place, in this order.
    pub(super) edits: Vec<JsonEdit<'a>>,
}

/// Another text for a stretch of a file.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Edit")]
pub(super) struct JsonEdit<'a> {
    pub(super) location: JsonLocation<'a>,
    pub(super) replacement: &'a str,
}

/// A finding that is not reported.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Withheld")]
pub(super) struct JsonWithheld<'a> {
    pub(super) cause: JsonCause,
    /// Why it may stay, as the comment or the baseline says.
    pub(super) reason: Option<&'a str>,
    /// Where the comment stands.
    pub(super) comment: Option<JsonLocation<'a>>,
    /// Since when the baseline has it, `YYYY-MM-DD`.
    pub(super) since: Option<&'a str>,
    pub(super) finding: JsonFinding<'a>,
}

/// Why a finding is not reported.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Cause")]
pub(super) enum JsonCause {
    /// A comment in the source allows it.
    Suppressed,
    /// The baseline has it.
    Baselined,
}

/// A range of a file.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Location")]
pub(super) struct JsonLocation<'a> {
    /// Relative to the current folder where it lies below it.
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    /// Right after the last character.
    pub(super) end_column: u32,
}

/// A step of a chain.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Step")]
pub(super) struct JsonStep<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
    /// The function that the place is in.
    pub(super) function: &'a str,
    /// What happens there.
    pub(super) what: &'a str,
}

/// A place that belongs to a finding.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Related")]
pub(super) struct JsonRelated<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) message: &'a str,
}

/// A problem with the input.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct JsonProblem<'a> {
    /// `null` when no file is concerned.
    pub(super) file: Option<&'a str>,
    /// `null` when the whole file is concerned.
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
    pub(super) message: &'a str,
    pub(super) help: &'a str,
}

/// Totals. `errors`, `warnings`, `pedantic`, `suppressed`, `baselined`, `below_level` and `skipped` add up to `seen`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Summary")]
pub(super) struct JsonSummary {
    /// Packages analysed.
    pub(super) packages: usize,
    /// Source files read.
    pub(super) files: usize,
    /// Constructions looked at, flagged or not.
    pub(super) constructions: usize,
    /// Findings reported at level error.
    pub(super) errors: usize,
    /// Findings reported at level warning.
    pub(super) warnings: usize,
    /// Findings reported at level pedantic.
    pub(super) pedantic: usize,
    /// Findings silenced in the source.
    pub(super) suppressed: usize,
    /// Findings that the baseline has.
    pub(super) baselined: usize,
    /// Findings of rules that are off, or less sure than asked for.
    pub(super) below_level: usize,
    /// Findings outside of what was asked for: other paths, other families, nothing changed.
    pub(super) skipped: usize,
    /// All findings.
    pub(super) seen: usize,
}

/// What became of the findings of a rule; each is counted once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Counts")]
pub(super) struct JsonCounts {
    pub(super) reported: usize,
    pub(super) suppressed: usize,
    pub(super) baselined: usize,
    pub(super) below_level: usize,
    pub(super) skipped: usize,
}
