//! Link and flow against an oracle: small programs are generated, run by an interpreter that counts how often each construction
//! is done, and checked by connlint. Both must say the same of every construction.
//!
//! The interpreter knows nothing of frequencies. It runs a program with a few requests, turns of loops and calls from outside,
//! and again with more of one of them: what is built more often then, is built per request, or again and again.

mod generate;
mod interpret;
mod program;

use std::collections::BTreeMap;

use super::common::library::check;
use generate::Generator;
use interpret::{World, count};
use program::{Program, SiteId};

/// So many programs are generated.
const PROGRAMS: u64 = 400;

/// How often something is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Often {
    /// Once, or not at all.
    Once,
    /// In each call of an operation, each turn of a loop.
    Again,
    /// For each request.
    PerRequest,
}

/// What running the program tells.
fn oracle(program: &Program) -> BTreeMap<SiteId, Often> {
    let counted = |requests, turns, calls| count(program, World { requests, turns, calls });
    let base = counted(1, 1, 1);
    let (requests, turns, calls) = (counted(3, 1, 1), counted(1, 3, 1), counted(1, 1, 3));
    let of = |site: &SiteId| {
        if requests[site] > base[site] {
            Often::PerRequest
        } else if turns[site] > base[site] || calls[site] > base[site] {
            Often::Again
        } else {
            Often::Once
        }
    };
    base.keys().map(|site| (*site, of(site))).collect()
}

#[test]
fn constructions_run_as_often_as_connlint_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let real = folder.path().canonicalize().expect("it exists");
    let programs: Vec<(String, Program)> =
        (0..PROGRAMS).map(|seed| (format!("p{seed:03}.rs"), Generator::new(seed).program())).collect();
    for (name, program) in &programs {
        std::fs::write(real.join(name), program.text()).expect("it can be written");
    }
    let checked = check(std::slice::from_ref(&real), &real);
    assert!(checked.report.problems.is_empty(), "{:?}", checked.report.problems);
    let mut said: BTreeMap<(&str, u32), Often> = BTreeMap::new();
    for finding in &checked.report.findings {
        let often = match finding.rule {
            "client-per-request" => Often::PerRequest,
            "client-per-call" | "client-in-loop" => Often::Again,
            _ => continue,
        };
        said.insert((&finding.location.file, finding.location.span.start.line), often);
    }
    let mut seen = [0; 3];
    let mut wrong: Vec<(usize, String, String)> = Vec::new();
    for (name, program) in &programs {
        let text = program.text();
        let mut differences = String::new();
        for (site, often) in oracle(program) {
            seen[often as usize] += 1;
            let line = site.line(&text);
            let found = said.get(&(name.as_str(), line)).copied().unwrap_or(Often::Once);
            if found != often {
                differences.push_str(&format!("{name}:{line}: it runs {often:?}, connlint says {found:?}\n"));
            }
        }
        if !differences.is_empty() {
            wrong.push((text.len(), differences, text));
        }
    }
    wrong.sort();
    if let Some((_, _, smallest)) = wrong.first() {
        let all: String = wrong.iter().map(|(_, differences, _)| differences.as_str()).collect();
        panic!("{} of {PROGRAMS} programs are judged wrongly:\n{all}\nThe smallest:\n{smallest}", wrong.len());
    }
    // The programs show all there is.
    assert!(seen.iter().all(|number| *number > 100), "{seen:?}");
}
