//! Which bodies may use a library's function at all, told by the words in them and by what their package depends on.
//!
//! In: a catalogue's [`Clue`]s. Out: units. Most bodies have none of the words, and need be neither parsed nor typed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::program::{Owner, Program, TypeKind, UnitId};
use super::ty::Ty;
use crate::catalog::{Clue, FileId, last_segment};
use crate::discover::{Package, hand_on};
use crate::facts::{Name, Path, TypeRef};

/// Words by which a body can call a type's function without naming the type: `Default::default()`.
const NAMELESS: [&str; 4] = ["Default", "From", "FromStr", "TryFrom"];

impl Program<'_> {
    /// The units whose bodies may use one of the functions, in order.
    #[must_use]
    pub fn units_that_may_use(&self, clues: &[Clue]) -> Vec<UnitId> {
        let in_force = InForce::new(self);
        let mut of_owners: FxHashMap<&Name, Vec<bool>> = FxHashMap::default();
        let mut found = Vec::new();
        for clue in clues {
            let Some(units) = self.mentions.get(&clue.name) else { continue };
            let owner = clue.owner.as_ref().filter(|owner| !self.is_imported(owner, &clue.name));
            let owner = owner.map(|owner| &*of_owners.entry(owner).or_insert_with(|| self.may_name(owner)));
            found.extend(units.iter().copied().filter(|unit| {
                in_force.is(self.crate_of(*unit).package, clue.file)
                    && owner.is_none_or(|named| named[unit.index()] || self.is_within_foreign(*unit))
            }));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Which units, by index, may name a type or make one without its name.
    fn may_name(&self, owner: &Name) -> Vec<bool> {
        let mut named = vec![false; self.units.len()];
        for name in self.spellings_of(owner).into_iter().chain(NAMELESS.map(Name::from)) {
            for unit in self.mentions.get(&name).into_iter().flatten() {
                named[unit.index()] = true;
            }
        }
        named
    }

    /// Whether some module has a function by its own name: `use reqwest::get`, `use reqwest::*`.
    fn is_imported(&self, owner: &Name, name: &Name) -> bool {
        self.modules.iter().any(|module| {
            let by_name = || module.imports.values().flatten();
            let is_it = |path: &Path| {
                path.last() == Some(name) && path.segments.iter().rev().nth(1).is_some_and(|of| of.name == *owner)
            };
            by_name().any(|import| is_it(import.path))
                || module.globs.iter().any(|glob| glob.path.last() == Some(owner))
        })
    }

    /// Whether `Self` may be a library's type in a unit that says it.
    fn is_within_foreign(&self, unit: UnitId) -> bool {
        let unit = self.unit(unit);
        let is_foreign = match unit.owner {
            Owner::Free => false,
            Owner::Trait(_) => true,
            Owner::Impl(id) => !matches!(self.impls[id.index()].self_ty, Ty::Local(..)),
        };
        is_foreign && unit.may_mention("Self")
    }

    /// The name of a type, and those that aliases, renames and re-exports give it.
    #[must_use]
    pub fn spellings_of(&self, name: &Name) -> Vec<Name> {
        let mut names = vec![name.clone()];
        let mut known = 0;
        // An alias may be one of an alias.
        while known < names.len() {
            known = names.len();
            let mut further = self.other_names(&names);
            further.retain(|name| !names.contains(name));
            further.sort_unstable();
            further.dedup();
            names.extend(further);
        }
        names
    }

    fn other_names(&self, names: &[Name]) -> Vec<Name> {
        let is_one = |last: Option<&Name>| last.is_some_and(|last| names.contains(last));
        let is_alias = |ty: &TypeRef| matches!(ty, TypeRef::Path(path) if is_one(path.last()));
        let imports = self.modules.iter().flat_map(|module| &module.imports);
        let renamed = imports.filter(|(_, imports)| imports.iter().any(|import| is_one(import.path.last())));
        let renamed = renamed.map(|(alias, _)| alias.clone());
        let aliased = self.types.iter().filter_map(|ty| match ty.kind {
            TypeKind::Alias(_, target) if is_alias(target) => Some(ty.name.clone()),
            _ => None,
        });
        let associated = self.impls.iter().flat_map(|of| &of.item.types);
        let associated = associated.filter(|(_, target)| is_alias(target)).map(|(name, _)| name.clone());
        let respelled = self.catalog.spellings().filter(|(_, to)| names.iter().any(|name| name == last_segment(to)));
        let respelled = respelled.map(|(from, _)| Name::from(last_segment(from)));
        renamed.chain(aliased).chain(associated).chain(respelled).collect()
    }
}

/// Which files of the catalogue speak about libraries that a package can reach.
struct InForce {
    by_package: Vec<FxHashSet<FileId>>,
}

impl InForce {
    fn new(program: &Program<'_>) -> InForce {
        let catalog = program.catalog;
        let always = |file: &FileId| catalog.is_wrapper_file(*file) || catalog.file(*file).packages.is_empty();
        let always: FxHashSet<FileId> = catalog.file_ids().filter(always).collect();
        let mut about: FxHashMap<&str, Vec<FileId>> = FxHashMap::default();
        for file in catalog.file_ids() {
            for package in &catalog.file(file).packages {
                about.entry(package).or_default().push(file);
            }
        }
        let of_package = |package: &Package| match package.has_manifest {
            // What it depends on isn't known.
            false => catalog.file_ids().collect(),
            true => {
                let named = package.dependencies.iter().filter_map(|one| about.get(one.package.as_str()));
                named.flatten().chain(&always).copied().collect()
            }
        };
        let packages = &program.discovery.packages;
        let mut by_package: Vec<FxHashSet<FileId>> = packages.iter().map(of_package).collect();
        hand_on(packages, |from, to| {
            let more: Vec<FileId> = by_package[from].difference(&by_package[to]).copied().collect();
            let is_more = !more.is_empty();
            by_package[to].extend(more);
            is_more
        });
        InForce { by_package }
    }

    fn is(&self, package: usize, file: FileId) -> bool {
        self.by_package[package].contains(&file)
    }
}
