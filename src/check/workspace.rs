//! A workspace that is kept in memory while it changes.
//!
//! In: a [`Request`], then which files changed. Out: analyses, each as if everything had been read anew. What stays the same is
//! kept: the packages, the facts of each file with the bodies that were parsed, and what is known of bodies to which nothing that
//! changed can matter.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::packages::{drop_excluded, packages_of_interest, survey};
use super::{Analysed, CheckError, Request};
use crate::catalog::Catalog;
use crate::discover::{DiscoverError, Discovery, Options, Survey};
use crate::flow::analyse;
use crate::link::{Before, Kept, link};
use crate::load::{Change, KnownFiles, Loaded, Reading, load, read_ahead};
use crate::parse::{MacroTable, Tests};
use crate::progress::Stage;

/// The packages of a request and their files, parsed.
#[derive(Debug)]
pub struct Workspace {
    catalog: Catalog,
    macros: MacroTable,
    discovery: Discovery,
    /// Which of the packages are read.
    wanted: Vec<bool>,
    loaded: Loaded,
    /// What the last analysis worked out.
    kept: Kept,
    /// Files that changed since then, as they were.
    changed: FxHashMap<usize, Before>,
}

impl Workspace {
    /// Finds the packages and reads their files: while cargo is asked, since most of the discovery is waiting for it.
    ///
    /// # Errors
    /// When there is nothing to check.
    pub fn open(request: &Request) -> Result<Workspace, CheckError> {
        Workspace::open_again(request, &KnownFiles::default())
    }

    /// As [`Workspace::open`]; files that are the same are not parsed again. They must have been read with the same catalogues
    /// and the same wish for tests.
    ///
    /// # Errors
    /// When there is nothing to check.
    pub fn open_again(request: &Request, known: &KnownFiles) -> Result<Workspace, CheckError> {
        let options = Options { all_targets: request.all_targets, cargo: None };
        let (survey, catalog) = rayon::join(|| survey(request, &options), || Catalog::with(&request.catalogs));
        let (survey, catalog) = (survey?, catalog?);
        let macros = catalog.macro_table();
        let (discovery, wanted, loaded) = read(&survey, &catalog, &options, request, reading(request, &macros, known))?;
        let (kept, changed) = (Kept::default(), FxHashMap::default());
        Ok(Workspace { catalog, macros, discovery, wanted, loaded, kept, changed })
    }

    /// Every file as it was read.
    #[must_use]
    pub fn known_files(&self) -> KnownFiles {
        self.loaded.known()
    }

    /// Whether a file is part of the program.
    #[must_use]
    pub fn has_file(&self, path: &Path) -> bool {
        self.loaded.index_of(path).is_some()
    }

    /// Looks at a file again; true when the trees of modules have to be followed anew ([`Workspace::follow`]).
    pub fn reread(&mut self, request: &Request, path: &Path) -> bool {
        match self.loaded.reread(path, reading(request, &self.macros, &KnownFiles::default())) {
            Change::None => false,
            Change::Tree => true,
            Change::File { file, before } => {
                // Of several changes the first knows what the last analysis has seen.
                self.changed.entry(file).or_insert(Before { facts: before.facts, text: before.text });
                false
            }
        }
    }

    /// Follows the trees of modules anew; only files that differ from what was read are parsed.
    pub fn follow(&mut self, request: &Request) {
        let known = self.loaded.known();
        let reading = reading(request, &self.macros, &known);
        self.loaded = load(&self.discovery, &self.wanted, reading, crate::load::ReadAhead::default());
        self.forget();
    }

    fn forget(&mut self) {
        self.kept = Kept::default();
        self.changed.clear();
    }

    /// Analyses, and hands what is known to `ask`.
    pub fn analyse<R>(&mut self, request: &Request, ask: impl FnOnce(&Analysed<'_, '_>) -> R) -> R {
        request.progress.begin(Stage::Link);
        let mut program = link(&self.catalog, &self.discovery, &self.loaded);
        program.adopt(std::mem::take(&mut self.kept), &std::mem::take(&mut self.changed));
        request.progress.begin(Stage::Flow);
        let answer = {
            let flow = analyse(&program, request.all_targets);
            let max_connections = request.max_connections;
            ask(&Analysed { discovery: &self.discovery, program: &program, flow: &flow, max_connections })
        };
        self.kept = program.keep();
        answer
    }
}

fn reading<'r>(request: &'r Request, macros: &'r MacroTable, known: &'r KnownFiles) -> Reading<'r> {
    let tests = if request.all_targets { Tests::Keep } else { Tests::Skip };
    Reading { macros, tests, cwd: &request.cwd, overlay: &request.overlay, known, progress: &request.progress }
}

/// The packages, which of them are read, and their files.
fn read(
    survey: &Survey,
    catalog: &Catalog,
    options: &Options,
    request: &Request,
    reading: Reading<'_>,
) -> Result<(Discovery, Vec<bool>, Loaded), DiscoverError> {
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
    Ok((discovery, wanted, loaded))
}
