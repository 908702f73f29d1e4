//! What is open in the editor.
//!
//! In: what the client says of its documents. Out: their texts and versions. A change whose place does not exist is made at the
//! nearest one that does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::TextDocumentContentChangeEvent as Change;

use super::position::{Encoding, Lines};

/// An open document.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) version: i32,
    pub(super) text: Arc<str>,
    /// As the client calls it.
    pub(super) uri: gen_lsp_types::Uri,
}

/// The open documents, by path.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: BTreeMap<PathBuf, Document>,
}

impl Documents {
    pub(super) fn get(&self, path: &Path) -> Option<&Document> {
        self.open.get(path)
    }

    pub(super) fn open(&mut self, path: PathBuf, document: Document) {
        self.open.insert(path, document);
    }

    pub(super) fn close(&mut self, path: &Path) {
        self.open.remove(path);
    }

    /// Changes a document; its text from now on, none if it isn't open.
    pub(super) fn change(
        &mut self,
        path: &Path,
        version: i32,
        changes: Vec<Change>,
        encoding: Encoding,
    ) -> Option<Arc<str>> {
        let document = self.open.get_mut(path)?;
        let mut text = String::from(&*document.text);
        for change in changes {
            match change {
                Change::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::new(&text, encoding);
                    let (from, to) = (lines.offset(part.range.start), lines.offset(part.range.end));
                    text.replace_range(from..to.max(from), &part.text);
                }
                Change::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
            }
        }
        document.version = version;
        document.text = text.into();
        Some(document.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(text: &str, changes: serde_json::Value) -> String {
        let mut documents = Documents::default();
        let uri = gen_lsp_types::Uri("file:///a".to_owned());
        documents.open("/a".into(), Document { version: 1, text: text.into(), uri });
        let changes = serde_json::from_value(changes).expect("changes");
        let text = documents.change(Path::new("/a"), 2, changes, Encoding::Utf16).expect("it is open");
        assert_eq!(documents.get(Path::new("/a")).map(|document| document.version), Some(2));
        text.to_string()
    }

    fn at(from: (u32, u32), to: (u32, u32), text: &str) -> serde_json::Value {
        let place = |(line, character)| json!({ "line": line, "character": character });
        json!({ "range": { "start": place(from), "end": place(to) }, "text": text })
    }

    #[test]
    fn changes_are_made_in_order() {
        assert_eq!(changed("🦀 a\nb", json!([at((0, 3), (0, 4), "x"), at((0, 4), (1, 0), " ")])), "🦀 x b");
        assert_eq!(changed("a", json!([{ "text": "b" }, at((0, 1), (0, 1), "c")])), "bc");
    }

    #[test]
    fn places_that_do_not_exist_harm_nobody() {
        assert_eq!(changed("a", json!([at((7, 7), (9, 9), "b")])), "ab");
        assert_eq!(changed("abc", json!([at((0, 2), (0, 1), "x")])), "abxc");
    }
}
