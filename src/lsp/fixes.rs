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
use crate::fix::merge;
use crate::source::{SourceFile, Sources};

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

/// The edits of several fixes, as many as go together. What is left out gets a new fix once the others are made.
pub(super) fn together(fixes: &[&Fix], sources: &Sources) -> Vec<Edit> {
    let applied = merge(fixes, sources).applied;
    let edits = applied.into_iter().flat_map(|index| &fixes[index].edits);
    // What two of them insert at one place is inserted once, imports before other things.
    let is_other = |edit: &Edit| !edit.replacement.trim_start().starts_with("use ");
    let mut edits: Vec<Edit> = edits.cloned().collect();
    edits.sort_by(|a, b| (&a.location, is_other(a), &a.replacement).cmp(&(&b.location, is_other(b), &b.replacement)));
    edits.dedup();
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Applicability, Location};
    use crate::source::{Pos, Span};

    #[test]
    fn what_goes_together_is_made_together() {
        let pos = |column| Pos { line: 1, column };
        let edit = |(from, to, text): (u32, u32, &str)| Edit {
            location: Location { file: "a.rs".to_owned(), span: Span { start: pos(from), end: pos(to) } },
            replacement: text.to_owned(),
        };
        let fix = |edits: &[(u32, u32, &str)]| Fix {
            applicability: Applicability::Safe,
            title: String::new(),
            edits: edits.iter().copied().map(edit).collect(),
        };
        let mut sources = Sources::default();
        sources.insert(SourceFile { name: "a.rs".to_owned(), path: "a.rs".into(), text: "abcdefghij".into() });
        let fixes = [
            fix(&[(1, 1, "static A;"), (5, 7, "x")]),
            fix(&[(1, 1, "use b;"), (1, 1, "static A;")]),
            fix(&[(6, 8, "y"), (9, 9, "never")]),
        ];
        let all: Vec<&Fix> = fixes.iter().collect();
        let made: Vec<(u32, String)> = together(&all, &sources)
            .into_iter()
            .map(|edit| (edit.location.span.start.column, edit.replacement))
            .collect();
        let wanted = [(1, "use b;"), (1, "static A;"), (5, "x")].map(|(column, text)| (column, text.to_owned()));
        assert_eq!(made, wanted, "the third touches what the first changes, and is left out as a whole");
    }
}
