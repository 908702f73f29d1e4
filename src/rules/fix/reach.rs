//! A handle that is at hand already: in `self`, in a parameter, in the state that the handler takes.
//!
//! In: a construction whose function has another client or connection of its kind in reach. Out: a fix that uses that one.

use super::case::{Case, Draft};
use super::cell::opened;
use super::slice::{Slice, statement_range};
use super::statics::is_own_receiver;
use super::takers;
use super::value::{Failing, Made, keeps_error_type};
use crate::facts::{Expr, ExprId};
use crate::finding::{Applicability, Fix, Resource};
use crate::link::Ty;
use crate::rules::help::advice::in_signature;
use crate::rules::help::handle::Sharing;
use crate::rules::help::reach::Held;

/// Uses what is at hand.
pub(super) fn at_hand(case: &Case<'_, '_>) -> Option<Fix> {
    let (base, held) = in_signature(&case.situation, case.unit())?;
    let site = &case.analysis().site;
    if site.as_value || site.momentary || !is_lent_only(case, &base) {
        return None;
    }
    let place = if held.fields.is_empty() { base } else { format!("{base}.{}", held.fields) };
    let mut draft = case.draft();
    let usage = match site.resource {
        Resource::Connection => connection(case, &held, &place, &mut draft)?,
        Resource::Client if case.built().is_some_and(|built| is_same(&built, &held.ty)) => {
            client(case, &held, &place, &mut draft)?
        }
        Resource::Client => connection(case, &held, &place, &mut draft)?,
        Resource::Pool => return None,
    };
    draft.finish(Applicability::Unsafe, format!("use `{usage}`, which is there already"))
}

/// In the place of a client one of the same type.
fn client(case: &Case<'_, '_>, held: &Held, place: &str, draft: &mut Draft<'_, '_>) -> Option<String> {
    let made = case.made()?;
    if !matches!(held.sharing, Sharing::Reference | Sharing::Clone) || !case.is_shareable(&held.ty) {
        return None;
    }
    let usage = if is_own_receiver(case, made.whole) { place.to_owned() } else { cloned(case, held, place)? };
    replace(case, &made, made.whole, &usage, draft)?;
    Some(usage)
}

/// In the place of a connection one that is shared by cloning.
fn connection(case: &Case<'_, '_>, held: &Held, place: &str, draft: &mut Draft<'_, '_>) -> Option<String> {
    if held.sharing != Sharing::Clone {
        return None;
    }
    let opened = opened(case)?;
    let Ty::External(path, _) = &held.ty else { return None };
    let name = case.spelled(path)?;
    if takers::change(case, &opened.made, &name)?.is_some() {
        return None;
    }
    let usage = cloned(case, held, place)?;
    replace(case, &opened.made, opened.client, &usage, draft)?;
    Some(usage)
}

/// Writes `usage` in the place of the value, and takes away the statements that only `needed` needed.
fn replace(case: &Case<'_, '_>, made: &Made, needed: ExprId, usage: &str, draft: &mut Draft<'_, '_>) -> Option<()> {
    let program = case.program();
    let unit = case.unit();
    let usage = match made.failing {
        Failing::Open => format!("Ok({usage})"),
        Failing::Handed if !keeps_error_type(program.body(unit)?, made.whole) => return None,
        _ => usage.to_owned(),
    };
    draft.replace(unit, made.whole, usage);
    match Slice::of(program, unit, needed, &|_| false) {
        Some(slice) => {
            for one in slice.lets.iter().filter(|one| slice.has_all_uses_but(program, one, made.whole)) {
                draft.remove_statement(unit, one.range.clone());
            }
        }
        None => draft.remove_statement(unit, only_statement(case, made, needed)?),
    }
    Some(())
}

/// The statement that declares the variable which the value is made of, where it is used for nothing else. What the variable is made
/// of stays: it may be more than a value.
fn only_statement(case: &Case<'_, '_>, made: &Made, needed: ExprId) -> Option<std::ops::Range<usize>> {
    let program = case.program();
    let unit = case.unit();
    let body = program.body(unit)?;
    let types = program.types(unit);
    let variable = types.locals.get(&needed)?;
    let init = body.initialiser_of(*variable)?;
    let uses = types.uses.get(variable).map(Vec::as_slice).unwrap_or_default();
    let is_inside = |at: &ExprId| body.ancestors(*at).any(|above| above == made.whole);
    uses.iter().all(is_inside).then(|| statement_range(program, unit, init)).flatten()
}

/// A clone of what is held at a place.
fn cloned(case: &Case<'_, '_>, held: &Held, place: &str) -> Option<String> {
    match &held.inside {
        Some(inside) => Some(format!("{}::clone(&{place})", case.spelled(inside)?)),
        None => Some(format!("{place}.clone()")),
    }
}

fn is_same(one: &Ty, other: &Ty) -> bool {
    matches!((one, other), (Ty::External(one, _), Ty::External(other, _)) if one == other)
}

/// Whether a parameter is never given away, so that it is there wherever the function stands.
fn is_lent_only(case: &Case<'_, '_>, base: &str) -> bool {
    if base == "self" {
        return true;
    }
    let program = case.program();
    let Some(body) = program.body(case.unit()) else { return false };
    let types = program.types(case.unit());
    let mut variables = types
        .binds
        .keys()
        .filter(|variable| matches!(body.pat(**variable), crate::facts::Pat::Bind(name, _) if name == base));
    let (Some(variable), None) = (variables.next(), variables.next()) else { return false };
    let crosses =
        body.ancestors(case.analysis().site.expr).any(|at| matches!(body.expr(at), Expr::Closure(_) | Expr::Async(_)));
    let uses = types.uses.get(variable).map(Vec::as_slice).unwrap_or_default();
    !crosses
        && uses.iter().all(|at| {
            let parent = body.parent(*at).map(|parent| body.expr(parent));
            matches!(parent, Some(Expr::Field { .. } | Expr::Ref(_) | Expr::Method { .. }))
        })
}
