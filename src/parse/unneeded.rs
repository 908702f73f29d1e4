//! What a file's text need not be lexed for: doc comments, and the modules of its unit tests.
//!
//! In: a file's text. Out: the same text without them; every line keeps its number, and what is left on a line its column.
//! Both are often a third of a file, and to lex and parse them costs as much as to lex and parse code.

use super::Tests;

/// `text` without its doc comments and, unless they are wanted, without the bodies of its `#[cfg(test)] mod name { .. }`.
///
/// The end of a module is taken to be where rustfmt puts it: a brace at the left margin. Where that is wrong (in a literal
/// of many lines), what is left has one closing brace too many, so that it doesn't lex: see `recover`, which then takes the
/// text as it is.
pub(super) fn without_unneeded(text: &str, tests: Tests) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n');
    // Within the attributes of an item of which one is `#[cfg(test)]`.
    let mut test_item = false;
    while let Some(line) = lines.next() {
        push_code(line, &mut kept);
        let word = line.trim_end();
        if word == "#[cfg(test)]" {
            test_item = tests == Tests::Skip;
        } else if test_item && !word.starts_with("#[") && !word.starts_with("//") {
            test_item = false;
            if opens_module(word) {
                skip_to_end(&mut lines, &mut kept);
            }
        }
    }
    kept
}

/// A line, but of a doc comment only as much as makes it another comment. It may turn out to stand in a literal or a block
/// comment, so what could end one stays.
fn push_code(line: &str, into: &mut String) {
    let code = line.trim_start();
    if !code.starts_with("///") && !code.starts_with("//!") {
        return into.push_str(line);
    }
    into.push_str(&line[..line.len() - code.len()]);
    into.push_str("// ");
    match code.bytes().any(|byte| matches!(byte, b'"' | b'*')) {
        true => into.push_str(&code[3..]),
        false if line.ends_with('\n') => into.push('\n'),
        false => {}
    }
}

fn opens_module(line: &str) -> bool {
    let line = line.strip_prefix("pub").map_or(line, |rest| rest.trim_start_matches("(crate)").trim_start());
    line.starts_with("mod ") && line.ends_with('{')
}

/// Passes over lines up to the one that begins with a closing brace, which is kept.
fn skip_to_end<'t>(lines: &mut impl Iterator<Item = &'t str>, kept: &mut String) {
    for line in lines {
        if line.starts_with('}') {
            kept.push_str(line);
            return;
        }
        kept.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::{Tests, without_unneeded};

    #[test]
    fn lines_keep_their_numbers() {
        let text = "//! A\nfn a() {}\n\n/// B\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n    fn t() {}\n}\nfn b() {}\n";
        let left = without_unneeded(text, Tests::Skip);
        assert_eq!(left, "// \nfn a() {}\n\n// \n#[cfg(test)]\n#[allow(x)]\nmod tests {\n\n}\nfn b() {}\n");
    }

    #[test]
    fn what_looks_like_a_doc_comment_ends_a_literal() {
        let text = "fn a() -> &str {\n    \"b\n    /// c\"\n}\n";
        assert_eq!(without_unneeded(text, Tests::Skip), text.replace("///", "// "));
    }

    #[test]
    fn tests_are_kept_when_asked_for() {
        let text = "#[cfg(test)]\nmod tests {\n    fn t() {}\n}\n";
        assert_eq!(without_unneeded(text, Tests::Keep), text);
    }

    #[test]
    fn only_what_is_under_the_attribute_goes() {
        let text = "#[cfg(test)]\nuse a::b;\nmod c {\n    fn d() {}\n}\n";
        assert_eq!(without_unneeded(text, Tests::Skip), text);
    }
}
