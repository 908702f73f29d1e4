//! What the client knows of diagnostics.
//!
//! In: the snapshots of all roots. Out: the files whose diagnostics are others than before, and for each file a number that
//! changes with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::Diagnostic;

use super::client::Client;
use super::diagnostics::diagnostics;
use super::documents::Documents;
use super::snapshot::Snapshot;

/// Diagnostics of all files.
#[derive(Debug, Default)]
pub(super) struct Published {
    files: BTreeMap<PathBuf, OfFile>,
    next: u64,
}

/// Diagnostics of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct OfFile {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Another one for other diagnostics.
    pub(super) number: u64,
}

impl Published {
    /// Takes over what the snapshots say; the files whose diagnostics changed.
    pub(super) fn update(
        &mut self,
        snapshots: &BTreeMap<PathBuf, Arc<Snapshot>>,
        client: &Client,
        documents: &Documents,
    ) -> Vec<PathBuf> {
        let mut now: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
        for snapshot in snapshots.values() {
            for (path, diagnostics) in diagnostics(snapshot, client, documents) {
                let of_file = now.entry(path).or_default();
                // Folders may lie in each other.
                let is_new = |one: &Diagnostic| {
                    !of_file.iter().any(|known| (known.range, &known.code) == (one.range, &one.code))
                };
                let new: Vec<Diagnostic> = diagnostics.into_iter().filter(is_new).collect();
                of_file.extend(new);
            }
        }
        // A file that had some keeps its place: the client may ask what became of them.
        for path in self.files.keys() {
            now.entry(path.clone()).or_default();
        }
        let mut changed = Vec::new();
        for (path, diagnostics) in now {
            let known = self.files.entry(path.clone()).or_default();
            if known.number == 0 || known.diagnostics != diagnostics {
                self.next += 1;
                *known = OfFile { diagnostics, number: self.next };
                changed.push(path);
            }
        }
        changed
    }

    pub(super) fn of(&self, path: &Path) -> OfFile {
        self.files.get(path).cloned().unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&PathBuf, &OfFile)> {
        self.files.iter()
    }
}
