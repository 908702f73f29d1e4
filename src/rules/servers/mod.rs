//! What code asks of the servers that its clients talk to, and when.
//!
//! In: a stretch of code. Out: the [`Ask`]s that running it makes, through all that it calls (`walk`, `ask`, `opener`); which units
//! make up one process (`process`); what a process asks before it serves (`start`).

mod ask;
mod opener;
mod process;
mod start;
mod walk;

pub(super) use ask::{Ask, Way, handle_family, retries};
pub(super) use opener::{opener, place_of, retrying_opener};
pub(super) use process::{Process, is_per_worker, processes};
pub(super) use start::{Start, start_of};
pub(super) use walk::{Code, Frame, Walk};
