//! Which packages there are to analyse, without compiling and without a network.
//!
//! In: the paths given on the command line. Out: [`Discovery`]: packages with their targets and dependencies (names as
//! the code uses them, versions as far as known), single files without a manifest, and problems. Which *files* belong to
//! a target is not decided here: the module tree is followed from each target's root while parsing.

mod model;

pub use model::{Dependency, DependencyKind, DiscoverError, Discovery, Package, Target, TargetKind};
