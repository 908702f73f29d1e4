//! A handle that is at hand already: in `self`, in a parameter, in the state that the handler takes.
//!
//! In: a construction whose function has another client or connection of its kind in reach. Out: a fix that uses that one.

use super::case::{Case, Draft};
use super::cell::opened;
use super::slice::Slice;
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
pub(super) fn at_hand(case: &Case<'_, '_, '_>) -> Option<Fix> {
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
fn client(case: &Case<'_, '_, '_>, held: &Held, place: &str, draft: &mut Draft<'_, '_>) -> Option<String> {
    let made = case.made()?;
    if !matches!(held.sharing, Sharing::Reference | Sharing::Clone) || !case.is_shareable(&held.ty) {
        return None;
    }
    let usage = if is_own_receiver(case, made.whole) { place.to_owned() } else { cloned(case, held, place)? };
    replace(case, &made, made.whole, &usage, draft)?;
    Some(usage)
}

/// In the place of a connection one that is shared by cloning.
fn connection(case: &Case<'_, '_, '_>, held: &Held, place: &str, draft: &mut Draft<'_, '_>) -> Option<String> {
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
fn replace(case: &Case<'_, '_, '_>, made: &Made, needed: ExprId, usage: &str, draft: &mut Draft<'_, '_>) -> Option<()> {
    let program = case.program();
    let unit = case.unit();
    let usage = match made.failing {
        Failing::Open => format!("Ok({usage})"),
        Failing::Handed if !keeps_error_type(program.body(unit)?, made.whole) => return None,
        _ => usage.to_owned(),
    };
    draft.replace(unit, made.whole, usage);
    let slice = Slice::of(program, unit, needed, &|_| true);
    let lets = slice.iter().flat_map(|slice| slice.lets.iter().map(move |one| (slice, one)));
    for (slice, one) in lets.filter(|(slice, one)| slice.has_all_uses(program, one)) {
        let _ = slice;
        draft.remove_statement(unit, one.range.clone());
    }
    Some(())
}

/// A clone of what is held at a place.
fn cloned(case: &Case<'_, '_, '_>, held: &Held, place: &str) -> Option<String> {
    match &held.inside {
        Some(inside) => Some(format!("{}::clone(&{place})", case.spelled(inside)?)),
        None => Some(format!("{place}.clone()")),
    }
}

fn is_same(one: &Ty, other: &Ty) -> bool {
    matches!((one, other), (Ty::External(one, _), Ty::External(other, _)) if one == other)
}

/// Whether a parameter is never given away, so that it is there wherever the function stands.
fn is_lent_only(case: &Case<'_, '_, '_>, base: &str) -> bool {
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
