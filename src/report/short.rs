//! One line for each finding and each problem, as editors and `grep` like them; then the summary.
//!
//! `file:line:column: error[rule]: message (root: what, file:line:column)`.

use std::io::{self, Write};

use super::Style;
use super::human::level_ink;
use super::paint::{Ink, Paint};
use super::statistics;
use super::summary::summary_line;
use super::text::{clean, inert};
use crate::finding::{Finding, Location, Problem, Report, Role};

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style);
    for finding in &report.findings {
        writeln!(out, "{}", inert(finding_line(finding, paint)))?;
    }
    for problem in &report.problems {
        writeln!(out, "{}", inert(problem_line(problem, paint)))?;
    }
    if style.statistics {
        statistics::table(report, out)?;
    }
    if !style.quiet {
        writeln!(out, "{}", summary_line(report))?;
    }
    Ok(())
}

fn finding_line(finding: &Finding, paint: Paint) -> String {
    let level = format!("{}[{}]", finding.level.name(), finding.rule);
    let root = finding.chain.first().filter(|step| step.role == Role::Root);
    let root =
        root.map_or_else(String::new, |step| format!(" (root: {}, {})", clean(&step.what), place(&step.location)));
    format!(
        "{}: {}: {}{root}",
        paint.ink(Ink::Strong, &place(&finding.location)),
        paint.ink(level_ink(finding.level), &level),
        clean(&finding.message),
    )
}

fn problem_line(problem: &Problem, paint: Paint) -> String {
    let place = problem_place(problem);
    let place = if place.is_empty() { place } else { format!("{}: ", paint.ink(Ink::Strong, &place)) };
    let help = if problem.help.is_empty() { String::new() } else { format!(" (help: {})", clean(&problem.help)) };
    let word = paint.ink(Ink::Warning, "problem");
    format!("{place}{word}: {}{help}", clean(&problem.message))
}

/// `file:line:column`.
pub(super) fn place(location: &Location) -> String {
    let start = location.span.start;
    format!("{}:{}:{}", clean(&location.file), start.line, start.column)
}

/// As much of `file:line:column` as is known.
pub(super) fn problem_place(problem: &Problem) -> String {
    let mut place = clean(&problem.file).into_owned();
    for number in [problem.line, problem.column] {
        if place.is_empty() || number == 0 {
            break;
        }
        place.push_str(&format!(":{number}"));
    }
    place
}
