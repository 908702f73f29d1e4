//! Findings as diagnostics.
//!
//! In: a [`Snapshot`], what the client can show, and what it has open. Out: diagnostics by file, each where its line is now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, Range,
};
use serde_json::json;

use super::client::Client;
use super::documents::Documents;
use super::position::{Lines, Shift};
use super::snapshot::Snapshot;
use super::uri::uri_of;
use crate::config::Mistake;
use crate::finding::{self, Finding, Level};
use crate::rules::page::page_url;
use crate::source::{SourceFile, Span};

/// Says whose diagnostics they are.
pub(super) const SOURCE: &str = "connlint";

/// Says where a finding is.
type Ranges<'r> = dyn Fn(&SourceFile, Span) -> Range + 'r;

/// The diagnostics of all files that have any.
pub(super) fn diagnostics(
    snapshot: &Snapshot,
    client: &Client,
    documents: &Documents,
) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
    // A document that can't be parsed keeps what was found in it; lines may have come and gone.
    let range = |source: &SourceFile, span: Span| match documents.get(&source.path) {
        Some(document) => {
            let span = Shift::between(&source.text, &document.text).map_or(span, |shift| shift.apply(span));
            Lines::new(&document.text, client.encoding).range(span)
        }
        None => Lines::new(&source.text, client.encoding).range(span),
    };
    let mut all = BTreeMap::new();
    let reported = snapshot.report.findings.iter().map(|finding| (finding, severity(finding.level)));
    let known = snapshot.baselined().map(|finding| (finding, DiagnosticSeverity::Hint));
    for (finding, severity) in reported.chain(known) {
        push(&mut all, snapshot, &finding.location.file, of_finding(finding, severity, snapshot, client, &range));
    }
    for mistake in &snapshot.mistakes {
        push(&mut all, snapshot, &mistake.location.file, of_mistake(mistake, snapshot, client));
    }
    all
}

fn push(all: &mut BTreeMap<PathBuf, Vec<Diagnostic>>, snapshot: &Snapshot, file: &str, diagnostic: Option<Diagnostic>) {
    if let (Some(source), Some(diagnostic)) = (snapshot.source(file), diagnostic) {
        all.entry(source.path.clone()).or_default().push(diagnostic);
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Error => DiagnosticSeverity::Error,
        Level::Warning => DiagnosticSeverity::Warning,
        Level::Pedantic | Level::Off => DiagnosticSeverity::Information,
    }
}

/// A reported finding, in the text that was analysed; none when its file is not there.
pub(super) fn diagnostic(finding: &Finding, snapshot: &Snapshot, client: &Client) -> Option<Diagnostic> {
    let range = |source: &SourceFile, span: Span| Lines::new(&source.text, client.encoding).range(span);
    of_finding(finding, severity(finding.level), snapshot, client, &range)
}

fn of_finding(
    finding: &Finding,
    severity: DiagnosticSeverity,
    snapshot: &Snapshot,
    client: &Client,
    range: &Ranges<'_>,
) -> Option<Diagnostic> {
    let source = snapshot.source(&finding.location.file)?;
    let help = finding.help.iter().map(|help| format!("\nhelp: {help}"));
    let is_needless = client.unnecessary && finding.rule == "unused-suppression";
    Some(Diagnostic {
        range: range(source, finding.location.span),
        severity: Some(severity),
        code: Some(Code::String(finding.rule.to_owned())),
        code_description: client.links.then(|| CodeDescription { href: page_url(finding.rule).into() }),
        source: Some(SOURCE.to_owned()),
        message: format!("{}{}", finding.message, help.collect::<String>()).into(),
        tags: is_needless.then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: client.related.then(|| related(finding, snapshot, client)).filter(|all| !all.is_empty()),
        data: Some(json!({ "fingerprint": finding.fingerprint })),
    })
}

/// The way to the construction, and the places beside it.
fn related(finding: &Finding, snapshot: &Snapshot, client: &Client) -> Vec<DiagnosticRelatedInformation> {
    let way = finding.chain.iter().filter(|step| step.location != finding.location);
    let way = way.map(|step| (&step.location, format!("{}: {}", step.function, step.what)));
    let beside = finding.related.iter().map(|related| (&related.location, related.message.clone()));
    let all = way.chain(beside).filter_map(|(place, message)| {
        Some(DiagnosticRelatedInformation { location: location(place, snapshot, client)?, message })
    });
    all.collect()
}

fn location(place: &finding::Location, snapshot: &Snapshot, client: &Client) -> Option<Location> {
    let source = snapshot.source(&place.file)?;
    let range = Lines::new(&source.text, client.encoding).range(place.span);
    Some(Location { uri: uri_of(Path::new(&source.path)), range })
}

fn of_mistake(mistake: &Mistake, snapshot: &Snapshot, client: &Client) -> Option<Diagnostic> {
    let text = &snapshot.source(&mistake.location.file)?.text;
    Some(Diagnostic {
        range: Lines::new(text, client.encoding).range(mistake.location.span),
        severity: Some(DiagnosticSeverity::Error),
        source: Some(SOURCE.to_owned()),
        message: format!("{}\nhelp: {}", mistake.message, mistake.help).into(),
        ..Diagnostic::default()
    })
}
