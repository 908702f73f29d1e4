//! A file that changed, in what was loaded.
//!
//! In: what was loaded, and which file to look at again. Out: the same with the file as it is now, and what it was; unless the
//! trees of modules may have changed with it, which only a new look at everything tells.

use std::path::Path;
use std::sync::Arc;

use super::{KnownFile, KnownFiles, Loaded, Parsed, Reading, read, syntax_problem};

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
        let known = |file: &super::LoadedFile| KnownFile { text: file.text.clone(), facts: file.facts.clone() };
        self.files.iter().map(|file| (file.path.clone(), known(file))).collect()
    }

    /// Looks again at the file at a path.
    pub fn reread(&mut self, path: &Path, reading: Reading<'_>) -> Change {
        let Some(index) = self.index_of(path) else { return Change::Tree };
        let file = &mut self.files[index];
        let before = KnownFile { text: file.text.clone(), facts: file.facts.clone() };
        let known = KnownFiles::from_iter([(path.to_owned(), before.clone())]);
        let is_root = self.targets.iter().any(|target| target.root == index);
        let Ok(parsed) = read(path, is_root, Reading { known: &known, ..reading }) else { return Change::Tree };
        if Arc::ptr_eq(&parsed.facts, &before.facts) && parsed.references == file.references {
            return Change::None;
        }
        if parsed.references != file.references {
            return Change::Tree;
        }
        self.replace(index, parsed);
        Change::File { file: index, before }
    }

    fn replace(&mut self, index: usize, parsed: Parsed) {
        let Parsed { file: source, facts, .. } = parsed;
        self.problems.retain(|problem| problem.file != source.name);
        self.problems.extend(facts.problems.iter().map(|problem| syntax_problem(&source.name, problem)));
        self.problems.sort();
        self.problems.dedup();
        let file = &mut self.files[index];
        file.facts = facts;
        file.text = source.text.clone();
        self.sources.insert(source);
    }
}
