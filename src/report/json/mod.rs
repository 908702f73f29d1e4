//! Reports for programs: one JSON object, or one object a line.
//!
//! In: a [`Report`]. Out: for `json` a pretty-printed object and a line end; for `jsonl` a line for each finding and
//! problem, the totals last. The form is a contract, see [`model`]; [`schema`] is what docs/schema publishes.

mod model;

use std::collections::BTreeMap;
use std::io::{self, Write};

use model::{
    Document, End, Entry, JsonCause, JsonCounts, JsonEdit, JsonFinding, JsonFix, JsonLocation, JsonProblem,
    JsonRelated, JsonStep, JsonSummary, JsonWithheld, SCHEMA_VERSION, Tool,
};
use schemars::generate::SchemaSettings;

use super::statistics::statistics;
use crate::finding::{Cause, Finding, Fix, Location, Problem, Report, Summary, Withheld};

const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: TOOL,
        findings: report.findings.iter().map(finding).collect(),
        withheld: report.withheld.iter().filter_map(withheld).collect(),
        errors: report.problems.iter().map(problem).collect(),
        summary: summary(&report.summary),
        statistics: counts(report),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// The same, a line for each part.
pub(super) fn render_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().map(|one| Entry::Finding(finding(one)));
    let withheld = report.withheld.iter().filter_map(withheld).map(Entry::Withheld);
    let problems = report.problems.iter().map(|one| Entry::Problem(problem(one)));
    let end = Entry::Summary(End {
        schema_version: SCHEMA_VERSION,
        tool: TOOL,
        summary: summary(&report.summary),
        statistics: counts(report),
    });
    for entry in findings.chain(withheld).chain(problems).chain([end]) {
        serde_json::to_writer(&mut *out, &entry)?;
        writeln!(out)?;
    }
    Ok(())
}

/// The JSON Schemas of the two forms: the report as one object, and its lines.
#[must_use]
pub fn schemas() -> [schemars::Schema; 2] {
    let generator = || SchemaSettings::draft2020_12().for_serialize().into_generator();
    [generator().into_root_schema_for::<Document<'_>>(), generator().into_root_schema_for::<Entry<'_>>()]
}

fn finding(finding: &Finding) -> JsonFinding<'_> {
    JsonFinding {
        rule: finding.rule,
        level: finding.level,
        confidence: finding.confidence,
        message: &finding.message,
        resource: finding.resource,
        family: known(&finding.family),
        call: known(&finding.call),
        location: location(&finding.location),
        function: known(&finding.function),
        chain: finding
            .chain
            .iter()
            .map(|step| JsonStep {
                file: &step.location.file,
                line: step.location.span.start.line,
                column: step.location.span.start.column,
                function: &step.function,
                what: &step.what,
            })
            .collect(),
        more_chains: finding.more_chains,
        related: finding
            .related
            .iter()
            .map(|related| JsonRelated {
                file: &related.location.file,
                line: related.location.span.start.line,
                column: related.location.span.start.column,
                message: &related.message,
            })
            .collect(),
        help: &finding.help,
        example: finding.example.as_deref(),
        fix: finding.fix.as_ref().map(fix),
        fingerprint: &finding.fingerprint,
    }
}

fn fix(fix: &Fix) -> JsonFix<'_> {
    let edits =
        fix.edits.iter().map(|edit| JsonEdit { location: location(&edit.location), replacement: &edit.replacement });
    JsonFix { applicability: fix.applicability, title: &fix.title, edits: edits.collect() }
}

/// What somebody decided not to have reported; what was not asked for is only counted.
fn withheld(withheld: &Withheld) -> Option<JsonWithheld<'_>> {
    let (cause, comment, since, reason) = match &withheld.cause {
        Cause::Suppressed { comment, reason } => (JsonCause::Suppressed, Some(comment), None, reason),
        Cause::Baselined { since, reason } => (JsonCause::Baselined, None, since.as_deref(), reason),
        Cause::NotAsked | Cause::Level | Cause::Confidence | Cause::Unchanged => return None,
    };
    Some(JsonWithheld {
        cause,
        reason: reason.as_deref(),
        comment: comment.map(location),
        since,
        finding: finding(&withheld.finding),
    })
}

/// What is not known is `null`.
fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn location(location: &Location) -> JsonLocation<'_> {
    JsonLocation {
        file: &location.file,
        line: location.span.start.line,
        column: location.span.start.column,
        end_line: location.span.end.line,
        end_column: location.span.end.column,
    }
}

fn problem(problem: &Problem) -> JsonProblem<'_> {
    JsonProblem {
        file: known(&problem.file),
        line: Some(problem.line).filter(|line| *line > 0),
        column: Some(problem.column).filter(|column| *column > 0),
        message: &problem.message,
        help: &problem.help,
    }
}

fn summary(summary: &Summary) -> JsonSummary {
    JsonSummary {
        packages: summary.packages,
        files: summary.files,
        constructions: summary.constructions,
        errors: summary.errors,
        warnings: summary.warnings,
        pedantic: summary.pedantic,
        suppressed: summary.suppressed,
        baselined: summary.baselined,
        below_level: summary.below_level,
        skipped: summary.skipped,
        seen: summary.seen(),
    }
}

fn counts(report: &Report) -> BTreeMap<&str, JsonCounts> {
    let counts = statistics(report).into_iter().map(|(rule, counts)| {
        let counts = JsonCounts {
            reported: counts.reported,
            suppressed: counts.suppressed,
            baselined: counts.baselined,
            below_level: counts.below_level,
            skipped: counts.skipped,
        };
        (rule, counts)
    });
    counts.collect()
}
