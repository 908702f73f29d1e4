//! Where the process starts, and what it makes there already.
//!
//! In: a situation. Out: the `main`s and the makers of state; a handle made in one of them.

use super::handle::{Handle, of_type};
use super::project::{Project, constructor_of};
use super::reach::{Kind, kind_of};
use super::situation::Situation;
use super::state::states_of;
use super::types::plain_result;
use super::words::with_article;
use crate::facts::ExprId;
use crate::finding::Resource;
use crate::flow::{End, Frequency};
use crate::link::{UnitId, UnitKind};

/// A handle that start-up makes already.
#[derive(Debug)]
pub(super) struct Made {
    /// Where.
    pub(super) unit: UnitId,
    expr: ExprId,
    /// What it is.
    pub(super) handle: Handle,
}

impl Made {
    /// `` `connect` (src/state.rs:21) already opens a `ConnectionManager` at start-up ``.
    pub(super) fn line(&self, s: &Situation<'_, '_>) -> String {
        let verb = if self.handle.resource == Resource::Connection { "opens" } else { "builds" };
        let function = s.program.display_name(self.unit);
        let what = with_article(&self.handle.name);
        format!("`{function}` ({}) already {verb} {what} at start-up", s.expr_place(self.unit, self.expr))
    }
}

/// A construction of a usable handle at start-up, of the same process as the user.
pub(super) fn at_start<'c>(s: &Situation<'c, '_>, project: &Project<'c>) -> Option<Made> {
    let starts = starts(s, project);
    s.analyses.iter().find_map(|other| {
        let site = &other.site;
        let once = |end: &End| end.frequency == Some(Frequency::Once) && end.context.barrier.is_none();
        if other.decisive.is_some() || !other.ends.iter().any(once) {
            return None;
        }
        let is_static = matches!(s.program.unit(site.unit).kind, UnitKind::Static(_));
        let ty = plain_result(s.program, s.program.types(site.unit).ty(site.expr));
        let Some((Kind::Usable(_), ty)) = kind_of(s, &ty).filter(|_| !is_static && !site.call.fact.dedicated) else {
            return None;
        };
        let near = starts.contains(&site.unit);
        near.then(|| Made { unit: site.unit, expr: site.expr, handle: of_type(s, &ty) })
    })
}

/// Where the process starts: its `main`s, and the functions that make its state.
fn starts<'c>(s: &Situation<'c, '_>, project: &Project<'c>) -> Vec<UnitId> {
    let mut starts = mains(s, project);
    if let Some(root) = s.handler.or(s.closure.map(|(unit, _)| unit)).or(s.route.last().map(|(unit, _)| *unit)) {
        let states = states_of(s, project, root);
        starts.extend(states.iter().filter_map(|state| constructor_of(s.program, state.id)));
    }
    starts
}

/// The `main`s of the processes that the user runs in.
pub(super) fn mains<'c>(s: &Situation<'c, '_>, project: &Project<'c>) -> Vec<UnitId> {
    let top = s.route.last().map_or(s.user, |(unit, _)| *unit);
    let ways = project.ways(s.program, top, &s.framework);
    let registered = project.registrations(s.program).iter().filter(|found| {
        let module = s.program.types[found.ty.index()].module;
        s.handler.or(s.closure.map(|(unit, _)| unit)).is_some()
            && ways.contains(&found.framework)
            && s.sees_crate(top, module)
    });
    let units = [s.user, top].into_iter().chain(registered.map(|found| found.unit));
    units.filter_map(|unit| project.main_above(s.program, unit)).collect()
}
