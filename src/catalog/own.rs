//! What a project's own catalogues have over the carried ones.
//!
//! In: its files. Out: a [`Catalog`] that also knows which packages they describe, and which functions may be the program's own.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::index::{CallRef, Catalog, FileId};
use super::load::{CatalogError, builtin_files};
use super::model::CatalogFile;

/// What a project says itself.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Packages whose types its catalogues describe.
    packages: FxHashSet<String>,
    /// Files that tell of functions alone.
    wrapper_files: FxHashSet<FileId>,
}

impl Catalog {
    /// The carried catalogues, and a project's own.
    ///
    /// # Errors
    /// When one of them is broken.
    pub fn with(own: &[(String, CatalogFile)]) -> Result<Catalog, CatalogError> {
        let described = own.iter().filter(|(_, file)| !file.types.is_empty());
        let packages = described.flat_map(|(_, file)| file.packages.iter().cloned()).collect();
        let builtin = builtin_files()?;
        let first = builtin.len();
        let mut catalog = Catalog::new(builtin.into_iter().chain(own.iter().cloned()).collect())?;
        let of_functions = |id: &FileId| {
            let file = catalog.file(*id);
            file.types.is_empty() && !file.function.is_empty()
        };
        let wrapper_files = catalog.file_ids().skip(first).filter(of_functions).collect();
        catalog.own = Own { packages, wrapper_files };
        Ok(catalog)
    }

    /// Whether a project's own catalogue tells what a package's types are, so that its sources need not.
    #[must_use]
    pub fn is_described(&self, package: &str) -> bool {
        self.own.packages.contains(package)
    }

    /// Whether a file tells of functions alone, which may be the program's own.
    #[must_use]
    pub fn is_wrapper_file(&self, file: FileId) -> bool {
        self.own.wrapper_files.contains(&file)
    }

    /// The functions of such files, by path.
    #[must_use]
    pub fn wrappers(&self) -> Vec<&Arc<CallRef>> {
        if self.own.wrapper_files.is_empty() {
            return Vec::new();
        }
        let mut wrappers: Vec<_> = self.functions().filter(|call| self.is_wrapper_file(call.file)).collect();
        wrappers.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        wrappers
    }

    /// Whether a package has such functions.
    #[must_use]
    pub fn has_wrappers(&self, package: &str) -> bool {
        self.own.wrapper_files.iter().any(|file| self.file(*file).packages.iter().any(|name| name == package))
    }
}
