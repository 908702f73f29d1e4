//! The JSON contract, version 1.
//!
//! In: a [`Report`]. Out: one pretty-printed object and a line end. The structs here are the contract: they are kept
//! apart from the types of the analysis, so that those may change. Fields may be added within a version; none is
//! renamed, removed or given another meaning. Lines and columns count from 1, columns in characters; files are
//! `/`-separated; what is not known is `null`.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Confidence, Finding, Level, Location, Problem, Report, Resource, Summary};

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    findings: Vec<JsonFinding<'a>>,
    errors: Vec<JsonProblem<'a>>,
    summary: JsonSummary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    level: Level,
    confidence: Confidence,
    message: &'a str,
    resource: Option<Resource>,
    family: Option<&'a str>,
    call: Option<&'a str>,
    location: JsonLocation<'a>,
    function: Option<&'a str>,
    /// Root first, the construction last.
    chain: Vec<JsonStep<'a>>,
    related: Vec<JsonRelated<'a>>,
    help: &'a [String],
    example: Option<&'a str>,
    /// Reserved: always `null` in this version.
    fix: Option<()>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    /// Right after the last character.
    end_column: u32,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    function: &'a str,
    what: &'a str,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    message: &'a str,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
    help: &'a str,
}

#[derive(Serialize)]
struct JsonSummary {
    packages: usize,
    files: usize,
    constructions: usize,
    errors: usize,
    warnings: usize,
    suppressed: usize,
    below_level: usize,
}

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        findings: report.findings.iter().map(finding).collect(),
        errors: report.problems.iter().map(problem).collect(),
        summary: summary(report.summary),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
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
        fix: None,
        fingerprint: &finding.fingerprint,
    }
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

fn summary(summary: Summary) -> JsonSummary {
    JsonSummary {
        packages: summary.packages,
        files: summary.files,
        constructions: summary.constructions,
        errors: summary.errors,
        warnings: summary.warnings,
        suppressed: summary.suppressed,
        below_level: summary.below_level,
    }
}
