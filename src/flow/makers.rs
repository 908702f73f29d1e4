//! Which bodies can construct anything at all, told by the names that they mention.
//!
//! In: the catalogues and what each package depends on. Out: [`Makers`], asked once for each body: types are worked out
//! only for bodies that it lets through.

use rustc_hash::FxHashSet;

use crate::catalog::FileId;
use crate::discover::Package;
use crate::facts::Name;
use crate::link::{Program, UnitId};

/// The names of constructing functions that each package can reach: most bodies mention none, and need no types.
pub(super) struct Makers {
    by_package: Vec<FxHashSet<Name>>,
}

impl Makers {
    pub(super) fn new(program: &Program<'_>) -> Self {
        let by_file = program.catalog.maker_names();
        let packages = &program.discovery.packages;
        let names_for = |package: usize| {
            let reached = reached_packages(packages, package);
            let is_reached = |file: &FileId| {
                let needs = &program.catalog.file(*file).packages;
                let Some(reached) = &reached else { return true };
                needs.is_empty() || needs.iter().any(|name| reached.contains(&name.as_str()))
            };
            by_file.iter().filter(|(file, _)| is_reached(file)).flat_map(|(_, names)| names.iter().cloned()).collect()
        };
        Makers { by_package: (0..packages.len()).map(names_for).collect() }
    }

    pub(super) fn may_be_mentioned(&self, program: &Program<'_>, unit: UnitId) -> bool {
        let names = &self.by_package[program.crate_of(unit).package];
        program.unit(unit).words().iter().any(|name| names.contains(name))
    }
}

/// What a package depends on, also through other packages of the run; none when that isn't known.
fn reached_packages(packages: &[Package], start: usize) -> Option<Vec<&str>> {
    let mut seen = vec![start];
    let mut names = Vec::new();
    let mut next = 0;
    while let Some(at) = seen.get(next).copied() {
        next += 1;
        let package = &packages[at];
        if !package.has_manifest {
            return None;
        }
        for dependency in &package.dependencies {
            names.push(dependency.package.as_str());
            let local = packages.iter().position(|other| dependency.path.as_ref() == Some(&other.folder));
            match local {
                Some(local) if !seen.contains(&local) => seen.push(local),
                _ => {}
            }
        }
    }
    Some(names)
}
