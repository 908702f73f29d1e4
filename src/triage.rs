//! What becomes of each finding: it is reported, or withheld for a cause.
//!
//! In: what the rules found, and [`Filters`]. Out: the findings to report, those withheld, and the totals, in which every
//! finding is counted once. The first cause in the order of [`cause`] is the one that is told.

use crate::finding::{Cause, Confidence, Finding, Level, Location, Related, Summary, Withheld};
use crate::suppress::{Suppressions, Verdict};

/// What is asked for.
pub struct Filters<'r> {
    /// Whether findings in a file (as shown) are asked for.
    pub is_asked: &'r dyn Fn(&str) -> bool,
    /// Only findings about clients of these families; none: of all.
    pub families: &'r [String],
    /// Nothing less sure.
    pub min_confidence: Confidence,
    /// What comments in the source allow; none when they are not heeded.
    pub suppressions: Option<&'r Suppressions>,
}

/// What to report and what not, each sorted by place and rule.
#[must_use]
pub fn triage(found: Vec<Finding>, filters: &Filters<'_>) -> (Vec<Finding>, Vec<Withheld>) {
    let mut findings = Vec::new();
    let mut withheld = Vec::new();
    for mut finding in found {
        match cause(&mut finding, filters) {
            Some(cause) => withheld.push(Withheld { finding, cause }),
            None => findings.push(finding),
        }
    }
    findings.sort_by(|a, b| place(a).cmp(&place(b)));
    withheld.sort_by(|a, b| place(&a.finding).cmp(&place(&b.finding)));
    (findings, withheld)
}

/// `seen` with the findings counted.
#[must_use]
pub fn count(findings: &[Finding], withheld: &[Withheld], seen: Summary) -> Summary {
    let mut summary = seen;
    for finding in findings {
        match finding.level {
            Level::Error => summary.errors += 1,
            Level::Warning => summary.warnings += 1,
            Level::Pedantic | Level::Off => summary.pedantic += 1,
        }
    }
    for Withheld { cause, .. } in withheld {
        match cause {
            Cause::NotAsked | Cause::Unchanged => summary.skipped += 1,
            Cause::Level | Cause::Confidence => summary.below_level += 1,
            Cause::Suppressed { .. } => summary.suppressed += 1,
            Cause::Baselined { .. } => summary.baselined += 1,
        }
    }
    summary
}

fn cause(finding: &mut Finding, filters: &Filters<'_>) -> Option<Cause> {
    let is_of_family = filters.families.is_empty() || filters.families.contains(&finding.family);
    if !(filters.is_asked)(&finding.location.file) || !is_of_family {
        Some(Cause::NotAsked)
    } else if finding.level == Level::Off {
        Some(Cause::Level)
    } else if finding.confidence < filters.min_confidence {
        Some(Cause::Confidence)
    } else {
        suppressed(finding, filters.suppressions?)
    }
}

/// Comments that allow only some of the ways to a construction are shown with the finding.
fn suppressed(finding: &mut Finding, suppressions: &Suppressions) -> Option<Cause> {
    let in_part = |location: Location| {
        let message = "a comment allows the routes through here, and others lead past it".to_owned();
        Related { location, message }
    };
    match suppressions.of(finding) {
        Verdict::Reported => None,
        Verdict::InPart(comments) => {
            finding.related.extend(comments.into_iter().map(in_part));
            None
        }
        Verdict::Silenced { comment, reason } => Some(Cause::Suppressed { comment, reason }),
    }
}

fn place(finding: &Finding) -> (&crate::finding::Location, &str) {
    (&finding.location, finding.rule)
}
