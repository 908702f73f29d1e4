//! Paths as discovery hands them on: absolute, without `.` and `..`, symbolic links as the user wrote them.

use std::path::{Component, Path, PathBuf};

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
}
