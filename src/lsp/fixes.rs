//! Edits of findings as edits of the client's documents.
//!
//! In: [`finding::Edit`](crate::finding::Edit)s, and the documents that are open. Out: a [`WorkspaceEdit`], unless a text that it is
//! for has changed meanwhile.

use std::collections::{BTreeMap, HashMap};

use gen_lsp_types::{
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use super::client::Client;
use super::documents::Documents;
use super::position::Lines;
use super::snapshot::Snapshot;
use super::uri::uri_of;
use crate::finding::{Edit, Fix};
use crate::source::SourceFile;

/// The edits of a document.
struct Edited {
    uri: Uri,
    version: Option<i32>,
    edits: Vec<TextEdit>,
}

/// The edits for the client; none when a document is not what the analysis has seen.
pub(super) fn workspace_edit(
    edits: &[Edit],
    snapshot: &Snapshot,
    documents: &Documents,
    client: &Client,
) -> Option<WorkspaceEdit> {
    let mut by_file: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(&edit.location.file).or_default().push(edit);
    }
    let edited: Option<Vec<Edited>> =
        by_file.into_iter().map(|(file, edits)| of_file(snapshot.source(file)?, &edits, documents, client)).collect();
    Some(if client.versioned_edits { versioned(edited?) } else { plain(edited?) })
}

fn of_file(source: &SourceFile, edits: &[&Edit], documents: &Documents, client: &Client) -> Option<Edited> {
    let document = documents.get(&source.path);
    if document.is_some_and(|document| document.text != source.text) {
        return None;
    }
    let lines = Lines::new(&source.text, client.encoding);
    let edit = |edit: &&Edit| TextEdit { range: lines.range(edit.location.span), new_text: edit.replacement.clone() };
    Some(Edited {
        uri: document.map_or_else(|| uri_of(&source.path), |document| document.uri.clone()),
        version: document.map(|document| document.version),
        edits: edits.iter().map(edit).collect(),
    })
}

fn versioned(all: Vec<Edited>) -> WorkspaceEdit {
    let change = |Edited { uri, version, edits }: Edited| {
        let text_document = OptionalVersionedTextDocumentIdentifier {
            version,
            text_document_identifier: TextDocumentIdentifier { uri },
        };
        TextDocumentEdit { text_document, edits: edits.into_iter().map(Into::into).collect() }.into()
    };
    WorkspaceEdit { document_changes: Some(all.into_iter().map(change).collect()), ..WorkspaceEdit::default() }
}

fn plain(all: Vec<Edited>) -> WorkspaceEdit {
    let changes: HashMap<Uri, Vec<TextEdit>> = all.into_iter().map(|edited| (edited.uri, edited.edits)).collect();
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

/// The edits of several fixes together. A fix that touches what an earlier one touches is left out, as a whole: once the
/// others are made there will be a new one.
pub(super) fn together<'f>(fixes: impl IntoIterator<Item = &'f Fix>) -> Vec<Edit> {
    let mut all: Vec<Edit> = Vec::new();
    for fix in fixes {
        if fix.edits.iter().all(|edit| all.iter().all(|other| !meet(edit, other))) {
            all.extend(fix.edits.iter().cloned());
        }
    }
    all.sort_by(|a, b| a.location.cmp(&b.location));
    all
}

/// Whether two edits touch one place.
fn meet(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (&one.location, &other.location);
    a.file == b.file && a.span.start <= b.span.end && b.span.start <= a.span.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Applicability, Location};
    use crate::source::{Pos, Span};

    fn fix(edits: &[(u32, u32)]) -> Fix {
        let pos = |column| Pos { line: 1, column };
        let edit = |(from, to): &(u32, u32)| Edit {
            location: Location { file: "a.rs".to_owned(), span: Span { start: pos(*from), end: pos(*to) } },
            replacement: String::new(),
        };
        Fix { applicability: Applicability::Safe, title: String::new(), edits: edits.iter().map(edit).collect() }
    }

    #[test]
    fn fixes_that_meet_are_not_made_together() {
        let fixes = [fix(&[(5, 6), (9, 9)]), fix(&[(1, 2), (6, 7)]), fix(&[(9, 9)]), fix(&[(1, 2)])];
        let columns: Vec<u32> = together(&fixes).iter().map(|edit| edit.location.span.start.column).collect();
        assert_eq!(columns, [1, 5, 9], "the second and third as a whole are left out");
    }
}
