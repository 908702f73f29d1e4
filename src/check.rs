//! The whole pipeline, from paths to a report.
//!
//! In: what to check. Out: a [`Checked`] report with the texts it points into. Nothing is printed here.

mod packages;
mod report;
mod request;

use std::collections::BTreeMap;

use crate::catalog::{Catalog, CatalogError};
use crate::changed::{Against, ChangedError, Changes};
use crate::discover::{DiscoverError, Discovery, Options, Survey, absolute};
use crate::finding::Report;
use crate::flow::{Flow, analyse};
use crate::link::{Program, link};
use crate::load::{Loaded, Reading, load, read_ahead};
use crate::parse::Tests;
use crate::progress::Stage;
use crate::rules::{self, findings};
use crate::source::Sources;
use packages::{drop_excluded, packages_of_interest, survey};
use report::report;
pub use request::{Heed, Known, Request};

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
    let options = Options { all_targets: request.all_targets, cargo: None };
    let (survey, catalog) = rayon::join(|| survey(request, &options), || Catalog::with(&request.catalogs));
    let (survey, catalog) = (survey?, catalog?);
    let (discovery, loaded) = read(request, &survey, &catalog, &options)?;
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

/// The packages, and their files: read while cargo is asked, since most of the discovery is waiting for it.
fn read(
    request: &Request,
    survey: &Survey,
    catalog: &Catalog,
    options: &Options,
) -> Result<(Discovery, Loaded), DiscoverError> {
    let macros = catalog.macro_table();
    let tests = if request.all_targets { Tests::Keep } else { Tests::Skip };
    let reading =
        Reading { macros: &macros, tests, cwd: &request.cwd, overlay: &request.overlay, progress: &request.progress };
    let (discovery, ahead) = std::thread::scope(|scope| {
        let asking = scope.spawn(|| survey.discover(options));
        let ahead = survey.guess(options).map(|mut guess| {
            drop_excluded(request, &mut guess);
            request.progress.begin(Stage::Load);
            read_ahead(&guess, &packages_of_interest(catalog, &guess), reading)
        });
        (asking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), ahead.unwrap_or_default())
    });
    let mut discovery = discovery?;
    drop_excluded(request, &mut discovery);
    let wanted = packages_of_interest(catalog, &discovery);
    let loaded = load(&discovery, &wanted, reading, ahead);
    Ok((discovery, loaded))
}
