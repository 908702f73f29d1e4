//! Rules: what each one is, and what `connlint explain` says of it.
//!
//! In: analyses of constructions ([`crate::flow::Analysis`]) and the program around them. Out: findings. The seven
//! construction rules are rows of `construction`'s table; every other rule is a module with a [`judge::Rule`], which brings
//! its subjects before a [`judge::Judge`]. Each has a page under `rules/` and a fixture.

mod blocking_command_on_shared;
mod blocking_connection_in_async;
mod built;
mod chain;
mod client_leaked;
mod client_never_closed;
mod construction;
mod context;
mod duplicate_client;
mod fix;
mod help;
mod implicit_pool_size;
pub mod judge;
mod locked_connection;
mod missing_connect_retry;
mod missing_health_check;
mod missing_lifecycle_log;
mod missing_startup_check;
mod missing_timeout;
mod names;
mod oversized_pool;
pub mod page;
mod pooled_multiplexed;
mod processes;
mod routes;
mod servers;
mod settings;
mod sizes;
mod unmonitored_pool;
mod versions;
mod ways;

use std::collections::BTreeMap;

pub use chain::steps as chain_steps;
pub use construction::{RULES as CONSTRUCTION_RULES, rule_of};
pub use context::{Context, MAX_CONNECTIONS};
use judge::{Acquittal, Rule};
pub use names::{UnknownRule, known_rule};

use crate::finding::{Finding, Level};

/// The rules that are not about where something is constructed, in the order of the documentation.
const PRACTICE: &[Rule] = &[
    blocking_command_on_shared::RULE,
    blocking_connection_in_async::RULE,
    client_leaked::RULE,
    client_never_closed::RULE,
    duplicate_client::RULE,
    implicit_pool_size::RULE,
    locked_connection::RULE,
    missing_connect_retry::RULE,
    missing_health_check::RULE,
    missing_lifecycle_log::RULE,
    missing_startup_check::RULE,
    missing_timeout::RULE,
    oversized_pool::RULE,
    pooled_multiplexed::RULE,
    unmonitored_pool::RULE,
];

/// The ids of all rules, in the order of the documentation.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    let of_practice = PRACTICE.iter().map(|rule| rule.id);
    CONSTRUCTION_RULES.into_iter().chain(of_practice).chain(crate::suppress::RULES).collect()
}

/// What the rules found in a program.
#[derive(Debug, Default)]
pub struct Found {
    /// Findings.
    pub findings: Vec<Finding>,
    /// The pedantic part of rules that are on, when it was not asked for: what a comment or a baseline may speak of.
    pub remarks: Vec<Finding>,
}

/// All findings; the pedantic part of a rule is among them only if `pedantic`. Rules that `levels` does not name are off; of
/// the construction rules, what is off is left to the caller's count.
#[must_use]
pub fn findings(context: Context<'_, '_>, levels: &BTreeMap<String, Level>, pedantic: bool) -> Found {
    let constructions = || construction::findings(context, levels);
    let of_practice = || judge::judged(context, PRACTICE, levels, pedantic);
    let (mut findings, of_practice) = rayon::join(constructions, of_practice);
    findings.extend(of_practice.findings);
    Found { findings, remarks: of_practice.remarks }
}

/// What the rules beyond construction say of each of their subjects, reported or not.
#[must_use]
pub fn reasons(context: Context<'_, '_>) -> (Vec<Finding>, Vec<Acquittal>) {
    judge::reasons(context, PRACTICE)
}
