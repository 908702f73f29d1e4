//! The workspace around a path, told by manifests alone and before anything was discovered.
//!
//! In: a folder or file. Out: the folder that findings there belong to: where its baseline lies, and its callers stand.

use std::path::{Path, PathBuf};

use super::paths::{manifest_of, nearest_manifest};
use crate::source::read::{Kind, read_text};

/// The root of the workspace that a folder or file is in; without a manifest, the folder.
pub(crate) fn workspace_around(path: &Path) -> PathBuf {
    let manifest = nearest_manifest(path);
    let package = manifest.as_deref().and_then(Path::parent).map(workspace_of);
    package.unwrap_or_else(|| if path.is_file() { path.parent().unwrap_or(path) } else { path }.to_owned())
}

/// The folder that belongs together with a folder or file that is to be checked, as far as it goes: the repository, else the
/// workspace.
pub(super) fn checkout_around(path: &Path) -> PathBuf {
    let repository = path.ancestors().find(|folder| folder.join(".git").exists());
    repository.map_or_else(|| workspace_around(path), Path::to_owned)
}

/// The outermost folder above a package whose manifest is a workspace's; the package's own when there is none.
pub(crate) fn workspace_of(folder: &Path) -> PathBuf {
    let is_workspace = |folder: &&Path| {
        read_text(&manifest_of(folder), Kind::Regular)
            .is_ok_and(|text| text.lines().any(|line| line.trim_start().starts_with("[workspace")))
    };
    folder.ancestors().filter(is_workspace).last().unwrap_or(folder).to_owned()
}
