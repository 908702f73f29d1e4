//! GitHub's workflow commands: one annotation for each finding and each problem.
//!
//! In: a [`Report`]. Out: lines `::error file=…,line=…::message`, then the summary. GitHub shows the first ten errors, ten
//! warnings and ten notices of a step (and fifty of a job), so the gravest and surest come first; the log has them all.
//! Paths are relative to the repository's root.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::short::place;
use super::summary::summary_line;
use super::text::clean;
use super::{Style, human};
use crate::finding::{Finding, Level, Problem, Report, Role, Run, fingerprint};
use crate::source::Sources;

/// Annotations of one kind that GitHub shows for a step.
const SHOWN: usize = 10;

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    annotations(report, out)?;
    if !style.quiet {
        writeln!(out, "{}", summary_line(report))?;
    }
    Ok(())
}

/// The report for people, and the annotations in a folded group, so that the log is not said twice.
///
/// Sources and names are quoted in the report. Commands are switched off meanwhile: a line of them must not become one.
pub(super) fn render_log(report: &Report, sources: &Sources, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    human::render(report, sources, style, &mut text)?;
    let token = fingerprint(&[&String::from_utf8_lossy(&text)]);
    writeln!(out, "::stop-commands::{token}")?;
    out.write_all(&text)?;
    writeln!(out, "::{token}::")?;
    if report.findings.is_empty() && report.problems.is_empty() {
        return Ok(());
    }
    writeln!(out, "::group::connlint: annotations")?;
    annotations(report, out)?;
    writeln!(out, "::endgroup::")
}

/// The annotations alone.
fn annotations(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| Reverse((finding.level, finding.confidence))); // stable: else by place
    for finding in findings {
        writeln!(out, "{}", of_finding(finding, &report.run))?;
    }
    for problem in &report.problems {
        writeln!(out, "{}", of_problem(problem, &report.run))?;
    }
    for level in [Level::Error, Level::Warning, Level::Pedantic] {
        let mut number = report.findings.iter().filter(|finding| finding.level == level).count();
        if level == Level::Warning {
            number += report.problems.len();
        }
        if number > SHOWN {
            let command = command(level);
            writeln!(out, "GitHub shows {SHOWN} of the {number} annotations of kind {command}; the log has them all")?;
        }
    }
    Ok(())
}

fn of_finding(finding: &Finding, run: &Run) -> String {
    let span = finding.location.span;
    let mut properties = format!("file={}", property(&clean(&run.in_repository(&finding.location.file))));
    let _ = write!(properties, ",line={},endLine={}", span.start.line, span.end.line);
    // GitHub takes columns within one line only.
    if span.start.line == span.end.line {
        let _ = write!(properties, ",col={},endColumn={}", span.start.column, span.end.column);
    }
    let _ = write!(properties, ",title={}", property(&format!("connlint: {}", finding.rule)));
    format!("::{} {properties}::{}", command(finding.level), data(&message(finding)))
}

/// The message; the place, which the log would not show otherwise; the root; how to mend it.
fn message(finding: &Finding) -> String {
    let function = clean(&finding.function);
    let within = if function.is_empty() { String::new() } else { format!(" in `{function}`") };
    let mut lines = vec![clean(&finding.message).into_owned(), format!("at {}{within}", place(&finding.location))];
    if let Some(root) = finding.chain.first().filter(|step| step.role == Role::Root) {
        let (name, what) = (clean(&root.function), clean(&root.what));
        lines.push(format!("reached from `{name}` ({}): {what}", place(&root.location)));
    }
    lines.extend(finding.help.iter().map(|help| format!("help: {}", clean(help))));
    lines.join("\n")
}

fn of_problem(problem: &Problem, run: &Run) -> String {
    let mut properties = String::new();
    if !problem.file.is_empty() {
        let _ = write!(properties, "file={},", property(&clean(&run.in_repository(&problem.file))));
    }
    for (name, number) in [("line", problem.line), ("col", problem.column)] {
        if number > 0 {
            let _ = write!(properties, "{name}={number},");
        }
    }
    let mut text = clean(&problem.message).into_owned();
    if !problem.help.is_empty() {
        let _ = write!(text, "\nhelp: {}", clean(&problem.help));
    }
    format!("::warning {properties}title={}::{}", property("connlint: problem with the input"), data(&text))
}

fn command(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Pedantic | Level::Off => "notice",
    }
}

/// Text as the data of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as the value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_are_made_of_is_escaped() {
        assert_eq!(property("100%,\r\n::x"), "100%25%2C%0D%0A%3A%3Ax");
        assert_eq!(data("100%\n::error::x"), "100%25%0A::error::x");
    }
}
