//! Types that hand the methods of a trait on to what they hold, by generated code (`#[enum_dispatch]`, `#[derive(Delegate)]`).
//!
//! In: a type and a method's name. Out: the units of the held types that a call of it reaches.

use super::methods::Method;
use super::program::{CrateId, ModuleId, Program, TypeDef, TypeId, TypeKind, UnitId};
use super::ty::Ty;
use crate::catalog::last_segment;
use crate::facts::{Attr, FieldDef, Generics, Name, Path, TypeRef, Variant};

/// What a held value has of a method.
enum Held {
    /// Functions.
    Units(Vec<UnitId>),
    /// None of its own; it may hand calls on.
    Owner(TypeId, Vec<Ty>),
    Nothing,
}

impl<'f> Program<'f> {
    /// The functions of what a type's variants or fields hold, if it hands calls on to them.
    pub(super) fn delegated(&self, krate: CrateId, id: TypeId, args: &[Ty], name: &Name) -> Option<Vec<UnitId>> {
        let mut units = Vec::new();
        // What is held may hand on in its turn.
        let mut owners = vec![(id, args.to_vec())];
        let mut next = 0;
        while let Some((owner, args)) = owners.get(next).cloned() {
            next += 1;
            if !self.delegates(&self.types[owner.index()]) {
                continue;
            }
            for held in self.held_by(owner, &args) {
                match self.held_method(krate, &held, name) {
                    Held::Units(found) => units.extend(found),
                    Held::Owner(id, args) if owners.iter().all(|(known, _)| *known != id) => owners.push((id, args)),
                    Held::Owner(..) | Held::Nothing => {}
                }
            }
        }
        units.sort_unstable();
        units.dedup();
        (!units.is_empty()).then_some(units)
    }

    fn held_method(&self, krate: CrateId, held: &Ty, name: &Name) -> Held {
        let mut owner = Held::Nothing;
        for step in self.autoderef(held) {
            let units = match &step {
                Ty::Local(id, _) => self.own_method(*id, name),
                other => match self.method_on(krate, other, name) {
                    Some(Method::Units(units, _)) => Some(units),
                    _ => None,
                },
            };
            match (units, step) {
                (Some(units), _) => return Held::Units(units),
                (None, Ty::Local(id, args)) => owner = Held::Owner(id, args),
                (None, _) => {}
            }
        }
        owner
    }

    /// Whether generated code hands a trait's methods on.
    fn delegates(&self, found: &TypeDef<'f>) -> bool {
        let facts = || self.catalog.delegations();
        found.attrs.iter().any(|attr| {
            let is_attribute = || facts().any(|fact| self.is_one_of(found.module, &attr.path, &fact.attributes));
            let is_derive = || facts().any(|fact| self.derives_one_of(found.module, attr, &fact.derives));
            is_attribute() || is_derive()
        })
    }

    fn derives_one_of(&self, module: ModuleId, attr: &Attr, known: &[String]) -> bool {
        attr.path.last().is_some_and(|name| name == "derive")
            && attr.words.iter().any(|word| self.is_one_of(module, &Path::from_names([word.as_str()]), known))
    }

    /// Whether a macro's name, as written in a module, means one of these.
    fn is_one_of(&self, module: ModuleId, path: &Path, known: &[String]) -> bool {
        let last = path.last();
        let mut similar = known.iter().filter(|known| last.is_some_and(|last| last_segment(known) == last));
        similar.any(|known| {
            let written = self.resolve_external(module, path).unwrap_or_else(|| path.text().into());
            self.catalog.canonical(&written) == *known
        })
    }

    /// The types of a struct's fields, or of what an enum's variants hold; a variant without fields is named like what it
    /// holds.
    fn held_by(&self, id: TypeId, args: &[Ty]) -> Vec<Ty> {
        let member = |generics: &'f Generics, field: &FieldDef| self.member_type(id, generics, field, args);
        match self.types[id.index()].kind {
            TypeKind::Struct(item) => item.fields.iter().map(|field| member(&item.generics, field)).collect(),
            TypeKind::Enum(item) => {
                let module = self.types[id.index()].module;
                let named = |name: &Name| TypeRef::Path(Path::from_names([name.as_str()]));
                let of_variant = |variant: &'f Variant| match variant.fields.as_slice() {
                    [] => vec![self.lower_in_impl_head(module, &named(&variant.name), &item.generics)],
                    fields => fields.iter().map(|field| member(&item.generics, field)).collect(),
                };
                item.variants.iter().flat_map(of_variant).collect()
            }
            TypeKind::Alias(..) => Vec::new(),
        }
    }
}
