//! GitLab's Code Quality report.
//!
//! In: a [`Report`]. Out: a JSON array, an entry for each finding and each problem with a file. Paths are relative to the
//! repository's root. The fields are those that GitLab reads
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>); it takes entries with the same
//! fingerprint for one.

use std::io::{self, Write};

use serde::Serialize;

use super::text::{clean, tidy};
use crate::finding::{Finding, Level, Problem, Report, Role, Run, fingerprint};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().map(|finding| of_finding(finding, &report.run));
    let problems = report.problems.iter().filter(|problem| !problem.file.is_empty());
    let problems = problems.map(|problem| of_problem(problem, &report.run));
    serde_json::to_writer_pretty(&mut *out, &findings.chain(problems).collect::<Vec<_>>())?;
    writeln!(out)
}

fn of_finding<'a>(finding: &'a Finding, run: &Run) -> Issue<'a> {
    let mut description = tidy(&finding.message);
    if let Some(root) = finding.chain.first().filter(|step| step.role == Role::Root) {
        description.push_str(&format!(" (reached from `{}`: {})", clean(&root.function), clean(&root.what)));
    }
    let span = finding.location.span;
    Issue {
        description,
        check_name: finding.rule,
        fingerprint: finding.fingerprint.clone(),
        severity: severity(finding.level),
        location: location(&finding.location.file, span.start.line, span.end.line, run),
    }
}

fn of_problem(problem: &Problem, run: &Run) -> Issue<'static> {
    let line = problem.line.max(1);
    Issue {
        description: tidy(&problem.message),
        check_name: "problem",
        fingerprint: fingerprint(&["problem", &problem.file, &line.to_string(), &problem.message]),
        severity: "info",
        location: location(&problem.file, line, line, run),
    }
}

fn location(file: &str, begin: u32, end: u32, run: &Run) -> Location {
    Location { path: run.in_repository(file), lines: Lines { begin, end } }
}

/// GitLab's word for a level, of `info`, `minor`, `major`, `critical`, `blocker`.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Pedantic | Level::Off => "minor",
    }
}
