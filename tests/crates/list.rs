//! `crates.toml`, read.

use std::fmt;

use connlint::finding::Finding;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(rename = "crate")]
    crates: Vec<Crate>,
}

/// One `[[crate]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Crate {
    /// As published.
    pub(crate) name: String,
    /// Exact.
    pub(crate) version: String,
    /// SHA-256 of the published archive, in hex.
    pub(crate) checksum: String,
    /// What it is there for.
    pub(crate) why: String,
    /// At least so many constructions are seen.
    pub(crate) constructions: usize,
    /// What is found.
    #[serde(default)]
    pub(crate) finding: Vec<Listed>,
    /// What would be right to find and is not found.
    #[serde(default)]
    pub(crate) missing: Vec<Listed>,
}

/// One `[[crate.finding]]` or `[[crate.missing]]`.
#[derive(Deserialize)]
pub(crate) struct Listed {
    /// Where.
    #[serde(flatten)]
    pub(crate) place: Place,
    /// Why it is right; for a known false alarm, why it is wrong.
    pub(crate) reason: String,
    /// A false alarm that is known.
    #[serde(default)]
    pub(crate) known_wrong: bool,
}

/// What names a finding, without line numbers.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Relative to the package.
    pub(crate) file: String,
    /// Rule id.
    pub(crate) rule: String,
    /// The function that the construction stands in.
    pub(crate) function: String,
    /// Canonical path of the constructor.
    pub(crate) call: String,
}

impl Place {
    /// The place of a finding.
    pub(crate) fn of(finding: &Finding) -> Self {
        Self {
            file: finding.location.file.clone(),
            rule: finding.rule.to_owned(),
            function: finding.function.clone(),
            call: finding.call.clone(),
        }
    }

    /// As it is written in the list.
    pub(crate) fn entry(&self) -> String {
        let Self { file, rule, function, call } = self;
        let keys = [("rule", rule), ("file", file), ("function", function), ("call", call), ("reason", &String::new())];
        let lines = keys.map(|(key, value)| format!("{key} = \"{value}\"\n"));
        format!("[[crate.finding]]\n{}", lines.concat())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, rule, function, call } = self;
        write!(f, "{rule} {file} {function} {call}")
    }
}

/// The list, in its order.
pub(crate) fn crates() -> Vec<Crate> {
    let list: List = toml::from_str(include_str!("crates.toml")).expect("crates.toml is as its head says");
    list.crates
}
