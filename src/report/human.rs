//! The report for people.
//!
//! In: a [`Report`] and its [`Sources`]. Out, for each finding: a header, the excerpt of the construction (drawn by
//! miette), the route from the root down to it with one line of source per step, places that belong to it, help.
//! Then the problems, the rules that can be explained, and the totals.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, Severity};

use super::Style;
use super::line::Line;
use super::paint::{Ink, Paint};
use super::short::{place, problem_place};
use super::snippet::{handler, snippet};
use super::statistics;
use super::summary::summary_line;
use super::text::{clean, wrap};
use crate::finding::{Applicability, Confidence, Finding, Level, Location, Problem, Related, Report, Resource, Step};
use crate::rules::page::page_url;
use crate::source::Sources;

const INDENT: &str = "  ";

pub(super) fn render(report: &Report, sources: &Sources, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { sources, style, paint: Paint::new(style), out };
    for finding in &report.findings {
        page.finding(finding)?;
    }
    for problem in &report.problems {
        page.problem(problem)?;
    }
    if style.statistics {
        statistics::table(report, page.out)?;
    }
    if style.quiet { Ok(()) } else { page.footer(report) }
}

/// One finding, as [`render`] writes it.
pub(super) fn finding_text(finding: &Finding, sources: &Sources, style: &Style) -> String {
    let mut text = Vec::new();
    let written = Page { sources, style, paint: Paint::new(style), out: &mut text }.finding(finding);
    debug_assert!(written.is_ok(), "a vector takes all");
    String::from_utf8_lossy(&text).into_owned()
}

/// The colour of a level.
pub(super) fn level_ink(level: Level) -> Ink {
    match level {
        Level::Error => Ink::Error,
        Level::Warning => Ink::Warning,
        Level::Pedantic | Level::Off => Ink::Help,
    }
}

/// What every part of the report is written with.
struct Page<'a> {
    sources: &'a Sources,
    style: &'a Style,
    paint: Paint,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.header(finding)?;
        let label = label(finding);
        let lines = snippet(&finding.location, finding.level, &label, self.sources, self.style);
        if lines.is_empty() {
            writeln!(self.out, "{INDENT}at {}", place(&finding.location))?;
        }
        for line in lines {
            writeln!(self.out, "{line}")?;
        }
        self.route(finding)?;
        for related in &finding.related {
            self.related(related)?;
        }
        if let Some(reason) = doubt(finding.confidence) {
            self.remark("note", reason)?;
        }
        for help in &finding.help {
            self.remark("help", help)?;
        }
        self.example(finding.example.as_deref().unwrap_or_default())?;
        if let Some(fix) = &finding.fix {
            let how = match fix.applicability {
                Applicability::Safe => "`--fix`",
                Applicability::Unsafe => "`--fix --unsafe-fixes`",
                Applicability::DisplayOnly => "by hand; `--format json` has the edits",
            };
            self.remark("fix", &format!("{} ({how})", fix.title))?;
        }
        writeln!(self.out)
    }

    /// `error[rule]: message`, wrapped below itself.
    fn header(&mut self, finding: &Finding) -> io::Result<()> {
        let level = finding.level.name();
        let rule = self.paint.link(&page_url(finding.rule), finding.rule);
        let ink = level_ink(finding.level);
        let head = self.paint.ink(ink, &format!("{level}[{rule}]"));
        let text = format!("{level}[{}]: {}", finding.rule, finding.message);
        let lines = wrap(&text, self.style.width.saturating_sub(INDENT.len()));
        let plain = level.len() + finding.rule.len() + 2;
        for (index, line) in lines.iter().enumerate() {
            match line.get(plain..) {
                Some(rest) if index == 0 => {
                    writeln!(self.out, "{head}{}", self.paint.ink(Ink::Strong, rest))?;
                }
                _ => writeln!(self.out, "{INDENT}{}", self.paint.ink(Ink::Strong, line))?,
            }
        }
        Ok(())
    }

    /// The chain: a rail with one knot per step.
    fn route(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(last) = finding.chain.len().checked_sub(1) else {
            return Ok(());
        };
        writeln!(self.out, "{INDENT}{}", self.paint.ink(Ink::Help, "how it is reached:"))?;
        for (index, step) in finding.chain.iter().enumerate() {
            self.step(step, index == 0, index == last, finding.level)?;
        }
        match finding.more_chains {
            0 => Ok(()),
            1 => writeln!(self.out, "{INDENT}(and 1 more route)"),
            more => writeln!(self.out, "{INDENT}(and {more} more routes)"),
        }
    }

    fn step(&mut self, step: &Step, first: bool, last: bool, level: Level) -> io::Result<()> {
        let (knot, rail) = match (first, last) {
            (true, true) => (self.paint.pick("●  ", "*  "), "   "),
            (true, false) => (self.paint.pick("●  ", "*  "), self.paint.pick("│  ", "|  ")),
            (false, false) => (self.paint.pick("├▶ ", "|> "), self.paint.pick("│  ", "|  ")),
            (false, true) => (self.paint.pick("╰▶ ", "`> "), "   "),
        };
        let ink = level_ink(level);
        let (knot, rail) = (self.paint.ink(ink, knot), self.paint.ink(ink, rail));
        let place = place(&step.location);
        let what = format!("{place} `{}`: {}", clean(&step.function), step.what);
        let columns = self.style.width.saturating_sub(INDENT.len() + 3);
        for (index, line) in wrap(&what, columns).iter().enumerate() {
            match line.strip_prefix(place.as_str()) {
                Some(rest) if index == 0 => {
                    let place = self.paint.ink(Ink::Place, &place);
                    writeln!(self.out, "{INDENT}{knot}{place}{rest}")?;
                }
                _ if index == 0 => writeln!(self.out, "{INDENT}{knot}{line}")?,
                _ => writeln!(self.out, "{INDENT}{rail}  {line}")?,
            }
        }
        if first && last {
            return Ok(()); // the excerpt above shows the same line
        }
        if let Some(line) = self.source_line(&step.location, columns.saturating_sub(4)) {
            let line = self.paint.ink(Ink::Faint, &line);
            writeln!(self.out, "{INDENT}{rail}    {line}")?;
        }
        Ok(())
    }

    fn related(&mut self, related: &Related) -> io::Result<()> {
        let place = place(&related.location);
        self.remark("note", &format!("{}: {place}", related.message))?;
        let columns = self.style.width.saturating_sub(8);
        if let Some(line) = self.source_line(&related.location, columns) {
            writeln!(self.out, "{INDENT}      {}", self.paint.ink(Ink::Faint, &line))?;
        }
        Ok(())
    }

    /// `help: text`, wrapped beside the word.
    fn remark(&mut self, word: &str, text: &str) -> io::Result<()> {
        let columns = self.style.width.saturating_sub(INDENT.len() + word.len() + 2);
        for (index, line) in wrap(text, columns).iter().enumerate() {
            if index == 0 {
                let word = self.paint.ink(Ink::Help, &format!("{word}:"));
                writeln!(self.out, "{INDENT}{word} {line}")?;
            } else {
                let beside = word.len() + 2;
                writeln!(self.out, "{INDENT}{:beside$}{line}", "")?;
            }
        }
        Ok(())
    }

    fn example(&mut self, code: &str) -> io::Result<()> {
        if code.trim().is_empty() {
            return Ok(());
        }
        let bar = self.paint.ink(Ink::Help, self.paint.pick("│", "|"));
        for line in code.trim_matches('\n').lines() {
            let line = Line::new(line);
            writeln!(self.out, "{}", format!("{INDENT}      {bar} {}", line.text()).trim_end())?;
        }
        Ok(())
    }

    /// The source at a location, without its indentation, cut to fit.
    fn source_line(&self, location: &Location, columns: usize) -> Option<String> {
        let file = self.sources.get(&location.file)?;
        let start = location.span.start;
        let index = (start.line as usize).checked_sub(1)?;
        let line = Line::new(file.text.lines().nth(index)?);
        let from = line.offset(start.column);
        let to = if location.span.end.line == start.line { line.offset(location.span.end.column) } else { from };
        let focus = from..to.max(from);
        let (text, _) = line.clip(line.indent(), focus, columns.max(20), self.paint.cut());
        (!text.is_empty()).then_some(text)
    }

    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        let place = problem_place(problem);
        let message = clean(&problem.message);
        let shown = Shown {
            message: if place.is_empty() { message.into_owned() } else { format!("{place}: {message}") },
            help: clean(&problem.help).into_owned(),
        };
        let mut text = String::new();
        handler(self.style).render_report(&mut text, &shown).map_err(io::Error::other)?;
        writeln!(self.out, "{text}")
    }

    fn footer(&mut self, report: &Report) -> io::Result<()> {
        let rules: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule).collect();
        if !rules.is_empty() {
            let lead = "what a rule is about, how to confirm a finding, when to allow it:";
            self.wrapped(lead)?;
        }
        for rule in rules {
            let command = self.paint.ink(Ink::Strong, &format!("connlint explain {rule}"));
            writeln!(self.out, "{INDENT}{command}")?;
        }
        self.wrapped(&summary_line(report))
    }

    /// Plain text, continued with an indentation.
    fn wrapped(&mut self, text: &str) -> io::Result<()> {
        let columns = self.style.width.saturating_sub(INDENT.len());
        for (index, line) in wrap(text, columns).iter().enumerate() {
            let indent = if index == 0 { "" } else { INDENT };
            writeln!(self.out, "{indent}{line}")?;
        }
        Ok(())
    }
}

/// What stands below the marked construction.
pub(super) fn label(finding: &Finding) -> String {
    let Some(resource) = finding.resource else { return "here".to_owned() };
    let verb = match resource {
        Resource::Client | Resource::Pool => "built",
        Resource::Connection => "opened",
    };
    let family = clean(&finding.family);
    format!("{family} {} {verb} here", resource.name())
}

/// What to say of a finding that is not certain.
fn doubt(confidence: Confidence) -> Option<&'static str> {
    match confidence {
        Confidence::High => None,
        Confidence::Medium => Some("confidence is medium: a step rests on a convention, or no caller is known"),
        Confidence::Low => Some("confidence is low: a step rests on a name alone"),
    }
}

/// A problem as miette takes it.
#[derive(Debug)]
struct Shown {
    message: String,
    help: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Warning)
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as Box<dyn fmt::Display>)
    }
}
