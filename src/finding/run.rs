//! The run that a report comes from: where it looked from, and whose the files are.
//!
//! In: the current folder, the packages, the files that were read. Out: a [`Run`], with which a report names files the
//! way its readers need them: relative to the repository, or with the cargo target that they belong to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::discover::{Discovery, TargetKind};
use crate::load::Loaded;
use crate::source::shown_name;

/// Where a run took place.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// The current folder: files below it are shown relative to it.
    pub cwd: PathBuf,
    /// The root of the repository that holds the current folder; the current folder when there is none.
    pub root: PathBuf,
    /// The target of each file that was read, by the file's name as shown.
    pub owners: BTreeMap<String, Arc<Owner>>,
    /// Whether findings were held against a baseline.
    pub has_baseline: bool,
}

/// The cargo target that a file belongs to; of several, the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Cargo's identifier of the package.
    pub package_id: String,
    /// The package's manifest.
    pub manifest: PathBuf,
    /// The package's edition, e.g. 2021.
    pub edition: u16,
    /// What the target is.
    pub kind: TargetKind,
    /// The target's name as cargo says it.
    pub name: String,
    /// The target's root file.
    pub root: PathBuf,
}

impl Run {
    /// A run in `cwd`, without a baseline.
    #[must_use]
    pub fn new(cwd: &Path, discovery: &Discovery, loaded: &Loaded) -> Run {
        let root = cwd.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(cwd);
        Run { cwd: cwd.to_owned(), root: root.to_owned(), owners: owners(discovery, loaded), has_baseline: false }
    }

    /// The file called `name` as seen from the repository's root, `/`-separated; absolute outside of it.
    #[must_use]
    pub fn in_repository(&self, name: &str) -> String {
        shown_name(&self.cwd.join(name), &self.root)
    }
}

fn owners(discovery: &Discovery, loaded: &Loaded) -> BTreeMap<String, Arc<Owner>> {
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for ((parent, _), child) in &loaded.children {
        children.entry(*parent).or_default().push(*child);
    }
    let mut owners: BTreeMap<String, Arc<Owner>> = BTreeMap::new();
    for target in &loaded.targets {
        let Some(package) = discovery.packages.get(target.package) else { continue };
        let owner = Arc::new(Owner {
            package_id: package.id.clone(),
            manifest: package.folder.join("Cargo.toml"),
            edition: package.edition,
            kind: target.target.kind,
            name: target.target.name.clone(),
            root: target.target.root.clone(),
        });
        let mut open = vec![target.root];
        while let Some(file) = open.pop() {
            let name = &loaded.files[file].name;
            if owners.get(name).is_some_and(|known| known.root == owner.root || file != target.root) {
                continue;
            }
            owners.insert(name.clone(), Arc::clone(&owner));
            open.extend(children.get(&file).into_iter().flatten());
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_from_the_repository() {
        let run = Run { cwd: "/w/app/api".into(), root: "/w/app".into(), ..Run::default() };
        assert_eq!(run.in_repository("src/main.rs"), "api/src/main.rs");
        assert_eq!(run.in_repository("/w/app/web/src/main.rs"), "web/src/main.rs");
        assert_eq!(run.in_repository("/elsewhere/main.rs"), "/elsewhere/main.rs");
    }
}
