//! What becomes of each finding: it is reported, or withheld for a cause.
//!
//! In: what the rules found, and [`Filters`]. Out: the findings to report, those withheld, and the totals, in which every
//! finding is counted once. The first cause that applies is told.

use crate::baseline::{Baseline, Entry, Taken};
use crate::finding::{Cause, Confidence, Finding, Level, Location, Related, Summary, Withheld};
use crate::suppress::{Suppressions, Verdict};

/// What is asked for.
pub struct Filters<'r> {
    /// Whether findings in a file (as shown) are asked for.
    pub is_asked: &'r dyn Fn(&str) -> bool,
    /// The level that a finding's rule has at its place.
    pub level_of: &'r dyn Fn(&Finding) -> Level,
    /// Only findings about clients of these families; none: of all.
    pub families: &'r [String],
    /// Nothing less sure.
    pub min_confidence: Confidence,
    /// What comments in the source allow; none when they are not heeded.
    pub suppressions: Option<&'r Suppressions>,
    /// Findings that may stay.
    pub baseline: Option<&'r Baseline>,
    /// Whether a change that was asked about causes a finding.
    pub is_changed: &'r dyn Fn(&Finding) -> bool,
}

/// What to report and what not, each sorted by place and rule.
#[must_use]
pub fn triage(mut found: Vec<Finding>, filters: &Filters<'_>) -> (Vec<Finding>, Vec<Withheld>) {
    found.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut known = filters.baseline.map(Taken::new).unwrap_or_default();
    let mut findings = Vec::new();
    let mut withheld = Vec::new();
    for mut finding in found {
        // What is pedantic of a rule stays so whatever the rule's level.
        finding.level = finding.level.min((filters.level_of)(&finding));
        let cause = not_wanted(&finding, filters)
            .or_else(|| suppressed(&mut finding, filters.suppressions?))
            .or_else(|| known.take(&finding).map(baselined))
            .or_else(|| (!(filters.is_changed)(&finding)).then_some(Cause::Unchanged));
        match cause {
            Some(cause) => withheld.push(Withheld { finding, cause }),
            None => findings.push(finding),
        }
    }
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

fn not_wanted(finding: &Finding, filters: &Filters<'_>) -> Option<Cause> {
    let is_of_family = filters.families.is_empty() || filters.families.contains(&finding.family);
    if !(filters.is_asked)(&finding.location.file) || !is_of_family {
        Some(Cause::NotAsked)
    } else if finding.level == Level::Off {
        Some(Cause::Level)
    } else if finding.confidence < filters.min_confidence {
        Some(Cause::Confidence)
    } else {
        None
    }
}

fn baselined(entry: &Entry) -> Cause {
    Cause::Baselined { since: Some(entry.since.to_string()), reason: entry.reason.clone() }
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
