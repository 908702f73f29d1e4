//! Discovery over projects made on the spot, with cargo and without.

mod dependencies;
mod problems;
mod selection;
mod targets;
mod workspaces;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Dependency, DiscoverError, Discovery, Options, Package, discover};

/// A folder with files, gone when dropped.
struct Project(TempDir);

impl Project {
    /// Files by path; a manifest's text may leave out `[package]` (see [`package`]).
    fn new(files: &[(&str, &str)]) -> Project {
        let project = Project(TempDir::new().unwrap());
        for (path, content) in files {
            project.write(path, content);
        }
        project
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Discovery of `paths`, seen from `cwd`, both below the project.
    fn run(&self, cwd: &str, paths: &[&str], options: &Options) -> Result<Discovery, DiscoverError> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let cwd = if cwd.is_empty() { self.0.path().to_owned() } else { self.path(cwd) };
        discover(&paths, &cwd, options)
    }

    /// Discovery from the project's folder, for which cargo and our own reading have to agree.
    fn discover(&self, paths: &[&str]) -> Discovery {
        self.discover_from("", paths)
    }

    fn discover_from(&self, cwd: &str, paths: &[&str]) -> Discovery {
        let asked = self.run(cwd, paths, &Options::default()).unwrap();
        let read = self.run(cwd, paths, &without_cargo()).unwrap();
        assert_eq!(asked.packages, read.packages, "cargo (left) and manifests (right) differ");
        assert_eq!(asked.only_files, read.only_files);
        assert_eq!(asked.only_below, read.only_below);
        asked
    }

    /// Folders of the packages, as seen from the project.
    fn folders(&self, discovery: &Discovery) -> Vec<String> {
        discovery.packages.iter().map(|package| self.shown(&package.folder)).collect()
    }

    /// Kind, crate name and root of each target.
    fn targets(&self, package: &Package) -> Vec<String> {
        let targets = package.targets.iter();
        targets.map(|one| format!("{:?} {} {}", one.kind, one.crate_name, self.shown(&one.root))).collect()
    }

    fn shown(&self, path: &Path) -> String {
        crate::source::shown_name(path, self.0.path())
    }
}

/// Options under which cargo can't be started.
fn without_cargo() -> Options {
    Options { cargo: Some("/nowhere/cargo".into()), ..Options::default() }
}

/// A manifest of edition 2021, and more of it.
fn package(name: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{more}")
}

/// The dependency with this extern name.
fn dependency<'a>(package: &'a Package, extern_name: &str) -> &'a Dependency {
    let found = package.dependencies.iter().find(|one| one.extern_name == extern_name);
    found.unwrap_or_else(|| panic!("no {extern_name} in {:#?}", package.dependencies))
}

/// File, line, column and message of each problem.
fn said(discovery: &Discovery) -> Vec<String> {
    let problems = discovery.problems.iter();
    problems.map(|one| format!("{}:{}:{}: {}", one.file, one.line, one.column, one.message)).collect()
}
