//! Which packages there are to analyse, without compiling and without a network.
//!
//! In: the paths given on the command line. Out: [`Discovery`]: packages with their targets and dependencies (names as
//! the code uses them, versions as far as known), single files without a manifest, and problems. Which *files* belong to
//! a target is not decided here: the module tree is followed from each target's root while parsing.
//!
//! ```text
//! paths ─► select (walk) ─► survey: groups by workspace ─► load: cargo, else manifest + workspace + targets ─► Discovery
//!                       └─► loose: code without a manifest ────────────────────────────────────────────────────────┘
//! ```
//!
//! Cargo takes its time. A [`Survey`] also guesses what it will say, so that files can be read meanwhile.

mod around;
mod cargo;
mod dependencies;
mod load;
mod lock;
mod loose;
mod manifest;
mod model;
mod paths;
mod pick;
mod select;
mod survey;
mod targets;
#[cfg(test)]
mod tests;
mod walk;
mod workspace;

use std::path::{Path, PathBuf};

pub(crate) use around::{workspace_around, workspace_of};
pub(crate) use paths::{absolute, nearest_manifest};

pub(crate) use model::hand_on;
pub use model::{Dependency, DependencyKind, DiscoverError, Discovery, Package, Target, TargetKind};
pub use survey::Survey;

/// What discovery may be told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Also examples, tests, benchmarks and build scripts; else libraries and binaries alone.
    pub all_targets: bool,
    /// The cargo executable; `None`: `$CARGO`, else the one in `$PATH`.
    pub cargo: Option<PathBuf>,
}

/// Finds the packages that `paths` mean, seen from `cwd`; without paths, the workspace of `cwd`.
///
/// What can't be used in part (a broken manifest, a missing cargo) is in [`Discovery::problems`], and the rest is found.
///
/// # Errors
/// When a path does not exist ([`DiscoverError::Path`]) or holds no Rust code ([`DiscoverError::Nothing`]), or no path
/// is given and there is no manifest above ([`DiscoverError::NoManifest`]).
pub fn discover(paths: &[PathBuf], cwd: &Path, options: &Options) -> Result<Discovery, DiscoverError> {
    Survey::new(paths, cwd)?.discover(options)
}
