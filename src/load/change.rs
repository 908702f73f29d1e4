//! A file that changed, in what was loaded.
//!
//! In: what was loaded, and which file to look at again. Out: the same with the file as it is now, and what it was; unless the
//! trees of modules may have changed with it, which only a new look at everything tells.

use std::path::Path;
use std::sync::Arc;

use super::{KnownFile, KnownFiles, Loaded, Reading, read, syntax_problem};
use crate::source::SourceFile;

/// What became of a file.
#[derive(Debug)]
pub enum Change {
    /// It is as it was.
    None,
    /// It says something else.
    File {
        /// Its index in [`Loaded::files`].
        file: usize,
        /// What it was.
        before: KnownFile,
    },
    /// Other files may belong to the trees now, or none does any more.
    Tree,
}

impl Loaded {
    /// The file at a path.
    #[must_use]
    pub fn index_of(&self, path: &Path) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_path().cmp(path)).ok()
    }

    /// All files as they were read.
    #[must_use]
    pub fn known(&self) -> KnownFiles {
        self.files.iter().map(|file| (file.path.clone(), file.known())).collect()
    }

    /// Looks again at the file at a path.
    pub fn reread(&mut self, path: &Path, reading: Reading<'_>) -> Change {
        let Some(index) = self.index_of(path) else { return Change::Tree };
        let before = self.files[index].known();
        let known = KnownFiles::from_iter([(path.to_owned(), before.clone())]);
        let is_root = self.targets.iter().any(|target| target.root == index);
        let Ok(parsed) = read(path, is_root, Reading { known: &known, ..reading }) else { return Change::Tree };
        if parsed.references != self.files[index].references {
            return Change::Tree;
        }
        let is_same = Arc::ptr_eq(&parsed.known.facts, &before.facts);
        self.replace(index, parsed.known);
        if is_same { Change::None } else { Change::File { file: index, before } }
    }

    fn replace(&mut self, index: usize, now: KnownFile) {
        let file = &mut self.files[index];
        self.problems.retain(|problem| problem.file != file.name);
        self.problems.extend(now.syntax.iter().map(|problem| syntax_problem(&file.name, problem)));
        self.problems.sort();
        self.problems.dedup();
        let KnownFile { text, facts, read, syntax } = now;
        self.sources.insert(SourceFile { name: file.name.clone(), path: file.path.clone(), text: text.clone() });
        (file.text, file.facts, file.read, file.syntax) = (text, facts, read, syntax);
    }
}
