//! What a fix would change, as a patch.
//!
//! In: texts before and after. Out: a unified diff that `git apply` and `patch -p1` understand.

use similar::TextDiff;

/// Lines around a change.
const CONTEXT: usize = 3;

/// The difference of one file, `name` being its `/`-separated path; empty when there is none.
#[must_use]
pub fn unified_diff(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    diff.unified_diff().context_radius(CONTEXT).header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_a_patch() {
        let diff = unified_diff("src/a.rs", "a\nb\n", "a\nc\n");
        assert_eq!(diff, "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        assert_eq!(unified_diff("src/a.rs", "a\n", "a\n"), "");
    }
}
