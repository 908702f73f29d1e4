//! What a project tells of clients and frameworks of its own.
//!
//! In: the configuration. Out: catalogue files as the built-in ones are: those that it names, read by the same loader, and one
//! for each of its short forms; and what is wrong with them.

use std::path::Path;
use std::sync::Arc;

use walkdir::WalkDir;

use super::families_of;
use super::form::{Clients, Form, Frameworks, Roots, Told, Wrapper};
use super::mistake::{Mistake, Text};
use super::paths::PathSet;
use super::read::{mistakes, told};
use crate::catalog::model::{CallFact, CatalogFile, FunctionFact, RootFact, RootFrequency};
use crate::catalog::{Catalog, CatalogError, parse_catalog};
use crate::source::read::{Kind, read_text};
use crate::source::{Sources, shown_name};

const CATALOG: &str = "rules/README.md describes the form of a catalogue";

/// Catalogue files with the names that errors call them by.
pub(super) type Files = Vec<(String, CatalogFile)>;

/// Collects files and mistakes.
pub(super) struct Reader<'r> {
    /// The configuration.
    pub(super) text: &'r Text,
    /// Its folder.
    pub(super) folder: &'r Path,
    pub(super) cwd: &'r Path,
    pub(super) files: Files,
    /// All of the configuration could be read.
    pub(super) is_whole: bool,
    pub(super) mistakes: Vec<Mistake>,
    /// The texts of the catalogues.
    pub(super) sources: Sources,
}

impl Reader<'_> {
    pub(super) fn read(&mut self, form: &Form) {
        let Form { clients: Clients { catalogs, wrapper }, frameworks, .. } = form;
        catalogs.iter().for_each(|glob| self.catalogs(glob, true));
        let Frameworks { catalogs, handlers, startup } = frameworks;
        catalogs.iter().for_each(|glob| self.catalogs(glob, false));
        for wrapper in wrapper {
            self.wrapper(wrapper);
        }
        self.roots(handlers, RootFrequency::PerRequest, "handler");
        self.roots(startup, RootFrequency::Once, "start-up function");
    }

    /// The families of the catalogues that are named; a wrapper alone makes no family.
    pub(super) fn families(&self) -> impl Iterator<Item = &str> {
        let catalogs = self.files.iter().filter(|(name, _)| *name != self.text.name);
        catalogs.flat_map(|(_, file)| families_of(file))
    }

    /// The catalogues that a glob names.
    fn catalogs(&mut self, glob: &Told<String>, of_clients: bool) {
        let set = match PathSet::new(self.folder, [glob.as_str()]) {
            Ok(set) => set,
            Err(wrong) => {
                let message = wrong.into_iter().map(|(_, cause)| cause).next().unwrap_or_default();
                self.mistake(glob.range(), message, "write a path or a glob: \"connlint/*.toml\"");
                return;
            }
        };
        // Only what stands before the first special character can hold it.
        let base: Vec<&str> = glob.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
        let walk = WalkDir::new(self.folder.join(base.join("/"))).sort_by_file_name();
        let entries = walk.into_iter().filter_entry(|entry| entry.file_name() != "target").filter_map(Result::ok);
        let paths: Vec<_> = entries
            .map(walkdir::DirEntry::into_path)
            .filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "toml"))
            .filter(|path| set.has(path) && *path != self.text.path)
            .collect();
        if paths.is_empty() {
            let message = format!("no catalogue is at `{}`", **glob);
            self.mistake(glob.range(), message, "name TOML files, seen from the folder of this file");
        }
        for path in paths {
            self.catalog(&path, of_clients, glob);
        }
    }

    fn catalog(&mut self, path: &Path, of_clients: bool, glob: &Told<String>) {
        let name = shown_name(path, self.cwd);
        if self.sources.get(&name).is_some() {
            return;
        }
        let text = match read_text(path, Kind::Regular) {
            Ok(text) => Text { path: path.to_owned(), name: name.clone(), text: Arc::from(text) },
            Err(cause) => {
                let message = format!("{name}: {cause}");
                return self.mistake(glob.range(), message, "name files that can be read");
            }
        };
        self.sources.insert(text.source());
        let read = parse_catalog(&name, &text.text).and_then(|file| {
            Catalog::new(vec![(name.clone(), file.clone())])?;
            Ok(file)
        });
        match read {
            Ok(file) if of_clients && !tells_family(&file) => {
                let help = "add `family = \"…\"`: what the client talks to";
                self.mistakes.push(text.mistake(0..0, format!("`{}` has no family", file.name), help));
            }
            Ok(file) => self.files.push((name, file)),
            Err(CatalogError::Form { .. }) => self.mistakes.extend(mistakes::<CatalogFile>(&text, CATALOG)),
            Err(error) => self.mistakes.push(located(&error, &text)),
        }
    }

    fn wrapper(&mut self, wrapper: &Wrapper) {
        let Wrapper { functions, makes, family, returns, is_async, packages } = wrapper;
        let place = functions.first().map(Told::range).or(makes.as_ref().map(Told::range));
        let place = place.or(family.as_ref().map(Told::range)).unwrap_or_default();
        let lacks = [("functions", functions.is_empty()), ("makes", makes.is_none()), ("family", family.is_none())];
        // Of what could not be read nothing can be missed.
        for (key, is_missing) in lacks {
            if !is_missing || !self.is_whole {
                continue;
            }
            let help = "a wrapper has `functions`, `makes` and `family`";
            self.mistake(place.clone(), format!("a wrapper without `{key}`"), help);
        }
        self.check_paths(functions, false);
        let (Some(makes), Some(family)) = (makes, family) else { return };
        let packages = match packages.is_empty() {
            true => functions.iter().flat_map(|path| packages_of(path)).collect(),
            false => packages.iter().map(|package| (**package).clone()).collect(),
        };
        let call = CallFact {
            makes: Some(**makes),
            returns: returns.as_ref().map(|ty| (**ty).clone()),
            is_async: *is_async,
            ..CallFact::default()
        };
        let paths = functions.iter().map(|path| (**path).clone()).collect();
        let file = CatalogFile {
            family: Some((**family).clone()),
            packages,
            function: vec![FunctionFact { paths, call }],
            ..self.own()
        };
        let checked = Catalog::new(vec![(self.text.name.clone(), file.clone())]);
        match (checked, returns) {
            (Err(CatalogError::Type { text, cause, .. }), Some(ty)) => {
                self.mistake(ty.range(), format!("`{text}` is no type: {cause}"), "write it as in Rust");
            }
            _ => self.files.push((self.text.name.clone(), file)),
        }
    }

    fn roots(&mut self, roots: &Roots, frequency: RootFrequency, role: &str) {
        let Roots { attributes, functions, traits } = roots;
        self.check_paths(attributes, false);
        self.check_paths(functions, true);
        self.check_paths(traits, true);
        let plain = |all: &[Told<String>]| all.iter().map(|path| (**path).clone()).collect::<Vec<_>>();
        let fact = RootFact {
            frequency,
            role: role.to_owned(),
            attributes: plain(attributes),
            named: plain(functions),
            traits: traits.iter().map(|path| ((**path).clone(), Vec::new())).collect(),
            ..RootFact::default()
        };
        if !(attributes.is_empty() && functions.is_empty() && traits.is_empty()) {
            let file = CatalogFile { root: vec![fact], ..self.own() };
            self.files.push((self.text.name.clone(), file));
        }
    }

    /// A catalogue that this configuration stands for.
    fn own(&self) -> CatalogFile {
        let name = self.text.name.clone();
        CatalogFile { schema: 1, name: name.clone(), source: name, ..CatalogFile::default() }
    }

    fn check_paths(&mut self, paths: &[Told<String>], with_globs: bool) {
        for path in paths {
            let is_name = |name: &str| {
                let mut rest = name.chars().filter(|c| !(with_globs && *c == '*'));
                !name.is_empty() && rest.all(|c| c == '_' || c.is_alphanumeric())
            };
            if !path.split("::").all(is_name) {
                let help = match with_globs {
                    true => "write names with `::` between them, `*` or `**`: `api::routes::*`",
                    false => "write names with `::` between them: `acme_web::route`",
                };
                self.mistake(path.range(), format!("`{}` is no path", **path), help);
            }
        }
    }

    fn mistake(&mut self, range: std::ops::Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(self.text.mistake(range, message, help));
    }
}

/// Whether it is known of all that a file's clients make what it talks to.
fn tells_family(file: &CatalogFile) -> bool {
    file.family.is_some() || file.function.iter().map(|fact| &fact.call).any(|call| call.family_of_arg)
}

/// The packages whose crate a path begins with: a crate's `-` is written `_`.
fn packages_of(path: &str) -> Vec<String> {
    let krate = path.split("::").next().unwrap_or_default();
    let mut packages = vec![krate.to_owned()];
    if krate.contains('_') {
        packages.push(krate.replace('_', "-"));
    }
    packages
}

/// A catalogue's mistake at its place.
fn located(error: &CatalogError, text: &Text) -> Mistake {
    let quoted = |name: &str| {
        let start = text.text.find(&format!("\"{name}\""));
        start.map_or(0..0, |start| start..start + name.len() + 2)
    };
    match error {
        CatalogError::Form { cause, .. } => told(text, cause, cause.span().unwrap_or_default(), CATALOG),
        CatalogError::Schema { found, .. } => {
            let start = text.text.find("schema").unwrap_or_default();
            let end = text.text[start..].find('\n').map_or(text.text.len(), |length| start + length);
            text.mistake(start..end, format!("schema {found} is not known"), "write `schema = 1`")
        }
        CatalogError::Type { text: name, cause, .. } => {
            text.mistake(quoted(name), format!("`{name}` is no type: {cause}"), "write it as in Rust")
        }
        CatalogError::Version { text: name, cause, .. } => {
            let message = format!("`{name}` is no version requirement: {cause}");
            text.mistake(quoted(name), message, "write it as in Cargo.toml: `>=1.2, <2`")
        }
    }
}
