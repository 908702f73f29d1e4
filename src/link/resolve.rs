//! Looking up names: modules, imports, globs, crates, preludes.
//!
//! In: a path and the module it stands in. Out: a [`Def`], or what is left of the path behind a type.

use smallvec::SmallVec;

use super::program::{Def, ModuleId, Program};
use crate::catalog::model::TypeRole;
use crate::facts::{Name, Path, Segment};

/// Which names are asked for first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Space {
    /// Types, traits, modules.
    Types,
    /// Functions, statics, constructors.
    Values,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found<'p> {
    /// All of it.
    Whole(Def),
    /// A type or trait, and the segments behind it (`Type::method`).
    Rest(Def, &'p [Segment]),
}

/// What was asked on the way to an answer: imports and globs may lead in circles. There are few: no set is as fast as a list.
#[derive(Default)]
struct Asked(SmallVec<[(ModuleId, Name, Space); 6]>);

impl Asked {
    /// Whether a question is new.
    fn insert(&mut self, module: ModuleId, name: &Name, space: Space) -> bool {
        let is_new = self.0.iter().all(|(at, of, within)| *at != module || *within != space || of != name);
        if is_new {
            self.0.push((module, name.clone(), space));
        }
        is_new
    }
}

/// What rustc's prelude brings, as far as connlint cares.
const PRELUDE: [(&str, &str); 14] = [
    ("Option", "std::option::Option"),
    ("Some", "std::option::Option::Some"),
    ("None", "std::option::Option::None"),
    ("Result", "std::result::Result"),
    ("Ok", "std::result::Result::Ok"),
    ("Err", "std::result::Result::Err"),
    ("Vec", "std::vec::Vec"),
    ("String", "std::string::String"),
    ("Box", "std::boxed::Box"),
    ("Default", "std::default::Default"),
    ("From", "std::convert::From"),
    ("Into", "std::convert::Into"),
    ("drop", "std::mem::drop"),
    ("Drop", "std::ops::Drop"),
];

impl<'f> Program<'f> {
    /// Looks up a path as written in a module.
    pub(super) fn resolve<'p>(&self, module: ModuleId, path: &'p Path, space: Space) -> Option<Found<'p>> {
        // Spelled as written on the way, since `use library::prelude::*` and `library::prelude` can mean different things.
        match self.resolve_asking(module, path, space, &mut Asked::default())? {
            Found::Whole(Def::External(written)) => Some(Found::Whole(Def::External(self.catalog.canonical(&written)))),
            other => Some(other),
        }
    }

    fn resolve_asking<'p>(
        &self,
        module: ModuleId,
        path: &'p Path,
        space: Space,
        asked: &mut Asked,
    ) -> Option<Found<'p>> {
        let (first, rest) = path.segments.split_first()?;
        let alone = rest.is_empty();
        let start = if path.absolute {
            self.extern_root(module, &first.name)?
        } else {
            match first.name.as_str() {
                "crate" | "$crate" => Def::Module(self.root_of(module)),
                "self" => Def::Module(self.nearest(module)),
                "super" => Def::Module(self.modules[self.nearest(module).index()].parent?),
                _ => {
                    let wanted = if alone { space } else { Space::Types };
                    self.lookup_scoped(module, &first.name, wanted, !alone, asked)?
                }
            }
        };
        self.walk(start, rest, space, asked)
    }

    /// Goes on from a definition through the remaining segments.
    fn walk<'p>(&self, start: Def, rest: &'p [Segment], space: Space, asked: &mut Asked) -> Option<Found<'p>> {
        let mut at = start;
        for (index, segment) in rest.iter().enumerate() {
            let last = index + 1 == rest.len();
            at = match at {
                Def::Module(module) if segment.name == "super" => Def::Module(self.modules[module.index()].parent?),
                Def::Module(module) if segment.name == "self" => Def::Module(module),
                Def::Module(module) => {
                    let wanted = if last { space } else { Space::Types };
                    self.lookup(module, &segment.name, wanted, asked)?
                }
                Def::Type(ty) => match self.variant(ty, &segment.name) {
                    Some(variant) if last => variant,
                    _ => return Some(Found::Rest(Def::Type(ty), &rest[index..])),
                },
                Def::External(path) => Def::External(format!("{path}::{}", segment.name).into()),
                other => return Some(Found::Rest(other, &rest[index..])),
            };
        }
        Some(Found::Whole(at))
    }

    fn variant(&self, ty: super::program::TypeId, name: &Name) -> Option<Def> {
        let super::program::TypeKind::Enum(item) = self.types[ty.index()].kind else { return None };
        let index = item.variants.iter().position(|variant| &variant.name == name)?;
        Some(Def::Variant(ty, u32::try_from(index).ok()?))
    }

    fn root_of(&self, module: ModuleId) -> ModuleId {
        self.crates[self.modules[module.index()].krate.index()].root
    }

    fn nearest(&self, module: ModuleId) -> ModuleId {
        self.modules[module.index()].nearest.unwrap_or(module)
    }

    /// A name as seen from a module: its own, those of bodies around it, crates, prelude.
    fn lookup_scoped(
        &self,
        module: ModuleId,
        name: &Name,
        space: Space,
        is_prefix: bool,
        asked: &mut Asked,
    ) -> Option<Def> {
        let mut scope = Some(module);
        while let Some(at) = scope {
            if let Some(found) = self.lookup(at, name, space, asked) {
                return Some(found);
            }
            let found = &self.modules[at.index()];
            scope = if found.nearest.is_some() { found.parent } else { None };
        }
        if let Some(found) = self.known_extern(module, name) {
            return Some(found);
        }
        if let Some((_, path)) = PRELUDE.iter().find(|(known, _)| known == name) {
            return Some(Def::External((*path).into()));
        }
        // A library that the manifest doesn't name under this name (its library's name differs, or there is no manifest).
        (is_prefix && name.chars().next().is_some_and(|first| first.is_lowercase() || first == '_'))
            .then(|| Def::External(self.catalog.canonical(name)))
    }

    fn known_extern(&self, module: ModuleId, name: &Name) -> Option<Def> {
        let krate = &self.crates[self.modules[module.index()].krate.index()];
        if let Some(local) = krate.local_externs.get(name) {
            return Some(Def::Module(self.crates[local.index()].root));
        }
        if let Some(library) = krate.externs.get(name) {
            return Some(Def::External(self.catalog.canonical(library)));
        }
        matches!(name.as_str(), "std" | "core" | "alloc").then(|| Def::External("std".into()))
    }

    /// The crate that `::name` means.
    fn extern_root(&self, module: ModuleId, name: &Name) -> Option<Def> {
        self.known_extern(module, name).or_else(|| Some(Def::External(self.catalog.canonical(name))))
    }

    /// A name that a module itself has: declared, imported, by glob.
    fn lookup(&self, module: ModuleId, name: &Name, space: Space, asked: &mut Asked) -> Option<Def> {
        let found = &self.modules[module.index()];
        let (own, other) = match space {
            Space::Types => (&found.types, &found.values),
            Space::Values => (&found.values, &found.types),
        };
        if let Some(def) = own.get(name) {
            return Some(def.clone());
        }
        let leads_on = found.imports.contains_key(name) || !found.glob_targets.is_empty();
        if leads_on && !asked.insert(module, name, space) {
            return None;
        }
        if let Some(def) = self.imported(module, name, space, asked) {
            return Some(def);
        }
        let globbed = self.lookup_globs(module, name, space, asked);
        // A type can stand where a value is asked for (its constructor), a function never where a type is.
        globbed.or_else(|| if space == Space::Values { other.get(name).cloned() } else { None })
    }

    fn imported(&self, module: ModuleId, name: &Name, space: Space, asked: &mut Asked) -> Option<Def> {
        let imports = self.modules[module.index()].imports.get(name)?;
        let mut fallback = None;
        for import in imports {
            let found = match self.own_start(module, name, import.path) {
                Some((start, rest)) => self.walk(start, rest, space, asked),
                None => self.resolve_asking(module, import.path, space, asked),
            };
            let found = match found {
                Some(Found::Whole(def)) => Some(def),
                _ => None,
            };
            match found {
                // Of alternatives under `cfg`, what the catalogue knows is of use.
                Some(Def::External(path))
                    if imports.len() > 1 && !self.catalog.knows(&self.catalog.canonical(&path)) =>
                {
                    fallback = fallback.or(Some(Def::External(path)));
                }
                Some(def) => return Some(def),
                None => {}
            }
        }
        fallback
    }

    /// Where the path of an import begins that begins with the imported name itself (`use redis;`, `use async_trait::async_trait`):
    /// with a module or crate of that name, not with the import.
    fn own_start<'p>(&self, module: ModuleId, name: &Name, path: &'p Path) -> Option<(Def, &'p [Segment])> {
        let (first, rest) = path.segments.split_first().filter(|(first, _)| !path.absolute && first.name == *name)?;
        let own = self.modules[module.index()].types.get(name).cloned();
        Some((own.or_else(|| self.extern_root(module, &first.name))?, rest))
    }

    /// A name that glob imports bring, from modules that were not asked yet.
    fn lookup_globs(&self, module: ModuleId, name: &Name, space: Space, asked: &mut Asked) -> Option<Def> {
        self.modules[module.index()].glob_targets.iter().find_map(|target| match target {
            Def::Module(inner) => self.lookup(*inner, name, space, asked),
            Def::Type(ty) => self.variant(*ty, name),
            Def::External(path) => {
                let path = self.catalog.canonical(&format!("{path}::{name}"));
                self.catalog.knows(&path).then_some(Def::External(path))
            }
            _ => None,
        })
    }

    /// What the glob imports of a module lead to.
    pub(super) fn resolve_globs(&self, module: ModuleId) -> Vec<Def> {
        let globs = &self.modules[module.index()].globs;
        let resolve = |path| self.resolve_asking(module, path, Space::Types, &mut Asked::default());
        let found = globs.iter().filter_map(|glob| match resolve(glob.path) {
            Some(Found::Whole(def)) if def != Def::Module(module) => Some(def),
            _ => None,
        });
        found.collect()
    }

    /// Whether a canonical path is an `Option`, `Result` or kin.
    pub(super) fn is_outcome(&self, path: &str) -> bool {
        self.catalog.has_role(path, TypeRole::Outcome)
            || (path.ends_with("Result") && self.catalog.type_info(path).is_none())
    }
}

impl Program<'_> {
    /// The canonical path that a path as written leads to, when it leads out of the program; else none.
    pub(crate) fn resolve_external(&self, module: ModuleId, path: &Path) -> Option<Name> {
        [Space::Values, Space::Types].into_iter().find_map(|space| match self.resolve(module, path, space) {
            Some(Found::Whole(Def::External(found))) => Some(found),
            _ => None,
        })
    }

    /// A path with the import that its first name comes from put in, looked up or not: for traits that generated code
    /// declares.
    pub(crate) fn written_path(&self, module: ModuleId, path: &Path) -> Name {
        let Some((first, rest)) = path.segments.split_first() else { return Name::default() };
        let imports = self.modules[module.index()].imports.get(&first.name);
        let Some(import) = imports.and_then(|imports| imports.first()) else { return path.text().into() };
        let mut text = import.path.text();
        for segment in rest {
            text.push_str("::");
            text.push_str(&segment.name);
        }
        text.into()
    }
}
