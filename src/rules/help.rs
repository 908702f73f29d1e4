//! How to mend a finding in this very project.

use super::construction::Context;
use crate::finding::Resource;
use crate::flow::{Analysis, Frequency};

/// `builds with`, `opens with`.
pub(super) fn makes_verb(resource: Resource) -> &'static str {
    if resource == Resource::Connection { "opens it with" } else { "builds it with" }
}

/// Help lines and an example.
pub(super) fn of(
    _context: Context<'_, '_>,
    _analysis: &Analysis,
    _frequency: Frequency,
) -> (Vec<String>, Option<String>) {
    (Vec::new(), None)
}
