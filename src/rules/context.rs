//! What every rule looks at, and how it names it.
//!
//! In: the flow of a program. Out: [`Context`], the one argument of all rules.

use crate::catalog::FileId;
use crate::finding::Confidence;
use crate::flow::{Analysis, Flow, Frequencies};
use crate::link::{Program, UnitId};

/// What rules look at.
#[derive(Clone, Copy)]
pub struct Context<'c, 'f> {
    /// The flow, for questions about other expressions.
    pub flow: &'c Flow<'c, 'f>,
    /// The program.
    pub program: &'c Program<'f>,
    /// How often its units run.
    pub known: &'c Frequencies,
    /// The analyses of all constructions.
    pub analyses: &'c [Analysis],
    /// As many connections may one process open to the servers of one family.
    pub max_connections: u64,
}

/// What a process may open where nobody says otherwise: a small share of what servers accept (Redis 10,000 clients), since
/// there are several instances of it.
pub const MAX_CONNECTIONS: u64 = 500;

impl<'c, 'f> Context<'c, 'f> {
    /// What is known of a program.
    #[must_use]
    pub fn new(flow: &'c Flow<'c, 'f>, max_connections: u64) -> Self {
        Context { flow, program: flow.program, known: &flow.known, analyses: &flow.analyses, max_connections }
    }

    /// How sure it is that a unit runs as often as is said: medium, where nobody is seen to call what leads to it, or where a
    /// step rests on a name alone.
    #[must_use]
    pub(super) fn confidence_in(&self, unit: UnitId) -> Confidence {
        confidence_by(self.known, unit)
    }
}

/// A family as people write it; the catalogue's name where there is none.
pub(super) fn family_title(program: &Program<'_>, family: &str, file: FileId) -> String {
    match (family, program.catalog.family_title(family)) {
        ("", _) => program.catalog.file(file).name.clone(),
        (_, Some(title)) => title.to_owned(),
        (short, None) if short.len() <= 4 => short.to_uppercase(),
        (other, None) => other.to_owned(),
    }
}

/// See [`Context::confidence_in`], by frequencies of one's own.
pub(super) fn confidence_by(known: &Frequencies, unit: UnitId) -> Confidence {
    let is_seen = known.of(unit).is_none_or(|entry| entry.sure && !entry.uncalled);
    if is_seen { Confidence::High } else { Confidence::Medium }
}
