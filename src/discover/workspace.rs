//! Workspaces, read from manifests.
//!
//! In: manifests. Out: which workspace a package belongs to ([`root_of`]) and which packages a workspace has
//! ([`members`]), both as cargo sees them: globs, `exclude`, `package.workspace`, path dependencies below the root.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ignore::gitignore::GitignoreBuilder;

use super::around::checkout_around;
use super::dependencies::declared;
use super::manifest::{Manifest, Manifests, Reading, text, texts};
use super::paths::{folder_of, last_name, manifest_of};
use crate::finding::Problem;

/// Where a package belongs.
#[derive(Debug)]
pub(super) struct Root {
    /// The manifest of the workspace's root; the package's own if it is in none.
    pub(super) manifest: PathBuf,
    /// A manifest on the way up that can't be read: cargo stops at it.
    pub(super) broken: Option<Problem>,
}

/// The workspace that `manifest` belongs to.
pub(super) fn root_of(manifest: &Manifest, manifests: &Manifests) -> Root {
    let at = |path: PathBuf| Root { manifest: path, broken: None };
    if manifest.workspace().is_some() {
        return at(manifest.path.clone());
    }
    if let Some(root) = pointer(manifest, manifests) {
        return at(root);
    }
    for folder in manifest.folder.ancestors().skip(1) {
        match manifests.reading(&manifest_of(folder)) {
            Reading::Absent => {}
            Reading::Broken(problem) => {
                return Root { manifest: manifest.path.clone(), broken: Some(problem) };
            }
            Reading::Read(above) if above.workspace().is_some() => {
                if !excludes(&above, &manifest.folder) {
                    return at(above.path.clone());
                }
            }
            Reading::Read(above) => {
                if let Some(root) = pointer(&above, manifests) {
                    return at(root);
                }
            }
        }
    }
    at(manifest.path.clone())
}

/// The root that `package.workspace` names, if it is there.
fn pointer(manifest: &Manifest, manifests: &Manifests) -> Option<PathBuf> {
    let folder = manifest.resolve(text(manifest.package()?, "workspace")?);
    manifests.in_folder(&folder).map(|root| root.path.clone())
}

/// Whether a workspace leaves the package in `folder` out. Naming it in `members` outweighs `exclude`.
fn excludes(root: &Manifest, folder: &Path) -> bool {
    let names = |key| {
        let paths = root.workspace().map(|workspace| texts(workspace, key));
        paths.unwrap_or_default().into_iter().any(|path| folder.starts_with(root.resolve(path)))
    };
    names("exclude") && !names("members")
}

/// The packages of a workspace.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// Manifests of the packages, by their paths.
    pub(super) manifests: BTreeMap<PathBuf, std::sync::Arc<Manifest>>,
    /// Members that can't be used.
    pub(super) problems: Vec<Problem>,
}

/// The members of the workspace whose root is `root`: of a package without a workspace, itself.
pub(super) fn members(root: &Manifest, manifests: &Manifests) -> Members {
    let mut members = Members::default();
    let mut waiting: BTreeSet<PathBuf> = BTreeSet::from([root.path.clone()]);
    for pattern in root.workspace().map(|workspace| texts(workspace, "members")).unwrap_or_default() {
        if is_glob(pattern) && !starts_within(root, pattern) {
            members.problems.push(outside(root, pattern, manifests));
        } else if is_glob(pattern) {
            waiting.extend(expand(root, pattern).into_iter().filter(|path| path.is_file()));
        } else {
            let path = manifest_of(&root.resolve(pattern));
            if !path.is_file() {
                members.problems.push(missing_member(root, pattern, manifests));
            }
            waiting.insert(path);
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop_first() {
        if !seen.insert(path.clone()) || excludes(root, folder_of(&path)) {
            continue;
        }
        match manifests.reading(&path) {
            Reading::Absent => {}
            Reading::Broken(problem) => members.problems.push(problem),
            Reading::Read(manifest) => {
                if root.workspace().is_some() {
                    waiting.extend(path_dependencies(&manifest, root, manifests));
                }
                if manifest.package().is_some() {
                    members.manifests.insert(path, manifest);
                }
            }
        }
    }
    members
}

/// Path dependencies below the root are members without being named; those with a workspace of their own are not.
fn path_dependencies(manifest: &Manifest, root: &Manifest, manifests: &Manifests) -> Vec<PathBuf> {
    let paths = declared(manifest, Some(root)).into_iter().filter_map(|one| one.path);
    paths
        .filter(|folder| folder.starts_with(&root.folder))
        .filter_map(|folder| manifests.in_folder(&folder))
        .filter(|found| found.workspace().is_none())
        .map(|found| found.path.clone())
        .collect()
}

fn missing_member(root: &Manifest, pattern: &str, manifests: &Manifests) -> Problem {
    Problem {
        file: manifests.shown(&root.path),
        line: 0,
        column: 0,
        message: format!("workspace member `{pattern}` has no Cargo.toml"),
        help: "take it out of `members`, or add the package".into(),
    }
}

/// Whether a glob begins in the checkout: nobody walks the whole file system for `/**`.
fn starts_within(root: &Manifest, pattern: &str) -> bool {
    let fixed: Vec<&str> = pattern.split('/').take_while(|part| !is_glob(part)).collect();
    root.resolve(&format!("{}/", fixed.join("/"))).starts_with(checkout_around(&root.folder)) || fixed.is_empty()
}

fn outside(root: &Manifest, pattern: &str, manifests: &Manifests) -> Problem {
    Problem {
        file: manifests.shown(&root.path),
        line: 0,
        column: 0,
        message: format!("workspace members `{pattern}` lie outside of what is checked, and are not looked for"),
        help: "name their folder, too: `connlint check . FOLDER`".into(),
    }
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// The manifests in the folders that a glob in `members` means.
fn expand(root: &Manifest, pattern: &str) -> BTreeSet<PathBuf> {
    let parts: Vec<&str> = pattern.split('/').collect();
    let fixed = parts.iter().take_while(|part| !is_glob(part)).count();
    let (fixed, globs) = parts.split_at(fixed);
    let start = if fixed.is_empty() {
        root.folder.clone()
    } else {
        // The slash at the end makes nothing, which stands before the first slash of `/*`, the root of the system.
        root.resolve(&format!("{}/", fixed.join("/")))
    };
    let mut folders = BTreeSet::from([start]);
    for part in globs.iter().filter(|part| !part.is_empty()) {
        // A set, since `**/**` meets each folder many times.
        folders = folders.iter().flat_map(|folder| step(folder, part)).collect();
    }
    folders.iter().map(|folder| manifest_of(folder)).collect()
}

/// The folders that one part of a glob leads to from `folder`.
fn step(folder: &Path, part: &str) -> Vec<PathBuf> {
    match part {
        "**" => {
            let below = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
            below.filter(|entry| entry.file_type().is_dir()).map(|entry| entry.into_path()).collect()
        }
        part if is_glob(part) => {
            let mut builder = GitignoreBuilder::new("");
            // Within one part of a path, gitignore's wildcards mean what cargo's do.
            if builder.add_line(None, &format!("/{part}")).is_err() {
                return Vec::new();
            }
            let Ok(glob) = builder.build() else {
                return Vec::new();
            };
            let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
            let folders = entries.map(|entry| entry.path()).filter(|path| path.is_dir());
            folders.filter(|path| glob.matched(last_name(path), true).is_ignore()).collect()
        }
        part => vec![folder.join(part)],
    }
}
