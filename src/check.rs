//! The whole pipeline, from paths to a report.
//!
//! In: what to check. Out: a [`Checked`] report with the texts it points into. Nothing is printed here.

mod report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::baseline::Baseline;
use crate::catalog::model::CatalogFile;
use crate::catalog::{Catalog, CatalogError};
use crate::changed::{Against, ChangedError, Changes};
use crate::config::{PathLevels, PathSet};
use crate::discover::{
    DiscoverError, Discovery, Options as DiscoverOptions, Package, Survey, absolute, nearest_manifest,
};
use crate::finding::{Confidence, Level, Report};
use crate::flow::{Flow, analyse};
use crate::link::{Program, link};
use crate::load::{Reading, load, read_ahead};
use crate::parse::Tests;
use crate::progress::{Progress, Stage};
use crate::rules::{self, findings};
use crate::source::Sources;
use report::report;

/// What to check, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// Folders and files; none for the workspace of the current folder.
    pub paths: Vec<PathBuf>,
    /// The current folder.
    pub cwd: PathBuf,
    /// Tests, examples, benches and build scripts too.
    pub all_targets: bool,
    /// Level of each rule.
    pub levels: BTreeMap<String, Level>,
    /// Levels of rules in some files, the later ones over the earlier ones.
    pub path_levels: Vec<PathLevels>,
    /// Files of which nothing is reported.
    pub exclude: Option<PathSet>,
    /// Catalogues of the project's own, by the names that errors call them by.
    pub catalogs: Vec<(String, CatalogFile)>,
    /// The pedantic part of rules, too.
    pub pedantic: bool,
    /// As many connections may one process open to the servers of one family.
    pub max_connections: u64,
    /// Findings about clients of other families are left out; none: of no family.
    pub families: Vec<String>,
    /// Findings that are less sure are left out.
    pub min_confidence: Confidence,
    /// Whether comments in the source silence findings, and how.
    pub suppressions: Heed,
    /// Findings that may stay.
    pub baseline: Option<Known>,
    /// Only what changed since then is reported.
    pub against: Option<Against>,
    /// What the run tells of how far it is.
    pub progress: Progress,
}

impl Request {
    /// The workspace of a folder, with nothing asked for: no rule has a level, comments are heeded, there is no
    /// baseline.
    #[must_use]
    pub fn new(cwd: PathBuf) -> Request {
        Request {
            paths: Vec::new(),
            cwd,
            all_targets: false,
            levels: BTreeMap::new(),
            path_levels: Vec::new(),
            exclude: None,
            catalogs: Vec::new(),
            pedantic: false,
            max_connections: rules::MAX_CONNECTIONS,
            families: Vec::new(),
            min_confidence: Confidence::Low,
            suppressions: Heed::default(),
            baseline: None,
            against: None,
            progress: Progress::default(),
        }
    }

    /// The level of a rule in a file; none for what is no rule's name.
    #[must_use]
    pub fn level_at(&self, rule: &str, file: &Path) -> Option<Level> {
        let mut there = self.path_levels.iter().rev().filter(|one| one.paths.has(file));
        let of_path = there.find_map(|one| one.levels.get(rule));
        of_path.or_else(|| self.levels.get(rule)).copied()
    }

    /// The highest level that each rule has in any file.
    fn highest_levels(&self) -> BTreeMap<String, Level> {
        let mut highest = self.levels.clone();
        for (rule, level) in self.path_levels.iter().flat_map(|one| &one.levels) {
            highest.entry(rule.clone()).and_modify(|known| *known = (*known).max(*level)).or_insert(*level);
        }
        highest
    }

    /// Whether nothing of a file or folder is reported.
    fn is_excluded(&self, path: &Path) -> bool {
        self.exclude.as_ref().is_some_and(|set| set.has(path))
    }
}

/// Findings that are known.
#[derive(Debug, Clone)]
pub struct Known {
    /// The baseline.
    pub baseline: Baseline,
    /// The folder from which it names files.
    pub folder: PathBuf,
}

/// Whether comments in the source are heeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heed {
    /// No: everything is reported, and nothing is said of the comments.
    Ignored,
    /// Yes.
    #[default]
    Heeded,
    /// Yes, and one without a reason is a finding.
    WithReasons,
}

/// The result of a run.
#[derive(Debug)]
pub struct Checked {
    /// What there is to say.
    pub report: Report,
    /// The texts that it points into.
    pub sources: Sources,
    /// What the baseline has and nothing matches: by index of the entry, how many findings.
    pub stale: BTreeMap<usize, usize>,
}

/// Why a run could not be done at all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Nothing to check.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// A broken catalogue.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// It is not known what changed.
    #[error(transparent)]
    Changed(#[from] ChangedError),
}

/// What the analysis knows, for those who ask about single constructions.
pub struct Analysed<'c, 'f> {
    /// The packages.
    pub discovery: &'c Discovery,
    /// The linked program.
    pub program: &'c Program<'f>,
    /// What is known of its flow.
    pub flow: &'c Flow<'c, 'f>,
    /// As many connections may one process open to the servers of one family.
    pub max_connections: u64,
}

impl<'c, 'f> Analysed<'c, 'f> {
    /// What rules look at.
    #[must_use]
    pub fn context(&self) -> rules::Context<'c, 'f> {
        rules::Context::new(self.flow, self.max_connections)
    }
}

/// Checks, and reports.
///
/// # Errors
/// When there is nothing to check, or git does not tell what changed.
pub fn run(request: &Request) -> Result<Checked, CheckError> {
    std::thread::scope(|scope| {
        // git is asked meanwhile.
        let changes = request.against.as_ref().map(|against| scope.spawn(|| changes(request, against)));
        with_analysis(request, |analysed| {
            request.progress.begin(Stage::Rules);
            let found = findings(analysed.context(), &request.highest_levels(), request.pedantic);
            let changes = match changes.map(std::thread::ScopedJoinHandle::join) {
                Some(Ok(changes)) => Some(changes?),
                Some(Err(panic)) => std::panic::resume_unwind(panic),
                None => None,
            };
            Ok(report(request, analysed, found, changes.as_ref()))
        })?
    })
}

/// What becomes of each finding of an analysis, changed or not.
#[must_use]
pub fn assess(request: &Request, analysed: &Analysed<'_, '_>) -> Checked {
    report(request, analysed, findings(analysed.context(), &request.highest_levels(), request.pedantic), None)
}

/// What changed in the repository of the current folder, or of what is checked elsewhere.
fn changes(request: &Request, against: &Against) -> Result<Changes, ChangedError> {
    let mut paths = request.paths.iter().map(|path| absolute(&request.cwd, path));
    let elsewhere = paths.find(|path| !path.starts_with(&request.cwd));
    let folder = match &elsewhere {
        Some(path) if path.is_dir() => path,
        Some(path) => path.parent().unwrap_or(path),
        None => &request.cwd,
    };
    Changes::of(folder, against)
}

/// Analyses, and hands what is known to `ask`.
///
/// # Errors
/// When there is nothing to check.
pub fn with_analysis<R>(request: &Request, ask: impl FnOnce(&Analysed<'_, '_>) -> R) -> Result<R, CheckError> {
    let options = DiscoverOptions { all_targets: request.all_targets, cargo: None };
    let (survey, catalog) = rayon::join(|| survey(request, &options), || Catalog::with(&request.catalogs));
    let (survey, catalog) = (survey?, catalog?);
    let macros = catalog.macro_table();
    let tests = if request.all_targets { Tests::Keep } else { Tests::Skip };
    let reading = Reading { macros: &macros, tests, cwd: &request.cwd, progress: &request.progress };
    let (discovery, ahead) = std::thread::scope(|scope| {
        // Most of the discovery is waiting for cargo.
        let asking = scope.spawn(|| survey.discover(&options));
        let ahead = survey.guess(&options).map(|mut guess| {
            drop_excluded(request, &mut guess);
            request.progress.begin(Stage::Load);
            read_ahead(&guess, &packages_of_interest(&catalog, &guess), reading)
        });
        (asking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), ahead.unwrap_or_default())
    });
    let mut discovery = discovery?;
    drop_excluded(request, &mut discovery);
    let wanted = packages_of_interest(&catalog, &discovery);
    let loaded = load(&discovery, &wanted, reading, ahead);
    let answer = {
        request.progress.begin(Stage::Link);
        let program = link(&catalog, &discovery, &loaded);
        request.progress.begin(Stage::Flow);
        let answer = {
            let flow = analyse(&program, request.all_targets);
            let max_connections = request.max_connections;
            ask(&Analysed { discovery: &discovery, program: &program, flow: &flow, max_connections })
        };
        program.release();
        answer
    };
    // Facts are many small allocations: whoever waits for the answer need not wait for their release.
    // Without a thread for it they are released here.
    let _ = std::thread::Builder::new().spawn(move || drop(loaded));
    Ok(answer)
}

/// Where the packages are that are asked for. When only files or folders of a package are, also the rest of its workspace:
/// callers may stand there, though nothing in it is reported.
fn survey(request: &Request, options: &DiscoverOptions) -> Result<Survey, CheckError> {
    let asked = Survey::new(&request.paths, &request.cwd)?;
    let guess = asked.guess(options)?;
    if guess.only_files.is_empty() && guess.only_below.is_empty() {
        return Ok(asked);
    }
    let with_manifest = guess.packages.iter().filter(|package| package.has_manifest);
    let mut paths: Vec<PathBuf> = with_manifest.map(|package| workspace_of(&package.folder)).collect();
    paths.sort();
    paths.dedup();
    paths.extend(request.paths.iter().cloned());
    Ok(Survey::new(&paths, &request.cwd)?.reporting(guess.only_files, guess.only_below))
}

/// Leaves out packages that are excluded as a whole, unless others of the run depend on them.
fn drop_excluded(request: &Request, discovery: &mut Discovery) {
    if request.exclude.is_none() {
        return;
    }
    let mut needed: FxHashSet<PathBuf> = FxHashSet::default();
    let is_whole = |package: &&Package| {
        let is_excluded = |path: &Path| request.is_excluded(path);
        let all_of_it = || package.targets.iter().all(|target| is_excluded(&target.root));
        is_excluded(&package.folder) || (is_excluded(&package.folder.join("Cargo.toml")) && all_of_it())
    };
    let asked = discovery.packages.iter().filter(|package| !is_whole(package));
    let mut stack: Vec<PathBuf> = asked.map(|package| package.folder.clone()).collect();
    while let Some(folder) = stack.pop() {
        if needed.insert(folder.clone()) {
            let of_folder = discovery.packages.iter().filter(|package| package.folder == folder);
            stack.extend(of_folder.flat_map(|package| &package.dependencies).filter_map(|one| one.path.clone()));
        }
    }
    discovery.packages.retain(|package| needed.contains(&package.folder));
}

/// The root of the workspace that a folder or file is in; without a manifest, the folder.
pub(crate) fn workspace_around(path: &Path) -> PathBuf {
    let manifest = nearest_manifest(path);
    let package = manifest.as_deref().and_then(Path::parent).map(workspace_of);
    package.unwrap_or_else(|| if path.is_file() { path.parent().unwrap_or(path) } else { path }.to_owned())
}

/// The outermost folder above a package whose manifest is a workspace's; the package's own when there is none.
fn workspace_of(folder: &Path) -> PathBuf {
    let is_workspace = |folder: &&Path| {
        std::fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|text| text.lines().any(|line| line.trim_start().starts_with("[workspace")))
    };
    folder.ancestors().filter(is_workspace).last().unwrap_or(folder).to_owned()
}

/// Packages that can reach a catalogued client: by a dependency, or through another package of the run.
fn packages_of_interest(catalog: &Catalog, discovery: &Discovery) -> Vec<bool> {
    let mut wanted: Vec<bool> = discovery
        .packages
        .iter()
        .map(|package| {
            !package.has_manifest
                || catalog.has_wrappers(&package.name)
                || package.dependencies.iter().any(|dependency| catalog.is_client_package(&dependency.package))
        })
        .collect();
    loop {
        let folders: FxHashSet<&PathBuf> = discovery
            .packages
            .iter()
            .zip(&wanted)
            .filter(|(_, wanted)| **wanted)
            .map(|(package, _)| &package.folder)
            .collect();
        let mut changed = false;
        let reaches: Vec<bool> = discovery
            .packages
            .iter()
            .map(|package| {
                package
                    .dependencies
                    .iter()
                    .any(|dependency| dependency.path.as_ref().is_some_and(|path| folders.contains(path)))
            })
            .collect();
        for (wanted, reaches) in wanted.iter_mut().zip(reaches) {
            changed |= reaches && !*wanted;
            *wanted |= reaches;
        }
        if !changed {
            return wanted;
        }
    }
}
