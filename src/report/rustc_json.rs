//! What `cargo check --message-format=json` writes, so that rust-analyzer and other readers of it show findings.
//!
//! In: a [`Report`] and its [`Sources`]. Out: one `compiler-message` a line, then `build-finished`. A finding's code is
//! `connlint::RULE`; steps of the chain and related places are notes with a place, help is help. Pedantic findings are
//! notes, and what the baseline has is help, which editors show as a hint. The form is documented in rustc's book
//! ("JSON Output") and cargo's ("External tools").

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::human;
use super::text::tidy;
use super::{Style, WIDTH};
use crate::discover::TargetKind;
use crate::finding::{
    Applicability, Cause, Finding, Fix, Level, Location, Owner, Problem, Report, Role, Run, Withheld,
};
use crate::source::{Pos, Sources, Span, byte_range};

#[derive(Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message<'a> {
    CompilerMessage { package_id: &'a str, manifest_path: String, target: Target<'a>, message: &'a Diagnostic },
    BuildFinished { success: bool },
}

#[derive(Serialize)]
struct Target<'a> {
    kind: [&'static str; 1],
    crate_types: [&'static str; 1],
    name: &'a str,
    src_path: String,
    edition: String,
    doc: bool,
    doctest: bool,
    test: bool,
}

#[derive(Serialize)]
struct Diagnostic {
    rendered: Option<String>,
    #[serde(rename = "$message_type", skip_serializing_if = "Option::is_none")]
    message_type: Option<&'static str>,
    children: Vec<Diagnostic>,
    level: &'static str,
    message: String,
    spans: Vec<DiagnosticSpan>,
    code: Option<Code>,
}

#[derive(Serialize)]
struct Code {
    code: String,
    explanation: Option<String>,
}

/// Bytes count from 0 in the file, lines and columns from 1; columns count characters, and ends are exclusive.
#[derive(Serialize)]
struct DiagnosticSpan {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    is_primary: bool,
    text: Vec<SpanLine>,
    label: Option<String>,
    suggested_replacement: Option<String>,
    suggestion_applicability: Option<&'static str>,
    expansion: Option<()>,
}

#[derive(Serialize)]
struct SpanLine {
    text: String,
    highlight_start: usize,
    highlight_end: usize,
}

/// Writes the findings and problems of `report` as compiler messages, without the end of a build.
///
/// # Errors
/// Only those of the writer.
pub fn render(report: &Report, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let writer = Writer { sources, run: &report.run };
    for finding in &report.findings {
        let level = level(finding.level);
        writer.message(&finding.location.file, writer.finding(finding, level, None), out)?;
    }
    for Withheld { finding, cause } in &report.withheld {
        if let Cause::Baselined { since, reason } = cause {
            let known = baselined(since.as_deref(), reason.as_deref());
            writer.message(&finding.location.file, writer.finding(finding, "help", Some(known)), out)?;
        }
    }
    for problem in &report.problems {
        writer.message(&problem.file, writer.problem(problem), out)?;
    }
    Ok(())
}

/// Writes the message that ends a build.
///
/// # Errors
/// Only those of the writer.
pub fn finish(success: bool, out: &mut dyn Write) -> io::Result<()> {
    line(&Message::BuildFinished { success }, out)
}

fn line(message: &Message<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, message)?;
    writeln!(out)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Pedantic | Level::Off => "note",
    }
}

/// What is said of a finding that the baseline has.
fn baselined(since: Option<&str>, reason: Option<&str>) -> String {
    let since = since.map(|date| format!(" since {}", tidy(date))).unwrap_or_default();
    let reason = reason.map(|text| format!(": {}", tidy(text))).unwrap_or_default();
    format!("in the baseline{since}{reason}")
}

struct Writer<'a> {
    sources: &'a Sources,
    run: &'a Run,
}

impl Writer<'_> {
    fn message(&self, file: &str, message: Diagnostic, out: &mut dyn Write) -> io::Result<()> {
        let owner = self.owner(file);
        let (kind, crate_type) = kind(owner.kind);
        let target = Target {
            kind: [kind],
            crate_types: [crate_type],
            name: &owner.name,
            src_path: owner.root.display().to_string(),
            edition: owner.edition.to_string(),
            doc: matches!(owner.kind, TargetKind::Lib | TargetKind::Bin),
            doctest: owner.kind == TargetKind::Lib,
            test: !matches!(owner.kind, TargetKind::Example | TargetKind::Bench | TargetKind::BuildScript),
        };
        let manifest_path = owner.manifest.display().to_string();
        line(&Message::CompilerMessage { package_id: &owner.package_id, manifest_path, target, message: &message }, out)
    }

    /// The target of a file. What belongs to none, a problem with a manifest say, is given to the first there is: readers
    /// want one.
    fn owner(&self, file: &str) -> Arc<Owner> {
        let known = self.run.owners.get(file).or_else(|| self.run.owners.values().next());
        known.cloned().unwrap_or_else(|| {
            Arc::new(Owner {
                package_id: format!("path+{}#connlint@0.0.0", crate::source::file_url(&self.run.root)),
                manifest: self.run.root.join("Cargo.toml"),
                edition: 2024,
                kind: TargetKind::Bin,
                name: "connlint".to_owned(),
                root: self.run.root.join("src/main.rs"),
            })
        })
    }

    fn finding(&self, finding: &Finding, level: &'static str, known: Option<String>) -> Diagnostic {
        let steps = finding.chain.iter().filter(|step| step.role != Role::Construction).map(|step| {
            let lead = if step.role == Role::Root { "reached from " } else { "" };
            let text = format!("{lead}`{}`: {}", tidy(&step.function), tidy(&step.what));
            self.note(&step.location, text)
        });
        let related = finding.related.iter().map(|related| self.note(&related.location, tidy(&related.message)));
        let help = finding.help.iter().map(|help| bare("help", tidy(help)));
        let known = known.map(|text| bare("note", text));
        let fix = finding.fix.iter().map(|fix| self.fix(fix));
        Diagnostic {
            rendered: Some(human::finding_text(finding, self.sources, &Style::plain(WIDTH))),
            message_type: Some("diagnostic"),
            children: steps.chain(related).chain(help).chain(fix).chain(known).collect(),
            code: Some(Code { code: format!("connlint::{}", finding.rule), explanation: None }),
            spans: vec![self.span(&finding.location, Some(human::label(finding)))],
            ..bare(level, tidy(&finding.message))
        }
    }

    /// Edits that readers can offer: one suggestion, with all of its places.
    fn fix(&self, fix: &Fix) -> Diagnostic {
        let applicability = match fix.applicability {
            Applicability::Safe => "MachineApplicable",
            Applicability::Unsafe => "MaybeIncorrect",
            Applicability::DisplayOnly => "Unspecified",
        };
        let spans = fix.edits.iter().map(|edit| DiagnosticSpan {
            suggested_replacement: Some(edit.replacement.clone()),
            suggestion_applicability: Some(applicability),
            ..self.span(&edit.location, None)
        });
        Diagnostic { spans: spans.collect(), ..bare("help", tidy(&fix.title)) }
    }

    fn note(&self, location: &Location, message: String) -> Diagnostic {
        Diagnostic { spans: vec![self.span(location, None)], ..bare("note", message) }
    }

    fn problem(&self, problem: &Problem) -> Diagnostic {
        let message = tidy(&problem.message);
        let help = (!problem.help.is_empty()).then(|| bare("help", tidy(&problem.help)));
        let start = Pos { line: problem.line.max(1), column: problem.column.max(1) };
        let location = Location { file: problem.file.clone(), span: Span { start, end: start } };
        let place = super::short::problem_place(problem);
        let lead = if place.is_empty() { place } else { format!("{place}: ") };
        Diagnostic {
            rendered: Some(format!("warning: {lead}{message}\n")),
            message_type: Some("diagnostic"),
            spans: if problem.file.is_empty() { Vec::new() } else { vec![self.span(&location, None)] },
            children: help.into_iter().collect(),
            code: Some(Code { code: "connlint::problem".to_owned(), explanation: None }),
            ..bare("warning", message)
        }
    }

    fn span(&self, location: &Location, label: Option<String>) -> DiagnosticSpan {
        let text = self.sources.get(&location.file).map_or("", |file| &file.text);
        let (start, end) = (location.span.start, location.span.end);
        let bytes = byte_range(text, location.span);
        DiagnosticSpan {
            file_name: location.file.clone(),
            byte_start: bytes.start,
            byte_end: bytes.end,
            line_start: start.line,
            line_end: end.line,
            column_start: start.column,
            column_end: end.column,
            is_primary: true,
            text: lines(text, location.span),
            label,
            suggested_replacement: None,
            suggestion_applicability: None,
            expansion: None,
        }
    }
}

/// The lines that a span covers, with what is marked of each.
fn lines(text: &str, span: Span) -> Vec<SpanLine> {
    let first = (span.start.line as usize).saturating_sub(1);
    let count = (span.end.line.max(span.start.line) - span.start.line) as usize + 1;
    let lines = text.lines().enumerate().skip(first).take(count);
    lines
        .map(|(index, line)| {
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let length = line.chars().count() + 1;
            SpanLine {
                text: line.to_owned(),
                highlight_start: if number == span.start.line { span.start.column as usize } else { 1 },
                highlight_end: if number == span.end.line { span.end.column as usize } else { length },
            }
        })
        .collect()
}

/// A message without a place.
fn bare(level: &'static str, message: String) -> Diagnostic {
    Diagnostic {
        rendered: None,
        message_type: None,
        children: Vec::new(),
        level,
        message,
        spans: Vec::new(),
        code: None,
    }
}

/// Cargo's words for a kind of target and for what is built of it.
fn kind(kind: TargetKind) -> (&'static str, &'static str) {
    match kind {
        TargetKind::Lib => ("lib", "lib"),
        TargetKind::Bin => ("bin", "bin"),
        TargetKind::Example => ("example", "bin"),
        TargetKind::Test => ("test", "bin"),
        TargetKind::Bench => ("bench", "bin"),
        TargetKind::BuildScript => ("custom-build", "bin"),
    }
}
