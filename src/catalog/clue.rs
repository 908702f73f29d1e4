//! By which words code gives away that it may use a function that a catalogue knows.
//!
//! In: the functions in question. Out: [`Clue`]s, which can be held against the words of a body without parsing it.

use super::index::{CallRef, Catalog, FileId, last_segment};
use crate::facts::Name;

/// What a body must mention to use a function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clue {
    /// The catalogue's file that knows the function.
    pub file: FileId,
    /// The function's name.
    pub name: Name,
    /// For a function without receiver: the type or module that it is called by.
    pub owner: Option<Name>,
}

impl Catalog {
    /// The clues to all functions and methods that are `wanted`; sorted, each once.
    #[must_use]
    pub fn clues(&self, wanted: impl Fn(&CallRef) -> bool) -> Vec<Clue> {
        let functions = self.functions().filter(|call| wanted(call)).map(|call| Clue {
            file: call.file,
            name: last_segment(&call.path).into(),
            // A function of the program's own is called by its name alone where it stands.
            owner: owner_of(&call.path).filter(|_| !self.is_wrapper_file(call.file)),
        });
        let methods = self.methods().filter(|call| wanted(call)).map(|call| Clue {
            file: call.file,
            name: last_segment(&call.path).into(),
            owner: None,
        });
        let mut clues: Vec<Clue> = functions.chain(methods).collect();
        clues.sort_unstable();
        clues.dedup();
        clues
    }
}

/// `Client` of `redis::Client::open`, `reqwest` of `reqwest::get`.
fn owner_of(path: &str) -> Option<Name> {
    path.rsplit_once("::").map(|(owner, _)| last_segment(owner).into())
}
