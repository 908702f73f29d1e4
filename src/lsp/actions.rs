//! What can be done about the findings at a place.
//!
//! In: a [`Snapshot`], a range of a document, the kinds that the client wants. Out: code actions: fixes, comments that allow, the
//! rule's page; and all safe fixes of the file at once.

use std::path::Path;

use gen_lsp_types::{CodeAction, CodeActionKind, CodeActionParams, Command};
use serde_json::{Value, json};

use super::client::Client;
use super::commands::EXPLAIN;
use super::diagnostics::diagnostic;
use super::documents::Documents;
use super::fixes::{together, workspace_edit};
use super::position::Lines;
use super::snapshot::Snapshot;
use super::suppressing;
use crate::finding::{Applicability, Edit, Finding, Fix};
use crate::source::{SourceFile, Span};

/// Makes all safe fixes of a file.
pub(super) const FIX_ALL: &str = "source.fixAll.connlint";

/// What actions are made from.
pub(super) struct Actions<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) documents: &'a Documents,
    pub(super) client: &'a Client,
}

impl Actions<'_> {
    /// The actions for a range of the file at `path`.
    pub(super) fn of(&self, path: &Path, params: &CodeActionParams) -> Vec<Value> {
        let Some(source) = self.snapshot.file_at(path) else { return Vec::new() };
        let wants = |kind: &CodeActionKind| {
            params.context.only.as_ref().is_none_or(|only| only.iter().any(|asked| is_within(kind, asked)))
        };
        let lines = Lines::new(&source.text, self.client.encoding);
        let asked = Span { start: lines.pos(params.range.start), end: lines.pos(params.range.end) };
        let findings: Vec<&Finding> = self.snapshot.findings_in(&source.name).collect();
        let mut actions = Vec::new();
        if wants(&CodeActionKind::QuickFix) {
            let here = findings.iter().filter(|finding| touches(finding.location.span, asked));
            let here: Vec<&&Finding> = here.collect();
            // What mends something comes before what hides it.
            actions.extend(here.iter().filter_map(|finding| self.fix(finding)));
            actions.extend(here.iter().flat_map(|finding| self.allow(finding, source)));
            actions.extend(here.iter().filter_map(|finding| self.explain(finding)));
        }
        if wants(&CodeActionKind::new(FIX_ALL)) {
            actions.extend(self.fix_all(&findings));
        }
        actions
    }

    /// Applies the finding's fix.
    fn fix(&self, finding: &Finding) -> Option<Value> {
        let fix = finding.fix.as_ref().filter(|fix| fix.applicability != Applicability::DisplayOnly)?;
        let is_safe = fix.applicability == Applicability::Safe;
        let note = if is_safe { "" } else { " (may change behaviour)" };
        let action = CodeAction {
            is_preferred: is_safe.then_some(true),
            ..self.quick_fix(finding, format!("{}{note}", capitalised(&fix.title)), &fix.edits)?
        };
        self.shown(action)
    }

    /// Allows the finding by a comment.
    fn allow(&self, finding: &Finding, source: &SourceFile) -> Vec<Value> {
        let rule = finding.rule;
        let here = suppressing::here(rule, &finding.location, &source.text);
        let here = self.quick_fix(finding, format!("Allow {rule} here"), &[here]);
        let name = self.snapshot.function_around(&finding.location);
        let function = name.map(|name| suppressing::in_function(rule, &source.name, name, &source.text));
        let within = function.and_then(|edit| {
            let title = format!("Allow {rule} in `{}`", finding.function);
            let title = if finding.function.is_empty() { format!("Allow {rule} in the function") } else { title };
            self.quick_fix(finding, title, &[edit])
        });
        // Comments about comments cannot be allowed by comments.
        let actions = here.into_iter().chain(within).filter(|_| finding.resource.is_some());
        actions.filter_map(|action| self.shown(action)).collect()
    }

    fn explain(&self, finding: &Finding) -> Option<Value> {
        let title = format!("Explain {}", finding.rule);
        let arguments = Some(vec![json!(finding.rule)]);
        let command = Command { title: title.clone(), command: EXPLAIN.to_owned(), arguments, tooltip: None };
        if !self.client.action_literals {
            return serde_json::to_value(command).ok();
        }
        let action = CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: self.diagnostic(finding),
            command: Some(command),
            ..CodeAction::default()
        };
        self.shown(action)
    }

    /// All safe fixes of the file.
    fn fix_all(&self, findings: &[&Finding]) -> Option<Value> {
        let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
        let safe: Vec<&Fix> = fixes.filter(|fix| fix.applicability == Applicability::Safe).collect();
        let edits = together(&safe, &self.snapshot.sources);
        if edits.is_empty() {
            return None;
        }
        self.shown(CodeAction {
            title: "Apply all safe fixes of connlint".to_owned(),
            kind: Some(CodeActionKind::new(FIX_ALL)),
            edit: Some(self.edit(&edits)?),
            ..CodeAction::default()
        })
    }

    fn quick_fix(&self, finding: &Finding, title: String, edits: &[Edit]) -> Option<CodeAction> {
        Some(CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: self.diagnostic(finding),
            edit: Some(self.edit(edits)?),
            ..CodeAction::default()
        })
    }

    fn edit(&self, edits: &[Edit]) -> Option<gen_lsp_types::WorkspaceEdit> {
        workspace_edit(edits, self.snapshot, self.documents, self.client)
    }

    fn diagnostic(&self, finding: &Finding) -> Option<Vec<gen_lsp_types::Diagnostic>> {
        Some(vec![diagnostic(finding, self.snapshot, self.client)?])
    }

    /// An action, for a client that knows more than commands.
    fn shown(&self, action: CodeAction) -> Option<Value> {
        self.client.action_literals.then(|| serde_json::to_value(action).ok()).flatten()
    }
}

/// Whether a kind is one, or a kind of one, that was asked for: `quickfix.x` is a `quickfix`.
fn is_within(kind: &CodeActionKind, asked: &CodeActionKind) -> bool {
    let (kind, asked) = (kind.as_str(), asked.as_str());
    asked.is_empty() || kind.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a finding is meant by what is selected; the cursor may stand anywhere on its lines.
fn touches(finding: Span, asked: Span) -> bool {
    finding.start.line <= asked.end.line && asked.start.line <= finding.end.line
}

fn capitalised(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_parts_of_kinds() {
        let within = |kind: &'static str, asked: &'static str| is_within(&kind.into(), &asked.into());
        assert!(within("quickfix", "quickfix") && within("quickfix", "") && within(FIX_ALL, "source.fixAll"));
        assert!(!within("quickfix", "source") && !within("quickfix", "quick") && !within("source", FIX_ALL));
    }
}
