//! What the tests share: where things are, runs in process, runs of the binaries, annotations.

pub(crate) mod annotations;
pub(crate) mod binary;
pub(crate) mod library;

use std::path::{Path, PathBuf};

/// The manifest of a package `app` that uses what [`ONE_FINDING`] does.
pub(crate) const MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [dependencies]\naxum = \"0.8\"\nredis = \"1\"\n";

/// A program with one finding, `client-per-request`.
pub(crate) const ONE_FINDING: &str = "\
fn main() {
    serve(axum::Router::new().route(\"/a\", axum::routing::get(a)));
}

async fn a() -> String {
    let client = redis::Client::open(\"redis://h/\").unwrap();
    format!(\"{client:?}\")
}
";

/// The package's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` whose names end in `.extension`, sorted; build output is left out.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    walk.filter_entry(|entry| entry.file_name() != "target")
        .map(|entry| entry.expect("the folder can be read").into_path())
        .filter(|path| path.is_file() && path.extension().is_some_and(|found| found == extension))
        .collect()
}

/// `path` as reports write it: relative to the package's folder, with `/`.
pub(crate) fn shown(path: &Path) -> String {
    connlint::source::shown_name(path, root())
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("the folder can be read");
        let target = to.join(entry.path().strip_prefix(from).expect("it is below"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&target).expect("the folder can be made");
        } else {
            std::fs::copy(entry.path(), &target).expect("the file can be copied");
        }
    }
}

/// Writes files, given as (path, text), below `folder`.
pub(crate) fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        std::fs::write(path, text).expect("the file can be written");
    }
}
