//! What a process does before it serves.
//!
//! In: a process. Out: [`Start`]: what servers are asked from its start on until it serves, and which calls are made.

use std::collections::BTreeSet;

use super::ask::Ask;
use super::process::Process;
use super::walk::{Code, Frame, Walk};
use crate::rules::context::Context;

/// A process's start-up.
pub(in crate::rules) struct Start {
    /// What servers are asked, in order.
    pub(in crate::rules) asks: Vec<Ask>,
    /// Every call that is made, outside of tasks.
    pub(in crate::rules) calls: BTreeSet<Frame>,
    /// The call from which on it serves, when one is seen.
    pub(in crate::rules) served: Option<Frame>,
    /// The calls that lead there.
    pub(in crate::rules) way: Vec<Frame>,
    /// It answers nobody: it is a worker, which asks servers as soon as it begins.
    pub(in crate::rules) is_worker: bool,
}

/// The start-up of a process that serves, or works on and on; none for a program that does its work and ends.
pub(in crate::rules) fn start_of(context: Context<'_, '_>, process: &Process) -> Option<Start> {
    let mut walk = Walk::new(context, true);
    walk.through(Code::Unit(process.main));
    if !walk.has_handlers && !walk.is_endless {
        return None;
    }
    let (served, way) = walk.served.map_or((None, Vec::new()), |(at, way)| (Some(at), way));
    let is_worker = !walk.has_handlers;
    Some(Start { asks: walk.asks, calls: walk.calls, served, way, is_worker })
}
