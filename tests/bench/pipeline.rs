//! How fast each stage is, in lines of source per second.
//!
//! `cargo bench` measures on a generated tree; with `CONNLINT_BENCH_TREE=folder` on that folder too. Machines differ and are
//! noisy: what counts is the ratio of the whole run to syn alone on as many threads, measured in the same run.

mod generate;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use connlint::catalog::Catalog;
use connlint::check::{self, Request};
use connlint::discover::{Discovery, Options, discover};
use connlint::finding::Level;
use connlint::flow::analyse;
use connlint::link::link;
use connlint::load::{KnownFiles, Loaded, ReadAhead, Reading, load};
use connlint::parse::{MacroTable, Tests, parse_file};
use connlint::progress::Progress;
use connlint::rules::page::pages;
use connlint::source::Overlay;
use divan::Bencher;
use divan::counter::ItemsCount;
use rayon::prelude::*;

/// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Room for deep expressions, as the command has it.
const STACK: usize = 64 << 20;

fn main() {
    rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global().expect("threads can be made");
    divan::main();
}

/// What is measured on.
#[derive(Clone, Copy)]
enum Tree {
    Generated,
    /// Generated, a quarter of that.
    Small,
    /// As small, with very many findings.
    Dense,
    Real,
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tree::Generated => "generated",
            Tree::Small => "small",
            Tree::Dense => "dense",
            Tree::Real => "real",
        })
    }
}

fn trees() -> Vec<Tree> {
    match std::env::var_os("CONNLINT_BENCH_TREE") {
        Some(_) => vec![Tree::Generated, Tree::Real],
        None => vec![Tree::Generated],
    }
}

fn all_trees() -> Vec<Tree> {
    let mut trees = trees();
    trees.splice(1..1, [Tree::Small, Tree::Dense]);
    trees
}

/// Writes a tree; it is kept until the process ends, and then left to the system's temporary folder.
fn generated(name: &str, size: generate::Size) -> Prepared {
    let folder = std::env::temp_dir().join(format!("connlint-bench-{}-{name}", std::process::id()));
    generate::generate(&folder, size).expect("the tree can be written");
    Prepared::new(&folder)
}

/// A tree with everything that a stage needs of the stages before it.
struct Prepared {
    folder: PathBuf,
    catalog: Catalog,
    discovery: Discovery,
    wanted: Vec<bool>,
    loaded: Loaded,
    texts: Vec<String>,
    lines: usize,
}

impl Prepared {
    fn new(folder: &Path) -> Prepared {
        let folder = folder.canonicalize().expect("the tree exists");
        let catalog = Catalog::builtin().expect("the catalogues are well-formed");
        let options = Options { all_targets: false, cargo: None };
        let discovery = discover(std::slice::from_ref(&folder), &folder, &options).expect("the tree has packages");
        let wanted = vec![true; discovery.packages.len()];
        let loaded = read(&discovery, &wanted, &catalog.macro_table(), &folder);
        let texts: Vec<String> =
            loaded.files.iter().map(|file| std::fs::read_to_string(&file.path).expect("it was read before")).collect();
        let lines = texts.iter().map(|text| text.lines().count()).sum();
        Prepared { folder, catalog, discovery, wanted, loaded, texts, lines }
    }

    fn of(tree: Tree) -> &'static Prepared {
        static GENERATED: OnceLock<Prepared> = OnceLock::new();
        static SMALL: OnceLock<Prepared> = OnceLock::new();
        static DENSE: OnceLock<Prepared> = OnceLock::new();
        static REAL: OnceLock<Prepared> = OnceLock::new();
        match tree {
            Tree::Generated => GENERATED.get_or_init(|| generated("usual", generate::Size::USUAL)),
            Tree::Small => SMALL.get_or_init(|| generated("small", generate::Size::SMALL)),
            Tree::Dense => DENSE.get_or_init(|| generated("dense", generate::Size::DENSE)),
            Tree::Real => REAL.get_or_init(|| {
                let folder = std::env::var_os("CONNLINT_BENCH_TREE").expect("asked before");
                Prepared::new(Path::new(&folder))
            }),
        }
    }

    fn lines(&self) -> ItemsCount {
        ItemsCount::new(self.lines)
    }

    fn request(&self) -> Request {
        Request { paths: vec![self.folder.clone()], levels: default_levels(), ..Request::new(self.folder.clone()) }
    }
}

/// Reads all files, none of them ahead.
fn read(discovery: &Discovery, wanted: &[bool], macros: &MacroTable, cwd: &Path) -> Loaded {
    let reading = Reading {
        macros,
        tests: Tests::Skip,
        cwd,
        known: &KnownFiles::default(),
        overlay: &Overlay::default(),
        progress: &Progress::default(),
    };
    load(discovery, wanted, reading, ReadAhead::default())
}

/// What is on when nothing is said.
fn default_levels() -> BTreeMap<String, Level> {
    let pages = pages().expect("the pages are well-formed");
    let known = pages.iter().filter(|page| page.level != Level::Pedantic);
    known.map(|page| (page.id.clone(), page.level)).collect()
}

/// syn alone, one thread: what cannot be undercut.
#[divan::bench(args = trees(), sample_count = 10, sample_size = 1)]
fn a_syn_only(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    bencher.counter(tree.lines()).bench(|| {
        for text in &tree.texts {
            drop(divan::black_box(syn::parse_file(text)));
            proc_macro2::extra::invalidate_current_thread_spans();
        }
    });
}

/// Text to facts, one thread.
#[divan::bench(args = trees(), sample_count = 10, sample_size = 1)]
fn b_parse_to_facts(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    let macros = tree.catalog.macro_table();
    bencher.counter(tree.lines()).bench(|| {
        for text in &tree.texts {
            drop(divan::black_box(parse_file(text, &macros, Tests::Skip)));
        }
    });
}

/// Packages and their targets.
#[divan::bench(args = trees(), sample_count = 10, sample_size = 1)]
fn c_discover(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    let options = Options { all_targets: false, cargo: None };
    bencher.counter(tree.lines()).bench(|| discover(std::slice::from_ref(&tree.folder), &tree.folder, &options));
}

/// Reading and parsing, on all threads.
#[divan::bench(args = trees(), sample_count = 10, sample_size = 1)]
fn d_load(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    let macros = tree.catalog.macro_table();
    bencher.counter(tree.lines()).bench(|| read(&tree.discovery, &tree.wanted, &macros, &tree.folder));
}

/// Names: modules, imports, implementations.
#[divan::bench(args = trees(), sample_count = 10, sample_size = 1)]
fn e_link(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    bencher.counter(tree.lines()).bench(|| link(&tree.catalog, &tree.discovery, &tree.loaded));
}

/// Types of the bodies asked for, frequency and fate; on a program that was just linked, for it remembers answers.
#[divan::bench(args = trees(), sample_count = 10, sample_size = 1)]
fn f_flow(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    bencher
        .counter(tree.lines())
        .with_inputs(|| link(&tree.catalog, &tree.discovery, &tree.loaded))
        .bench_refs(|program| analyse(program, false).analyses.len());
}

/// From paths to a report.
#[divan::bench(args = all_trees(), sample_count = 10, sample_size = 1)]
fn g_whole_run(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    let request = tree.request();
    // A run lets go of what it knows while its answer is read already: the next one must not pay for that.
    let rest = || std::thread::sleep(Duration::from_millis(200));
    let bencher = bencher.counter(tree.lines()).with_inputs(rest);
    bencher.bench_values(|()| check::run(&request).expect("there is something to check"));
}

/// syn alone on all threads: the peer that the whole run is compared with.
#[divan::bench(args = all_trees(), sample_count = 10, sample_size = 1)]
fn h_syn_on_all_threads(bencher: Bencher<'_, '_>, tree: Tree) {
    let tree = Prepared::of(tree);
    bencher.counter(tree.lines()).bench(|| {
        tree.texts.par_iter().for_each(|text| {
            drop(divan::black_box(syn::parse_file(text)));
            proc_macro2::extra::invalidate_current_thread_spans();
        });
    });
}
