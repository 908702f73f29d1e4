//! One entry of a baseline.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// Findings of one rule and fingerprint that may stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// What a finding is recognised by.
    pub fingerprint: String,
    /// For people: the file, seen from the baseline's folder, `/`-separated.
    pub file: String,
    /// For people: the function.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub function: String,
    /// For people: the message.
    pub message: String,
    /// How many findings; 1 where nothing is said.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: usize,
    /// The day on which it was added.
    pub since: Date,
    /// Why it may stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What new entries have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Today.
    pub since: Date,
    /// Why they may stay.
    pub reason: Option<String>,
}

fn one() -> usize {
    1
}

// serde asks with a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(count: &usize) -> bool {
    *count == 1
}

impl Entry {
    /// The entry of a finding; `file`: its file, seen from the baseline's folder.
    #[must_use]
    pub fn of(finding: &Finding, file: String, fresh: &Fresh) -> Entry {
        Entry {
            rule: finding.rule.to_owned(),
            fingerprint: finding.fingerprint.clone(),
            file,
            function: finding.function.clone(),
            message: finding.message.clone(),
            count: 1,
            since: fresh.since,
            reason: fresh.reason.clone(),
        }
    }

    /// What it is recognised by.
    #[must_use]
    pub fn key(&self) -> (&str, &str) {
        (&self.rule, &self.fingerprint)
    }

    pub(super) fn owned_key(&self) -> (String, String) {
        (self.rule.clone(), self.fingerprint.clone())
    }

    pub(super) fn order(&self) -> (&str, &str, &str, &str) {
        (&self.file, &self.function, &self.rule, &self.fingerprint)
    }

    /// Takes over what is said for people.
    pub(super) fn now_at(&mut self, found: Entry) {
        self.file = found.file;
        self.function = found.function;
        self.message = found.message;
    }
}
