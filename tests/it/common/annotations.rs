//! Expectations that stand beside the line: `//~ rule, rule`, `//~? rule (mechanism)`, and both, where the finding that
//! is made has the lesser rule.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use connlint::finding::Finding;

use super::{files, shown};

/// What is expected of a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expectation {
    /// File, as reports name it.
    pub(crate) file: String,
    /// 1-based.
    pub(crate) line: u32,
    /// The rule.
    pub(crate) rule: String,
    /// The finding would be right, and is known not to be made.
    pub(crate) known_miss: bool,
}

/// The annotations of every `.rs` file below `folder`, in order; `name` says how reports name a file.
pub(crate) fn read(folder: &Path, name: impl Fn(&Path) -> String) -> Vec<Expectation> {
    let mut found = Vec::new();
    for path in files(folder, "rs") {
        let bytes = std::fs::read(&path).expect("the file can be read");
        let file = name(&path);
        for (index, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            let line_number = u32::try_from(index + 1).expect("files are short");
            found.extend(of_line(line).into_iter().map(|(rule, known_miss)| Expectation {
                file: file.clone(),
                line: line_number,
                rule,
                known_miss,
            }));
        }
    }
    found
}

/// The annotations below `folder` of the repository.
pub(crate) fn in_repository(folder: &Path) -> Vec<Expectation> {
    read(folder, shown)
}

/// Rules expected by a line, and whether each is a known miss.
fn of_line(line: &str) -> Vec<(String, bool)> {
    let of_annotation = |text: &str| -> Vec<(String, bool)> {
        let (text, known_miss) = match text.strip_prefix('?') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let rules = text.strip_prefix(' ');
        let rules = rules.unwrap_or_else(|| panic!("a space is missing in the annotation of `{line}`"));
        let rules = rules.split(" (").next().unwrap_or_default();
        rules.trim_end().split(", ").map(|rule| (rule.to_owned(), known_miss)).collect()
    };
    line.split("//~").skip(1).flat_map(of_annotation).collect()
}

/// What is not seen below `folder`, and by which mechanism: the files, and what stands in brackets after `//~?`.
pub(crate) fn limits(folder: &Path) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for path in files(folder, "rs") {
        let bytes = std::fs::read(&path).expect("the file can be read");
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Some((_, annotation)) = line.split_once("//~?") else { continue };
            let mechanism = annotation.split_once(" (").and_then(|(_, text)| text.trim_end().strip_suffix(')'));
            let mechanism = mechanism.unwrap_or_else(|| panic!("`{line}` does not name a mechanism"));
            found.insert((shown(&path), mechanism.to_owned()));
        }
    }
    found
}

/// Compares; the text lists every difference, and is empty when there is none.
///
/// An expectation is met by a finding of its rule whose location begins on the line, or else covers it. Each finding
/// meets one expectation.
pub(crate) fn differences(expected: &[Expectation], findings: &[Finding]) -> String {
    let mut used = vec![false; findings.len()];
    let mut met = vec![false; expected.len()];
    for exact in [true, false] {
        for (expectation, met) in expected.iter().zip(&mut met).filter(|(_, met)| !**met) {
            let hit = findings.iter().zip(&used).position(|(finding, used)| {
                let span = finding.location.span;
                let lines = if exact { span.start.line..=span.start.line } else { span.start.line..=span.end.line };
                !used
                    && finding.rule == expectation.rule
                    && finding.location.file == expectation.file
                    && lines.contains(&expectation.line)
            });
            if let Some(hit) = hit {
                used[hit] = true;
                *met = true;
            }
        }
    }
    let mut lines = Vec::new();
    for (Expectation { file, line, rule, known_miss }, met) in expected.iter().zip(met) {
        match (known_miss, met) {
            (false, false) => lines.push((file.clone(), *line, format!("missing: {rule}"))),
            (true, true) => lines.push((file.clone(), *line, format!("now found, make it `//~ {rule}`"))),
            _ => {}
        }
    }
    for (finding, _) in findings.iter().zip(used).filter(|(_, used)| !used) {
        let chain: Vec<String> = finding.chain.iter().map(|step| format!("{}: {}", step.function, step.what)).collect();
        let text = format!("surplus: {} `{}`\n      {}", finding.rule, finding.call, chain.join("\n      "));
        lines.push((finding.location.file.clone(), finding.location.span.start.line, text));
    }
    lines.sort();
    let mut text = String::new();
    for (file, line, difference) in lines {
        let _ = writeln!(text, "  {file}:{line}: {difference}");
    }
    text
}

#[test]
fn annotations_are_read() {
    assert_eq!(of_line("x; //~ a, b"), [("a".to_owned(), false), ("b".to_owned(), false)]);
    assert_eq!(of_line("x; //~? a"), [("a".to_owned(), true)]);
    assert_eq!(of_line("x; //~ a //~? b (why)"), [("a".to_owned(), false), ("b".to_owned(), true)]);
    assert!(of_line("x; // ~ a").is_empty());
}
