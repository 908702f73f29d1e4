//! Finding the method that a call on a value means.
//!
//! In: the receiver's type and a name. Out: units of the program, facts of the catalogue, or nothing.

use std::sync::Arc;

use super::lookup::Assoc;
use super::program::{CrateId, ImplId, Owner, Program, TraitId, TypeId, UnitId};
use super::ty::{TraitRef, Ty};
use crate::catalog::{CallRef, FileId};
use crate::facts::{Function, Name};

/// A method that was found, with the type it was found on.
#[derive(Debug, Clone)]
pub(super) enum Method {
    /// Of the program.
    Units(Vec<UnitId>, Ty),
    /// Of a library.
    Library(Arc<CallRef>, Ty),
    /// Not listed, but it returns the value itself.
    Fluent(Ty),
}

impl<'f> Program<'f> {
    /// Looks for a method on a type and on what it dereferences to.
    pub(super) fn find_method(&self, krate: CrateId, ty: &Ty, name: &Name) -> Option<Method> {
        let steps = self.autoderef(ty);
        let direct = steps.iter().find_map(|step| self.method_on(krate, step, name));
        direct.or_else(|| {
            let call = self.catalog.trait_method(name)?;
            (!ty.is_unknown()).then(|| Method::Library(call.clone(), ty.clone()))
        })
    }

    pub(super) fn method_on(&self, krate: CrateId, ty: &Ty, name: &Name) -> Option<Method> {
        match ty {
            Ty::Local(id, args) => {
                let units = self.own_method(*id, name).or_else(|| self.delegated(krate, *id, args, name))?;
                Some(Method::Units(units, ty.clone()))
            }
            Ty::External(path, _) => {
                if let Some(call) = self.pick(krate, self.catalog.method(path, name)) {
                    return Some(Method::Library(call.clone(), ty.clone()));
                }
                let impls = self.impls_of_external.get(path).map_or(&[][..], Vec::as_slice);
                if let Some(units) = self.units_of_impls(impls, name) {
                    return Some(Method::Units(units, ty.clone()));
                }
                let fluent = self.catalog.type_info(path).is_some_and(|info| info.fact.fluent);
                fluent.then(|| Method::Fluent(ty.clone()))
            }
            Ty::Object(traits) | Ty::Param(_, traits) => {
                for of in traits {
                    match of {
                        TraitRef::Local(of) => {
                            if let Some(units) = self.units_of_trait(*of, name, 0) {
                                return Some(Method::Units(units, ty.clone()));
                            }
                        }
                        TraitRef::External(path) => {
                            if let Some(call) = self.pick(krate, self.catalog.method(path, name)) {
                                return Some(Method::Library(call.clone(), ty.clone()));
                            }
                        }
                    }
                }
                self.blanket_units(name).map(|units| Method::Units(units, ty.clone()))
            }
            Ty::Slice(inner) => {
                let vec = Ty::External("std::vec::Vec".into(), vec![(**inner).clone()]);
                let call = self.pick(krate, self.catalog.method("std::vec::Vec", name))?;
                Some(Method::Library(call.clone(), vec))
            }
            _ => None,
        }
    }

    /// A function of a type of the program, by its implementations.
    pub(super) fn own_method(&self, id: TypeId, name: &Name) -> Option<Vec<UnitId>> {
        self.units_of_impls(self.impls_of_type.get(&id).map_or(&[], Vec::as_slice), name)
    }

    /// A function of one of these implementations: inherent ones first, then traits', then the traits' own bodies.
    fn units_of_impls(&self, impls: &[ImplId], name: &Name) -> Option<Vec<UnitId>> {
        let of = |inherent: bool| {
            let matching = impls.iter().filter(move |of| self.impls[of.index()].item.of_trait.is_none() == inherent);
            matching.filter_map(|of| self.impls[of.index()].functions.get(name).copied()).collect::<Vec<_>>()
        };
        let inherent = of(true);
        if !inherent.is_empty() {
            return Some(inherent);
        }
        let of_traits = of(false);
        if !of_traits.is_empty() {
            return Some(of_traits);
        }
        let defaults: Vec<UnitId> = impls
            .iter()
            .filter_map(|of| match &self.impls[of.index()].of_trait {
                Some(TraitRef::Local(of)) => self.default_unit(*of, name),
                _ => None,
            })
            .collect();
        if !defaults.is_empty() {
            return Some(defaults);
        }
        self.blanket_units(name)
    }

    fn default_unit(&self, of: TraitId, name: &Name) -> Option<UnitId> {
        let unit = *self.traits[of.index()].functions.get(name)?;
        self.unit(unit).has_body().then_some(unit)
    }

    fn blanket_units(&self, name: &Name) -> Option<Vec<UnitId>> {
        let units: Vec<UnitId> =
            self.blanket_impls.iter().filter_map(|of| self.impls[of.index()].functions.get(name).copied()).collect();
        (!units.is_empty()).then_some(units)
    }

    /// Every function that a call through a trait may reach: its own body and all implementations'.
    fn units_of_trait(&self, of: TraitId, name: &Name, depth: usize) -> Option<Vec<UnitId>> {
        let definition = &self.traits[of.index()];
        if let Some(declared) = definition.functions.get(name) {
            let mut units = vec![*declared];
            units.extend(definition.impls.iter().filter_map(|of| self.impls[of.index()].functions.get(name).copied()));
            return Some(units);
        }
        if depth > 4 {
            return None;
        }
        definition.item.supertraits.iter().find_map(|path| match self.resolve_trait(definition.module, path) {
            Some(TraitRef::Local(of)) => self.units_of_trait(of, name, depth + 1),
            _ => None,
        })
    }

    /// `Type::name` as a path.
    pub(super) fn assoc(&self, ty: &Ty, name: &Name) -> Assoc {
        match ty {
            Ty::Local(id, _) => {
                let impls = self.impls_of_type.get(id).map_or(&[][..], Vec::as_slice);
                match self.units_of_impls(impls, name) {
                    Some(units) => Assoc::Units(units),
                    None => self.deref(ty).map_or(Assoc::Nothing, |inner| self.assoc(&inner, name)),
                }
            }
            Ty::External(path, _) => {
                let full = self.catalog.canonical(&format!("{path}::{name}"));
                if self.catalog.function(&full).is_empty() {
                    let impls = self.impls_of_external.get(path).map_or(&[][..], Vec::as_slice);
                    if let Some(units) = self.units_of_impls(impls, name) {
                        return Assoc::Units(units);
                    }
                }
                Assoc::External(full)
            }
            Ty::Object(traits) | Ty::Param(_, traits) => {
                let local = traits.iter().find_map(|of| match of {
                    TraitRef::Local(of) => self.units_of_trait(*of, name, 0),
                    TraitRef::External(_) => None,
                });
                local.map_or(Assoc::Nothing, Assoc::Units)
            }
            _ => Assoc::Nothing,
        }
    }

    /// Functions of a trait called by path (`Trait::name(value)`).
    pub(super) fn assoc_of_trait(&self, of: TraitId, name: &Name) -> Option<Vec<UnitId>> {
        self.units_of_trait(of, name, 0)
    }

    /// Methods of this name when the receiver's type is unknown: only if the program has one such function (with its
    /// trait's declaration and implementations), and the name isn't one that libraries use for everything. The call gives so
    /// many type and value arguments.
    pub(super) fn methods_by_unique_name(
        &self,
        krate: CrateId,
        name: &Name,
        (types, arguments): (usize, usize),
    ) -> Option<Vec<UnitId>> {
        let units = self.methods_by_name.get(name)?;
        let takes = |function: &Function| function.params.len() == arguments && function.generics.params.len() >= types;
        let fitting: Vec<UnitId> = units
            .iter()
            .copied()
            .filter(|unit| {
                !self.unit(*unit).test && self.sees(krate, *unit) && self.unit(*unit).function().is_some_and(takes)
            })
            .collect();
        let first = *fitting.first()?;
        let family = |unit: UnitId| self.trait_of(unit);
        let same =
            fitting.iter().all(|unit| *unit == first || (family(*unit).is_some() && family(*unit) == family(first)));
        // A file shared by a library and a binary has each method twice.
        let place = |unit: UnitId| (self.unit(unit).file, self.unit(unit).span);
        let twice = fitting.iter().all(|unit| place(*unit) == place(first));
        (same || twice).then_some(fitting)
    }

    /// Units together with those of the same name and place under other `cfg`.
    pub(super) fn with_alternatives(&self, mut units: Vec<UnitId>) -> Vec<UnitId> {
        for index in 0..units.len() {
            if let Some(others) = self.alternatives.get(&units[index]) {
                units.extend(others.iter().copied());
            }
        }
        units
    }

    /// Whether a crate can see a unit: its own, or of a crate that it depends on.
    fn sees(&self, krate: CrateId, unit: UnitId) -> bool {
        let wanted = self.crate_id_of(unit);
        let mut seen = vec![krate];
        let mut next = 0;
        while let Some(at) = seen.get(next).copied() {
            if at == wanted {
                return true;
            }
            next += 1;
            for seen_from in self.crates[at.index()].local_externs.values() {
                if !seen.contains(seen_from) {
                    seen.push(*seen_from);
                }
            }
        }
        false
    }

    /// The trait that a unit belongs to.
    fn trait_of(&self, unit: UnitId) -> Option<TraitRef> {
        match self.unit(unit).owner {
            Owner::Free => None,
            Owner::Trait(of) => Some(TraitRef::Local(of)),
            Owner::Impl(of) => self.impls[of.index()].of_trait.clone(),
        }
    }

    /// Of facts that differ by version, those of the version that the crate depends on.
    pub(super) fn pick<'c>(&self, krate: CrateId, calls: &'c [Arc<CallRef>]) -> Option<&'c Arc<CallRef>> {
        let (first, rest) = calls.split_first()?;
        if rest.is_empty() {
            return Some(first);
        }
        let fitting = calls.iter().find(|call| self.version_fits(krate, call));
        Some(fitting.unwrap_or(first))
    }

    fn version_fits(&self, krate: CrateId, call: &CallRef) -> bool {
        call.versions.as_ref().is_none_or(|wanted| self.versions_match(krate, call.file, wanted))
    }

    /// Whether a crate depends on a version, by this semver requirement, of a package that a catalogue file speaks about.
    #[must_use]
    pub fn has_version(&self, krate: CrateId, file: FileId, requirement: &str) -> bool {
        semver::VersionReq::parse(requirement).is_ok_and(|wanted| self.versions_match(krate, file, &wanted))
    }

    fn versions_match(&self, krate: CrateId, file: FileId, wanted: &semver::VersionReq) -> bool {
        let packages = &self.catalog.file(file).packages;
        let package = &self.discovery.packages[self.crates[krate.index()].package];
        let dependencies = package.dependencies.iter().filter(|dependency| packages.contains(&dependency.package));
        dependencies.into_iter().any(|dependency| {
            if dependency.locked.is_empty() {
                dependency.least_version().is_none_or(|version| wanted.matches(&version))
            } else {
                dependency.locked.iter().any(|version| wanted.matches(version))
            }
        })
    }
}
