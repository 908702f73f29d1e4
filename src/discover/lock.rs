//! Reading `Cargo.lock`.
//!
//! In: the folder of a workspace. Out: [`Lock`], which versions it holds of a package. No lock file means no versions
//! and is nothing to complain about: libraries often have none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use semver::{Version, VersionReq};
use serde::Deserialize;

use super::manifest::{Manifests, read_toml};
use crate::finding::Problem;

/// The versions in a lock file, ascending, by package.
#[derive(Debug, Default)]
pub(super) struct Lock {
    /// By package; shared by all packages of the workspace.
    pub(super) versions: Arc<BTreeMap<String, Vec<Version>>>,
}

/// The lock files of a run, each read once.
#[derive(Debug, Default)]
pub(super) struct Locks(Mutex<BTreeMap<PathBuf, ReadLock>>);

/// A lock file, or an empty one and why it can't be read.
type ReadLock = (Arc<Lock>, Option<Problem>);

impl Locks {
    /// The lock file of `folder`; empty if there is none.
    pub(super) fn of(&self, folder: &Path, manifests: &Manifests) -> ReadLock {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(folder) {
            return found.clone();
        }
        let (lock, problem) = Lock::read(folder, manifests);
        let found = (Arc::new(lock), problem);
        known().insert(folder.to_owned(), found.clone());
        found
    }
}

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: String,
}

impl Lock {
    /// Reads the lock file of `folder`, if there is one.
    fn read(folder: &Path, manifests: &Manifests) -> (Lock, Option<Problem>) {
        let path = folder.join("Cargo.lock");
        if !path.is_file() {
            return (Lock::default(), None);
        }
        match read_toml::<LockFile>(&path, &manifests.shown(&path)) {
            Ok(file) => (Lock::new(file), None),
            Err(problem) => {
                let help = "mend it, or delete it and run `cargo generate-lockfile`; till then the versions of the \
                            dependencies are not known";
                let help = help.to_owned();
                (Lock::default(), Some(Problem { help, ..problem }))
            }
        }
    }

    fn new(file: LockFile) -> Lock {
        let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
        for package in file.package {
            if let Ok(version) = package.version.parse() {
                versions.entry(package.name).or_default().push(version);
            }
        }
        for held in versions.values_mut() {
            held.sort();
            held.dedup();
        }
        Lock { versions: Arc::new(versions) }
    }

    /// The versions of `package` that fit `requirement` (empty: any). If none fits but only one is there, it is that
    /// one: the requirement may be overridden by `[patch]`, or be for a pre-release.
    pub(super) fn fitting(&self, package: &str, requirement: &str) -> Vec<Version> {
        let held = self.versions.get(package).map_or(&[][..], Vec::as_slice);
        let wanted = if requirement.is_empty() { "*" } else { requirement };
        let fitting: Vec<Version> = match VersionReq::parse(wanted) {
            Ok(wanted) => held.iter().filter(|v| wanted.matches(v)).cloned().collect(),
            Err(_) => Vec::new(),
        };
        match held {
            [only] if fitting.is_empty() => vec![only.clone()],
            _ => fitting,
        }
    }
}
