//! Compares what is claimed with what was measured.

use std::fmt::Write as _;

use connlint::catalog::Catalog;
use connlint::catalog::model::{CloneKind, CloseFact, CloseNeed, Network, ShareKind, SizeFact, TimeoutFact};
use semver::Version;

use crate::claims::{Claim, Fact};
use crate::measure::{Line, Seen};
use crate::uncovered::Uncovered;

/// Says how much was compared, or what is wrong: claims that do not hold, that nobody measured and that are not listed,
/// and entries of the list that are of no use.
pub(crate) fn compare(
    catalog: &Catalog,
    claims: &[Claim],
    uncovered: &[Uncovered],
    lines: &[(Line, Version)],
) -> Result<String, String> {
    let mut wrong = String::new();
    let mut measured = vec![false; claims.len()];
    let mut compared = 0;
    for (line, version) in lines {
        let path = catalog.canonical(&line.path);
        let mut known = false;
        for (index, claim) in claims.iter().enumerate().filter(|(_, claim)| claim.path == path) {
            if !claim.holds_for(&line.package, version) {
                continue;
            }
            let Some(holds) = holds(&claim.fact, &line.seen) else { continue };
            (known, measured[index]) = (true, true);
            compared += 1;
            if !holds {
                let _ = writeln!(wrong, "{} {version}: {claim}: measured {:?}", line.package, line.seen);
            }
        }
        if !known {
            let _ = writeln!(wrong, "{} {version}: {path}: nothing is claimed of {:?}", line.package, line.seen);
        }
    }
    let listed = check_list(claims, uncovered, &measured, &mut wrong);
    if !wrong.is_empty() {
        return Err(format!("live: the catalogues and the measurements differ:\n{wrong}"));
    }
    let covered = measured.iter().filter(|measured| **measured).count();
    Ok(format!("live: ok: {covered} claims hold in {compared} measurements; {listed} are not measured, with reasons"))
}

/// Every claim is measured or listed; every path of the list lists something that is not measured.
fn check_list(claims: &[Claim], uncovered: &[Uncovered], measured: &[bool], wrong: &mut String) -> usize {
    let mut listed = 0;
    let mut used: Vec<(usize, &str)> = Vec::new();
    for (claim, _) in claims.iter().zip(measured).filter(|(_, measured)| !**measured) {
        let mut entries = uncovered.iter().enumerate();
        match entries.find_map(|(index, entry)| Some((index, entry.lists(claim)?))) {
            Some(entry) => {
                used.push(entry);
                listed += 1;
            }
            None => {
                let _ = writeln!(wrong, "{claim}: neither measured nor listed in uncovered.toml");
            }
        }
    }
    for (index, entry) in uncovered.iter().enumerate() {
        if entry.reason.trim().is_empty() {
            let _ = writeln!(wrong, "uncovered.toml: {:?}: no reason", entry.paths);
        }
        for path in entry.written().filter(|path| !used.contains(&(index, path))) {
            let _ = writeln!(wrong, "uncovered.toml: {path} {:?}: measured, or no longer claimed", entry.facts);
        }
    }
    listed
}

/// Whether a claim holds; nothing where the measurement is about something else.
fn holds(fact: &Fact, seen: &Seen) -> Option<bool> {
    Some(match (fact, seen) {
        (Fact::Network(said), Seen::Network { needs_server, opened, used }) => {
            network_holds(*said, *needs_server, *opened, *used)
        }
        (Fact::Checkout(said), Seen::Checkout { first, again }) => match said {
            Network::None => first + again == 0,
            Network::Lazy => *again == 0,
            Network::Connects => *again > 0,
        },
        (Fact::Share(said), Seen::Traits { clone, send, sync }) => match said {
            ShareKind::Direct => *send && *sync,
            ShareKind::Thread => !send,
            ShareKind::Lock | ShareKind::Owner => !clone,
        },
        (Fact::Clone(CloneKind::None), Seen::Traits { clone, .. }) => !clone,
        (Fact::Clone(CloneKind::Shared), Seen::Clone { opened }) => *opened == 0,
        (Fact::Clone(CloneKind::Config | CloneKind::New), Seen::Clone { opened }) => *opened > 0,
        (Fact::Drop(said), Seen::Drop { closes }) => ends_on_drop(said) == *closes,
        (Fact::Close(said), Seen::Close { method, held, closes }) if said == method => *held > 0 && *closes,
        (Fact::Timeout(said), Seen::Timeout { kind, measured_ms }) if said.kind.name() == kind => {
            timeout_holds(said, *measured_ms)
        }
        (Fact::Size(said), Seen::Size { opened, logical_cores, physical_cores }) => {
            *opened == default_size(said, *logical_cores, *physical_cores)
        }
        (Fact::Commands(said), Seen::Commands { calls, opened }) => *said == (opened >= calls),
        (Fact::Stall, Seen::Stall { stalled }) => *stalled,
        _ => return None,
    })
}

fn network_holds(said: Network, needs_server: Option<bool>, opened: u64, used: u64) -> bool {
    let needs_server = needs_server.unwrap_or(opened > 0);
    match said {
        Network::None => !needs_server && opened + used == 0,
        Network::Lazy => !needs_server && opened + used > 0,
        Network::Connects => needs_server && opened > 0,
    }
}

/// What needs no end is gone with the last handle; what needs one is left behind.
fn ends_on_drop(said: &CloseFact) -> bool {
    !matches!(said.need, CloseNeed::Required | CloseNeed::UnlessProcessWide)
}

/// Not before its time, and not long after it: the machine may be busy.
fn timeout_holds(said: &TimeoutFact, measured_ms: Option<u64>) -> bool {
    match (said.default_ms, measured_ms) {
        (None, None) => true,
        (Some(default), Some(measured)) => (default * 9 / 10..=default * 5 / 4 + 400).contains(&measured),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn default_size(said: &SizeFact, logical_cores: u64, physical_cores: u64) -> u64 {
    let fixed = said.default.map(u64::from);
    let logical = said.per_logical_core.map(|times| u64::from(times) * logical_cores);
    let physical = said.per_physical_core.map(|times| u64::from(times) * physical_cores);
    fixed.or(logical).or(physical).unwrap_or_default()
}
