//! The numbers of a program's entities in the next one.
//!
//! In: which entities each file had and has, by name. Out: [`Renumbered`], with which types of bodies are carried over. Within a
//! file, what has a name as often as before is the same as before.

use rustc_hash::FxHashMap;

use super::callers::Reference;
use super::infer::{BodyTypes, Target};
use super::program::{CrateId, Def, ModuleId, Program, TraitId, TypeId, UnitId};
use super::ty::{TraitRef, Ty};
use crate::facts::FileFacts;
use crate::facts::declared::{Entities, entities};

/// Where an entity stands: crate, file, the how manieth of its kind in that file and crate.
type Place = (u32, u32, u32);

/// The places of all entities, by number.
#[derive(Debug, Default)]
pub(super) struct Places {
    units: Vec<Place>,
    types: Vec<Place>,
    traits: Vec<Place>,
    modules: Vec<Place>,
}

impl Places {
    pub(super) fn of(program: &Program<'_>) -> Places {
        let home = |module: ModuleId| {
            let module = &program.modules[module.index()];
            (module.krate, module.file)
        };
        Places {
            units: places(program.units.iter().map(|unit| (home(unit.module).0, unit.file))),
            types: places(program.types.iter().map(|ty| home(ty.module))),
            traits: places(program.traits.iter().map(|of| home(of.module))),
            modules: places(program.modules.iter().map(|module| (module.krate, module.file))),
        }
    }
}

fn places(homes: impl Iterator<Item = (CrateId, usize)>) -> Vec<Place> {
    let mut counts: FxHashMap<(CrateId, usize), u32> = FxHashMap::default();
    homes
        .map(|home| {
            let count = counts.entry(home).or_default();
            *count += 1;
            (home.0.0, u32::try_from(home.1).unwrap_or(u32::MAX), *count - 1)
        })
        .collect()
}

/// The new number of each old one; none for what is gone, or not certain to be the same.
#[derive(Debug)]
pub(super) struct Renumbered {
    pub(super) units: Vec<Option<u32>>,
    types: Vec<Option<u32>>,
    traits: Vec<Option<u32>>,
    modules: Vec<Option<u32>>,
}

/// A list of names in a file's [`Entities`].
type Names = for<'e, 'f> fn(&'e Entities<'f>) -> &'e [&'f str];

impl Renumbered {
    /// Finds what is the same; none when what is the same is in another order. `changed`: the files that changed, before and
    /// after.
    pub(super) fn new(
        old: &Places,
        new: &Places,
        changed: &FxHashMap<usize, (&FileFacts, &FileFacts)>,
    ) -> Option<Self> {
        let changed: FxHashMap<u32, (Entities<'_>, Entities<'_>)> = changed
            .iter()
            .map(|(file, (old, new))| (u32::try_from(*file).unwrap_or(u32::MAX), (entities(old), entities(new))))
            .collect();
        let map = |old: &[Place], new: &[Place], names: Names| {
            let moved: FxHashMap<u32, Moved> =
                changed.iter().map(|(file, (old, new))| (*file, Moved::between(names(old), names(new)))).collect();
            let numbers: FxHashMap<Place, u32> = new.iter().copied().zip(0..).collect();
            let number = |(krate, file, at): &Place| {
                let at = moved.get(file).map_or(Some(*at), |moved| moved.of(*at))?;
                numbers.get(&(*krate, *file, at)).copied()
            };
            let found: Vec<Option<u32>> = old.iter().map(number).collect();
            found.iter().flatten().is_sorted().then_some(found)
        };
        Some(Renumbered {
            units: map(&old.units, &new.units, |all| &all.units)?,
            types: map(&old.types, &new.types, |all| &all.types)?,
            traits: map(&old.traits, &new.traits, |all| &all.traits)?,
            modules: map(&old.modules, &new.modules, |all| &all.modules)?,
        })
    }

    /// Whether nothing has another number.
    pub(super) fn is_identity(&self) -> bool {
        let same = |all: &[Option<u32>]| all.iter().zip(0..).all(|(new, old)| *new == Some(old));
        [&self.units, &self.types, &self.traits, &self.modules].into_iter().all(|all| same(all))
    }
}

/// Where the entities of one kind of a file are now.
struct Moved {
    to: Vec<Option<u32>>,
    /// How many there are now.
    count: u32,
}

impl Moved {
    fn between(old: &[&str], new: &[&str]) -> Moved {
        let mut now: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (name, at) in new.iter().zip(0..) {
            now.entry(name).or_default().push(at);
        }
        let mut before: FxHashMap<&str, usize> = FxHashMap::default();
        old.iter().for_each(|name| *before.entry(name).or_default() += 1);
        let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
        let to = old.iter().map(|name| {
            let places = now.get(name).filter(|places| places.len() == before[name])?;
            let nth = seen.entry(name).or_default();
            *nth += 1;
            places.get(*nth - 1).copied()
        });
        Moved { to: to.collect(), count: u32::try_from(new.len()).unwrap_or(u32::MAX) }
    }

    /// A file that is a module twice has its entities twice, one after the other.
    fn of(&self, at: u32) -> Option<u32> {
        let length = u32::try_from(self.to.len()).ok().filter(|length| *length > 0)?;
        let to = (*self.to.get((at % length) as usize)?)?;
        Some(at / length * self.count + to)
    }
}

impl Renumbered {
    /// Carries over what is known of a body; false when something of it is gone, and then it is spoilt.
    pub(super) fn carry(&self, types: &mut BodyTypes) -> bool {
        let BodyTypes { types, binds, targets, values, functions, references, .. } = types;
        types.iter_mut().chain(binds.values_mut()).all(|ty| self.ty(ty))
            && targets.values_mut().chain(functions.values_mut()).all(|target| self.target(target))
            && values.values_mut().all(|def| self.def(def))
            && references.iter_mut().all(|(unit, Reference { unit: caller, .. })| self.unit(unit) && self.unit(caller))
    }

    fn unit(&self, id: &mut UnitId) -> bool {
        renumber(&mut id.0, &self.units)
    }

    fn type_id(&self, id: &mut TypeId) -> bool {
        renumber(&mut id.0, &self.types)
    }

    fn trait_id(&self, id: &mut TraitId) -> bool {
        renumber(&mut id.0, &self.traits)
    }

    fn target(&self, target: &mut Target) -> bool {
        match target {
            Target::Units { units, .. } => units.iter_mut().all(|unit| self.unit(unit)),
            Target::Library { .. } | Target::Foreign(_) | Target::Constructor | Target::Fluent => true,
        }
    }

    fn def(&self, def: &mut Def) -> bool {
        match def {
            Def::Module(id) => renumber(&mut id.0, &self.modules),
            Def::Type(id) | Def::Variant(id, _) => self.type_id(id),
            Def::Trait(id) => self.trait_id(id),
            Def::Unit(id) => self.unit(id),
            Def::External(_) => true,
        }
    }

    fn ty(&self, ty: &mut Ty) -> bool {
        match ty {
            Ty::Unknown | Ty::Foreign => true,
            Ty::External(_, args) | Ty::Tuple(args) => args.iter_mut().all(|arg| self.ty(arg)),
            Ty::Local(id, args) => self.type_id(id) && args.iter_mut().all(|arg| self.ty(arg)),
            Ty::Slice(inner) | Ty::Callable(inner) | Ty::Future(inner) => self.ty(inner),
            Ty::Function(id) => self.unit(id),
            Ty::Object(traits) | Ty::Param(_, traits) => traits.iter_mut().all(|of| match of {
                TraitRef::Local(id) => self.trait_id(id),
                TraitRef::External(_) => true,
            }),
        }
    }
}

fn renumber(id: &mut u32, numbers: &[Option<u32>]) -> bool {
    match numbers.get(*id as usize) {
        Some(Some(new)) => {
            *id = *new;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_name_as_often_as_before_is_the_same() {
        let moved = Moved::between(&["a", "b", "a", "c"], &["x", "a", "a", "b", "b"]);
        assert_eq!([0, 1, 2, 3].map(|at| moved.of(at)), [Some(1), None, Some(2), None]);
        assert_eq!(moved.of(4), Some(6), "the file's second time");
        assert_eq!(Moved::between(&[], &["a"]).of(0), None);
    }
}
