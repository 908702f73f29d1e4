//! The advice for a finding: which of the ways to mend it fits, and its lines.
//!
//! In: a situation. Out: [`Advice`]. Ways in order: a handle at hand; before the loop or the worker's closure; the struct
//! whose method builds it; the framework's state; a parameter or a static.

use super::example::Example;
use super::handle::{Handle, Sharing, wanted};
use super::project::{Project, constructor_of, variable_of};
use super::reach::{Held, address_in, field_in, held_by, local_of};
use super::situation::Situation;
use super::startup::at_start;
use super::statics::{in_static, static_of};
use super::words::{already_holds, borrowed, is_mutable, is_word, make, sharing, usage, variable, with_article};
use super::{repeat, state};
use crate::facts::{Expr, Name};
use crate::finding::Resource;
use crate::flow::Frequency;
use crate::link::{Ty, TypeId, TypeKind, UnitId};

/// What to say.
#[derive(Debug, Default)]
pub(super) struct Advice {
    /// Help lines.
    pub(super) lines: Vec<String>,
    /// Code.
    pub(super) example: Option<Example>,
}

/// The advice for a situation.
pub(super) fn advise<'c>(s: &Situation<'c, '_>, project: &Project<'c>) -> Advice {
    let handle = wanted(s);
    if s.analysis.site.call.fact.dedicated && s.frequency != Frequency::PerIteration {
        return dedicated();
    }
    if s.frequency == Frequency::PerWorker {
        return repeat::per_worker(s, &handle);
    }
    if let Some(advice) = at_hand(s) {
        return advice;
    }
    if s.frequency == Frequency::PerIteration
        && let Some(advice) = repeat::in_loop(s, &handle)
    {
        return advice;
    }
    if let Some((id, owner)) = service(s) {
        return in_struct(s, project, &handle, id, &owner);
    }
    state::held(s, project)
        .or_else(|| in_static(s, project))
        .or_else(|| state::kept(s, project, &handle))
        .or_else(|| around_closure(s, &handle))
        .unwrap_or_else(|| handed_in(s, project, &handle))
}

/// A connection that one task listens on.
fn dedicated() -> Advice {
    let line = "open it once, in a task of its own that start-up spawns, and pass on what it receives, by a channel for example";
    Advice { lines: vec![line.to_owned()], example: None }
}

/// A parameter or a field of `self` is, or holds, one that can be used.
fn at_hand(s: &Situation<'_, '_>) -> Option<Advice> {
    let unit = s.needy();
    let (base, held) = in_signature(s, unit)?;
    let function = s.program.display_name(unit);
    let usage = held.usage(&base);
    let line = match held.owner {
        Some(owner) => format!("{}: use `{usage}` in `{function}`", already_holds(s, owner, &held)),
        None => format!("`{function}` already has {} in `{base}`: use `{usage}`", with_article(&held.written)),
    };
    Some(Advice { lines: vec![line], example: None })
}

/// What a function has by `self` or a parameter: the variable and what it holds.
pub(in crate::rules) fn in_signature(s: &Situation<'_, '_>, unit: UnitId) -> Option<(String, Held)> {
    if let Some(held) = s.owner_of(unit).and_then(|owner| held_by(s, unit, &owner)) {
        return Some(("self".to_owned(), held));
    }
    s.program.unit(unit).function()?.params.iter().find_map(|param| {
        let (name, ty) = variable_of(s.program, unit, param.pat?)?;
        Some((name, held_by(s, unit, &ty)?))
    })
}

/// The struct of the project whose method needs the handle; none for data that comes with the request.
fn service(s: &Situation<'_, '_>) -> Option<(TypeId, Ty)> {
    let by_ref = s.program.unit(s.needy()).function()?.receiver.as_ref()?.by_ref;
    let (id, ty) = local_of(s, &s.owner_of(s.needy())?).filter(|_| by_ref || s.is_fixed(s.needy()))?;
    let definition = &s.program.types[id.index()];
    let is_data = definition.attrs.iter().any(|attr| attr.words.iter().any(|word| word == "Deserialize"));
    let TypeKind::Struct(_) = definition.kind else { return None };
    (!is_data).then_some((id, ty))
}

/// Keep it in the struct whose method builds it.
fn in_struct<'c>(s: &Situation<'c, '_>, project: &Project<'c>, handle: &Handle, id: TypeId, owner: &Ty) -> Advice {
    let place = s.type_place(id);
    let unit = s.needy();
    let made = at_start(s, project);
    let made_type = made.as_ref().map(|made| made.handle.clone());
    let handle = made_type.as_ref().unwrap_or(handle);
    let (inner, address) = addressed(s, id, owner, handle);
    let (id, place) = inner.as_ref().map_or((id, place), |(_, inner)| (*inner, s.type_place(*inner)));
    let mut lines = vec![match &address {
        Some(held) => format!(
            "keep {} in {place} instead of the `{}` in `{}`",
            with_article(&handle.name),
            held.written,
            held.field()
        ),
        None => format!("keep {} in a field of {place}", with_article(&handle.name)),
    }];
    let maker = constructor_of(s.program, id).filter(|maker| *maker != unit);
    let given = |what: &str| match maker {
        Some(maker) => format!("give {what} to {}", s.unit_place(maker)),
        None => format!("put {what} in there"),
    };
    match made.filter(|made| Some(made.unit) != maker) {
        Some(made) => lines.extend([made.line(s), given("a clone of it")]),
        None => lines.push(format!("{} and {}", make(handle, "at start-up"), given("it"))),
    }
    lines.extend(sharing(handle));
    let field = match &address {
        Some(held) if held.field() != "client" => held.field().to_owned(),
        _ => handle.field.clone(),
    };
    let path = inner.map_or_else(|| format!("self.{field}"), |(outer, _)| format!("self.{outer}.{field}"));
    let example = handle.code.as_ref().map(|ty| Example::Struct {
        holder: s.program.types[id.index()].name.to_string(),
        owner: s.owner_name(unit),
        method: s.program.unit(unit).name.to_string(),
        is_async: s.program.unit(unit).function().is_some_and(|function| function.is_async),
        usage: borrowed(&usage(handle, &path)),
        variable: variable(handle, &field),
        mutable: is_mutable(handle),
        ty: ty.clone(),
        field,
        generic: matches!(owner, Ty::Local(_, args) if !args.is_empty()),
    });
    Advice { lines, example }
}

/// The field of a service that holds only an address, or of the struct that one of its fields leads to: the field on the way
/// with that struct, the address.
fn addressed(s: &Situation<'_, '_>, id: TypeId, owner: &Ty, handle: &Handle) -> (Option<(Name, TypeId)>, Option<Held>) {
    if handle.resource == Resource::Client {
        return (None, None);
    }
    if let Some(held) = address_in(s, owner) {
        return (None, Some(held));
    }
    let TypeKind::Struct(item) = s.program.types[id.index()].kind else { return (None, None) };
    let inner = item.fields.iter().find_map(|field| {
        let (inner, ty) = local_of(s, &s.program.field_type(owner, &field.name))?;
        Some(((field.name.clone(), inner), address_in(s, &ty)?))
    });
    inner.map_or((None, None), |(inner, held)| (Some(inner), Some(held)))
}

/// The framework runs a closure or loop: make it in front of that.
fn around_closure(s: &Situation<'_, '_>, handle: &Handle) -> Option<Advice> {
    let (unit, at) = s.closure?;
    let what = match s.program.body(unit)?.expr(at) {
        Expr::Loop { .. } => "loop",
        _ => "closure",
    };
    let place = s.expr_place(unit, at);
    let down = if unit == s.user { String::new() } else { format!(" and hand it down to {}", s.unit_place(s.user)) };
    let inside = match (what, &handle.sharing) {
        ("closure", Sharing::Clone | Sharing::Pool(_) | Sharing::Arc) => " and clone it into that",
        _ if down.is_empty() => " and use it inside",
        _ => "",
    };
    let line = format!("{}{inside}{down}", make(handle, &format!("before the {what} ({place})")));
    Some(Advice { lines: [Some(line), sharing(handle)].into_iter().flatten().collect(), example: None })
}

/// A library's operation, or a function far from any state: take it as a parameter, or keep it in a static.
fn handed_in<'c>(s: &Situation<'c, '_>, project: &Project<'c>, handle: &Handle) -> Advice {
    let mut lines = Vec::new();
    let made = at_start(s, project);
    if let Some(made) = &made {
        lines.extend([made.line(s), format!("hand it, or a clone, down to {}", s.unit_place(s.user))]);
    } else if !s.is_fixed(s.user) && !makes_itself(s, handle) {
        let owned =
            is_word(&handle.name) || (handle.sharing == Sharing::Clone && handle.resource == Resource::Connection);
        let by = if owned { "" } else { "&" };
        let what = with_article(&format!("{by}{}", handle.name));
        lines.push(format!("take {what} as a parameter of {}", s.unit_place(s.user)));
        lines.extend(
            holder(s).map(|(id, held)| format!("{}: callers may hand in that one", already_holds(s, id, &held))),
        );
    }
    let example = static_of(s, handle);
    if example.is_some() {
        let or = if lines.is_empty() { "" } else { "or " };
        lines.push(format!("{or}keep it in a `static` with `std::sync::LazyLock`: built on first use, then shared"));
    }
    if lines.is_empty() {
        lines.push(format!("{} and hand it down to {}", make(handle, "at start-up"), s.unit_place(s.user)));
    }
    lines.extend(sharing(handle));
    Advice { lines, example }
}

/// Whether the user is a function of the very type that should be held.
fn makes_itself(s: &Situation<'_, '_>, handle: &Handle) -> bool {
    handle.sharing == Sharing::Reference && s.owner_name(s.user) == handle.name
}

/// A struct of the same crate that holds one.
fn holder(s: &Situation<'_, '_>) -> Option<(TypeId, Held)> {
    let own = s.program.crate_id_of(s.user);
    let ids = (0..u32::try_from(s.program.types.len()).unwrap_or(u32::MAX)).map(TypeId);
    ids.filter(|id| {
        let definition = &s.program.types[id.index()];
        let module = &s.program.modules[definition.module.index()];
        let is_own = definition.name == s.owner_name(s.user).as_str();
        module.krate == own && !module.test && !is_own && matches!(definition.kind, TypeKind::Struct(_))
    })
    .find_map(|id| Some((id, field_in(s, id)?)))
}
