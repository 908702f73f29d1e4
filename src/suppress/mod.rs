//! Comments in the source that allow findings.
//!
//! ```text
//! text ─► lexical (comments, tokens) ─► grammar (directives) ─► place (what they cover) ─► Suppressions
//! ```
//!
//! In: the texts of a run, then its findings. Out: for each finding the comment that silences it ([`Suppressions::of`]),
//! and findings about the comments themselves ([`Suppressions::findings`]): what silences nothing, names no rule, or is
//! malformed. `docs/suppressions.md` is the description for users.
//!
//! All of this looks at text alone, and only at files that contain `connlint:`.

mod findings;
mod grammar;
mod place;
mod read;

use std::collections::{BTreeMap, BTreeSet};

pub use findings::{Judged, RULES};

use crate::finding::{Finding, Location, Role};
use crate::source::Sources;
use read::{Allowance, Directives, directives};

/// What the comments of a run's files allow.
#[derive(Debug, Clone, Default)]
pub struct Suppressions {
    files: BTreeMap<String, Directives>,
}

/// What comments say of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Reported,
    /// Comments allow some of the routes that lead to it, but not all: where they stand.
    InPart(Vec<Location>),
    /// One allows it.
    Silenced {
        /// Where it stands.
        comment: Location,
        /// What it says after `--`.
        reason: Option<String>,
    },
}

/// Names an allowance: file, index.
type Key<'s> = (&'s str, usize);

impl Suppressions {
    /// Reads the comments of all files.
    #[must_use]
    pub fn read(sources: &Sources) -> Suppressions {
        let finder = memchr::memmem::Finder::new(grammar::MARK);
        let marked = sources.iter().filter(|file| finder.find(file.text.as_bytes()).is_some());
        Suppressions { files: marked.map(|file| (file.name.clone(), directives(file))).collect() }
    }

    /// What the comments say of a finding. One at the construction comes before those on the way to it, and of these the
    /// nearest to it.
    #[must_use]
    pub fn of(&self, finding: &Finding) -> Verdict {
        let mut in_part = BTreeSet::new();
        for (_, allowance, bypassed) in self.covering(finding) {
            if bypassed {
                in_part.insert(allowance.comment.clone());
            } else {
                return Verdict::Silenced { comment: allowance.comment.clone(), reason: allowance.reason.clone() };
            }
        }
        if in_part.is_empty() { Verdict::Reported } else { Verdict::InPart(in_part.into_iter().collect()) }
    }

    /// The allowances of a finding's rule that cover one of its places, and whether further routes lead past that place.
    fn covering<'s>(&'s self, finding: &'s Finding) -> impl Iterator<Item = (Key<'s>, &'s Allowance, bool)> {
        let own = [(&finding.location, Role::Construction, false)];
        let steps = finding.chain.iter().rev().map(|step| (&step.location, step.role, step.bypassed));
        own.into_iter().chain(steps).flat_map(move |(place, role, bypassed)| {
            let of_file = self.files.get_key_value(&place.file).into_iter();
            let all = of_file.flat_map(|(file, directives)| {
                directives.allowances.iter().enumerate().map(|(index, allowance)| ((file.as_str(), index), allowance))
            });
            let covering = all.filter(move |(_, allowance)| allowance.covers(finding.rule, place, role));
            covering.map(move |(key, allowance)| (key, allowance, bypassed))
        })
    }
}

impl Allowance {
    fn covers(&self, rule: &str, place: &Location, role: Role) -> bool {
        self.rule == rule && (self.cover.covers(place, role) || self.stands_with(place))
    }

    /// Whether a place is in the comment itself or between it and the code that it stands above: other comments.
    fn stands_with(&self, place: &Location) -> bool {
        let place::Cover::Code { line: Some(line), .. } = self.cover else { return false };
        (self.comment.span.start.line..line.max(self.comment.span.start.line + 1)).contains(&place.span.start.line)
            && self.comment.span.start <= place.span.start
    }
}
