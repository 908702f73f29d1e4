//! The file that `connlint init` writes.
//!
//! In: what a project is made of. Out: a `connlint.toml` in which every setting is commented out: `#key = value` is a setting,
//! `# text` is prose. It says nothing that is not right when it is uncommented.

use std::collections::BTreeSet;
use std::path::Path;

use crate::baseline::DEFAULT_NAME;
use crate::catalog::{Catalog, CatalogError, builtin_files};
use crate::discover::{Discovery, TargetKind};
use crate::rules::MAX_CONNECTIONS;
use crate::source::shown_name;

/// What a project is made of, as far as its file speaks of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Families of the clients that it depends on.
    pub families: Vec<String>,
    /// Frameworks that it depends on, and that are known.
    pub frameworks: Vec<String>,
    /// Folder of each package, seen from the root, and the name of its crate.
    pub members: Vec<(String, String)>,
    /// There is a baseline in the root.
    pub has_baseline: bool,
}

impl Project {
    /// What was discovered below `root`.
    ///
    /// # Errors
    /// When a built-in catalogue is broken.
    pub fn seen(root: &Path, discovery: &Discovery) -> Result<Project, CatalogError> {
        let dependencies = discovery.packages.iter().flat_map(|package| &package.dependencies);
        let used: BTreeSet<&str> = dependencies.map(|dependency| dependency.package.as_str()).collect();
        let files = builtin_files()?;
        let in_use =
            files.iter().filter(|(_, file)| file.packages.iter().any(|package| used.contains(package.as_str())));
        let (mut families, mut frameworks) = (BTreeSet::new(), BTreeSet::new());
        for (name, file) in in_use {
            families.extend(file.family.clone());
            if name.starts_with("frameworks/") && !file.root.is_empty() {
                frameworks.insert(file.title.clone().unwrap_or_else(|| file.name.clone()));
            }
        }
        let crate_of = |package: &crate::discover::Package| {
            let library = package.targets.iter().find(|target| target.kind == TargetKind::Lib);
            library.or(package.targets.first()).map(|target| target.crate_name.clone())
        };
        let members = discovery.packages.iter().filter_map(|package| {
            let folder = shown_name(&package.folder, root);
            Some((folder, crate_of(package)?))
        });
        Ok(Project {
            families: families.into_iter().collect(),
            frameworks: frameworks.into_iter().collect(),
            members: members.collect(),
            has_baseline: root.join(DEFAULT_NAME).is_file(),
        })
    }

    /// Its `connlint.toml`.
    ///
    /// # Errors
    /// When a built-in catalogue is broken.
    pub fn file(&self) -> Result<String, CatalogError> {
        let known = Catalog::builtin()?;
        let families = match self.families.is_empty() {
            true => known.families().into_iter().map(str::to_owned).collect(),
            false => self.families.clone(),
        };
        let family = families.first().map_or("", String::as_str);
        // A folder of its own, else the sources.
        let folder = self.members.iter().map(|(folder, _)| folder.as_str()).find(|folder| *folder != ".");
        let folder = folder.map_or_else(|| "src".to_owned(), |folder| format!("{folder}/src"));
        let krate = self.members.first().map_or("app", |(_, krate)| krate.as_str());
        let text = TEMPLATE
            .replace("{uses}", &self.uses())
            .replace("{families}", &quoted(&families))
            .replace("{family}", family)
            .replace("{folder}", &folder)
            .replace("{crate}", krate)
            .replace("{max}", &MAX_CONNECTIONS.to_string())
            .replace("{baseline}", &self.baseline());
        Ok(text)
    }

    fn uses(&self) -> String {
        let named = |what: &str, names: &[String]| match names {
            [] => format!("# {what} among the dependencies: none that a catalogue knows.\n"),
            names => format!("# {what} among the dependencies: {}.\n", names.join(", ")),
        };
        let mut text = named("Families of clients", &self.families);
        text.push_str(&named("Frameworks", &self.frameworks));
        if self.members.len() > 1 {
            let members: Vec<&str> = self.members.iter().map(|(folder, _)| folder.as_str()).collect();
            text.push_str(&format!("# Packages: {}.\n", members.join(", ")));
        }
        text
    }

    fn baseline(&self) -> String {
        match self.has_baseline {
            true => format!(
                "# {DEFAULT_NAME} is used where it lies; another place must be named.\n#baseline = \"{DEFAULT_NAME}\""
            ),
            false => format!(
                "# `connlint baseline write` makes {DEFAULT_NAME}, which is used where it lies; `baseline = \"…\"` names\n\
                 # another place."
            ),
        }
    }
}

/// `"a", "b"`.
fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

const TEMPLATE: &str = include_str!("template.toml");
