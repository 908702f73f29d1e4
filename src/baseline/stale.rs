//! Entries that match nothing any more.
//!
//! In: a baseline, everything that a run found, and what the run looked at. Out: how many findings of which entry are gone.
//! An entry is judged only when its finding would have been found.

use std::collections::BTreeMap;

use super::{Baseline, Entry};
use crate::finding::Finding;

/// What a run looked at.
pub struct Scope<'s> {
    /// Whether the rule of an entry is on in its file.
    pub is_on: &'s dyn Fn(&Entry) -> bool,
    /// Whether all was found that there is in a file, seen from the baseline's folder.
    pub is_analysed: &'s dyn Fn(&str) -> bool,
}

impl Scope<'_> {
    /// Of each entry (by index) how many findings are gone; `found`: all that the baseline may speak of.
    pub fn stale<'f>(&self, baseline: &Baseline, found: impl Iterator<Item = &'f Finding>) -> BTreeMap<usize, usize> {
        let mut there: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for finding in found {
            *there.entry((finding.rule, &finding.fingerprint)).or_default() += 1;
        }
        let gone = |entry: &Entry| entry.count.saturating_sub(there.get(&entry.key()).copied().unwrap_or(0));
        let judged = baseline.entries.iter().enumerate().filter(|(_, entry)| self.is_judged(entry));
        judged.map(|(index, entry)| (index, gone(entry))).filter(|(_, gone)| *gone > 0).collect()
    }

    fn is_judged(&self, entry: &Entry) -> bool {
        (self.is_on)(entry) && (self.is_analysed)(&entry.file)
    }
}
