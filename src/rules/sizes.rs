//! How many connections a pool may open by default, and who sets it.
//!
//! In: a construction of a pool. Out: the catalogue's [`Sizes`] for the versions that the package can have.

use super::settings::{Settings, calls_on};
use super::versions::{Holds, holds};
use crate::catalog::FileId;
use crate::catalog::model::SizeFact;
use crate::flow::Analysis;
use crate::link::{Program, UnitId};

/// The sizes that can be in force.
pub(super) struct Sizes<'c> {
    /// The catalogue that knows them.
    pub(super) file: FileId,
    /// Facts about versions that the package can have.
    pub(super) in_force: Vec<&'c SizeFact>,
}

impl<'c> Sizes<'c> {
    /// The sizes of a type where `unit` stands; none when nothing is known of them.
    pub(super) fn of(program: &Program<'c>, unit: UnitId, built: &str) -> Option<Sizes<'c>> {
        let info = program.catalog.type_info(built)?;
        let is_in_force = |fact: &&SizeFact| holds(program, unit, info.file, fact.versions.as_deref()) != Holds::Never;
        let in_force: Vec<&SizeFact> = info.fact.size.iter().filter(is_in_force).collect();
        (!in_force.is_empty()).then_some(Sizes { file: info.file, in_force })
    }

    /// Everything that sets it.
    pub(super) fn set_by(&self) -> Vec<String> {
        self.in_force.iter().flat_map(|fact| fact.set_by.iter().cloned()).collect()
    }

    /// Whether it is set on the way to the construction, or on the pool once it stands.
    pub(super) fn is_set(&self, program: &Program<'_>, analysis: &Analysis, settings: &Settings) -> bool {
        let set_by = self.set_by();
        settings.has(program, &set_by) || is_resized(program, analysis, &set_by)
    }
}

/// Whether a unit that the pool comes through sets its size, once it stands.
fn is_resized(program: &Program<'_>, analysis: &Analysis, set_by: &[String]) -> bool {
    let routes = analysis.ends.iter().flat_map(|end| end.route.iter().map(|(unit, _)| *unit));
    routes.chain([analysis.site.unit]).any(|unit| {
        set_by.iter().any(|path| {
            let path = program.catalog.canonical(path);
            path.rsplit_once("::").is_some_and(|(owner, name)| calls_on(program, unit, owner, name))
        })
    })
}
