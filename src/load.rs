//! From packages to parsed files and module trees.
//!
//! In: [`Discovery`]. Out: [`Loaded`]: the facts of every file that a target's module tree reaches, each file parsed once,
//! in parallel, and for each target its tree of modules. Files outside of every tree are not read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::discover::{Discovery, Target};
use crate::facts::{FileFacts, Item, ItemKind, SyntaxProblem};
use crate::finding::Problem;
use crate::parse::{MacroTable, Tests, parse_file};
use crate::progress::Progress;
use crate::source::{SourceFile, Sources, shown_name};

/// A parsed file.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its path on disk.
    pub path: PathBuf,
    /// Its name in reports.
    pub name: String,
    /// What it says.
    pub facts: Arc<FileFacts>,
    /// Its text.
    pub text: Arc<str>,
}

/// A target's place among the packages and its root file.
#[derive(Debug, Clone)]
pub struct LoadedTarget {
    /// Index in [`Discovery::packages`].
    pub package: usize,
    /// The target.
    pub target: Target,
    /// Index of its root in [`Loaded::files`].
    pub root: usize,
}

/// All files and trees of a run.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Every file that was read, in the order of the paths.
    pub files: Vec<LoadedFile>,
    /// Every target whose root could be read.
    pub targets: Vec<LoadedTarget>,
    /// File of each `mod name;` or `include!`: by the file it stands in and the path asked for.
    pub children: FxHashMap<(usize, ModuleKey), usize>,
    /// The texts, for reports.
    pub sources: Sources,
    /// What could not be read or parsed.
    pub problems: Vec<Problem>,
}

/// What an outline module is called within its file: inline modules around it, its own name last.
pub type ModuleKey = Vec<String>;

/// A file's reference to another file.
struct Reference {
    key: ModuleKey,
    candidates: Vec<PathBuf>,
}

/// Reads everything that the packages' targets reach.
#[must_use]
pub fn load(
    discovery: &Discovery,
    wanted: &[bool],
    macros: &MacroTable,
    tests: Tests,
    cwd: &Path,
    progress: &Progress,
) -> Loaded {
    let mut roots: FxHashSet<PathBuf> = FxHashSet::default();
    for (package, _) in discovery.packages.iter().zip(wanted).filter(|(_, wanted)| **wanted) {
        roots.extend(package.targets.iter().map(|target| target.root.clone()));
    }
    let reader = Reader { roots, macros, tests, cwd, progress, seen: Mutex::default(), results: Mutex::default() };
    rayon::scope(|scope| {
        let mut first: Vec<&PathBuf> = reader.roots.iter().collect();
        first.sort_unstable();
        for path in first {
            reader.visit(scope, path.clone());
        }
    });
    let mut results = reader.results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let mut parsed: FxHashMap<PathBuf, Option<Parsed>> = FxHashMap::default();
    let mut problems = Vec::new();
    for (path, result) in results {
        let entry = result.map_err(|problem| problems.push(problem)).ok();
        parsed.insert(path, entry);
    }
    assemble(discovery, wanted, parsed, problems)
}

/// Reads the module tree: each file as soon as one that declares it was read, on whichever thread is free.
struct Reader<'r> {
    roots: FxHashSet<PathBuf>,
    macros: &'r MacroTable,
    tests: Tests,
    cwd: &'r Path,
    progress: &'r Progress,
    seen: Mutex<FxHashSet<PathBuf>>,
    results: Mutex<Vec<(PathBuf, Result<Parsed, Problem>)>>,
}

impl<'r> Reader<'r> {
    fn visit<'s>(&'s self, scope: &rayon::Scope<'s>, path: PathBuf)
    where
        'r: 's,
    {
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
            return;
        }
        self.progress.file_known();
        scope.spawn(move |scope| {
            let result = read(&path, self.roots.contains(&path), self.macros, self.tests, self.cwd);
            let declared = result.iter().flat_map(|parsed| &parsed.references);
            for file in declared.filter_map(|reference| reference.candidates.first()) {
                self.visit(scope, file.clone());
            }
            self.progress.file_done();
            self.results.lock().unwrap_or_else(PoisonError::into_inner).push((path, result));
        });
    }
}

struct Parsed {
    file: SourceFile,
    facts: Arc<FileFacts>,
    references: Vec<Reference>,
}

fn read(path: &Path, is_root: bool, macros: &MacroTable, tests: Tests, cwd: &Path) -> Result<Parsed, Problem> {
    let name = shown_name(path, cwd);
    let problem = |message: String, help: &str| Problem {
        file: name.clone(),
        line: 0,
        column: 0,
        message,
        help: help.to_owned(),
    };
    let bytes = std::fs::read(path).map_err(|error| {
        problem(format!("cannot be read: {error}"), "make the file readable, or take it out of the module tree")
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        Problem {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            ..problem("not valid UTF-8".to_owned(), "save the file as UTF-8, as rustc demands")
        }
    })?;
    let facts = parse_file(&text, macros, tests);
    let references = references(path, is_root, &facts.items);
    let file = SourceFile { name, path: path.to_owned(), text: text.into() };
    Ok(Parsed { file, facts: Arc::new(facts), references })
}

fn assemble(
    discovery: &Discovery,
    wanted: &[bool],
    parsed: FxHashMap<PathBuf, Option<Parsed>>,
    problems: Vec<Problem>,
) -> Loaded {
    let mut loaded = Loaded { problems, ..Loaded::default() };
    let mut entries: Vec<(PathBuf, Parsed)> =
        parsed.into_iter().filter_map(|(path, entry)| Some((path, entry?))).collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let index: FxHashMap<PathBuf, usize> = entries.iter().enumerate().map(|(i, (path, _))| (path.clone(), i)).collect();
    for (number, (path, entry)) in entries.into_iter().enumerate() {
        for reference in entry.references {
            let child = reference.candidates.iter().find_map(|candidate| index.get(candidate));
            if let Some(child) = child {
                loaded.children.insert((number, reference.key), *child);
            }
        }
        for problem in &entry.facts.problems {
            loaded.problems.push(syntax_problem(&entry.file.name, problem));
        }
        loaded.files.push(LoadedFile {
            path,
            name: entry.file.name.clone(),
            facts: entry.facts,
            text: entry.file.text.clone(),
        });
        loaded.sources.insert(entry.file);
    }
    for (number, package) in discovery.packages.iter().enumerate() {
        if !wanted[number] {
            continue;
        }
        for target in &package.targets {
            if let Some(root) = index.get(&target.root) {
                loaded.targets.push(LoadedTarget { package: number, target: target.clone(), root: *root });
            }
        }
    }
    loaded.problems.sort();
    loaded.problems.dedup();
    loaded
}

/// What is said of a stretch of the file `name` that could not be parsed.
#[must_use]
pub fn syntax_problem(name: &str, problem: &SyntaxProblem) -> Problem {
    Problem {
        file: name.to_owned(),
        line: problem.pos.line,
        column: problem.pos.column,
        message: format!("syntax error: {}", problem.message),
        help: "the item around it was left out; mend it, or look with `cargo check`".to_owned(),
    }
}

/// The files that a file's items ask for. `is_root`: crate roots look for their modules beside themselves, as `mod.rs` does.
fn references(path: &Path, is_root: bool, items: &[Item]) -> Vec<Reference> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let own = if is_root || stem == "mod" { folder.to_owned() } else { folder.join(&stem) };
    let mut found = Vec::new();
    collect_references(folder, &own, &[], items, &mut found);
    // A file that is a root of one target and a module of another may look in both places.
    if is_root && stem != "mod" && stem != "main" && stem != "lib" {
        let mut nested = Vec::new();
        collect_references(folder, &folder.join(&stem), &[], items, &mut nested);
        for reference in &mut found {
            if let Some(other) = nested.iter_mut().find(|other| other.key == reference.key) {
                reference.candidates.append(&mut other.candidates);
                prefer_existing(&mut reference.candidates);
            }
        }
    }
    found.retain(|reference| !reference.candidates.is_empty());
    found
}

fn collect_references(folder: &Path, own: &Path, inline: &[String], items: &[Item], found: &mut Vec<Reference>) {
    for item in items {
        let mut key = inline.to_vec();
        match &item.kind {
            ItemKind::Mod(module) => {
                key.push(item.name.to_string());
                match (&module.items, &module.path) {
                    (Some(items), path) => {
                        let below =
                            path.as_ref().map_or_else(|| own.join(item.name.as_str()), |path| own.join(path.as_str()));
                        collect_references(folder, &below, &key, items, found);
                    }
                    (None, Some(path)) => {
                        // Within inline modules the path is relative to their folder, else to the file's.
                        let base = if inline.is_empty() { folder } else { own };
                        push_reference(vec![base.join(path.as_str())], key, found);
                    }
                    (None, None) => {
                        let name = item.name.as_str();
                        let candidates = vec![own.join(format!("{name}.rs")), own.join(name).join("mod.rs")];
                        push_reference(candidates, key, found);
                    }
                }
            }
            ItemKind::Include(file) => {
                key.push(include_key(file));
                push_reference(vec![folder.join(file.as_str())], key, found);
            }
            _ => {}
        }
    }
}

/// The key under which an included file is kept.
#[must_use]
pub fn include_key(file: &str) -> String {
    format!("include!({file})")
}

fn push_reference(mut candidates: Vec<PathBuf>, key: ModuleKey, found: &mut Vec<Reference>) {
    for candidate in &mut candidates {
        *candidate = plain(candidate);
    }
    prefer_existing(&mut candidates);
    found.push(Reference { key, candidates });
}

/// Keeps what exists: a module whose file is missing is the compiler's business.
fn prefer_existing(candidates: &mut Vec<PathBuf>) {
    candidates.retain(|candidate| candidate.is_file());
}

/// The path without `.` and `..`, as far as names alone tell.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
