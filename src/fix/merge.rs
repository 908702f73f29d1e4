//! Several fixes at once: which of them go together, and the texts that they make.
//!
//! In: fixes and the sources they point into. Out: [`Merged`]. Of two fixes that change the same text the first is taken; what
//! two of them insert at the same place, word for word, is inserted once. The order in which fixes are given does not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::finding::Fix;
use crate::source::{Sources, byte_range};

/// What became of the fixes that were given.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The new text of each file that changes, by its name in reports.
    pub texts: BTreeMap<String, String>,
    /// Which fixes are in it, by index.
    pub applied: BTreeSet<usize>,
}

/// A change of a text: bytes, and what stands there instead.
type Change = (Range<usize>, String);

/// The changes of files, by name.
type Changes = BTreeMap<String, BTreeSet<Order>>;

/// A change in the order in which changes are made: by place, imports before other things that are inserted there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    start: usize,
    end: usize,
    is_other: bool,
    text: String,
}

impl Order {
    fn of((range, text): Change) -> Order {
        Order { start: range.start, end: range.end, is_other: !text.trim_start().starts_with("use "), text }
    }

    /// Whether both can't be made. To insert at the edge of what is replaced is harmless, to replace the same by the same too.
    fn conflicts(&self, other: &Order) -> bool {
        self != other && self.start < other.end && other.start < self.end
    }
}

/// Puts fixes together, as many as go together.
#[must_use]
pub fn merge(fixes: &[&Fix], sources: &Sources) -> Merged {
    let mut order: Vec<usize> = (0..fixes.len()).collect();
    order.sort_by_key(|index| &fixes[*index].edits);
    let mut changes = Changes::new();
    let mut applied = BTreeSet::new();
    for index in order {
        let Some(own) = changes_of(fixes[index], sources) else { continue };
        let fits = own.iter().all(|(file, own)| {
            let known = changes.get(file);
            known.is_none_or(|known| own.iter().all(|one| !known.iter().any(|other| one.conflicts(other))))
        });
        if fits {
            for (file, own) in own {
                changes.entry(file).or_default().extend(own);
            }
            applied.insert(index);
        }
    }
    let text_of = |(file, changes): (String, BTreeSet<Order>)| {
        let text = changed(&sources.get(&file)?.text, &changes);
        Some((file, text))
    };
    Merged { texts: changes.into_iter().filter_map(text_of).collect(), applied }
}

/// The changes of one fix; none when it points into a file that is not known, or contradicts itself.
fn changes_of(fix: &Fix, sources: &Sources) -> Option<Changes> {
    let mut changes = Changes::new();
    for edit in &fix.edits {
        let text = &sources.get(&edit.location.file)?.text;
        let order = Order::of((byte_range(text, edit.location.span), edit.replacement.clone()));
        let known = changes.entry(edit.location.file.clone()).or_default();
        if known.iter().any(|other| order.conflicts(other)) {
            return None;
        }
        known.insert(order);
    }
    Some(changes)
}

fn changed(text: &str, changes: &BTreeSet<Order>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for change in changes {
        result.push_str(&text[at..change.start]);
        result.push_str(&change.text);
        at = change.end;
    }
    result.push_str(&text[at..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Applicability, Edit, Location};
    use crate::source::{SourceFile, span_of};

    const TEXT: &str = "abcdef\n";

    fn sources() -> Sources {
        let mut sources = Sources::default();
        sources.insert(SourceFile { name: "a.rs".to_owned(), path: "/a.rs".into(), text: TEXT.into() });
        sources
    }

    fn fix(edits: &[(Range<usize>, &str)]) -> Fix {
        let edits = edits.iter().map(|(range, text)| Edit {
            location: Location { file: "a.rs".to_owned(), span: span_of(TEXT, range.clone()) },
            replacement: (*text).to_owned(),
        });
        Fix { applicability: Applicability::Safe, title: String::new(), edits: edits.collect() }
    }

    fn merged(fixes: &[&Fix]) -> (String, Vec<usize>) {
        let merged = merge(fixes, &sources());
        (merged.texts.get("a.rs").cloned().unwrap_or_default(), merged.applied.into_iter().collect())
    }

    #[test]
    fn fixes_that_do_not_meet_are_made_together_in_any_order() {
        let (one, two) = (fix(&[(0..1, "A"), (3..3, "!")]), fix(&[(5..6, "F"), (3..4, "D")]));
        assert_eq!(merged(&[&one, &two]), ("Abc!DeF\n".to_owned(), vec![0, 1]));
        assert_eq!(merged(&[&two, &one]), ("Abc!DeF\n".to_owned(), vec![0, 1]));
    }

    #[test]
    fn of_two_that_meet_the_first_is_made() {
        let (one, two) = (fix(&[(0..3, "x")]), fix(&[(2..4, "y")]));
        assert_eq!(merged(&[&two, &one]), ("xdef\n".to_owned(), vec![1]));
    }

    #[test]
    fn what_both_insert_is_inserted_once_and_imports_come_first() {
        let (one, two) = (fix(&[(0..0, "static S;\n"), (0..0, "use a;\n")]), fix(&[(0..0, "use a;\n"), (6..6, ";")]));
        assert_eq!(merged(&[&one, &two]), ("use a;\nstatic S;\nabcdef;\n".to_owned(), vec![0, 1]));
    }

    #[test]
    fn a_fix_that_contradicts_itself_is_not_made() {
        assert_eq!(merged(&[&fix(&[(0..3, "x"), (1..2, "y")])]), (String::new(), vec![]));
    }
}
