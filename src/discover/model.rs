//! The packages of a run: what discovery hands on.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::finding::Problem;

/// Everything that is to be analysed.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// Packages, sorted by manifest folder.
    pub packages: Vec<Package>,
    /// What could not be used, and what to do about it; the rest is analysed all the same.
    pub problems: Vec<Problem>,
    /// When single files were named: only findings in these (paths as in [`Target::root`]) are to be reported.
    pub only_files: Vec<PathBuf>,
    /// When folders inside of packages were named: findings below these are to be reported, besides those in
    /// [`Discovery::only_files`]. When both lists are empty, every finding is.
    pub only_below: Vec<PathBuf>,
    /// Sources are read below these folders only; anywhere if there are none.
    pub bounds: Vec<PathBuf>,
}

impl Discovery {
    /// Whether findings in `file` (a path as in [`Target::root`]) were asked for.
    #[must_use]
    pub fn is_reported(&self, file: &Path) -> bool {
        (self.only_files.is_empty() && self.only_below.is_empty())
            || self.only_files.iter().any(|only| only == file)
            || self.only_below.iter().any(|folder| file.starts_with(folder))
    }
}

/// A package, or a folder or file without a manifest that is treated as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Cargo's identifier of the package, e.g. `path+file:///home/me/app#0.1.0`.
    pub id: String,
    /// Name in the manifest; for what has none, the folder's or file's name.
    pub name: String,
    /// Folder of the manifest.
    pub folder: PathBuf,
    /// Edition, e.g. 2021.
    pub edition: u16,
    /// The oldest compiler that it says it builds with.
    pub rust_version: Option<semver::Version>,
    /// What it builds, library first, then binaries, then the rest, each by name.
    pub targets: Vec<Target>,
    /// What it depends on, by extern name.
    pub dependencies: Vec<Dependency>,
    /// Every version that the lock file holds, by package, also of what is no dependency of its own.
    pub locked: std::sync::Arc<std::collections::BTreeMap<String, Vec<semver::Version>>>,
    /// Whether there is a manifest.
    pub has_manifest: bool,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// A library (also proc-macro, cdylib …).
    Lib,
    /// A binary.
    Bin,
    /// An example.
    Example,
    /// An integration test.
    Test,
    /// A benchmark.
    Bench,
    /// `build.rs`.
    BuildScript,
}

/// One crate that cargo would build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Its name as cargo says it, e.g. `my-server`.
    pub name: String,
    /// Its crate name as code writes it (`-` turned into `_`).
    pub crate_name: String,
    /// Its root file.
    pub root: PathBuf,
}

/// Which table of the manifest a dependency stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyKind {
    /// `[dependencies]`, also target-specific.
    Normal,
    /// `[dev-dependencies]`.
    Dev,
    /// `[build-dependencies]`.
    Build,
}

/// A dependency as the package's code sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The name in paths (`redis_old` for `redis_old = { package = "redis" }`; `-` turned into `_`).
    pub extern_name: String,
    /// The package's name in its registry, e.g. `deadpool-redis`.
    pub package: String,
    /// Requirement as written, e.g. `0.27`; empty when none.
    pub requirement: String,
    /// Its features that are asked for, sorted; those that it turns on by default are not among them.
    pub features: Vec<String>,
    /// Versions that the lock file holds for it and that fit the requirement; empty without a lock file.
    pub locked: Vec<semver::Version>,
    /// Its folder when it is a path dependency (or a member of the same workspace).
    pub path: Option<PathBuf>,
    /// Which table.
    pub kind: DependencyKind,
}

impl Dependency {
    /// The least version that the requirement (`0.27`, `^1.2`) names.
    #[must_use]
    pub fn least_version(&self) -> Option<semver::Version> {
        let parsed = semver::VersionReq::parse(&self.requirement).ok()?;
        let first = parsed.comparators.first()?;
        Some(semver::Version::new(first.major, first.minor.unwrap_or(0), first.patch.unwrap_or(0)))
    }
}

/// Why nothing could be discovered.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// The user's: a path that does not exist or can't be read.
    #[error("cannot read {path}: {cause}")]
    Path {
        /// As given.
        path: PathBuf,
        /// The system's reason.
        cause: std::io::Error,
    },
    /// The user's: no manifest above the current folder and no path given.
    #[error("no Cargo.toml in {folder} or any folder above it")]
    NoManifest {
        /// Where the search began.
        folder: PathBuf,
    },
    /// The user's: no Rust code in what was named.
    #[error("no Rust package or source file in {path}")]
    Nothing {
        /// As given.
        path: PathBuf,
    },
}

/// Hands something on from each package to those that depend on it, directly or not. `take` is given both, by index, and says
/// whether the second got anything that it had not.
pub(crate) fn hand_on(packages: &[Package], mut take: impl FnMut(usize, usize) -> bool) {
    let mut by_folder: FxHashMap<&Path, usize> = FxHashMap::default();
    for (index, package) in packages.iter().enumerate() {
        by_folder.entry(&package.folder).or_insert(index);
    }
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); packages.len()];
    for (index, package) in packages.iter().enumerate() {
        let paths = package.dependencies.iter().filter_map(|one| one.path.as_deref());
        for dependency in paths.filter_map(|path| by_folder.get(path)) {
            dependents[*dependency].push(index);
        }
    }
    let mut waiting: Vec<usize> = (0..packages.len()).collect();
    while let Some(from) = waiting.pop() {
        for to in &dependents[from] {
            if take(from, *to) {
                waiting.push(*to);
            }
        }
    }
}
