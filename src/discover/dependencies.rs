//! Dependencies, as a manifest declares them and as code sees them.
//!
//! In: the tables of a manifest (or what cargo says of them: [`Declared`]), the lock file, the manifests of path
//! dependencies. Out: [`Dependency`] by extern name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use semver::VersionReq;
use toml::{Table, Value};

use super::lock::Lock;
use super::manifest::{Manifest, Manifests, flag, table, text, texts};
use super::model::{Dependency, DependencyKind};
use super::paths::crate_name;

/// A dependency as declared, the workspace's share already filled in.
#[derive(Debug)]
pub(super) struct Declared {
    /// The other name that `package = ".."` makes of the key.
    pub(super) rename: Option<String>,
    /// The package's name in its registry.
    pub(super) package: String,
    /// The requirement; empty when none.
    pub(super) requirement: String,
    /// Its features that are asked for.
    pub(super) features: Vec<String>,
    /// Which table.
    pub(super) kind: DependencyKind,
    /// The folder of a path dependency.
    pub(super) path: Option<PathBuf>,
}

/// What turns declared dependencies into those that code sees.
pub(super) struct Resolver<'a> {
    /// For the library names of path dependencies.
    pub(super) manifests: &'a Manifests,
    /// Locked versions.
    pub(super) lock: &'a Lock,
    /// The workspace's [`Manifest::patches`].
    pub(super) patches: &'a BTreeMap<String, PathBuf>,
}

impl Resolver<'_> {
    /// All of them, sorted; what several tables repeat is there once.
    pub(super) fn resolve(&self, declared: Vec<Declared>) -> Vec<Dependency> {
        let mut dependencies: Vec<Dependency> = declared.into_iter().map(|one| self.resolve_one(one)).collect();
        let key = |one: &Dependency| {
            (one.extern_name.clone(), one.kind, one.package.clone(), one.requirement.clone(), one.path.clone())
        };
        dependencies.sort_by_cached_key(key);
        dependencies.dedup();
        dependencies
    }

    fn resolve_one(&self, declared: Declared) -> Dependency {
        let patch = self.patches.get(&declared.package);
        let path = declared.path.or_else(|| patch.cloned());
        // Code names the library, and a library may be called otherwise than its package. Only the manifests of path
        // dependencies are at hand to tell.
        let extern_name = match (&declared.rename, &path) {
            (Some(rename), _) => crate_name(rename),
            (None, Some(folder)) => match self.manifests.in_folder(folder) {
                Some(manifest) => manifest.lib_crate_name(),
                None => crate_name(&declared.package),
            },
            (None, None) => crate_name(&declared.package),
        };
        Dependency {
            locked: self.lock.fitting(&declared.package, &declared.requirement),
            extern_name,
            package: declared.package,
            requirement: declared.requirement,
            features: sorted(declared.features),
            path,
            kind: declared.kind,
        }
    }
}

fn sorted(mut features: Vec<String>) -> Vec<String> {
    features.sort_unstable();
    features.dedup();
    features
}

/// Every dependency in the tables of `manifest`; `root` is the manifest of its workspace.
pub(super) fn declared(manifest: &Manifest, root: Option<&Manifest>) -> Vec<Declared> {
    let mut found = Vec::new();
    collect(&manifest.table, manifest, root, &mut found);
    for (_, platform) in table(&manifest.table, "target").into_iter().flatten() {
        if let Some(platform) = platform.as_table() {
            collect(platform, manifest, root, &mut found);
        }
    }
    found
}

/// The tables of dependencies in `parent`, which is the manifest or one of its `[target.…]`.
fn collect(parent: &Table, manifest: &Manifest, root: Option<&Manifest>, found: &mut Vec<Declared>) {
    let tables = [
        ("dependencies", DependencyKind::Normal),
        ("dev-dependencies", DependencyKind::Dev),
        ("dev_dependencies", DependencyKind::Dev),
        ("build-dependencies", DependencyKind::Build),
        ("build_dependencies", DependencyKind::Build),
    ];
    for (name, kind) in tables {
        for (key, value) in table(parent, name).into_iter().flatten() {
            found.push(declare(key, value, kind, manifest, root));
        }
    }
}

fn declare(key: &str, value: &Value, kind: DependencyKind, manifest: &Manifest, root: Option<&Manifest>) -> Declared {
    let inherits = value.as_table().and_then(|spec| flag(spec, "workspace")) == Some(true);
    let shared = root.filter(|_| inherits).and_then(|root| {
        let workspace = table(root.workspace()?, "dependencies")?;
        Some((workspace.get(key)?, root))
    });
    // A member adds to the features that the workspace asks for.
    let of = |value: &Value| -> Vec<String> {
        value
            .as_table()
            .map(|spec| texts(spec, "features").into_iter().map(str::to_owned).collect())
            .unwrap_or_default()
    };
    let own = if shared.is_some() { of(value) } else { Vec::new() };
    let (value, from) = shared.unwrap_or((value, manifest));
    let features = own.into_iter().chain(of(value)).collect();
    let spec = value.as_table();
    let field = |name| spec.and_then(|spec| text(spec, name));
    let package = field("package").unwrap_or(key);
    Declared {
        rename: (package != key).then(|| key.to_owned()),
        package: package.to_owned(),
        requirement: requirement(value.as_str().or(field("version")).unwrap_or_default()),
        features,
        kind,
        path: field("path").map(|path| from.resolve(path)),
    }
}

/// A requirement in the one form that both ways of discovery give: `0.27` for `^0.27`, nothing for `*`.
pub(super) fn requirement(written: &str) -> String {
    let Ok(parsed) = VersionReq::parse(written) else {
        return written.to_owned();
    };
    match parsed.comparators.as_slice() {
        [] => String::new(),
        [only] if only.op == semver::Op::Caret => only.to_string().replacen('^', "", 1),
        _ => parsed.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_have_one_form() {
        let forms = ["0.27", "^0.27", "*", "", "=1.2.3", ">=0.2,<1", "nonsense"];
        let expected = ["0.27", "0.27", "", "", "=1.2.3", ">=0.2, <1", "nonsense"];
        assert_eq!(forms.map(requirement), expected);
    }
}
