//! The advice for a finding: which of the ways to mend it fits, and its lines.
//!
//! In: a situation. Out: [`Advice`]. Ways in order: a handle at hand; before the loop or the worker's closure; the struct
//! whose method builds it; the framework's state; a parameter or a static.

use super::article;
use super::example::Example;
use super::handle::{Handle, Sharing, wanted};
use super::project::{Project, constructor_of, variable_of};
use super::reach::{Held, Kind, address_in, field_in, held_by, kind_of, local_of};
use super::situation::Situation;
use super::types::plain_result;
use super::{repeat, state};
use crate::facts::{Expr, ExprId, Name};
use crate::finding::Resource;
use crate::flow::{End, Frequency};
use crate::link::{Ty, TypeId, TypeKind, UnitId, UnitKind};

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
pub(super) fn in_signature(s: &Situation<'_, '_>, unit: UnitId) -> Option<(String, Held)> {
    if let Some(held) = s.owner_of(unit).and_then(|owner| held_by(s, unit, &owner)) {
        return Some(("self".to_owned(), held));
    }
    s.program.unit(unit).function()?.params.iter().find_map(|param| {
        let (name, ty) = variable_of(s.program, unit, param.pat?)?;
        Some((name, held_by(s, unit, &ty)?))
    })
}

/// `` `AppState` (src/state.rs:8) already holds a `ConnectionManager` in `redis` ``.
pub(super) fn already_holds(s: &Situation<'_, '_>, owner: TypeId, held: &Held) -> String {
    format!("{} already holds {} in `{}`", s.type_place(owner), with_article(&held.written), held.field())
}

/// `` a `reqwest::Client` ``.
pub(super) fn with_article(name: &str) -> String {
    if name == "pool" { "a pool".to_owned() } else { format!("{} `{name}`", article(name)) }
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
        None => format!(
            "keep {} in a field of {place} and use it in `{}`",
            with_article(&handle.name),
            s.program.display_name(unit)
        ),
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

/// A static holds one.
fn in_static<'c>(s: &Situation<'c, '_>, project: &Project<'c>) -> Option<Advice> {
    let (unit, held) = project.statics(s.program).iter().find_map(|(unit, ty)| {
        let item = s.program.unit(*unit);
        let seen = s.sees_private(s.user, item.module) || (item.public && s.sees_crate(s.user, item.module));
        let held = held_by(s, s.user, ty).filter(|held| held.fields.is_empty() && seen)?;
        Some((*unit, held))
    })?;
    let line = format!(
        "{} already holds {} for the whole process: use it in {}",
        s.unit_place(unit),
        with_article(&held.written),
        s.unit_place(s.user)
    );
    Some(Advice { lines: vec![line], example: None })
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
    } else if !s.is_fixed(s.user) {
        let by = if handle.sharing == Sharing::Clone && handle.resource == Resource::Connection { "" } else { "&" };
        let name = if handle.name == "pool" {
            "a pool".to_owned()
        } else {
            format!("{} `{by}{}`", article(&handle.name), handle.name)
        };
        lines.push(format!("take {name} as a parameter of {}, for its callers to share", s.unit_place(s.user)));
        lines.extend(
            holder(s).map(|(id, held)| format!("{}: callers may hand in that one", already_holds(s, id, &held))),
        );
    }
    let example = static_of(s, handle);
    if example.is_some() {
        let or = if lines.is_empty() { "" } else { "or " };
        lines.push(format!("{or}keep it in a `static` with `std::sync::LazyLock`: built on first use, then shared"));
    }
    lines.extend(sharing(handle));
    Advice { lines, example }
}

/// A struct of the same crate that holds one.
fn holder(s: &Situation<'_, '_>) -> Option<(TypeId, Held)> {
    let own = s.program.modules[s.program.unit(s.user).module.index()].krate;
    let ids = (0..u32::try_from(s.program.types.len()).unwrap_or(u32::MAX)).map(TypeId);
    ids.filter(|id| {
        let definition = &s.program.types[id.index()];
        let module = &s.program.modules[definition.module.index()];
        module.krate == own && !module.test && matches!(definition.kind, TypeKind::Struct(_))
    })
    .find_map(|id| Some((id, field_in(s, id)?)))
}

/// The static for a client that is built without waiting; its initialiser as far as the project's code allows.
pub(super) fn static_of(s: &Situation<'_, '_>, handle: &Handle) -> Option<Example> {
    let shared =
        matches!(handle.sharing, Sharing::Clone | Sharing::Pool(None)) && handle.resource != Resource::Connection;
    let ty = handle.code.clone().filter(|_| shared && !handle.is_async && handle.factory.is_none())?;
    let site = &s.analysis.site;
    let init = match &handle.maker {
        Some(path) if !path.is_empty() => path.clone(),
        Some(_) => return None,
        None => initialiser(s, site.unit, site.expr)?,
    };
    Some(Example::Static { name: handle.field.to_uppercase(), ty, init })
}

/// The flagged call as an initialiser: a path for `Type::new()`, a closure for what needs no variable.
fn initialiser(s: &Situation<'_, '_>, unit: UnitId, expr: ExprId) -> Option<String> {
    let body = s.program.body(unit)?;
    let types = s.program.types(unit);
    let mut stack = vec![expr];
    while let Some(at) = stack.pop() {
        let is_open =
            matches!(body.expr(at), Expr::Closure(_) | Expr::Macro(_) | Expr::Try(_) | Expr::Await(_) | Expr::Unknown);
        let is_self = matches!(body.expr(at), Expr::Path(path) if path.segments.first().is_some_and(|first| first.name == "self"));
        if types.locals.contains_key(&at) || is_open || is_self {
            return None;
        }
        body.expr(at).for_each_child(|child| stack.push(child));
    }
    let text = s.text_of(unit, expr)?;
    let fallible = s.program.outcome_inner(types.ty(expr)).is_some();
    match body.expr(expr) {
        Expr::Call { callee, args } if args.is_empty() && !fallible => s.text_of(unit, *callee).map(str::to_owned),
        _ if fallible => Some(format!("|| {text}.expect(\"the client is built\")")),
        _ => Some(format!("|| {text}")),
    }
}

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
    let starts = super::state::starts(s, project);
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
        near.then(|| Made { unit: site.unit, expr: site.expr, handle: super::handle::of_type(s, &ty) })
    })
}

/// `build it once in ..`, `` open one `ConnectionManager` in .. ``, `` call `make_pool` once in .. ``.
pub(super) fn make(handle: &Handle, place: &str) -> String {
    let place = if place.starts_with('`') { format!("in {place}") } else { place.to_owned() };
    let verb = if handle.resource == Resource::Connection { "open" } else { "build" };
    match (&handle.factory, &handle.maker) {
        (Some(_), _) if handle.sharing == Sharing::Reference => format!("build one `{}` {place}", handle.name),
        (_, Some(_)) if handle.name == "pool" => format!("build a pool once {place}"),
        (_, Some(_)) => format!("{verb} one `{}` {place}", handle.name),
        _ => format!("{verb} it once {place}"),
    }
}

/// How the handle is shared, as the catalogue knows.
pub(super) fn sharing(handle: &Handle) -> Option<String> {
    let with = handle.maker.as_deref().filter(|maker| !maker.is_empty());
    match (&handle.sharing, handle.resource) {
        (Sharing::Clone, Resource::Connection) => Some(match with {
            Some(maker) => format!("open it with `{maker}`; its clones share one connection, so clone it for each use"),
            None => "its clones share one connection, so clone it for each use".to_owned(),
        }),
        (Sharing::Clone, _) => {
            Some(format!("clones of {} share its connections, so one is enough", with_article(&handle.name)))
        }
        (Sharing::Pool(Some(take)), _) => {
            Some(format!("clones of a pool share its connections: take one out with `{take}`"))
        }
        (Sharing::Pool(None), _) => Some("clones of a pool share its connections, so one is enough".to_owned()),
        (Sharing::Arc, _) => Some("it can't be cloned, but an `Arc` of it can".to_owned()),
        (Sharing::Lock, _) => Some("its methods need `&mut self`: share it behind a lock".to_owned()),
        (Sharing::Reference | Sharing::Unknown, _) => None,
    }
}

/// The expression that uses the handle kept at `place`.
pub(super) fn usage(handle: &Handle, place: &str) -> String {
    match (&handle.sharing, handle.resource) {
        (Sharing::Clone, Resource::Connection) | (Sharing::Arc, _) => format!("{place}.clone()"),
        (Sharing::Pool(Some(take)), _) => format!("{place}.{take}"),
        _ => place.to_owned(),
    }
}

/// A use as an argument or initialiser: a place is borrowed.
pub(super) fn borrowed(usage: &str) -> String {
    if usage.ends_with(')') || usage.ends_with("await") { usage.to_owned() } else { format!("&{usage}") }
}

/// The variable that a use is bound to: what comes out of a pool is a connection.
pub(super) fn variable(handle: &Handle, field: &str) -> String {
    if matches!(handle.sharing, Sharing::Pool(Some(_))) { "connection".to_owned() } else { field.to_owned() }
}

/// Whether commands need the handle mutably.
pub(super) fn is_mutable(handle: &Handle) -> bool {
    handle.resource == Resource::Connection || matches!(handle.sharing, Sharing::Pool(Some(_)))
}
