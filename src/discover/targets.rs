//! What a package builds.
//!
//! In: a manifest and the files beside it. Out: its targets by cargo's conventions (`src/lib.rs`, `src/bin/*.rs` …) and
//! its own tables. [`select`] narrows targets, from here or from cargo, to those that are to be analysed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::manifest::{Manifest, Manifests, flag, table, text};
use super::model::{Package, Target, TargetKind};
use super::paths::{crate_name, last_name, manifest_of};
use crate::finding::Problem;

/// A kind of target of which a package may have many: its table, its folder, and the key that turns the search off.
struct Many {
    kind: TargetKind,
    table: &'static str,
    folder: &'static str,
    auto: &'static str,
}

const MANY: [Many; 4] = [
    Many { kind: TargetKind::Bin, table: "bin", folder: "src/bin", auto: "autobins" },
    Many { kind: TargetKind::Example, table: "example", folder: "examples", auto: "autoexamples" },
    Many { kind: TargetKind::Test, table: "test", folder: "tests", auto: "autotests" },
    Many { kind: TargetKind::Bench, table: "bench", folder: "benches", auto: "autobenches" },
];

/// The targets to analyse, sorted.
pub(super) fn select(mut targets: Vec<Target>, all_targets: bool) -> Vec<Target> {
    targets.retain(|target| all_targets || matches!(target.kind, TargetKind::Lib | TargetKind::Bin));
    targets.sort_by(|a, b| (a.kind, &a.crate_name, &a.root).cmp(&(b.kind, &b.crate_name, &b.root)));
    targets.dedup();
    targets
}

/// Takes the targets out of `package` whose root file does not exist: cargo lists them too, and fails on building.
pub(super) fn drop_missing(package: &mut Package, manifests: &Manifests) -> Vec<Problem> {
    let missing = package.targets.extract_if(.., |target| !target.root.is_file());
    let manifest = manifest_of(&package.folder);
    missing
        .map(|target| Problem {
            file: manifests.shown(&manifest),
            line: 0,
            column: 0,
            message: format!("target `{}` has no file {}", target.crate_name, manifests.shown(&target.root)),
            help: "add the file, generate it, or take the target out of the manifest".into(),
        })
        .collect()
}

/// Every target of the package, as cargo would find them.
pub(super) fn of_package(manifest: &Manifest, edition: u16) -> Vec<Target> {
    let mut targets = Vec::new();
    targets.extend(library(manifest));
    for many in &MANY {
        targets.extend(of_kind(manifest, many, edition));
    }
    targets.extend(build_scripts(manifest));
    targets
}

fn library(manifest: &Manifest) -> Option<Target> {
    let lib = table(&manifest.table, "lib");
    let by_convention = manifest.folder.join("src/lib.rs");
    let path = lib.and_then(|lib| text(lib, "path"));
    if lib.is_none() && !(auto(manifest, "autolib") && by_convention.is_file()) {
        return None;
    }
    Some(Target {
        kind: TargetKind::Lib,
        name: manifest.lib_crate_name(),
        crate_name: manifest.lib_crate_name(),
        root: path.map_or(by_convention, |path| manifest.resolve(path)),
    })
}

/// The targets that tables name, then those found beside them. A file that a table names is not found a second time.
fn of_kind(manifest: &Manifest, many: &Many, edition: u16) -> Vec<Target> {
    let found = found(manifest, many);
    let mut targets: Vec<Target> =
        tables(manifest, many.table).filter_map(|spec| named(manifest, many.kind, spec, &found)).collect();
    // Before 2018 one table of a kind turned the search for others off.
    let searched = match manifest.package().and_then(|package| flag(package, many.auto)) {
        Some(on) => on,
        None => edition > 2015 || targets.is_empty(),
    };
    if searched {
        let taken: BTreeSet<(String, PathBuf)> =
            targets.iter().map(|one| (one.crate_name.clone(), one.root.clone())).collect();
        let is_taken = |one: &Target| taken.iter().any(|(name, root)| *name == one.crate_name || *root == one.root);
        targets.extend(found.into_iter().filter(|one| !is_taken(one)));
    }
    targets
}

/// The target of one `[[bin]]` (or other) table; without a path it is the one of that name among those `found`.
fn named(manifest: &Manifest, kind: TargetKind, spec: &Table, found: &[Target]) -> Option<Target> {
    let name = text(spec, "name")?;
    let crate_name = crate_name(name);
    let root = match text(spec, "path") {
        Some(path) => manifest.resolve(path),
        None => found.iter().find(|one| one.crate_name == crate_name)?.root.clone(),
    };
    Some(Target { kind, name: name.to_owned(), crate_name, root })
}

/// Targets by convention: `NAME.rs` and `NAME/main.rs` in the folder of their kind, and `src/main.rs`.
fn found(manifest: &Manifest, many: &Many) -> Vec<Target> {
    let target =
        |name: &str, root| Target { kind: many.kind, name: name.to_owned(), crate_name: crate_name(name), root };
    let mut targets = Vec::new();
    let main = manifest.folder.join("src/main.rs");
    if many.kind == TargetKind::Bin && main.is_file() {
        targets.push(target(&manifest.name(), main));
    }
    for path in entries(&manifest.folder.join(many.folder)) {
        let name = last_name(&path);
        let main = path.join("main.rs");
        if let Some(stem) = name.strip_suffix(".rs").filter(|_| path.is_file()) {
            targets.push(target(stem, path));
        } else if main.is_file() {
            targets.push(target(&name, main));
        }
    }
    targets
}

fn build_scripts(manifest: &Manifest) -> Vec<Target> {
    let build = manifest.package().and_then(|package| package.get("build"));
    let roots: Vec<PathBuf> = match build {
        Some(Value::String(path)) => vec![manifest.resolve(path)],
        Some(Value::Array(paths)) => {
            paths.iter().filter_map(Value::as_str).map(|path| manifest.resolve(path)).collect()
        }
        Some(Value::Boolean(false)) => Vec::new(),
        _ => Some(manifest.folder.join("build.rs")).filter(|path| path.is_file()).into_iter().collect(),
    };
    let target = |root| Target {
        kind: TargetKind::BuildScript,
        name: "build-script-build".into(),
        crate_name: "build_script_build".into(),
        root,
    };
    roots.into_iter().map(target).collect()
}

/// The tables of an array of tables.
fn tables<'a>(manifest: &'a Manifest, name: &str) -> impl Iterator<Item = &'a Table> {
    let array = manifest.table.get(name).and_then(Value::as_array);
    array.into_iter().flatten().filter_map(Value::as_table)
}

fn auto(manifest: &Manifest, key: &str) -> bool {
    manifest.package().and_then(|package| flag(package, key)).unwrap_or(true)
}

/// What is in a folder, sorted, without hidden entries; nothing if it can't be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> =
        read.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| !last_name(path).starts_with('.')).collect();
    paths.sort();
    paths
}
