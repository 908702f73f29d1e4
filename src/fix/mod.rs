//! Applying fixes: from findings with edits to changed sources.
//!
//! In: a request, and which fixes are wanted. Out: the texts as they would be ([`mend`]), a diff of them ([`unified_diff`]), or
//! the files themselves ([`save`]). What a fix does is a rule's business (`rules/fix`).
//!
//! Fixes are applied in rounds: those that do not touch the same places, then the whole analysis again over the new texts, until
//! there is nothing left to apply. A fix after which a file can't be parsed is not applied.

mod diff;
mod merge;
mod rounds;
mod save;

pub use diff::unified_diff;
pub use merge::{Merged, merge};
pub use rounds::{Mended, Refusal, Wanted, mend};
pub use save::{SaveError, Untouched, save, untouchable};
