//! Types and paths as written, before any name is looked up.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use thin_vec::ThinVec;

use super::Name;

/// A path: `crate::cache::Cache::<T>::open`, `<T as Trait>::method`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Path {
    /// Begins with `::`.
    pub absolute: bool,
    /// The type in `<T as Trait>::x` and how many segments name the trait (0 for `<T>::x`).
    pub qself: Option<Box<(TypeRef, usize)>>,
    /// Its segments; most paths are one name.
    pub segments: SmallVec<[Segment; 1]>,
}

impl Path {
    /// A path of plain names.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Path {
        let segments = names.into_iter().map(|name| Segment { name: name.into(), ..Segment::default() });
        Path { segments: segments.collect(), ..Path::default() }
    }

    /// The only name of a path that is one.
    #[must_use]
    pub fn single(&self) -> Option<&Name> {
        match (self.absolute, &self.qself, self.segments.as_slice()) {
            (false, None, [only]) => Some(&only.name),
            _ => None,
        }
    }

    /// The last name.
    #[must_use]
    pub fn last(&self) -> Option<&Name> {
        self.segments.last().map(|segment| &segment.name)
    }

    /// The names, `::` between them.
    #[must_use]
    pub fn text(&self) -> String {
        let names: Vec<&str> = self.segments.iter().map(|segment| segment.name.as_str()).collect();
        names.join("::")
    }
}

/// One segment of a path with its generic arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Segment {
    /// The name.
    pub name: Name,
    /// Type arguments, in order; for `Fn(A, B)` one tuple.
    pub args: ThinVec<TypeRef>,
    /// Associated types: `Output = T`, also the result of `Fn(..) -> T`.
    pub assoc: ThinVec<(Name, TypeRef)>,
}

/// A type as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum TypeRef {
    /// A named type.
    Path(Path),
    /// `&T`, `&mut T`, `*const T`.
    Ref(Box<TypeRef>),
    /// `(A, B)`; the unit type is empty.
    Tuple(Vec<TypeRef>),
    /// `[T]`, `[T; N]`.
    Slice(Box<TypeRef>),
    /// `fn(A) -> B`.
    Fn(Box<TypeRef>),
    /// `impl A + B`.
    Impl(Vec<Path>),
    /// `dyn A + B`.
    Dyn(Vec<Path>),
    /// `_`, `!`, macros, anything else.
    #[default]
    Unknown,
}
