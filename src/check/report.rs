//! From what the rules found to a report.
//!
//! In: the request, the analysis, what was found, what changed. Out: [`Checked`]: each finding reported or withheld, findings
//! about the comments that silence others, and which entries of the baseline match nothing.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashSet;

use super::{Analysed, Checked, Heed, Known, Request};
use crate::baseline::{Entry, Scope};
use crate::changed::Changes;
use crate::discover::{Discovery, absolute, workspace_around};
use crate::finding::{Finding, Level, Problem, Report, Role, Run, Summary};
use crate::lexical;
use crate::load::syntax_problem;
use crate::rules::Found;
use crate::source::{SourceFile, Sources, shown_name};
use crate::suppress::{Judged, Suppressions, Verdict};
use crate::triage::{Filters, count, triage};

/// The report of a run.
pub(super) fn report(
    request: &Request,
    analysed: &Analysed<'_, '_>,
    mut found: Found,
    changes: Option<&Changes>,
) -> Checked {
    let loaded = analysed.program.loaded;
    let problems = problems(analysed);
    let seen = Seen::new(request, analysed, &problems);
    let suppressions = (request.suppressions != Heed::Ignored).then(|| Suppressions::read(&loaded.sources));
    if let Some(suppressions) = &suppressions {
        found.findings.extend(seen.about_comments(suppressions, &found));
    }
    let stale = seen.stale(suppressions.as_ref(), &found);
    let is_changed = |finding: &Finding| changes.is_none_or(|changes| is_touched(finding, changes, &loaded.sources));
    let (findings, withheld) = triage(
        found.findings,
        &Filters {
            is_asked: &|file| seen.is_asked(file),
            level_of: &|finding| seen.level_at(finding.rule, &finding.location.file).unwrap_or(finding.level),
            families: &request.families,
            min_confidence: request.min_confidence,
            suppressions: suppressions.as_ref(),
            baseline: request.baseline.as_ref().map(|known| &known.baseline),
            is_changed: &is_changed,
        },
    );
    let totals = Summary {
        packages: analysed.discovery.packages.len(),
        files: loaded.files.len(),
        constructions: analysed.flow.analyses.len(),
        stale: stale.values().sum(),
        ..Summary::default()
    };
    let summary = count(&findings, &withheld, totals);
    let has_baseline = request.baseline.is_some();
    let run = Run { has_baseline, ..Run::new(&request.cwd, analysed.discovery, loaded) };
    let report = Report { findings, withheld, problems, summary, run };
    Checked { report, sources: loaded.sources.clone(), stale }
}

/// What could not be read, sorted; syntax errors in bodies among it, as far as anybody asked for these.
fn problems(analysed: &Analysed<'_, '_>) -> Vec<Problem> {
    let loaded = analysed.program.loaded;
    let mut problems = analysed.discovery.problems.clone();
    problems.extend(loaded.problems.iter().cloned());
    let late = analysed.program.late_problems();
    problems.extend(late.map(|(file, problem)| syntax_problem(&loaded.files[file].name, problem)));
    problems.sort();
    problems.dedup();
    problems
}

/// Whether a place of a finding is among the changes: the construction, a step of its chain, a place it names beside. Of a
/// function that is a root the attributes count, too: they make it one.
fn is_touched(finding: &Finding, changes: &Changes, sources: &Sources) -> bool {
    let touched = |file: &str, role: Role, span| {
        let Some(source) = sources.get(file) else { return false };
        let span = if role == Role::Root { lexical::head(&source.text, span) } else { span };
        changes.touch(&source.path, span)
    };
    touched(&finding.location.file, Role::Construction, finding.location.span)
        || finding.chain.iter().any(|step| touched(&step.location.file, step.role, step.location.span))
        || finding.related.iter().any(|related| {
            let location = &related.location;
            touched(&location.file, Role::Construction, location.span)
        })
}

/// What the run looked at.
struct Seen<'s, 'c, 'f> {
    request: &'s Request,
    discovery: &'c Discovery,
    sources: &'f Sources,
    /// Files (as shown) that are part of the program, rather than of its tests.
    in_program: FxHashSet<&'s str>,
    /// Files (as shown) that could not be read in full.
    broken: FxHashSet<&'s str>,
}

impl<'s, 'c, 'f> Seen<'s, 'c, 'f> {
    fn new(request: &'s Request, analysed: &'s Analysed<'c, 'f>, problems: &'s [Problem]) -> Self {
        let program = analysed.program;
        let loaded = program.loaded;
        let in_program = program.modules.iter().filter(|module| request.all_targets || !module.test);
        Seen {
            request,
            discovery: analysed.discovery,
            sources: &loaded.sources,
            in_program: in_program.map(|module| loaded.files[module.file].name.as_str()).collect(),
            broken: problems.iter().map(|problem| problem.file.as_str()).collect(),
        }
    }

    fn source(&self, file: &str) -> Option<&SourceFile> {
        self.sources.get(file)
    }

    fn is_asked(&self, file: &str) -> bool {
        self.source(file)
            .is_none_or(|source| self.discovery.is_reported(&source.path) && !self.request.is_excluded(&source.path))
    }

    fn level_at(&self, rule: &str, file: &str) -> Option<Level> {
        let path = self.source(file).map_or(Path::new(file), |source| &source.path);
        self.request.level_at(rule, path)
    }

    fn is_analysed(&self, file: &str) -> bool {
        self.in_program.contains(file) && !self.broken.contains(file)
    }

    /// What is wrong with the comments that silence findings.
    fn about_comments(&self, suppressions: &Suppressions, found: &Found) -> Vec<Finding> {
        suppressions.findings(&Judged {
            found: found.findings.iter().chain(&found.remarks).collect(),
            levels: &self.request.highest_levels(),
            is_on: &|rule, file| self.level_at(rule, file).is_some_and(|level| level != Level::Off),
            require_reasons: self.request.suppressions == Heed::WithReasons,
            all_targets: self.request.all_targets,
            is_analysed: &|file| self.is_analysed(file),
            identity: &|file| self.identity(file),
        })
    }

    /// A file's package and its path in it: a name that does not depend on the current folder.
    fn identity(&self, file: &str) -> String {
        let Some(source) = self.source(file) else { return file.to_owned() };
        let around = self.discovery.packages.iter().filter(|package| source.path.starts_with(&package.folder));
        match around.max_by_key(|package| package.folder.components().count()) {
            Some(package) => format!("{}/{}", package.name, shown_name(&source.path, &package.folder)),
            None => file.to_owned(),
        }
    }

    /// What the baseline has and nothing matches.
    fn stale(&self, suppressions: Option<&Suppressions>, found: &Found) -> BTreeMap<usize, usize> {
        let Some(Known { baseline, folder }) = &self.request.baseline else { return BTreeMap::new() };
        let is_silenced =
            |finding: &&Finding| suppressions.is_some_and(|all| matches!(all.of(finding), Verdict::Silenced { .. }));
        let there = found.findings.iter().chain(&found.remarks).filter(|finding| !is_silenced(finding));
        let level_of = |entry: &Entry| self.request.level_at(&entry.rule, &folder.join(&entry.file));
        let scope = Scope {
            // A rule that has no level doesn't exist any more.
            is_on: &|entry| level_of(entry).is_none_or(|level| level != Level::Off),
            is_analysed: &|file| self.is_searched(&folder.join(file)),
        };
        scope.stale(baseline, there)
    }

    /// Whether every finding of a file, which may be gone, was looked for.
    fn is_searched(&self, path: &Path) -> bool {
        let Request { paths, cwd, .. } = self.request;
        let is_asked = match paths.is_empty() {
            true => path.starts_with(workspace_around(cwd)),
            false => paths.iter().any(|asked| path.starts_with(absolute(cwd, asked))),
        };
        is_asked && (!path.exists() || self.is_analysed(&shown_name(path, cwd)))
    }
}
