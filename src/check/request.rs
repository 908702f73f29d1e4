//! What a run is asked for.
//!
//! In: from the command line and the configuration, or from a test. Out: [`Request`], and what follows from it for single files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::baseline::Baseline;
use crate::catalog::model::CatalogFile;
use crate::changed::Against;
use crate::config::{PathLevels, PathSet};
use crate::finding::{Confidence, Level};
use crate::progress::Progress;
use crate::rules;
use crate::source::Overlay;

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
    /// What stands for files on disk.
    pub overlay: Arc<Overlay>,
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
            overlay: Arc::default(),
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
    pub(super) fn highest_levels(&self) -> BTreeMap<String, Level> {
        let mut highest = self.levels.clone();
        for (rule, level) in self.path_levels.iter().flat_map(|one| &one.levels) {
            highest.entry(rule.clone()).and_modify(|known| *known = (*known).max(*level)).or_insert(*level);
        }
        highest
    }

    /// Whether nothing of a file or folder is reported.
    pub(super) fn is_excluded(&self, path: &Path) -> bool {
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
