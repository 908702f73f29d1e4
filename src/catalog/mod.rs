//! Knowledge about client crates, frameworks and the language's runtime, as data.
//!
//! In: the TOML files under `rules/` (carried by the program) and a user's own. Out: [`Catalog`], which answers what a
//! canonical path constructs, returns or runs. [`model`] is the form of the files.

mod clue;
mod index;
mod load;
pub mod model;
mod own;

pub use clue::Clue;
pub(crate) use index::last_segment;
pub use index::{CallRef, Catalog, FileId, RootRef, TypeInfo};
pub use load::{CatalogError, builtin_files, parse_catalog};
