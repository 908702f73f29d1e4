//! Which timeouts a type lacks in the versions that a package can have.
//!
//! In: the catalogue's timeouts of a type. Out: [`Lack`]s: kinds without a default, and who could set them.

use crate::catalog::model::{TimeoutFact, TimeoutKind};
use crate::catalog::{TypeInfo, last_segment};
use crate::link::{Program, UnitId};
use crate::rules::versions::{Holds, first_of, holds};

/// A timeout without a default.
pub(super) struct Lack<'c> {
    pub(super) kind: TimeoutKind,
    /// Who could set it; empty: nobody can in this version.
    pub(super) set_by: &'c [String],
    /// What has it: 0.25 and later, `MultiplexedConnection` of 0.25 and later.
    pub(super) remedy: Option<String>,
    /// Each request can be given its own.
    pub(super) per_request: bool,
    /// All versions that the package can have agree on it.
    pub(super) sure: bool,
}

impl Lack<'_> {
    /// Whether it could be set.
    pub(super) fn can_be_set(&self) -> bool {
        !self.set_by.is_empty()
    }
}

/// Each kind of timeout that has no default in some version that the package of `unit` can have.
pub(super) fn lacks<'c>(program: &Program<'c>, unit: UnitId, info: &'c TypeInfo) -> Vec<Lack<'c>> {
    let mut kinds: Vec<TimeoutKind> = Vec::new();
    for fact in &info.fact.timeout {
        if !kinds.contains(&fact.kind) {
            kinds.push(fact.kind);
        }
    }
    let lack = |kind: TimeoutKind| {
        let is_in_force =
            |fact: &&TimeoutFact| holds(program, unit, info.file, fact.versions.as_deref()) != Holds::Never;
        let of_kind = info.fact.timeout.iter().filter(|fact| fact.kind == kind);
        let in_force: Vec<&TimeoutFact> = of_kind.filter(is_in_force).collect();
        let open: Vec<&TimeoutFact> = in_force.iter().copied().filter(|fact| fact.default_ms.is_none()).collect();
        let setters = open.iter().find(|fact| !fact.set_by.is_empty());
        let same = open.iter().all(|fact| fact.set_by.is_empty() == setters.is_none());
        (!open.is_empty()).then(|| Lack {
            kind,
            set_by: setters.map_or(&[][..], |fact| &fact.set_by),
            remedy: if setters.is_none() { remedy(program, info, kind) } else { None },
            per_request: open.iter().any(|fact| fact.per_request),
            sure: same && open.len() == in_force.len(),
        })
    };
    kinds.into_iter().filter_map(lack).collect()
}

/// The first version that has a timeout, of the type itself or of what took its place.
fn remedy(program: &Program<'_>, info: &TypeInfo, kind: TimeoutKind) -> Option<String> {
    let protects = |fact: &&TimeoutFact| fact.kind == kind && (fact.default_ms.is_some() || !fact.set_by.is_empty());
    let since =
        |info: &TypeInfo| info.fact.timeout.iter().filter(protects).find_map(|fact| first_of(fact.versions.as_deref()));
    since(info).or_else(|| {
        let successor = info.fact.successor.as_ref()?;
        let since = since(program.catalog.type_info(successor)?)?;
        Some(format!("`{}` of {since}", last_segment(successor)))
    })
}
