//! Rules: what each one is, and what `connlint explain` says of it.
//!
//! In: analyses of constructions ([`crate::flow::Analysis`]). Out: findings. A rule is a page under `rules/`, a row in
//! `construction`'s table, and a fixture.

mod chain;
mod construction;
mod help;
pub mod page;

pub use chain::steps as chain_steps;
pub use construction::{Context, RULES, findings, rule_of};
