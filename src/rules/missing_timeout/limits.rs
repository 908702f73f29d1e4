//! What ends a wait though the construction sets no timeout.
//!
//! In: a construction. Out: whether a pool opens it, whether a setter is called on what was made, whether a limit such as
//! `tokio::time::timeout` stands around the construction or around the use.

use std::sync::Arc;

use crate::catalog::model::TypeRole;
use crate::catalog::{CallRef, FileId, last_segment};
use crate::facts::ExprId;
use crate::flow::Analysis;
use crate::link::{Owner, Program, Target, TraitRef, Ty, UnitId};
use crate::rules::settings::{calls_on, is_setting};

/// Functions that something is limited in are followed this far.
const MAX_DEPTH: usize = 2;

/// Whether a unit is how a pool of another library opens its connections.
pub(super) fn is_opener_of_pool(program: &Program<'_>, unit: UnitId) -> bool {
    let Owner::Impl(of) = program.unit(unit).owner else { return false };
    let Some(TraitRef::External(path)) = &program.impls[of.index()].of_trait else { return false };
    let Some((library, _)) = path.split_once("::") else { return false };
    let is_pool = |path: &str| path.split_once("::").is_some_and(|(of, _)| of == library);
    let mut types = program.catalog.files().iter().flat_map(|file| &file.types);
    types.any(|fact| fact.role == TypeRole::Pool && is_pool(&fact.path))
}

/// The packages that a value comes through.
pub(super) fn packages(program: &Program<'_>, analysis: &Analysis) -> Vec<usize> {
    let routes = analysis.ends.iter().flat_map(|end| end.route.iter().map(|(unit, _)| *unit));
    let mut packages: Vec<usize> =
        routes.chain([analysis.site.unit]).map(|unit| program.crate_of(unit).package).collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Whether some method of what was made, or of what is made from it, sets the timeout somewhere in these packages. For a
/// connection, its client may have been built with it.
pub(super) fn is_set_elsewhere(
    program: &Program<'_>,
    packages: &[usize],
    set_by: &[String],
    is_connection: bool,
) -> bool {
    let makes = |calls: &[Arc<CallRef>]| calls.iter().any(|call| call.fact.makes.is_some());
    set_by.iter().any(|path| {
        let path = program.catalog.canonical(path);
        let Some((owner, name)) = path.rsplit_once("::") else { return false };
        let constructs = makes(program.catalog.method(owner, name)) || makes(program.catalog.function(&path));
        let counts = if is_setting(program, owner) {
            is_connection && program.catalog.makes_by_method(owner)
        } else {
            !constructs
        };
        counts && mentioning(program, packages, name).any(|unit| calls_on(program, unit, owner, name))
    })
}

fn mentioning<'p>(program: &'p Program<'_>, packages: &'p [usize], name: &str) -> impl Iterator<Item = UnitId> + 'p {
    let units = program.mentions.get(last_segment(name)).map_or(&[][..], Vec::as_slice);
    units.iter().copied().filter(|unit| is_judged(program, packages, *unit))
}

fn is_judged(program: &Program<'_>, packages: &[usize], unit: UnitId) -> bool {
    !program.unit(unit).test && packages.contains(&program.crate_of(unit).package)
}

/// Whether the construction, or a call that leads to it, is given to what limits its time.
pub(super) fn is_construction_limited(program: &Program<'_>, analysis: &Analysis) -> bool {
    let here = (analysis.site.unit, analysis.site.expr);
    let routes = analysis.ends.iter().flat_map(|end| end.route.iter().copied());
    routes.chain([here]).any(|(unit, expr)| {
        program.body(unit).is_some_and(|body| body.ancestors(expr).any(|at| limits(program, unit, at)))
    })
}

fn limits(program: &Program<'_>, unit: UnitId, call: ExprId) -> bool {
    matches!(program.types(unit).targets.get(&call), Some(Target::Library { call, .. }) if call.fact.limits)
}

/// Whether anything that is done with the family's libraries in these packages is given to what limits its time.
pub(super) fn is_use_limited(program: &Program<'_>, packages: &[usize], family: &str) -> bool {
    let mut units: Vec<UnitId> =
        program.catalog.limiters().into_iter().flat_map(|path| mentioning(program, packages, path)).collect();
    units.sort_unstable();
    units.dedup();
    units.into_iter().any(|unit| {
        let Some(body) = program.body(unit) else { return false };
        body.ids().filter(|id| limits(program, unit, *id)).any(|id| concerns(program, unit, id, family, 0))
    })
}

/// Whether a stretch of code does something with a library of the family, itself or through functions.
fn concerns(program: &Program<'_>, unit: UnitId, id: ExprId, family: &str, depth: usize) -> bool {
    let Some(body) = program.body(unit) else { return false };
    if is_of_family(program, unit, id, family) {
        return true;
    }
    if let Some(Target::Units { units, .. }) = program.types(unit).targets.get(&id)
        && depth < MAX_DEPTH
    {
        let root = |unit: &UnitId| Some((*unit, program.body(*unit)?.root?));
        if units.iter().filter_map(root).any(|(unit, root)| concerns(program, unit, root, family, depth + 1)) {
            return true;
        }
    }
    let mut found = false;
    body.expr(id).for_each_child(|child| found = found || concerns(program, unit, child, family, depth));
    found
}

/// Whether an expression is a call of, or has a type of, a library of the family.
pub(super) fn is_of_family(program: &Program<'_>, unit: UnitId, id: ExprId, family: &str) -> bool {
    let types = program.types(unit);
    let is_family = |file: FileId| program.catalog.file(file).family.as_deref() == Some(family);
    let of_type = program.autoderef(types.ty(id)).iter().any(|step| match step {
        Ty::External(path, _) => program.catalog.type_info(path).is_some_and(|info| is_family(info.file)),
        _ => false,
    });
    of_type || matches!(types.targets.get(&id), Some(Target::Library { call, .. }) if is_family(call.file))
}
