//! Changed lines of one file.

/// A stretch that was replaced: which lines there were, which there are. Lines count from 1; a stretch of no lines stands
/// behind the line that it names, as in a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hunk {
    /// The first line before, and how many.
    pub old: (u32, u32),
    /// The first line now, and how many.
    pub new: (u32, u32),
}

/// What changed in a file, from its beginning to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    hunks: Vec<Hunk>,
}

impl Lines {
    /// Every line: a new file.
    #[must_use]
    pub fn all() -> Lines {
        Lines { hunks: vec![Hunk { old: (0, 0), new: (1, u32::MAX) }] }
    }

    /// In the order of the file.
    #[must_use]
    pub fn of(hunks: Vec<Hunk>) -> Lines {
        Lines { hunks }
    }

    /// Whether one of the lines from `first` to `last` is new, or some between them are gone.
    #[must_use]
    pub fn touch(&self, first: u32, last: u32) -> bool {
        self.hunks.iter().any(|hunk| match hunk.new {
            (behind, 0) => first <= behind && behind < last,
            (start, count) => start <= last && first < start.saturating_add(count),
        })
    }

    /// Where these lines are after further changes. Lines that these replaced are gone.
    #[must_use]
    pub fn moved_by(&self, further: &Lines) -> Lines {
        let mut moved = Vec::new();
        for hunk in &self.hunks {
            match hunk.new {
                (behind, 0) => {
                    let behind = further.position(behind).unwrap_or(behind);
                    moved.push(Hunk { old: hunk.old, new: (behind, 0) });
                }
                (start, count) => {
                    let lines = (start..start.saturating_add(count)).filter_map(|line| further.position(line));
                    moved.extend(runs(lines).into_iter().map(|new| Hunk { old: hunk.old, new }));
                }
            }
        }
        Lines { hunks: moved }
    }

    /// Where a line of before is now; none when it was replaced.
    fn position(&self, line: u32) -> Option<u32> {
        let mut shift: i64 = 0;
        for Hunk { old, new } in &self.hunks {
            // A stretch of no lines stands behind its line.
            let start = if old.1 == 0 { old.0 + 1 } else { old.0 };
            if line < start {
                break;
            }
            if line < start + old.1 {
                return None;
            }
            shift += i64::from(new.1) - i64::from(old.1);
        }
        u32::try_from(i64::from(line) + shift).ok()
    }
}

/// Lines in a row as first line and number.
fn runs(lines: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some((start, count)) if *start + *count == line => *count += 1,
            _ => runs.push((line, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A first line and a number: before, and now.
    type Replaced = ((u32, u32), (u32, u32));

    fn lines(hunks: &[Replaced]) -> Lines {
        Lines::of(hunks.iter().map(|(old, new)| Hunk { old: *old, new: *new }).collect())
    }

    #[test]
    fn new_lines_touch_what_has_one_of_them() {
        let changed = lines(&[((3, 1), (3, 2)), ((9, 0), (11, 1))]);
        for (first, last, touched) in
            [(1, 2, false), (2, 3, true), (4, 4, true), (5, 10, false), (11, 11, true), (1, 20, true)]
        {
            assert_eq!(changed.touch(first, last), touched, "{first} to {last}");
        }
        assert!(Lines::all().touch(1, 1) && Lines::all().touch(9999, 9999));
        assert!(!Lines::default().touch(1, 9999));
    }

    #[test]
    fn removed_lines_touch_what_was_around_them() {
        let changed = lines(&[((4, 2), (3, 0))]);
        for (first, last, touched) in [(3, 4, true), (1, 9, true), (3, 3, false), (4, 4, false), (1, 3, false)] {
            assert_eq!(changed.touch(first, last), touched, "{first} to {last}");
        }
    }

    #[test]
    fn lines_move_with_further_changes() {
        let staged = lines(&[((0, 0), (5, 3))]);
        let cases: [(&[Replaced], Lines); 4] = [
            (&[((1, 0), (2, 10))], lines(&[((0, 0), (15, 3))])),
            (&[((1, 2), (0, 0))], lines(&[((0, 0), (3, 3))])),
            (&[((6, 1), (6, 2))], lines(&[((0, 0), (5, 1)), ((0, 0), (8, 1))])),
            (&[((9, 1), (9, 4))], staged.clone()),
        ];
        for (further, expected) in cases {
            assert_eq!(staged.moved_by(&lines(further)), expected, "{further:?}");
        }
        let removed = lines(&[((5, 1), (4, 0))]);
        assert_eq!(removed.moved_by(&lines(&[((1, 0), (2, 10))])), lines(&[((5, 1), (14, 0))]));
    }
}
