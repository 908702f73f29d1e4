//! What the clients of a library type talk to.
//!
//! In: a type. Out: its family, as the catalogues say.

use super::program::Program;
use super::ty::Ty;

/// Types within types are followed this far.
const MAX_DEPTH: usize = 4;

impl Program<'_> {
    /// The family that a library type belongs to; for a generic pool that of its manager.
    #[must_use]
    pub fn family_of(&self, ty: &Ty) -> Option<String> {
        self.family_within(ty, 0)
    }

    fn family_within(&self, ty: &Ty, depth: usize) -> Option<String> {
        let Ty::External(path, args) = ty else { return None };
        if depth > MAX_DEPTH {
            return None;
        }
        let info = self.catalog.type_info(path);
        let of_args = || args.iter().find_map(|arg| self.family_within(arg, depth + 1));
        info.and_then(|info| info.fact.family.clone())
            .or_else(of_args)
            .or_else(|| info.and_then(|info| self.catalog.file(info.file).family.clone()))
    }
}
