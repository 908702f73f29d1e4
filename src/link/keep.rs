//! What one program worked out, for the next one.
//!
//! In: a program that is given up, and the files that changed since. Out: a program that has the types of every body to which
//! nothing that changed can matter. What is known of a body depends on its own text and on declarations, never on other bodies;
//! and it depends on a declaration only by way of names: one that the body has, or one that a declaration rests on which the body
//! comes upon by name, and so on. So the names of what changed are followed through all declarations, and bodies without any of
//! them stay.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::infer::BodyTypes;
use super::program::{Program, Unit, UnitKind};
use super::renumber::{Places, Renumbered};
use crate::facts::declared::{Declaration, declarations};
use crate::facts::outline::functions;
use crate::facts::{BodySource, FileFacts, Function, Name};
use crate::load::is_include;

/// What a program that is no more knew of bodies.
#[derive(Debug, Default)]
pub struct Kept {
    inferred: Vec<OnceLock<Box<BodyTypes>>>,
    places: Places,
}

/// A file that changed, as it was.
#[derive(Debug, Clone)]
pub struct Before {
    /// What it said.
    pub facts: Arc<FileFacts>,
    /// Its text.
    pub text: Arc<str>,
}

impl Program<'_> {
    /// Gives the program up, but for what the next one can use.
    #[must_use]
    pub fn keep(self) -> Kept {
        Kept { places: Places::of(&self), inferred: self.inferred }
    }

    /// Takes over what is known of the bodies to which nothing that changed can matter. `changed`: by index of the file; the
    /// files are the same ones.
    pub fn adopt(&mut self, kept: Kept, changed: &FxHashMap<usize, Before>) {
        if kept.inferred.is_empty() {
            return;
        }
        let loaded = self.loaded;
        let pairs = changed.iter().map(|(file, before)| (*file, (&*before.facts, &*loaded.files[*file].facts)));
        let pairs: FxHashMap<usize, (&FileFacts, &FileFacts)> = pairs.collect();
        let Some(touched) = self.touched(&pairs) else { return };
        let Some(numbers) = Renumbered::new(&kept.places, &Places::of(self), &pairs) else { return };
        let same = self.same_bodies(changed);
        let is_identity = numbers.is_identity();
        let carried =
            kept.inferred.into_par_iter().zip(&numbers.units).with_min_len(256).filter_map(|(known, number)| {
                let (number, mut known) = ((*number)? as usize, known.into_inner()?);
                let unit = self.units.get(number)?;
                let stays = is_unmoved(unit, &touched) && same.is_same(unit, changed);
                (stays && (is_identity || numbers.carry(&mut known))).then_some((number, known))
            });
        let carried: Vec<(usize, Box<BodyTypes>)> = carried.collect();
        for (number, known) in carried {
            self.inferred[number] = OnceLock::from(known);
        }
    }

    /// The names by which bodies may come upon what changed; none when it can matter to any body.
    fn touched(&self, changed: &FxHashMap<usize, (&FileFacts, &FileFacts)>) -> Option<FxHashSet<Name>> {
        let mut touched: FxHashSet<Name> = FxHashSet::default();
        // A part of another file has no module of its own.
        let parts = self.loaded.children.iter().filter(|((_, key), _)| key.last().is_some_and(|name| is_include(name)));
        if parts.into_iter().any(|(_, child)| changed.contains_key(child)) {
            return None;
        }
        for (old, new) in changed.values() {
            if old.test_only != new.test_only {
                return None;
            }
            for declaration in differing(declarations(old, true), declarations(new, true)) {
                if declaration.is_everywhere {
                    return None;
                }
                touched.extend(declaration.names);
            }
        }
        if !touched.is_empty() {
            self.follow(&mut touched);
        }
        Some(touched)
    }

    /// Adds the names of all declarations that rest on a name, until there are no more.
    fn follow(&self, touched: &mut FxHashSet<Name>) {
        let files = self.loaded.files.par_iter();
        let mut open: Vec<Declaration> = files.flat_map_iter(|file| declarations(&file.facts, false)).collect();
        loop {
            let rests = |one: &mut Declaration| one.mentions.iter().any(|name| touched.contains(name));
            let found: Vec<Declaration> = open.extract_if(.., rests).collect();
            if found.is_empty() {
                return;
            }
            touched.extend(found.into_iter().flat_map(|one| one.names));
        }
    }

    /// Which functions of the files that changed have the body that they had.
    fn same_bodies(&self, changed: &FxHashMap<usize, Before>) -> SameBodies {
        let mut same = FxHashSet::default();
        for (file, before) in changed {
            let now = &self.loaded.files[*file];
            let mut texts: FxHashMap<&Name, Vec<Option<&str>>> = FxHashMap::default();
            for function in functions(&before.facts) {
                texts.entry(&function.name).or_default().push(text_of(function, &before.text));
            }
            let mut seen: FxHashMap<&Name, usize> = FxHashMap::default();
            for function in functions(&now.facts) {
                let nth = seen.entry(&function.name).or_default();
                let before = texts.get(&function.name).and_then(|all| all.get(*nth)).copied().flatten();
                *nth += 1;
                if before.is_some() && before == text_of(function, &now.text) {
                    same.insert(std::ptr::from_ref(function).addr());
                }
            }
        }
        SameBodies(same)
    }
}

/// Functions, by where they are in memory.
struct SameBodies(FxHashSet<usize>);

impl SameBodies {
    fn is_same(&self, unit: &Unit<'_>, changed: &FxHashMap<usize, Before>) -> bool {
        !changed.contains_key(&unit.file)
            || unit.function().is_some_and(|function| self.0.contains(&std::ptr::from_ref(function).addr()))
    }
}

/// Whether none of the names can matter to a body. Of one that was parsed with its file, not every name is known.
fn is_unmoved(unit: &Unit<'_>, touched: &FxHashSet<Name>) -> bool {
    if touched.is_empty() {
        return true;
    }
    let is_text = match unit.kind {
        UnitKind::Function(function) => {
            function.body.as_ref().is_some_and(|body| matches!(body.source, BodySource::Text(_)))
        }
        UnitKind::Static(_) => false,
    };
    is_text && !touched.contains(&unit.name) && unit.words().iter().all(|word| !touched.contains(word))
}

/// The text of a function's body, if it was not parsed with its file.
fn text_of<'t>(function: &Function, text: &'t str) -> Option<&'t str> {
    match &function.body.as_ref()?.source {
        BodySource::Text(body) => text.get(body.range.clone()),
        BodySource::Parsed(_) => None,
    }
}

/// The declarations that are in only one of two versions.
fn differing(old: Vec<Declaration>, new: Vec<Declaration>) -> Vec<Declaration> {
    let mut left: FxHashMap<String, Vec<Declaration>> = FxHashMap::default();
    for mut declaration in old {
        left.entry(std::mem::take(&mut declaration.text)).or_default().push(declaration);
    }
    let mut found = Vec::new();
    for declaration in new {
        if left.get_mut(&declaration.text).and_then(Vec::pop).is_none() {
            found.push(declaration);
        }
    }
    found.extend(left.into_values().flatten());
    found
}
