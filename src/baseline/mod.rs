//! The baseline: findings that are known and may stay for now.
//!
//! In: a file beside the project, and what a run found. Out: which findings it has ([`Taken`]), which of its entries match
//! nothing any more ([`Scope::stale`]), and the file after a run ([`Baseline::with`], [`Baseline::without`]). Findings are
//! recognised by their fingerprints, which hold no line numbers. `docs/baseline.md` is the description for users.
//!
//! Nothing here asks for the time: whoever writes a baseline says what day it is.

mod entry;
mod file;
mod stale;

use std::collections::BTreeMap;

pub use entry::{Entry, Fresh};
pub use file::{BaselineError, DEFAULT_NAME};
pub use stale::Scope;

use crate::finding::Finding;

/// A baseline as it was read, or is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted by file, function, rule and fingerprint: the order of lines in a file changes too often.
    pub entries: Vec<Entry>,
}

/// Which entries were used up: an entry speaks for as many findings as it counts.
#[derive(Debug, Default)]
pub struct Taken<'b> {
    /// By fingerprint: entries, and for how many findings each still speaks.
    left: BTreeMap<&'b str, Vec<(&'b Entry, usize)>>,
}

impl<'b> Taken<'b> {
    /// Nothing is used up yet.
    #[must_use]
    pub fn new(baseline: &'b Baseline) -> Taken<'b> {
        let mut left: BTreeMap<&str, Vec<(&Entry, usize)>> = BTreeMap::new();
        for entry in &baseline.entries {
            left.entry(&entry.fingerprint).or_default().push((entry, entry.count));
        }
        Taken { left }
    }

    /// The entry that speaks for a finding; asked again for the same finding, it has one less.
    pub fn take(&mut self, finding: &Finding) -> Option<&'b Entry> {
        let entries = self.left.get_mut(finding.fingerprint.as_str())?;
        let (entry, left) = entries.iter_mut().find(|(entry, left)| entry.rule == finding.rule && *left > 0)?;
        *left -= 1;
        Some(entry)
    }
}

impl Baseline {
    /// The baseline with what it has not got yet of `fresh`; what it has keeps date and reason, and is said to be where it
    /// is now. Second: how many findings were added.
    #[must_use]
    pub fn with(&self, fresh: Vec<Entry>) -> (Baseline, usize) {
        let mut entries: BTreeMap<(String, String), Entry> = BTreeMap::new();
        for entry in self.entries.iter().cloned() {
            entries.insert(entry.owned_key(), entry);
        }
        let mut added = 0;
        for entry in counted(fresh) {
            match entries.get_mut(&entry.owned_key()) {
                Some(known) => {
                    added += entry.count.saturating_sub(known.count);
                    known.count = known.count.max(entry.count);
                    known.now_at(entry);
                }
                None => {
                    added += entry.count;
                    entries.insert(entry.owned_key(), entry);
                }
            }
        }
        (Baseline::sorted(entries.into_values().collect()), added)
    }

    /// The baseline without what `stale` says matches nothing: of each entry (by index) so many.
    #[must_use]
    pub fn without(&self, stale: &BTreeMap<usize, usize>) -> Baseline {
        let left = self.entries.iter().enumerate().filter_map(|(index, entry)| {
            let count = entry.count.saturating_sub(stale.get(&index).copied().unwrap_or(0));
            (count > 0).then(|| Entry { count, ..entry.clone() })
        });
        Baseline::sorted(left.collect())
    }

    /// How many findings it speaks for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.iter().map(|entry| entry.count).sum()
    }

    /// Whether it speaks for none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn sorted(mut entries: Vec<Entry>) -> Baseline {
        entries.sort_by(|a, b| a.order().cmp(&b.order()));
        Baseline { entries }
    }
}

/// Entries of one key become one that counts.
fn counted(entries: Vec<Entry>) -> Vec<Entry> {
    let mut counted: BTreeMap<(String, String), Entry> = BTreeMap::new();
    for entry in entries {
        match counted.get_mut(&entry.owned_key()) {
            Some(known) => known.count += entry.count,
            None => {
                counted.insert(entry.owned_key(), entry);
            }
        }
    }
    counted.into_values().collect()
}

#[cfg(test)]
mod tests;
