//! Source texts and the places in them.
//!
//! In: file contents. Out: [`Span`]s (what facts and findings point with) and [`Sources`], the store that turns a
//! span back into text for the reports. Lines count from 1 everywhere; columns of a [`Span`] count characters from 1.

pub mod read;
mod whole;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
pub(crate) use whole::write_whole;

/// A position in a file: 1-based line, 1-based column in characters (not bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Pos {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
}

/// A half-open range in a file: `start` is its first character, `end` stands right after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// The first character.
    pub start: Pos,
    /// Right after the last character.
    pub end: Pos,
}

impl Span {
    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `line` (1-based) lies within the span.
    #[must_use]
    pub fn has_line(self, line: u32) -> bool {
        self.start.line <= line && line <= self.end.line
    }
}

/// A file that was read: its name as reports show it, where it lies, its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path as shown: relative to the current folder where possible, `/`-separated.
    pub name: String,
    /// Path on disk.
    pub path: PathBuf,
    /// The whole text.
    pub text: Arc<str>,
}

/// All files of a run, by shown name.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: BTreeMap<String, SourceFile>,
}

impl Sources {
    /// Adds a file; a file of the same name is replaced.
    pub fn insert(&mut self, file: SourceFile) {
        self.files.insert(file.name.clone(), file);
    }

    /// The file that reports call `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SourceFile> {
        self.files.get(name)
    }

    /// Every file, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.values()
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether no file was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Texts that stand for what is on disk, by absolute path: what an editor has not saved, what a fix would write.
pub type Overlay = BTreeMap<PathBuf, Arc<str>>;

/// The name that reports give a file: relative to `cwd` when it lies below it, else the path as it is; `/`-separated on
/// every system.
#[must_use]
pub fn shown_name(path: &Path, cwd: &Path) -> String {
    let shown = path.strip_prefix(cwd).unwrap_or(path);
    let mut name = String::new();
    for component in shown.components() {
        match component {
            Component::CurDir => continue,
            Component::RootDir => name.push('/'),
            Component::Prefix(_) | Component::ParentDir | Component::Normal(_) => {
                if !name.is_empty() && !name.ends_with('/') {
                    name.push('/');
                }
                name.push_str(&component.as_os_str().to_string_lossy());
            }
        }
    }
    if name.is_empty() {
        name.push('.');
    }
    name
}

/// What need not be written as `%XX` in the path of a URL.
const PATH_CHARACTERS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'+')
    .remove(b'@')
    .remove(b',')
    .remove(b'=');

/// The same for an absolute path, which on Windows has a drive.
const FILE_CHARACTERS: &AsciiSet = &PATH_CHARACTERS.remove(b':');

/// A `/`-separated relative path as a URL reference.
#[must_use]
pub fn url_path(path: &str) -> String {
    utf8_percent_encode(path, PATH_CHARACTERS).to_string()
}

/// An absolute path as a `file://` URL.
#[must_use]
pub fn file_url(path: &Path) -> String {
    let path = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    let lead = if path.starts_with('/') { "" } else { "/" };
    format!("file://{lead}{}", utf8_percent_encode(&path, FILE_CHARACTERS))
}

/// The byte range of `span` in `text`, clamped to the text.
#[must_use]
pub fn byte_range(text: &str, span: Span) -> std::ops::Range<usize> {
    let start = byte_offset(text, span.start);
    start..byte_offset(text, span.end).max(start)
}

/// The byte offset of `pos` in `text`; the end of the line, or of the text, for a position behind it.
#[must_use]
pub fn byte_offset(text: &str, pos: Pos) -> usize {
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if index + 1 == pos.line as usize {
            let within =
                line.char_indices().nth(pos.column.saturating_sub(1) as usize).map_or(line.len(), |(at, _)| at);
            return offset + within;
        }
        offset += line.len();
    }
    text.len()
}

/// The span of a byte range of `text`; what lies behind the text is its end.
#[must_use]
pub fn span_of(text: &str, range: std::ops::Range<usize>) -> Span {
    let pos = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Pos { line: number(before.matches('\n').count()), column: number(line.chars().count()) }
    };
    Span { start: pos(range.start), end: pos(range.end.max(range.start)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_names_are_relative_below_the_current_folder_only() {
        let shown = |path| shown_name(Path::new(path), Path::new("/home/me/app"));
        assert_eq!(shown("/home/me/app/src/main.rs"), "src/main.rs");
        assert_eq!(shown("/home/me/app"), ".");
        assert_eq!(shown("/home/me/apple/lib.rs"), "/home/me/apple/lib.rs");
        assert_eq!(shown("./src/./lib.rs"), "src/lib.rs");
    }

    #[test]
    fn urls_hold_no_odd_characters() {
        assert_eq!(url_path("src/a b%ü:c.rs"), "src/a%20b%25%C3%BC%3Ac.rs");
        assert_eq!(file_url(Path::new("/w/x-y_z.1/ü")), "file:///w/x-y_z.1/%C3%BC");
    }

    #[test]
    fn columns_are_characters() {
        let text = "é x\nyz\n";
        let pos = |line, column| Pos { line, column };
        assert_eq!(byte_offset(text, pos(1, 3)), 3);
        assert_eq!(byte_offset(text, pos(2, 2)), 6);
        assert_eq!(byte_offset(text, pos(9, 1)), text.len());
        let span = Span { start: pos(2, 1), end: pos(2, 3) };
        assert_eq!(&text[byte_range(text, span)], "yz");
        assert_eq!(span_of(text, byte_range(text, span)), span);
        assert_eq!(span_of(text, 3..99), Span { start: pos(1, 3), end: pos(3, 1) });
    }
}
