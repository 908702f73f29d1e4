//! Code without a manifest.
//!
//! In: a folder's Rust files, or single files. Out: packages made up for them, without dependencies. Roots are `main.rs`
//! and `lib.rs`; if there are none, each file that no other reaches. What reaches what is told by the text of the lines
//! alone, which is enough for snippets and scripts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::model::{Package, Target, TargetKind};
use super::paths::{NO_VERSION, absolute, crate_name, folder_of, last_name, package_id};
use crate::source::read::{Kind, read_text};

/// The edition of code that says none: the newest.
const EDITION: u16 = 2024;

/// The package made up for `folder` with these files below it.
pub(super) fn folder_package(folder: &Path, sources: &[PathBuf]) -> Package {
    let conventional = [
        ("lib.rs", TargetKind::Lib),
        ("src/lib.rs", TargetKind::Lib),
        ("main.rs", TargetKind::Bin),
        ("src/main.rs", TargetKind::Bin),
    ];
    let name = last_name(folder);
    let mut targets: Vec<Target> = conventional
        .into_iter()
        .map(|(file, kind)| Target { kind, name: name.clone(), crate_name: crate_name(&name), root: folder.join(file) })
        .filter(|target| target.root.is_file())
        .collect();
    if targets.is_empty() {
        targets = unreached(sources).into_iter().map(|file| file_target(&file)).collect();
    }
    targets.sort_by(|a, b| (a.kind, &a.crate_name, &a.root).cmp(&(b.kind, &b.crate_name, &b.root)));
    package(name, folder, targets)
}

/// Packages made up for single files, one for each that none of the others reaches.
pub(super) fn file_packages(files: &[PathBuf]) -> Vec<Package> {
    let roots = unreached(files).into_iter();
    roots.map(|file| package(last_name(&file), folder_of(&file), vec![file_target(&file)])).collect()
}

fn package(name: String, folder: &Path, targets: Vec<Target>) -> Package {
    Package {
        id: package_id(folder, &name, NO_VERSION),
        name,
        folder: folder.to_owned(),
        edition: EDITION,
        rust_version: None,
        targets,
        dependencies: Vec::new(),
        locked: std::sync::Arc::default(),
        has_manifest: false,
    }
}

fn file_target(file: &Path) -> Target {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let is_library = stem == "lib";
    // `main`, `lib` and `mod` say nothing; the folder's name does.
    let name = if matches!(&*stem, "main" | "lib" | "mod") { last_name(folder_of(file)) } else { stem };
    Target {
        kind: if is_library { TargetKind::Lib } else { TargetKind::Bin },
        crate_name: crate_name(&name),
        name,
        root: file.to_owned(),
    }
}

/// The files that no other file has as a module; all of them if they only reach each other.
fn unreached(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut reached = BTreeSet::new();
    for file in files {
        let content = read_text(file, Kind::Regular).unwrap_or_default();
        reached.extend(mentioned(file, &content).into_iter().filter(|other| other != file));
    }
    let roots: Vec<PathBuf> = files.iter().filter(|file| !reached.contains(*file)).cloned().collect();
    if roots.is_empty() { files.to_vec() } else { roots }
}

/// Where the modules and included files may lie that the lines of `file` name.
fn mentioned(file: &Path, content: &str) -> Vec<PathBuf> {
    let folder = folder_of(file);
    let inner = file.with_extension("");
    let mut paths = Vec::new();
    for line in content.lines().map(str::trim) {
        if let Some(name) = module_name(line) {
            // The file may be a root or a module itself: its modules lie beside it or in a folder of its name.
            for folder in [folder, &inner] {
                paths.push(folder.join(format!("{name}.rs")));
                paths.push(folder.join(name).join("mod.rs"));
            }
        }
        if line.starts_with("#[path") || line.contains("include!(") {
            let quoted = line.split('"').nth(1).unwrap_or_default();
            paths.push(absolute(folder, Path::new(quoted)));
        }
    }
    paths
}

/// The name in `mod name;`, whatever its visibility, also behind attributes on the same line.
fn module_name(line: &str) -> Option<&str> {
    let code = line.split("//").next()?.trim_end();
    let (before, name) = code.strip_suffix(';')?.rsplit_once("mod ")?;
    let is_start = before.is_empty() || before.ends_with([' ', ']', ')']);
    let name = name.trim();
    let name = name.strip_prefix("r#").unwrap_or(name);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_start && is_name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_lines() {
        assert_eq!(module_name("pub(crate) mod store; // the store"), Some("store"));
        assert_eq!(module_name("#[cfg(unix)] mod unix;"), Some("unix"));
        assert_eq!(module_name("mod r#type;"), Some("type"));
        assert_eq!(module_name("mod inline {"), None);
        assert_eq!(module_name("// mod old;"), None);
        assert_eq!(module_name("let x = somemod y;"), None);
    }
}
