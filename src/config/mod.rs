//! The configuration of a project: `connlint.toml`, or a table in its manifest.
//!
//! ```text
//! paths ─► find (which file) ─► read (Form, every mistake) ─► rules, families, globs, catalogues checked ─► Config
//! ```
//!
//! In: the paths that are checked, or a file's name. Out: a [`Config`], or a [`ConfigError`] with all that is wrong, each at
//! its place. What the command line says over it is [`crate::cli`]'s business. `docs/configuration.md` is the description for
//! users.

mod find;
pub mod form;
mod knowledge;
mod mistake;
mod paths;
mod read;
mod template;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

pub use find::FILE_NAME;
pub use mistake::{ConfigError, Mistake};
pub use paths::PathSet;
pub use template::Project;

use crate::catalog::model::CatalogFile;
use crate::catalog::{Catalog, CatalogError};
use crate::finding::Level;
use crate::rules::known_rule;
use crate::source::Sources;
use find::Found;
use form::{Form, Levels, Told};
use knowledge::Reader;
use mistake::{Text, suggest};

/// Which file is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// The nearest one.
    #[default]
    Nearest,
    /// This one.
    Named(PathBuf),
    /// None.
    None,
}

/// What a project says about its own run, checked.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What the file says.
    pub form: Form,
    /// The file; none when there is none.
    pub file: Option<File>,
    /// Files of which nothing is reported.
    pub exclude: Option<PathSet>,
    /// Levels of rules in some files, the later ones over the earlier ones.
    pub overrides: Vec<PathLevels>,
    /// Catalogues of the project's own, by the names that errors call them by.
    pub catalogs: Vec<(String, CatalogFile)>,
}

/// A file that configures.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it lies.
    pub path: PathBuf,
    /// As shown.
    pub name: String,
    text: std::sync::Arc<str>,
}

impl File {
    /// The line, from 1 on, on which something is told.
    #[must_use]
    pub fn line_of<T>(&self, told: &Told<T>) -> u32 {
        crate::source::span_of(&self.text, told.range()).start.line
    }

    /// The folder that its paths are relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }
}

/// Levels of rules in some files.
#[derive(Debug, Clone)]
pub struct PathLevels {
    /// The files.
    pub paths: PathSet,
    /// The level of each rule there.
    pub levels: BTreeMap<String, Level>,
}

/// The file that speaks for a folder: a `connlint.toml`, or a manifest with the table.
#[must_use]
pub fn nearest_file(folder: &Path) -> Option<PathBuf> {
    find::place(folder)
}

/// Whether a manifest has a table that configures.
#[must_use]
pub fn is_in_manifest(manifest: &str) -> bool {
    !read::tables(manifest).is_empty()
}

/// The JSON Schema of the file.
#[must_use]
pub fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null));
    settings.into_generator().into_root_schema_for::<Form>()
}

/// TOML has no null: a key that is optional is left out.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            only.into_iter().for_each(|(key, value)| {
                schema.insert(key, value);
            });
        }
    }
}

impl Config {
    /// Reads what speaks for `paths`, seen from `cwd`; nothing at all when there is no such file.
    ///
    /// # Errors
    /// When it has mistakes: all of them.
    pub fn load(choice: &Choice, paths: &[PathBuf], cwd: &Path) -> Result<Config, ConfigError> {
        let found = match choice {
            Choice::None => None,
            Choice::Named(path) => Some(find::named(path, cwd)?),
            Choice::Nearest => find::nearest(paths, cwd)?,
        };
        found.map_or_else(|| Ok(Config::default()), |found| checked(&found, cwd))
    }

    /// The families of clients that there are with the project's own.
    ///
    /// # Errors
    /// When a built-in catalogue is broken.
    pub fn families(&self) -> Result<BTreeSet<String>, CatalogError> {
        let own = self.catalogs.iter().flat_map(|(_, file)| families_of(file));
        Ok(builtin_families()?.into_iter().chain(own.map(str::to_owned)).collect())
    }
}

/// The families that a catalogue names: its own, and those of single types.
fn families_of(file: &CatalogFile) -> impl Iterator<Item = &str> {
    file.family.iter().chain(file.types.iter().filter_map(|fact| fact.family.as_ref())).map(String::as_str)
}

fn builtin_families() -> Result<BTreeSet<String>, CatalogError> {
    Ok(Catalog::builtin()?.families().into_iter().map(str::to_owned).collect())
}

/// Reads and checks a file.
fn checked(found: &Found, cwd: &Path) -> Result<Config, ConfigError> {
    let Found { text, within } = found;
    let (form, mistakes) = read::read(text, within);
    let folder = text.path.parent().unwrap_or(cwd);
    let is_whole = mistakes.is_empty();
    let mut reader = Reader { text, folder, cwd, files: Vec::new(), is_whole, mistakes, sources: Sources::default() };
    reader.read(&form);
    let (unknown, known) = unknown_families(&form, &reader);
    let mut check = Check { text, folder, is_whole, mistakes: std::mem::take(&mut reader.mistakes) };
    check.families(&unknown, &known);
    check.levels(&form.rules);
    let exclude = form.exclude.as_ref().and_then(|globs| check.globs(globs));
    let overrides = form.overrides.iter().filter_map(|one| check.path_levels(one)).collect();
    if let Some(baseline) = &form.baseline
        && baseline.is_empty()
    {
        check.mistakes.push(text.mistake(baseline.range(), "the name of the baseline is empty", "name a file"));
    }
    if check.mistakes.is_empty() {
        let file = File { path: text.path.clone(), name: text.name.clone(), text: text.text.clone() };
        return Ok(Config { form, file: Some(file), exclude, overrides, catalogs: reader.files });
    }
    let mut mistakes = check.mistakes;
    mistakes.sort_unstable();
    mistakes.dedup();
    let mut sources = reader.sources;
    sources.insert(text.source());
    Err(ConfigError { mistakes, sources })
}

/// The families that a file names and no catalogue has, and those that there are.
fn unknown_families<'f>(form: &'f Form, reader: &Reader<'_>) -> (Vec<&'f Told<String>>, BTreeSet<String>) {
    let of_wrappers = form.clients.wrapper.iter().filter_map(|wrapper| wrapper.family.as_ref());
    let mut told = form.families.iter().flat_map(|families| families.iter()).chain(of_wrappers).peekable();
    if told.peek().is_none() {
        return (Vec::new(), BTreeSet::new());
    }
    let mut known = builtin_families().unwrap_or_default();
    known.extend(reader.families().map(str::to_owned));
    (told.filter(|family| !known.contains(family.as_str())).collect(), known)
}

/// What serde cannot tell: names, globs.
struct Check<'c> {
    text: &'c Text,
    folder: &'c Path,
    is_whole: bool,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn families(&mut self, unknown: &[&Told<String>], known: &BTreeSet<String>) {
        for family in unknown {
            let help = suggest(family, known.iter().map(String::as_str));
            let message = format!("no catalogue has the family `{}`", family.as_str());
            self.mistakes.push(self.text.mistake(family.range(), message, help));
        }
    }

    fn levels(&mut self, levels: &Levels) -> BTreeMap<String, Level> {
        for rule in levels.keys() {
            if let Err(unknown) = known_rule(&rule.0, crate::rules::ids()) {
                self.mistakes.push(self.text.mistake(rule.range(), unknown.to_string(), unknown.help()));
            }
        }
        levels.iter().map(|(rule, level)| (rule.0.clone(), Level::from(**level))).collect()
    }

    fn globs(&mut self, globs: &[Told<String>]) -> Option<PathSet> {
        match PathSet::new(self.folder, globs.iter().map(|glob| glob.as_str())) {
            Ok(set) => Some(set),
            Err(wrong) => {
                for (index, cause) in wrong {
                    let range = globs.get(index).map(Told::range).unwrap_or_default();
                    let help = "write a path or a glob: \"tools\", \"src/**/generated.rs\"";
                    self.mistakes.push(self.text.mistake(range, cause, help));
                }
                None
            }
        }
    }

    fn path_levels(&mut self, one: &form::Override) -> Option<PathLevels> {
        let levels = self.levels(&one.rules);
        let place = one.rules.keys().next().map(Told::range).or(one.paths.first().map(Told::range));
        let lacks = [("paths", one.paths.is_empty()), ("rules", one.rules.is_empty())];
        for (key, _) in lacks.iter().filter(|(_, is_missing)| *is_missing && self.is_whole) {
            let help = "an override has `paths` and `rules`";
            let range = place.clone().unwrap_or_default();
            self.mistakes.push(self.text.mistake(range, format!("an override without `{key}`"), help));
        }
        Some(PathLevels { paths: self.globs(&one.paths)?, levels })
    }
}
