//! Advice by the framework's state: what it holds already, or could.
//!
//! In: a situation whose root a framework calls. Out: advice that names the state type, where it is made and registered, and
//! how the handler takes it.

use super::advice::{Advice, in_signature};
use super::example::{Example, Take};
use super::handle::{Handle, snake_case};
use super::project::{Project, constructor_of, extractions_of};
use super::reach::{Held, held_by, local_of};
use super::situation::Situation;
use super::startup::{at_start, mains};
use super::statics::static_of;
use super::template::Template;
use super::words::{already_holds, borrowed, is_mutable, is_word, make, sharing, usage, variable};
use crate::catalog::last_segment;
use crate::facts::{Expr, ExprId};
use crate::link::{Ty, TypeId, TypeKind, UnitId};

/// A state type as a handler takes it.
pub(super) struct State<'c> {
    template: Template<'c>,
    /// The type.
    pub(super) id: TypeId,
    ty: Ty,
    /// The type as written in parameters: `Arc<AppState>`.
    written: String,
    /// The handler's variable, when it takes it already.
    variable: Option<String>,
}

/// The state of the handler, or the handler itself, holds one already.
pub(super) fn held<'c>(s: &Situation<'c, '_>, project: &Project<'c>) -> Option<Advice> {
    let root = s.handler.or(s.closure.map(|(unit, _)| unit))?;
    if let Some(handler) = s.handler.filter(|handler| *handler != s.user)
        && let Some((base, held)) = in_signature(s, handler)
    {
        let usage = held.usage(&base);
        let first = match held.owner {
            Some(owner) => already_holds(s, owner, &held),
            None => format!("{} already has `{}` in `{base}`", s.unit_place(handler), held.written),
        };
        let down = format!(
            "hand `{}` from {} down to `{}`",
            borrowed(&usage),
            s.unit_place(handler),
            s.program.display_name(s.user)
        );
        return Some(Advice { lines: vec![first, down], example: None });
    }
    let states = states_of(s, project, root);
    let (state, held) = states.into_iter().find_map(|state| {
        let found = held_by(s, root, &state.ty).filter(|held| held.owner.is_some())?;
        Some((state, found))
    })?;
    let owner = held.owner?;
    let usage = held.usage(&state.template.base(&state.written, state.variable.as_deref()));
    let lines =
        [Some(already_holds(s, owner, &held)), take_line(s, &state, &usage, "")].into_iter().flatten().collect();
    Some(Advice { lines, example: example_of_use(s, &state, &held, usage) })
}

/// The line that says how the handler gets at it, and hands it on; `then`: it is not there yet.
fn take_line(s: &Situation<'_, '_>, state: &State<'_>, usage: &str, then: &str) -> Option<String> {
    let at_home = s.handler == Some(s.user) || s.closure.is_some_and(|(unit, _)| unit == s.user);
    let user = s.program.display_name(s.user);
    let place = match (s.handler, s.closure) {
        (Some(handler), _) if !s.is_fixed(handler) => s.unit_place(handler),
        (None, Some((unit, at))) if is_closure(s, unit, at) => format!("the closure ({})", s.expr_place(unit, at)),
        _ if at_home => return None,
        _ => {
            return Some(format!("{then}hand it down to {}", s.unit_place(s.user)));
        }
    };
    let hand = format!("hand `{}` to `{user}`", borrowed(usage));
    Some(match (&state.variable, at_home) {
        (Some(_), true) => format!("{then}use `{usage}` in {place}"),
        (Some(_), false) => format!("{then}{hand} from {place}"),
        (None, _) => {
            let parameter = state.template.parameter(&state.written, None);
            let what = if at_home { format!("use `{usage}`") } else { hand };
            format!("{then}take `{parameter}` in {place} and {what}")
        }
    })
}

fn is_closure(s: &Situation<'_, '_>, unit: UnitId, at: ExprId) -> bool {
    s.program.body(unit).is_some_and(|body| matches!(body.expr(at), Expr::Closure(_)))
}

fn example_of_use(s: &Situation<'_, '_>, state: &State<'_>, held: &Held, usage: String) -> Option<Example> {
    let parameter = state.template.parameter(&state.written, state.variable.as_deref());
    let take = take_of(s, parameter, borrowed(&usage))?;
    let mutable = held.usage("").contains('(');
    Some(Example::Use(Take { variable: held.field().to_owned(), mutable, ..take }))
}

/// The handler with the parameter that takes state.
fn take_of(s: &Situation<'_, '_>, parameter: String, usage: String) -> Option<Take> {
    let handler = s.handler.filter(|handler| !s.is_fixed(*handler) && *handler == s.user)?;
    let is_async = s.program.unit(handler).function().is_some_and(|function| function.is_async);
    let function = s.program.unit(handler).name.to_string();
    Some(Take { function, is_async, parameter, usage, variable: String::new(), mutable: false })
}

/// No state holds one: where to make it, and where to keep it.
pub(super) fn kept<'c>(s: &Situation<'c, '_>, project: &Project<'c>, handle: &Handle) -> Option<Advice> {
    let root = s.handler.or(s.closure.map(|(unit, _)| unit))?;
    let states = states_of(s, project, root);
    let only = states.len() == 1;
    match states.into_iter().find(|state| is_common(s, state.id, only && is_registered(s, project, state.id))) {
        Some(state) => Some(kept_in(s, project, handle, &state)),
        None => registered(s, project, handle, root),
    }
}

/// Names of types that hold whatever handlers share, in part.
const COMMON: [&str; 9] = ["state", "context", "ctx", "appdata", "shared", "services", "globals", "deps", "env"];

fn is_registered<'c>(s: &Situation<'c, '_>, project: &Project<'c>, id: TypeId) -> bool {
    project.registrations(s.program).iter().any(|found| found.ty == id)
}

/// Whether a state type holds many things, rather than being one of them.
fn is_common(s: &Situation<'_, '_>, id: TypeId, only: bool) -> bool {
    let definition = &s.program.types[id.index()];
    let TypeKind::Struct(item) = definition.kind else { return false };
    let name = definition.name.to_lowercase();
    let named = item.fields.first().is_none_or(|field| field.name.parse::<usize>().is_err());
    named && (COMMON.iter().any(|word| name.contains(word)) || (only && item.fields.len() > 2))
}

/// A name for a new field of a struct: the handle's, or its type's where that is taken.
fn free_field(s: &Situation<'_, '_>, id: TypeId, handle: &Handle) -> String {
    let TypeKind::Struct(item) = s.program.types[id.index()].kind else { return handle.field.clone() };
    let taken = |name: &str| item.fields.iter().any(|field| field.name == name);
    let by_type = snake_case(last_segment(&handle.name));
    let names = [handle.field.clone(), by_type, format!("shared_{}", handle.field)];
    names.into_iter().find(|name| !taken(name)).unwrap_or_else(|| handle.field.clone())
}

/// In a state type of the project.
fn kept_in<'c>(s: &Situation<'c, '_>, project: &Project<'c>, handle: &Handle, state: &State<'c>) -> Advice {
    let place = s.type_place(state.id);
    let name = &s.program.types[state.id.index()].name;
    let made = at_start(s, project);
    let made_type = made.as_ref().map(|made| made.handle.clone());
    let handle = made_type.as_ref().unwrap_or(handle);
    let start = constructor_of(s.program, state.id).or_else(|| mains(s, project).first().copied());
    let start = start.map_or_else(|| "at start-up".to_owned(), |start| s.unit_place(start));
    let (first, what) = match &made {
        Some(made) => (made.line(s), "a clone of it"),
        None => (make(handle, &start), "it"),
    };
    let registration = project.registrations(s.program).iter().find(|found| found.ty == state.id);
    let handed = registration.and_then(|found| {
        let short = project.frameworks(s.program)[found.framework].template.register_short()?;
        Some(format!(", which `{short}` ({}:{}) hands out", s.program.file_name(found.unit), found.line))
    });
    let keep = format!("keep {what} in {place}{}", handed.unwrap_or_default());
    let field = &free_field(s, state.id, handle);
    let base = state.template.base(&state.written, state.variable.as_deref());
    let use_it = usage(handle, &format!("{base}.{field}"));
    let take = take_line(s, state, &use_it, "then ");
    let example = handle.code.as_ref().and_then(|ty| {
        let parameter = state.template.parameter(&state.written, state.variable.as_deref());
        let take = take_of(s, parameter, borrowed(&use_it))?;
        Some(Example::Keep {
            owner: name.to_string(),
            field: field.clone(),
            ty: ty.clone(),
            take: Take { variable: variable(handle, field), mutable: is_mutable(handle), ..take },
        })
    });
    Advice { lines: [Some(first), Some(keep), take, sharing(handle)].into_iter().flatten().collect(), example }
}

/// No state type is seen: the general form for the framework.
fn registered<'c>(s: &Situation<'c, '_>, project: &Project<'c>, handle: &Handle, root: UnitId) -> Option<Advice> {
    let way = *project.ways(s.program, root, &s.framework).first()?;
    let template = project.frameworks(s.program)[way].template;
    let field = &handle.field;
    let main = mains(s, project).first().copied();
    let place = main.map_or_else(|| "at start-up".to_owned(), |main| s.unit_place(main));
    let make = format!("{} and register it with `{}`", make(handle, &place), template.register(field));
    let ty = handle.code.as_deref().unwrap_or(&handle.name);
    // A parameter that is the framework's own keeps its name.
    let name = Some(field.as_str()).filter(|_| template.takes_type());
    let base = template.base(ty, name);
    let parameter = template.parameter(ty, name);
    let given = given_by(&template, handle, &base, ty);
    let take = s.handler.filter(|handler| !s.is_fixed(*handler) && !is_word(ty)).map(|handler| {
        let to = match (s.handler == Some(s.user), given == *field) {
            (true, true) => String::new(),
            (true, false) => format!(" and use `{given}`"),
            (false, _) if given.contains("::clone(") => {
                format!(" and hand a clone to `{}`", s.program.display_name(s.user))
            }
            (false, _) => format!(" and hand `{}` to `{}`", borrowed(&given), s.program.display_name(s.user)),
        };
        format!("take `{parameter}` in {}{to}", s.unit_place(handler))
    });
    let fallback = static_of(s, handle);
    let line = fallback
        .as_ref()
        .map(|_| "or keep it in a `static` with `std::sync::LazyLock`, which needs no state".to_owned());
    let example = fallback.or_else(|| {
        handle.code.as_ref()?;
        let take = take_of(s, parameter, borrowed(&given))?;
        Some(Example::Use(Take { variable: variable(handle, field), mutable: is_mutable(handle), ..take }))
    });
    Some(Advice { lines: [Some(make), take, line, sharing(handle)].into_iter().flatten().collect(), example })
}

/// The expression that gives the handle when it is the state itself. A wrapper around it (`Data<T>`) is not to be cloned in
/// its place.
fn given_by(template: &Template<'_>, handle: &Handle, base: &str, ty: &str) -> String {
    let given = usage(handle, base);
    if given.ends_with(".clone()") && !template.unwraps() { format!("{ty}::clone(&{base})") } else { given }
}

/// The state types for a handler: what it takes itself, then those of its crate, the most used first.
pub(super) fn states_of<'c>(s: &Situation<'c, '_>, project: &Project<'c>, root: UnitId) -> Vec<State<'c>> {
    let all = project.frameworks(s.program);
    let ways = project.ways(s.program, root, &s.framework);
    let mut states = Vec::new();
    for found in extractions_of(s.program, all, root) {
        if let Some((id, _)) = local_of(s, &found.ty) {
            let template = all[found.framework].template;
            let written = if found.written.is_empty() { name_of(s, id) } else { found.written };
            states.push(State { template, id, ty: found.ty, written, variable: Some(found.variable) });
        }
    }
    let mut counts: Vec<(usize, State<'c>)> = Vec::new();
    let mut count = |template: Template<'c>, id: TypeId, ty: &Ty, written: String| match counts
        .iter_mut()
        .find(|(_, state)| state.id == id)
    {
        Some((count, _)) => *count += 1,
        None => counts.push((1, State { template, id, ty: ty.clone(), written, variable: None })),
    };
    for (unit, found) in project.extractions(s.program) {
        let near = s.program.crate_of(*unit).root == s.program.crate_of(root).root;
        if near
            && ways.contains(&found.framework)
            && let Some((id, _)) = local_of(s, &found.ty)
        {
            let written = if found.written.is_empty() { name_of(s, id) } else { found.written.clone() };
            count(all[found.framework].template, id, &found.ty, written);
        }
    }
    for found in project.registrations(s.program) {
        let module = s.program.types[found.ty.index()].module;
        if ways.contains(&found.framework) && s.sees_crate(root, module) {
            count(all[found.framework].template, found.ty, &Ty::Local(found.ty, Vec::new()), name_of(s, found.ty));
        }
    }
    counts.sort_by_key(|(count, state)| (std::cmp::Reverse(*count), state.id));
    states.extend(counts.into_iter().map(|(_, state)| state));
    states
}

fn name_of(s: &Situation<'_, '_>, id: TypeId) -> String {
    s.program.types[id.index()].name.to_string()
}
