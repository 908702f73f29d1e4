//! What the clients of a type talk to, and what a manager of the program's own pools.
//!
//! In: a type. Out: its family, as the catalogues say; what its pool holds.

use super::program::Program;
use super::ty::{TraitRef, Ty};

/// Types within types are followed this far.
const MAX_DEPTH: usize = 4;

impl Program<'_> {
    /// The family that a type belongs to; for a generic pool that of its manager, for a manager that of what it pools.
    #[must_use]
    pub fn family_of(&self, ty: &Ty) -> Option<String> {
        self.family_within(ty, 0)
    }

    fn family_within(&self, ty: &Ty, depth: usize) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        let Ty::External(path, args) = ty else {
            return self.family_within(&self.pooled_by(ty)?, depth + 1);
        };
        let info = self.catalog.type_info(path);
        let of_args = || args.iter().find_map(|arg| self.family_within(arg, depth + 1));
        info.and_then(|info| info.fact.family.clone())
            .or_else(of_args)
            .or_else(|| info.and_then(|info| self.catalog.file(info.file).family.clone()))
    }

    /// What a pool holds whose manager is of this type of the program.
    #[must_use]
    pub fn pooled_by(&self, manager: &Ty) -> Option<Ty> {
        let Ty::Local(id, _) = manager else { return None };
        let mut traits = self.impls_of_type.get(id)?.iter().filter_map(|of| self.impls[of.index()].of_trait.as_ref());
        let name = traits.find_map(|of_trait| {
            let TraitRef::External(path) = of_trait else { return None };
            self.catalog.type_info(path)?.fact.pools.as_deref()
        })?;
        Some(self.assoc_type(manager, &name.into(), 0)).filter(|ty| !ty.is_unknown())
    }
}
