//! How often each construction runs, and what becomes of it.
//!
//! In: the linked program. Out: for every construction ([`Site`]) an [`Analysis`]: the places where its value ends, each with
//! its frequency and the chain that leads there. The rules only read these.
//!
//! - `sites`: which calls construct a client, pool or connection.
//! - `scope`: which units are judged.
//! - `fate`: where a value goes within a unit, and through the calls that take it.
//! - `context`: what stands around an expression within its unit: loops, closures, memoisation.
//! - `roots`: what the frameworks call, and how often.
//! - `frequency`: how often units run, from the roots down the references.
//! - `analysis`: all of it together, per construction.
//! - `origin`: where a value comes from: fate, read backwards.
//! - `query`: the same questions for any expression, for the rules that are not about constructions.

mod analysis;
mod context;
mod fate;
mod frequency;
mod origin;
mod query;
mod roots;
mod scope;
mod sites;

pub use analysis::{Analysis, End, Innocent, analyse};
pub use context::{Barrier, Context, HandOver};
pub use fate::{Fate, Kept};
pub use frequency::{Frequencies, Frequency, Via};
pub use origin::{Leg, Origin, Slot, Source};
pub use query::Flow;
pub use roots::{RootHit, is_route_closure, is_start, registration, serves, unit_root};
pub use sites::{Site, manager_of};
