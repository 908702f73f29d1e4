//! What one analysis says, as answers to the client are made from it.
//!
//! In: an analysis. Out: a [`Snapshot`], which borrows nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::check::{Analysed, Checked};
use crate::config::{ConfigError, Mistake};
use crate::facts::outline::functions;
use crate::finding::{Cause, Finding, Location, Report};
use crate::source::{SourceFile, Sources, Span};

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Snapshot {
    pub(super) report: Report,
    pub(super) sources: Sources,
    /// The functions of files with findings: the whole, and the name.
    functions: BTreeMap<String, Vec<(Span, Span)>>,
    /// What is wrong with the configuration; then the findings are from before.
    pub(super) mistakes: Vec<Mistake>,
    mistaken: Sources,
}

impl Snapshot {
    pub(super) fn new(checked: Checked, analysed: &Analysed<'_, '_>) -> Snapshot {
        let Checked { report, sources, .. } = checked;
        let names: BTreeSet<&str> = report.findings.iter().map(|finding| finding.location.file.as_str()).collect();
        let files = analysed.program.loaded.files.iter().filter(|file| names.contains(file.name.as_str()));
        let of_file = |facts| functions(facts).iter().map(|one| (one.whole, one.span)).collect();
        let functions = files.map(|file| (file.name.clone(), of_file(&*file.facts))).collect();
        Snapshot { functions, report, sources, mistakes: Vec::new(), mistaken: Sources::default() }
    }

    /// The same, with a configuration that can't be used.
    pub(super) fn with_mistakes(&self, error: ConfigError) -> Snapshot {
        let ConfigError { mistakes, sources } = error;
        Snapshot { mistakes, mistaken: sources, ..self.clone() }
    }

    pub(super) fn source(&self, name: &str) -> Option<&SourceFile> {
        self.sources.get(name).or_else(|| self.mistaken.get(name))
    }

    /// The file at a path.
    pub(super) fn file_at(&self, path: &Path) -> Option<&SourceFile> {
        self.sources.iter().find(|file| file.path == path)
    }

    /// What is reported in a file.
    pub(super) fn findings_in<'s>(&'s self, file: &'s str) -> impl Iterator<Item = &'s Finding> {
        self.report.findings.iter().filter(move |finding| finding.location.file == file)
    }

    /// What would be reported if the baseline did not have it.
    pub(super) fn baselined(&self) -> impl Iterator<Item = &Finding> {
        let is_baselined = |cause: &Cause| matches!(cause, Cause::Baselined { .. });
        self.report.withheld.iter().filter(move |one| is_baselined(&one.cause)).map(|one| &one.finding)
    }

    /// The name of the innermost function around a place.
    pub(super) fn function_around(&self, place: &Location) -> Option<Span> {
        let around = self.functions.get(&place.file)?.iter();
        let around = around.filter(|(whole, _)| whole.start <= place.span.start && place.span.start < whole.end);
        around.max_by_key(|(whole, _)| whole.start).map(|(_, name)| *name)
    }
}
