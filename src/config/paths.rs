//! Sets of files, told by globs.
//!
//! In: globs, and the folder that they are relative to. Out: [`PathSet`], which answers for paths on disk.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Files and folders; a folder stands for all that is in it.
#[derive(Debug, Clone)]
pub struct PathSet {
    folder: PathBuf,
    globs: GlobSet,
}

impl PathSet {
    /// The set of these globs, seen from a folder.
    ///
    /// # Errors
    /// For each glob that is none its index and what is wrong with it.
    pub fn new<'g>(folder: &Path, globs: impl IntoIterator<Item = &'g str>) -> Result<PathSet, Vec<(usize, String)>> {
        let mut builder = GlobSetBuilder::new();
        let mut wrong = Vec::new();
        for (index, glob) in globs.into_iter().enumerate() {
            match both(glob) {
                Ok(all) => all.into_iter().for_each(|glob| {
                    builder.add(glob);
                }),
                Err(cause) => wrong.push((index, cause)),
            }
        }
        match builder.build() {
            _ if !wrong.is_empty() => Err(wrong),
            Ok(globs) => Ok(PathSet { folder: folder.to_owned(), globs }),
            Err(cause) => Err(vec![(0, cause.to_string())]),
        }
    }

    /// Every file.
    #[must_use]
    pub fn all() -> PathSet {
        let globs = GlobBuilder::new("**").build().and_then(|glob| GlobSetBuilder::new().add(glob).build());
        PathSet { folder: PathBuf::new(), globs: globs.unwrap_or_default() }
    }

    /// Whether a file or folder is in it.
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        path.strip_prefix(&self.folder).is_ok_and(|path| self.globs.is_match(path))
    }
}

/// What a glob names, and what is in it.
fn both(glob: &str) -> Result<[globset::Glob; 2], String> {
    let plain = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
    if plain.is_empty() || plain.starts_with('/') || plain.split('/').any(|part| part == "..") {
        return Err("a path here is relative to the folder of the file, and does not lead out of it".to_owned());
    }
    let build =
        |glob: &str| GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| error.kind().to_string());
    Ok([build(plain)?, build(&format!("{plain}/**"))?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(globs: &[&str], paths: &[&str]) -> Vec<String> {
        let set = PathSet::new(Path::new("/w"), globs.iter().copied()).expect("well-formed globs");
        paths.iter().filter(|path| set.has(Path::new(path))).map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn globs_are_relative_and_a_folder_is_all_that_is_in_it() {
        let paths = ["/w/a/b.rs", "/w/a/c/d.rs", "/w/e/a/b.rs", "/x/a/b.rs", "/w/ab.rs"];
        assert_eq!(matching(&["a"], &paths), ["/w/a/b.rs", "/w/a/c/d.rs"]);
        assert_eq!(matching(&["./a/"], &paths), ["/w/a/b.rs", "/w/a/c/d.rs"]);
        assert_eq!(matching(&["a/*.rs"], &paths), ["/w/a/b.rs"]);
        assert_eq!(matching(&["**/b.rs"], &paths), ["/w/a/b.rs", "/w/e/a/b.rs"]);
        assert_eq!(matching(&["e/*"], &paths), ["/w/e/a/b.rs"]);
        assert!(matching(&[], &paths).is_empty());
    }

    #[test]
    fn every_mistake_is_told() {
        let wrong = PathSet::new(Path::new("/w"), ["a", "/a", "../b", "a[", ""]).expect_err("four are wrong");
        assert_eq!(wrong.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }
}
