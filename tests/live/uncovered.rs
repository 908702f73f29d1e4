//! What is claimed and cannot be measured, with the reason: `fixtures/live/uncovered.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::claims::Claim;

/// Claims that are not measured, for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Uncovered {
    /// Canonical paths; one that ends in `*` stands for all that begin so.
    #[serde(default)]
    pub(crate) paths: Vec<String>,
    /// First paths of entries of which one or more paths are measured, and the others do the same.
    #[serde(default)]
    pub(crate) entries: Vec<String>,
    /// Names of facts; empty: all.
    #[serde(default)]
    pub(crate) facts: Vec<String>,
    /// Only what is said for these versions, as the catalogue writes them.
    #[serde(default)]
    pub(crate) versions: Option<String>,
    /// Why it is not.
    pub(crate) reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    uncovered: Vec<Uncovered>,
}

impl Uncovered {
    /// Under which of its paths or entries a claim is listed.
    pub(crate) fn lists(&self, claim: &Claim) -> Option<&str> {
        let named = self.facts.is_empty() || self.facts.contains(&claim.fact.name());
        let of_versions = self.versions.is_none() || self.versions == claim.versions;
        if !named || !of_versions {
            return None;
        }
        let path = self.paths.iter().find(|path| match path.strip_suffix('*') {
            Some(beginning) => claim.path.starts_with(beginning),
            None => claim.path == **path,
        });
        path.or_else(|| self.entries.iter().find(|entry| claim.entry == **entry)).map(String::as_str)
    }

    /// Everything that it lists, as written.
    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().chain(&self.entries).map(String::as_str)
    }
}

/// Reads the list.
pub(crate) fn read() -> Result<Vec<Uncovered>, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/live/uncovered.toml");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("uncovered.toml: {error}"))?;
    let list: List = toml::from_str(&text).map_err(|error| format!("uncovered.toml: {error}"))?;
    Ok(list.uncovered)
}
