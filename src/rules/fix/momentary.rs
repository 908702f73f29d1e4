//! A function that builds a client for one request of its own: `reqwest::get(url)`.
//!
//! In: a call of it. Out: a fix that makes the request with one client for the whole process, in a static.

use super::case::Case;
use super::statics::{Cell, client_in, plain_cell};
use crate::facts::Expr;
use crate::finding::{Applicability, Fix};

/// The static for a finding, if this is a way to mend it.
pub(super) fn cell_of(case: &Case<'_, '_>) -> Option<Cell> {
    let site = &case.analysis().site;
    let instead = site.call.fact.instead.as_ref().filter(|_| site.momentary && !site.as_value)?;
    let (ty, _) = instead.of.rsplit_once("::")?;
    plain_cell(case, &case.spelled(ty)?, &case.spelled(&instead.of)?)
}

/// Makes the request with a client in a static. `cells` are those of all findings.
pub(super) fn shared(case: &Case<'_, '_>, cells: &[Cell]) -> Option<Fix> {
    let site = &case.analysis().site;
    let instead = site.call.fact.instead.as_ref()?;
    let mut draft = case.draft();
    let (path, name) = client_in(case, cell_of(case)?, cells, &mut draft)?;
    let program = case.program();
    let Expr::Call { callee, .. } = program.body(site.unit)?.expr(site.expr) else { return None };
    draft.replace(site.unit, *callee, format!("{path}.{}", instead.method));
    let end = super::slice::range_of(program, site.unit, site.expr).end;
    draft.replace_in(program.unit(site.unit).file, end..end, format!(".{}()", instead.then));
    draft.finish(Applicability::Safe, format!("make the request with one client, in the static `{name}`"))
}
