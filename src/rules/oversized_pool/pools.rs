//! The pools of a program with their sizes.
//!
//! In: constructions, and values of types that a framework makes pools of. Out: a [`Pool`] for each that is built at
//! start-up or by each worker, or the reason why it does not count.

use super::amount::{Amount, amount};
use crate::facts::{Body, Expr, ExprId, Name};
use crate::finding::{Confidence, Resource};
use crate::flow::{Analysis, End, Frequency, Innocent};
use crate::link::{Program, Ty, UnitId};
use crate::rules::construction::rule_of;
use crate::rules::context::{Context, family_title};
use crate::rules::judge::{Draft, Place};
use crate::rules::settings::{Settings, shown, type_built};
use crate::rules::sizes::Sizes;
use crate::rules::ways::way;

/// A pool, or several that one call builds.
pub(super) struct Pool {
    /// A finding about it, without its message.
    pub(super) draft: Draft,
    /// What it talks to, for people.
    pub(super) title: String,
    pub(super) size: Amount,
    /// What sets the size.
    pub(super) setter: Option<String>,
    /// Where its values end: one pool each.
    pub(super) ends: Vec<PoolEnd>,
}

/// One pool in the run of a process.
#[derive(Clone)]
pub(super) struct PoolEnd {
    /// From the root down to what builds it.
    pub(super) way: Vec<(UnitId, ExprId)>,
    /// Each worker has one.
    pub(super) per_worker: bool,
    /// Somebody is seen to call the root.
    pub(super) is_called: bool,
}

/// What a construction adds to its process.
pub(super) fn of_analysis(context: Context<'_, '_>, analysis: &Analysis) -> Result<Pool, &'static str> {
    let program = context.program;
    let site = &analysis.site;
    if site.per_thread {
        return Err("it belongs to one thread");
    }
    let built = type_built(program, analysis).ok_or("what it builds is not known")?;
    let sizes = Sizes::of(program, site.unit, &built).ok_or("nothing is known of its size")?;
    let ends = ends(context, analysis)?;
    let size = size(program, analysis, &sizes)?;
    let confidence = confidence(site.sure && !size.is_fallback);
    let step = "its connections count against the server's limit".to_owned();
    let draft = Draft::of_site(program, site, confidence, String::new(), step);
    let title = family_title(program, &site.family, site.call.file);
    Ok(Pool { draft, title, size, setter: sizes.set_by().first().map(|path| shown(path)), ends })
}

/// Where the pools of a construction end that is not run again and again.
fn ends(context: Context<'_, '_>, analysis: &Analysis) -> Result<Vec<PoolEnd>, &'static str> {
    let again =
        |end: &End| rule_of(analysis.site.resource, end).is_some() && end.frequency > Some(Frequency::PerWorker);
    if analysis.decisive.is_some_and(|end| again(&analysis.ends[end])) {
        return Err("another rule says that it is built again and again");
    }
    let in_scope = analysis.ends.iter().filter(|end| end.innocent != Some(Innocent::OutOfScope));
    let ends: Vec<PoolEnd> = in_scope
        .map(|end| PoolEnd {
            way: way(context, end),
            per_worker: end.frequency == Some(Frequency::PerWorker),
            is_called: context.known.of(end.place().0).is_none_or(|entry| !entry.uncalled),
        })
        .collect();
    if ends.is_empty() { Err("only tests lead here") } else { Ok(ends) }
}

/// The size that is set, else the default.
fn size(program: &Program<'_>, analysis: &Analysis, sizes: &Sizes<'_>) -> Result<Amount, &'static str> {
    let settings = Settings::of(program, analysis);
    let given = settings.given(program, &sizes.set_by());
    if let Some(size) = given.iter().find_map(|(unit, value)| amount(program, *unit, *value)) {
        return Ok(size);
    }
    if sizes.is_set(program, analysis, &settings) {
        return Err("its size is not known before it runs");
    }
    if settings.hidden {
        return Err("its settings come from where they are not seen");
    }
    let default = sizes.in_force.iter().filter_map(|fact| fact.default).min();
    let value = default.ok_or("its size depends on the machine")?;
    Ok(Amount { value: value.into(), is_fallback: false })
}

fn confidence(sure: bool) -> Confidence {
    if sure { Confidence::High } else { Confidence::Medium }
}

/// Pools that a framework makes of settings that are written out.
pub(super) fn declared(context: Context<'_, '_>) -> Vec<Pool> {
    let program = context.program;
    let known: Vec<(&Name, Resource)> =
        program.catalog.declaring().filter_map(|(path, info)| Some((path, info.fact.declares?))).collect();
    let names: Vec<Name> = known.iter().map(|(path, _)| crate::catalog::last_segment(path).into()).collect();
    let mut found = Vec::new();
    for unit in context.flow.units_mentioning(&names) {
        let Some(body) = program.body(unit) else { continue };
        let is_named = |id: &ExprId| match body.expr(*id) {
            Expr::Struct { path, .. } => path.last().is_some_and(|name| names.contains(name)),
            _ => false,
        };
        for id in body.ids().filter(is_named) {
            let Ty::External(path, _) = program.types(unit).ty(id) else { continue };
            let Some((_, resource)) = known.iter().find(|(known, _)| *known == path) else { continue };
            found.extend(of_settings(program, unit, body, id, path, *resource));
        }
    }
    found
}

fn of_settings(
    program: &Program<'_>,
    unit: UnitId,
    body: &Body,
    id: ExprId,
    path: &Name,
    resource: Resource,
) -> Option<Pool> {
    let sizes = Sizes::of(program, unit, path)?;
    let Expr::Struct { fields, .. } = body.expr(id) else { return None };
    let sets = |name: &Name| sizes.set_by().iter().any(|setter| *setter == format!("{path}::{name}"));
    let (name, value) = fields.iter().find(|(name, _)| sets(name))?;
    let size = amount(program, unit, *value)?;
    let family = family_by_address(program, body, id).unwrap_or_default();
    let draft = Draft {
        place: Place::of_expr(program, unit, id),
        confidence: confidence(!size.is_fallback),
        message: String::new(),
        resource,
        family,
        call: path.to_string(),
        chain: Vec::new(),
        what: "the framework builds a pool of these settings".to_owned(),
        related: Vec::new(),
        help: Vec::new(),
        example: None,
        fix: None,
    };
    let title = family_title(program, &draft.family, sizes.file);
    let setter = Some(shown(&format!("{path}::{name}")));
    Some(Pool {
        draft,
        title,
        size,
        setter,
        ends: vec![PoolEnd { way: vec![(unit, id)], per_worker: false, is_called: true }],
    })
}

/// The family by the scheme of an address that stands within an expression: `redis://…`.
fn family_by_address(program: &Program<'_>, body: &Body, id: ExprId) -> Option<String> {
    if let Expr::Str(text) = body.expr(id)
        && let Some((scheme, _)) = text.split_once("://")
    {
        return program.catalog.family_of_scheme(scheme).map(ToOwned::to_owned);
    }
    let mut found = None;
    body.expr(id).for_each_child(|child| found = found.take().or_else(|| family_by_address(program, body, child)));
    found
}
