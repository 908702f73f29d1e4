//! The whole pipeline, from paths to a report.
//!
//! In: what to check. Out: a [`Checked`] report with the texts it points into. Nothing is printed here.

mod packages;
mod report;
mod request;
mod workspace;

use std::collections::BTreeMap;

use crate::catalog::CatalogError;
use crate::changed::{Against, ChangedError, Changes};
use crate::discover::{DiscoverError, Discovery, absolute};
use crate::finding::Report;
use crate::flow::Flow;
use crate::link::Program;
use crate::progress::Stage;
use crate::rules::{self, findings};
use crate::source::Sources;
use report::report;
pub use request::{Heed, Known, Request};
pub use workspace::Workspace;

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
    let mut workspace = Workspace::open(request)?;
    let answer = workspace.analyse(request, ask);
    // It is many small allocations: whoever waits for the answer need not wait for their release. Without a thread for it
    // they are released here.
    let _ = std::thread::Builder::new().spawn(move || drop(workspace));
    Ok(answer)
}
