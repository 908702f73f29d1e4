//! What one program worked out, for the next one of the same outline.
//!
//! In: a program that is given up, and the files that changed since, all of which still declare the same. Out: a program that
//! has the types of every body that is the same. What is known of a body depends on the declarations and on its text, not on
//! other bodies.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::infer::BodyTypes;
use super::program::{Program, Unit, UnitKind};
use crate::facts::outline::functions;
use crate::facts::{BodySource, FileFacts, Function};

/// The types of the bodies of a program that is no more.
#[derive(Debug, Default)]
pub struct Kept {
    inferred: Vec<OnceLock<Box<BodyTypes>>>,
}

/// A file that changed, with what it was. Its outline is the same (see [`crate::facts::outline::same_outline`]).
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
        Kept { inferred: self.inferred }
    }

    /// Takes over what is known of the bodies that are the same. `changed`: by index of the file.
    pub fn adopt(&mut self, mut kept: Kept, changed: &FxHashMap<usize, Before>) {
        if kept.inferred.len() != self.units.len() {
            return;
        }
        let loaded = self.loaded;
        let mut same: FxHashMap<*const Function, bool> = FxHashMap::default();
        for (file, before) in changed {
            let now = &loaded.files[*file];
            let pairs = functions(&before.facts).into_iter().zip(functions(&now.facts));
            same.extend(pairs.map(|(old, new)| (std::ptr::from_ref(new), same_body(before, old, &now.text, new))));
        }
        let is_same = |unit: &Unit<'_>| match unit.kind {
            _ if !changed.contains_key(&unit.file) => true,
            UnitKind::Function(function) => same.get(&std::ptr::from_ref(function)).copied().unwrap_or(false),
            UnitKind::Static(_) => false,
        };
        for (unit, known) in self.units.iter().zip(&mut kept.inferred) {
            if !is_same(unit) {
                *known = OnceLock::new();
            }
        }
        self.inferred = kept.inferred;
    }
}

/// Whether two versions of a function have the same body, on whatever line. One that was parsed with its file is taken for
/// another one.
fn same_body(before: &Before, old: &Function, text: &str, new: &Function) -> bool {
    match (&old.body, &new.body) {
        (None, None) => true,
        (Some(old), Some(new)) => match (&old.source, &new.source) {
            (BodySource::Text(old), BodySource::Text(new)) => {
                let old = before.text.get(old.range.clone());
                old.is_some() && old == text.get(new.range.clone())
            }
            _ => false,
        },
        _ => false,
    }
}
