//! Types as far as the analysis needs them: enough to tell whose method is called.
//!
//! References are not kept: `&T` is `T`.

use crate::facts::Name;

use super::program::{TraitId, TypeId, UnitId};

/// Of so many parts may a type be made. A type that doubles with each call of `fn twice<T>(t: T) -> (T, T)` would soon take all
/// memory; types that people write have some dozens.
const MAX_PARTS: usize = 256;

/// A trait, of the program or of a library.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TraitRef {
    /// Declared in the program.
    Local(TraitId),
    /// Canonical path.
    External(Name),
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Ty {
    /// Not known.
    #[default]
    Unknown,
    /// Not known, but it comes from a library: none of the program's own.
    Foreign,
    /// A type of a library, by canonical path, with its arguments.
    External(Name, Vec<Ty>),
    /// A struct or enum of the program, with its arguments.
    Local(TypeId, Vec<Ty>),
    /// `(A, B)`.
    Tuple(Vec<Ty>),
    /// `[T]`.
    Slice(Box<Ty>),
    /// A function or method of the program, as a value.
    Function(UnitId),
    /// Something callable that returns this: function pointers, closures, `impl Fn() -> T`.
    Callable(Box<Ty>),
    /// `dyn A`, `impl A`: some type of these traits.
    Object(Vec<TraitRef>),
    /// A type parameter with its bounds.
    Param(Name, Vec<TraitRef>),
    /// A future with this output.
    Future(Box<Ty>),
}

impl Ty {
    /// The unit type.
    #[must_use]
    pub fn unit() -> Ty {
        Ty::Tuple(Vec::new())
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Ty::Unknown)
    }

    /// Whether no name is known for it.
    #[must_use]
    pub fn is_nameless(&self) -> bool {
        matches!(self, Ty::Unknown | Ty::Foreign)
    }

    /// The type, or nothing when it is made of too many parts.
    pub(super) fn bounded(self) -> Ty {
        let mut left = MAX_PARTS;
        if self.fits(&mut left) { self } else { Ty::Unknown }
    }

    /// Whether there are no more parts than `left`, which are taken away from it.
    fn fits(&self, left: &mut usize) -> bool {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        match self {
            Ty::External(_, parts) | Ty::Local(_, parts) | Ty::Tuple(parts) => parts.iter().all(|part| part.fits(left)),
            Ty::Slice(inner) | Ty::Future(inner) | Ty::Callable(inner) => inner.fits(left),
            Ty::Unknown | Ty::Foreign | Ty::Function(_) | Ty::Object(_) | Ty::Param(..) => true,
        }
    }

    /// Replaces parameters by what `lookup` gives for their names.
    #[must_use]
    pub fn substitute(&self, lookup: &dyn Fn(&Name) -> Option<Ty>) -> Ty {
        self.clone().bounded().substituted(lookup).bounded()
    }

    fn substituted(&self, lookup: &dyn Fn(&Name) -> Option<Ty>) -> Ty {
        let all = |list: &[Ty]| list.iter().map(|ty| ty.substituted(lookup)).collect();
        match self {
            Ty::Param(name, _) => lookup(name).unwrap_or_else(|| self.clone()),
            Ty::External(path, args) => Ty::External(path.clone(), all(args)),
            Ty::Local(id, args) => Ty::Local(*id, all(args)),
            Ty::Tuple(parts) => Ty::Tuple(all(parts)),
            Ty::Slice(inner) => Ty::Slice(Box::new(inner.substituted(lookup))),
            Ty::Future(inner) => Ty::Future(Box::new(inner.substituted(lookup))),
            Ty::Callable(inner) => Ty::Callable(Box::new(inner.substituted(lookup))),
            Ty::Unknown | Ty::Foreign | Ty::Function(_) | Ty::Object(_) => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_double_are_given_up() {
        let twice = |ty: Ty| {
            let pair = Ty::Tuple(vec![Ty::Param("T".into(), Vec::new()), Ty::Param("T".into(), Vec::new())]);
            pair.substitute(&|_| Some(ty.clone()))
        };
        let client = Ty::External("redis::Client".into(), Vec::new());
        assert_eq!(twice(client.clone()), Ty::Tuple(vec![client.clone(), client.clone()]));
        let grown = (0..100).fold(client, |ty, _| twice(ty));
        assert!(grown.fits(&mut MAX_PARTS.clone()));
    }
}
