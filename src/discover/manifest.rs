//! Reading `Cargo.toml`.
//!
//! In: a manifest's path. Out: [`Manifest`], a view of its tables that shrugs at values of the wrong type (cargo
//! complains of those), or the [`Problem`] that it can't be read, with its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use toml::{Table, Value};

use super::paths::{absolute, crate_name, folder_of, last_name, manifest_of};
use crate::finding::Problem;
use crate::source::read::{Kind, read_text};
use crate::source::shown_name;

/// A manifest that is valid TOML.
#[derive(Debug)]
pub(super) struct Manifest {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// The folder it lies in.
    pub(super) folder: PathBuf,
    /// All of it.
    pub(super) table: Table,
}

impl Manifest {
    /// `[package]`, or `[project]` as it was called once; a virtual manifest has none.
    pub(super) fn package(&self) -> Option<&Table> {
        table(&self.table, "package").or_else(|| table(&self.table, "project"))
    }

    /// `[workspace]`, which makes it the root of one.
    pub(super) fn workspace(&self) -> Option<&Table> {
        table(&self.table, "workspace")
    }

    /// Whether it describes nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.package().is_none() && self.workspace().is_none()
    }

    /// The package's name; its folder's where cargo would complain that there is none.
    pub(super) fn name(&self) -> String {
        self.package().and_then(|package| text(package, "name")).map_or_else(|| last_name(&self.folder), str::to_owned)
    }

    /// What other crates call this package's library.
    pub(super) fn lib_crate_name(&self) -> String {
        let own = table(&self.table, "lib").and_then(|lib| text(lib, "name"));
        crate_name(own.unwrap_or(&self.name()))
    }

    /// A path in this manifest, from its folder on.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        absolute(&self.folder, Path::new(path))
    }

    /// Folders that `[patch]` puts in the place of packages, by the package's name.
    pub(super) fn patches(&self) -> BTreeMap<String, PathBuf> {
        let sources = table(&self.table, "patch").into_iter().flatten();
        sources
            .filter_map(|(_, packages)| packages.as_table())
            .flatten()
            .filter_map(|(key, value)| {
                let patch = value.as_table()?;
                let name = text(patch, "package").unwrap_or(key);
                Some((name.to_owned(), self.resolve(text(patch, "path")?)))
            })
            .collect()
    }
}

/// The table called `key`.
pub(super) fn table<'a>(parent: &'a Table, key: &str) -> Option<&'a Table> {
    parent.get(key).and_then(Value::as_table)
}

/// The string called `key`.
pub(super) fn text<'a>(parent: &'a Table, key: &str) -> Option<&'a str> {
    parent.get(key).and_then(Value::as_str)
}

/// The boolean called `key`.
pub(super) fn flag(parent: &Table, key: &str) -> Option<bool> {
    parent.get(key).and_then(Value::as_bool)
}

/// The strings in the array called `key`.
pub(super) fn texts<'a>(parent: &'a Table, key: &str) -> Vec<&'a str> {
    let array = parent.get(key).and_then(Value::as_array);
    array.map(|values| values.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// What reading a manifest gave.
#[derive(Debug, Clone)]
pub(super) enum Reading {
    /// There is no such file.
    Absent,
    /// It can't be read or is no TOML.
    Broken(Problem),
    /// Here it is.
    Read(Arc<Manifest>),
}

/// The manifests of a run, each read once.
#[derive(Debug)]
pub(super) struct Manifests {
    cwd: PathBuf,
    read: Mutex<BTreeMap<PathBuf, Reading>>,
}

impl Manifests {
    /// None read yet; problems name files as seen from `cwd`.
    pub(super) fn new(cwd: &Path) -> Manifests {
        Manifests { cwd: cwd.to_owned(), read: Mutex::default() }
    }

    /// The folder that problems are seen from.
    pub(super) fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The name that a problem with `path` bears.
    pub(super) fn shown(&self, path: &Path) -> String {
        shown_name(path, &self.cwd)
    }

    /// The manifest at `path`.
    pub(super) fn reading(&self, path: &Path) -> Reading {
        if let Some(known) = self.lock().get(path) {
            return known.clone();
        }
        // Not under the lock: two threads may read the same file, with the same result.
        let reading = self.read(path);
        self.lock().insert(path.to_owned(), reading.clone());
        reading
    }

    /// The manifest at `path` if it can be read.
    pub(super) fn get(&self, path: &Path) -> Option<Arc<Manifest>> {
        match self.reading(path) {
            Reading::Read(manifest) => Some(manifest),
            Reading::Absent | Reading::Broken(_) => None,
        }
    }

    /// The manifest in `folder` if it can be read.
    pub(super) fn in_folder(&self, folder: &Path) -> Option<Arc<Manifest>> {
        self.get(&manifest_of(folder))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, Reading>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, path: &Path) -> Reading {
        // What is there and no file, a pipe for one, is told of, not taken for nothing.
        if !path.metadata().is_ok_and(|found| !found.is_dir()) {
            return Reading::Absent;
        }
        match read_toml(path, &self.shown(path)) {
            Ok(table) => {
                Reading::Read(Arc::new(Manifest { path: path.to_owned(), folder: folder_of(path).to_owned(), table }))
            }
            Err(problem) => Reading::Broken(problem),
        }
    }
}

/// Reads a TOML file; `shown` is its name in the problem.
pub(super) fn read_toml<T: serde::de::DeserializeOwned>(path: &Path, shown: &str) -> Result<T, Problem> {
    let content = read_text(path, Kind::Regular).map_err(|cause| Problem {
        file: shown.to_owned(),
        line: cause.line(),
        column: 0,
        message: cause.to_string(),
        help: "see to it that it is a readable text file in UTF-8; its package is left out till then".into(),
    })?;
    toml::from_str(&content).map_err(|error| {
        let (line, column) = error.span().map_or((0, 0), |span| place(&content, span.start));
        Problem {
            file: shown.to_owned(),
            line,
            column,
            message: format!("not valid TOML: {}", one_line(error.message())),
            help: "mend the file; what it describes is left out till then".into(),
        }
    })
}

/// All of a message in one line.
pub(super) fn one_line(message: &str) -> String {
    let parts: Vec<&str> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    parts.join(", ")
}

/// Line and column, in characters and from 1, of a byte offset.
fn place(content: &str, offset: usize) -> (u32, u32) {
    let before = content.get(..offset).unwrap_or(content);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    (count(line), count(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        assert_eq!(place("é = 1\nü = !", 12), (2, 5));
        assert_eq!(place("", 0), (1, 1));
        assert_eq!(place("a", 99), (1, 2));
    }
}
