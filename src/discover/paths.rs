//! Paths as discovery hands them on: absolute, without `.` and `..`, symbolic links as the user wrote them.

use std::path::{Component, Path, PathBuf};

use crate::source::file_url;

/// The version of what has none.
pub(super) const NO_VERSION: &str = "0.0.0";

/// The name of a manifest.
pub(super) const MANIFEST: &str = "Cargo.toml";

/// `path`, seen from `base`, without `.` and `..`. Where dropping `..` would lead elsewhere, because a symbolic link
/// comes before it, the path keeps it.
pub(crate) fn absolute(base: &Path, path: &Path) -> PathBuf {
    let joined = base.join(path);
    let plain = without_dots(&joined);
    if plain != joined && !plain.exists() && joined.exists() { joined } else { plain }
}

fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                plain.push(component);
            }
        }
    }
    plain
}

/// The manifest of `folder`, whether it exists or not.
pub(super) fn manifest_of(folder: &Path) -> PathBuf {
    folder.join(MANIFEST)
}

/// The folder that a file lies in.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

/// The manifest that holds `folder`: its own or the nearest above.
pub(crate) fn nearest_manifest(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(manifest_of).find(|path| path.is_file())
}

/// A name as Rust code writes it.
pub(super) fn crate_name(name: &str) -> String {
    name.replace('-', "_")
}

/// The last part of a path as text; for a root, which has none, `crate`.
pub(super) fn last_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "crate".into(), |name| name.to_string_lossy().into())
}

/// The identifier that cargo would give a package in `folder`.
pub(super) fn package_id(folder: &Path, name: &str, version: &str) -> String {
    let place = file_url(folder);
    if last_name(folder) == name { format!("path+{place}#{version}") } else { format!("path+{place}#{name}@{version}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_go() {
        let seen = |path| absolute(Path::new("/a/b"), Path::new(path));
        assert_eq!(seen("./c/../d.rs"), Path::new("/a/b/d.rs"));
        assert_eq!(seen("../../../../x"), Path::new("/x"));
        assert_eq!(seen("."), Path::new("/a/b"));
        assert_eq!(seen("/q"), Path::new("/q"));
    }

    #[test]
    fn identifiers_are_cargos() {
        assert_eq!(package_id(Path::new("/w/api"), "api", "1.2.0"), "path+file:///w/api#1.2.0");
        assert_eq!(package_id(Path::new("/w/my api"), "api", "1.2.0"), "path+file:///w/my%20api#api@1.2.0");
    }
}
