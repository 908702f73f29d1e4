//! From packages to parsed files and module trees.
//!
//! In: [`Discovery`]. Out: [`Loaded`]: the facts of every file that a target's module tree reaches, each file parsed once,
//! in parallel, and for each target its tree of modules. Files outside of every tree are not read. What was read before and has
//! not changed ([`KnownFiles`]) is not parsed again.

mod change;

mod bounds;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::discover::{Discovery, Target};
use crate::facts::{FileFacts, Item, ItemKind, ProblemKind, SyntaxProblem};
use crate::finding::Problem;
use crate::parse::{MacroTable, Tests, parse_file};
use crate::progress::Progress;
use crate::source::read::{Kind, ReadError, read_text};
use crate::source::{Overlay, SourceFile, Sources, shown_name};
use bounds::Bounds;
pub use change::Change;

/// As many bytes of sources are read. Ten million lines have a third of it; facts and texts of as many take the memory of a
/// large machine.
pub const MAX_SOURCES: u64 = 1 << 30;

/// A parsed file.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its path on disk.
    pub path: PathBuf,
    /// Its name in reports.
    pub name: String,
    /// What it says.
    pub facts: Arc<FileFacts>,
    /// The text that the facts are of.
    pub text: Arc<str>,
    /// What was read: another text if it can't be parsed and one before it could.
    read: Arc<str>,
    /// What is wrong with what was read.
    syntax: Vec<SyntaxProblem>,
    /// The files that it asks for.
    references: Vec<Reference>,
}

impl LoadedFile {
    fn known(&self) -> KnownFile {
        let LoadedFile { text, facts, read, syntax, .. } = self;
        KnownFile { text: text.clone(), facts: facts.clone(), read: read.clone(), syntax: syntax.clone() }
    }
}

/// Files as they were when they were read before.
pub type KnownFiles = FxHashMap<PathBuf, KnownFile>;

/// A file as it was.
#[derive(Debug, Clone)]
pub struct KnownFile {
    /// The text that the facts are of.
    pub text: Arc<str>,
    /// What it said.
    pub facts: Arc<FileFacts>,
    /// As in [`LoadedFile`].
    read: Arc<str>,
    syntax: Vec<SyntaxProblem>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    key: ModuleKey,
    candidates: Vec<PathBuf>,
}

/// How files are read.
#[derive(Clone, Copy)]
pub struct Reading<'r> {
    /// How macros are taken apart.
    pub macros: &'r MacroTable,
    /// Whether the bodies of tests are wanted.
    pub tests: Tests,
    /// Reports name files as seen from here.
    pub cwd: &'r Path,
    /// What stands for files on disk.
    pub overlay: &'r Overlay,
    /// What was read before.
    pub known: &'r KnownFiles,
    /// What the run tells of how far it is.
    pub progress: &'r Progress,
}

/// Files that were read before it was known for sure that they are needed.
#[derive(Default)]
pub struct ReadAhead(FxHashMap<PathBuf, ReadFile>);

/// A file, taken for the root of a target or not, as it was read.
struct ReadFile {
    is_root: bool,
    result: Result<Parsed, Problem>,
}

/// Reads what the targets of the `wanted` packages of a guess reach.
#[must_use]
pub fn read_ahead(guess: &Discovery, wanted: &[bool], reading: Reading<'_>) -> ReadAhead {
    ReadAhead(Reader::new(guess, wanted, reading, ReadAhead::default()).run())
}

/// Reads everything that the targets of the `wanted` packages reach, unless it was read `ahead`.
#[must_use]
pub fn load(discovery: &Discovery, wanted: &[bool], reading: Reading<'_>, ahead: ReadAhead) -> Loaded {
    let read = Reader::new(discovery, wanted, reading, ahead).run();
    let mut results: Vec<(PathBuf, ReadFile)> = read.into_iter().collect();
    results.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let mut problems = Vec::new();
    let mut parsed = Vec::new();
    for (path, read) in results {
        match read.result {
            Ok(file) => parsed.push((path, file)),
            Err(problem) => problems.push(problem),
        }
    }
    assemble(discovery, wanted, parsed, problems)
}

fn roots(discovery: &Discovery, wanted: &[bool]) -> FxHashSet<PathBuf> {
    let packages = discovery.packages.iter().zip(wanted).filter(|(_, wanted)| **wanted);
    packages.flat_map(|(package, _)| package.targets.iter().map(|target| target.root.clone())).collect()
}

/// Reads the module tree: each file as soon as one that declares it was read, on whichever thread is free.
struct Reader<'r> {
    roots: FxHashSet<PathBuf>,
    reading: Reading<'r>,
    ahead: Mutex<ReadAhead>,
    seen: Mutex<FxHashSet<PathBuf>>,
    results: Mutex<FxHashMap<PathBuf, ReadFile>>,
    bounds: Bounds,
    /// Bytes read so far.
    bytes: AtomicU64,
}

impl<'r> Reader<'r> {
    fn new(discovery: &Discovery, wanted: &[bool], reading: Reading<'r>, ahead: ReadAhead) -> Self {
        Reader {
            roots: roots(discovery, wanted),
            reading,
            ahead: ahead.into(),
            seen: Mutex::default(),
            results: Mutex::default(),
            bounds: Bounds::new(&discovery.bounds),
            bytes: AtomicU64::new(0),
        }
    }

    fn run(self) -> FxHashMap<PathBuf, ReadFile> {
        rayon::scope(|scope| {
            let mut first: Vec<&PathBuf> = self.roots.iter().collect();
            first.sort_unstable();
            for path in first {
                self.visit(scope, path.clone());
            }
        });
        self.results.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn visit<'s>(&'s self, scope: &rayon::Scope<'s>, path: PathBuf)
    where
        'r: 's,
    {
        if !locked(&self.seen).insert(path.clone()) {
            return;
        }
        let is_root = self.roots.contains(&path);
        let known = locked(&self.ahead).0.remove(&path).filter(|known| known.is_root == is_root);
        if let Some(known) = known {
            self.finish(scope, path, known);
            return;
        }
        self.reading.progress.file_known();
        scope.spawn(move |scope| {
            let result = self.read(&path, is_root);
            self.reading.progress.file_done();
            self.finish(scope, path, ReadFile { is_root, result });
        });
    }

    /// Reads a file, unless it lies out of bounds or there has been enough.
    fn read(&self, path: &Path, is_root: bool) -> Result<Parsed, Problem> {
        let refused = |message: String, help| Err(unread(path, self.reading.cwd, 0, message, help));
        if !self.bounds.has(path) {
            let help = "name its folder too if it is to be read: `connlint check . FOLDER`";
            return refused("lies outside of what is checked, and is not read".to_owned(), help);
        }
        if self.bytes.load(Ordering::Relaxed) > MAX_SOURCES {
            let message = format!("not read: there are more than {} MB of sources", MAX_SOURCES >> 20);
            return refused(message, "check a part at a time: `connlint check FOLDER`");
        }
        let parsed = read(path, is_root, self.reading)?;
        self.bytes.fetch_add(parsed.known.read.len() as u64, Ordering::Relaxed);
        Ok(parsed)
    }

    fn finish<'s>(&'s self, scope: &rayon::Scope<'s>, path: PathBuf, file: ReadFile)
    where
        'r: 's,
    {
        let declared = file.result.iter().flat_map(|parsed| &parsed.references);
        for file in declared.filter_map(|reference| reference.candidates.first()) {
            self.visit(scope, file.clone());
        }
        locked(&self.results).insert(path, file);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Parsed {
    name: String,
    known: KnownFile,
    references: Vec<Reference>,
}

/// A file that could not be read.
fn unread(path: &Path, cwd: &Path, line: u32, message: String, help: &str) -> Problem {
    Problem { file: shown_name(path, cwd), line, column: 0, message, help: help.to_owned() }
}

fn read(path: &Path, is_root: bool, reading: Reading<'_>) -> Result<Parsed, Problem> {
    let text = match reading.overlay.get(path) {
        Some(text) => text.clone(),
        None => text_on_disk(path, reading.cwd)?,
    };
    let known = understood(text, reading.known.get(path), reading);
    // What is there and no file is told on reading.
    let exists = |file: &Path| reading.overlay.contains_key(file) || file.metadata().is_ok_and(|found| !found.is_dir());
    let references = references(path, is_root, &known.facts.items, &exists);
    Ok(Parsed { name: shown_name(path, reading.cwd), known, references })
}

/// What a text says; of one that can't be parsed, as while somebody is typing, what the file said when it could.
fn understood(text: Arc<str>, known: Option<&KnownFile>, reading: Reading<'_>) -> KnownFile {
    if let Some(known) = known.filter(|known| known.read == text) {
        return known.clone();
    }
    let facts = parse_file(&text, reading.macros, reading.tests);
    let syntax = facts.problems.clone();
    let is_good = |known: &&KnownFile| known.facts.problems.is_empty() && !known.facts.items.is_empty();
    match known.filter(is_good).filter(|_| !syntax.is_empty()) {
        Some(good) => KnownFile { text: good.text.clone(), facts: good.facts.clone(), read: text, syntax },
        None => KnownFile { text: text.clone(), facts: Arc::new(facts), read: text, syntax },
    }
}

/// What a file holds.
fn text_on_disk(path: &Path, cwd: &Path) -> Result<Arc<str>, Problem> {
    let text = read_text(path, Kind::Regular).map_err(|error| {
        let help = match &error {
            ReadError::Io(_) => "make the file readable, or take it out of the module tree",
            ReadError::Special => "put a file in its place, or take it out of the module tree",
            ReadError::Large => "take it apart, or exclude it with `exclude`",
            ReadError::Utf8 { .. } => "save the file as UTF-8, as rustc demands",
        };
        unread(path, cwd, error.line(), error.to_string(), help)
    })?;
    Ok(text.into())
}

/// `entries` in the order of the paths.
fn assemble(discovery: &Discovery, wanted: &[bool], entries: Vec<(PathBuf, Parsed)>, problems: Vec<Problem>) -> Loaded {
    let mut loaded = Loaded { problems, ..Loaded::default() };
    let index: FxHashMap<PathBuf, usize> = entries.iter().enumerate().map(|(i, (path, _))| (path.clone(), i)).collect();
    for (number, (path, entry)) in entries.into_iter().enumerate() {
        for reference in &entry.references {
            let child = reference.candidates.iter().find_map(|candidate| index.get(candidate));
            if let Some(child) = child {
                loaded.children.insert((number, reference.key.clone()), *child);
            }
        }
        let Parsed { name, known: KnownFile { text, facts, read, syntax }, references } = entry;
        loaded.problems.extend(syntax.iter().map(|problem| syntax_problem(&name, problem)));
        loaded.sources.insert(SourceFile { name: name.clone(), path: path.clone(), text: text.clone() });
        loaded.files.push(LoadedFile { path, name, facts, text, read, syntax, references });
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
        message: match problem.kind {
            ProblemKind::Syntax => format!("syntax error: {}", problem.message),
            ProblemKind::Limit => problem.message.clone(),
        },
        help: match problem.kind {
            ProblemKind::Syntax => "the item around it was left out; mend it, or look with `cargo check`",
            ProblemKind::Limit => "the item around it was left out; take it apart, or exclude the file with `exclude`",
        }
        .to_owned(),
    }
}

/// Whether there is such a file.
type Exists<'e> = dyn Fn(&Path) -> bool + 'e;

/// The files that a file's items ask for. `is_root`: crate roots look for their modules beside themselves, as `mod.rs` does.
fn references(path: &Path, is_root: bool, items: &[Item], exists: &Exists<'_>) -> Vec<Reference> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let own = if is_root || stem == "mod" { folder.to_owned() } else { folder.join(&stem) };
    let mut found = Vec::new();
    collect_references(folder, &own, &[], items, &mut found);
    found.iter_mut().for_each(|reference| reference.prefer_existing(exists));
    // A file that is a root of one target and a module of another may look in both places.
    if is_root && stem != "mod" && stem != "main" && stem != "lib" {
        let mut nested = Vec::new();
        collect_references(folder, &folder.join(&stem), &[], items, &mut nested);
        for reference in &mut found {
            if let Some(other) = nested.iter_mut().find(|other| other.key == reference.key) {
                other.prefer_existing(exists);
                reference.candidates.append(&mut other.candidates);
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

/// Whether a key is that of an included file.
#[must_use]
pub fn is_include(key: &str) -> bool {
    key.starts_with("include!(")
}

fn push_reference(mut candidates: Vec<PathBuf>, key: ModuleKey, found: &mut Vec<Reference>) {
    for candidate in &mut candidates {
        *candidate = plain(candidate);
    }
    found.push(Reference { key, candidates });
}

impl Reference {
    /// Keeps what exists: a module whose file is missing is the compiler's business.
    fn prefer_existing(&mut self, exists: &Exists<'_>) {
        self.candidates.retain(|candidate| exists(candidate));
    }
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
