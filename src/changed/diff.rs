//! Reading what `git diff --unified=0` says.
//!
//! In: its output, as bytes: files need not be UTF-8. Out: the changed lines by file, seen from the root of the repository.
//! Files that are gone, changes of modes and binary files have no lines.

use std::collections::BTreeMap;

use super::lines::{Hunk, Lines};

/// Changed lines by file, `/`-separated.
pub(super) fn parse(diff: &[u8]) -> BTreeMap<String, Lines> {
    let mut files: BTreeMap<String, Vec<Hunk>> = BTreeMap::new();
    let mut file: Option<String> = None;
    // How many lines of the hunk are still to come: text of a file, whatever it looks like.
    let mut content = 0;
    for line in diff.split(|byte| *byte == b'\n') {
        if content > 0 {
            content -= u32::from(!line.starts_with(b"\\"));
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            file = file_name(name);
        } else if let Some(hunk) = hunk(line) {
            content = hunk.old.1.saturating_add(hunk.new.1);
            if let Some(file) = &file {
                files.entry(file.clone()).or_default().push(hunk);
            }
        }
    }
    files.into_iter().map(|(file, hunks)| (file, Lines::of(hunks))).collect()
}

/// `b/path`, or `"b/pa\"th"`; none for `/dev/null`.
fn file_name(written: &[u8]) -> Option<String> {
    let bytes = match written.strip_prefix(b"\"") {
        Some(quoted) => unquote(quoted),
        // A tab ends a name that has spaces.
        None => written.strip_suffix(b"\t").unwrap_or(written).to_vec(),
    };
    let name = bytes.strip_prefix(b"b/")?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// A name in C's quotes, after the opening one.
fn unquote(quoted: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = quoted.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => break,
            b'\\' => match rest.next() {
                Some(digit @ b'0'..=b'3') => {
                    let mut next = || rest.next_if(u8::is_ascii_digit).map_or(0, |digit| digit - b'0');
                    let (middle, last) = (next(), next());
                    bytes.push((digit - b'0') << 6 | middle << 3 | last);
                }
                Some(letter) => bytes.push(escaped(letter)),
                None => {}
            },
            plain => bytes.push(plain),
        }
    }
    bytes
}

fn escaped(letter: u8) -> u8 {
    match letter {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        other => other,
    }
}

/// `@@ -old,count +new,count @@`; a count of 1 is left out.
fn hunk(line: &[u8]) -> Option<Hunk> {
    let line = std::str::from_utf8(line.get(..line.len().min(80))?).ok().or_else(|| ascii_part(line))?;
    let mut words = line.strip_prefix("@@ ")?.split(' ');
    let range = |word: &str, mark: char| -> Option<(u32, u32)> {
        let word = word.strip_prefix(mark)?;
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    Some(Hunk { old: range(words.next()?, '-')?, new: range(words.next()?, '+')? })
}

/// As much of a line as is ASCII: what follows the numbers is text of the file.
fn ascii_part(line: &[u8]) -> Option<&str> {
    let end = line.iter().position(|byte| !byte.is_ascii()).unwrap_or(line.len());
    std::str::from_utf8(&line[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_by_file() {
        let diff = "diff --git a/a.rs b/a.rs\nindex 1..2 100644\n--- a/a.rs\n+++ b/a.rs\n\
                    @@ -1 +1,2 @@ fn f() {\n-old\n+new\n+++ b/not-a-file\n@@ -9,2 +10,0 @@\n-x\n-y\n\
                    diff --git a/gone.rs b/gone.rs\ndeleted file mode 100644\n--- a/gone.rs\n+++ /dev/null\n\
                    @@ -1 +0,0 @@\n-x\n\
                    diff --git a/old.rs b/new.rs\nsimilarity index 100%\nrename from old.rs\nrename to new.rs\n\
                    diff --git a/b.rs b/b.rs\n--- /dev/null\n+++ b/b.rs\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n";
        let files = parse(diff.as_bytes());
        let shown: Vec<String> = files.iter().map(|(file, lines)| format!("{file}: {lines:?}")).collect();
        assert_eq!(files.len(), 2, "{shown:#?}");
        let expected = vec![Hunk { old: (1, 1), new: (1, 2) }, Hunk { old: (9, 2), new: (10, 0) }];
        assert_eq!(files["a.rs"], Lines::of(expected));
        assert_eq!(files["b.rs"], Lines::of(vec![Hunk { old: (0, 0), new: (1, 1) }]));
    }

    #[test]
    fn names_as_git_writes_them() {
        let name = |written: &[u8]| file_name(written).unwrap_or_default();
        assert_eq!(name(b"b/src/a.rs"), "src/a.rs");
        assert_eq!(name(b"b/with space.rs\t"), "with space.rs");
        assert_eq!(name("b/é.rs".as_bytes()), "é.rs");
        assert_eq!(name(br#""b/a\"b\\c\td\303\251.rs""#), "a\"b\\c\tdé.rs");
        assert_eq!(name(b"/dev/null"), "");
    }

    #[test]
    fn text_that_is_not_utf8_is_passed_over() {
        let diff = b"+++ b/a.rs\n@@ -1,0 +2 @@ fn \xff\n+\xff\n";
        assert_eq!(parse(diff)["a.rs"], Lines::of(vec![Hunk { old: (1, 0), new: (2, 1) }]));
    }
}
