//! What frameworks and the runtime call, and how often.
//!
//! In: a unit, or a function handed to a call. Out: [`RootHit`], told by attributes, traits, parameters, registrations and
//! loops over event sources, as the catalogues say.

use super::context::{called_path, type_paths};
use super::frequency::Frequency;
use crate::catalog::RootRef;
use crate::catalog::model::{RootFact, RootFrequency};
use crate::discover::TargetKind;
use crate::facts::{Attr, Expr, ExprId, Name, Path, TypeRef};
use crate::link::{Def, ModuleId, Owner, Program, ReferenceKind, Target, TraitRef, Ty, UnitId};

/// A root: how often it runs and what to call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootHit {
    /// How often; none for what is no part of the program (tests).
    pub frequency: Option<Frequency>,
    /// What it is, for people: `handler of GET /users/{id}`.
    pub what: String,
    /// Name of the catalogue that says so; empty for `main`.
    pub catalog: String,
    /// It answers HTTP requests under a path of its own.
    pub route: bool,
}

/// The registration of a unit with its framework, where one is seen: it names the route.
#[must_use]
pub fn registration(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    program.references(id).into_iter().filter(|reference| reference.kind == ReferenceKind::Value).find_map(
        |reference| {
            let body = program.body(reference.unit)?;
            handed_root(program, reference.unit, body.parent(reference.expr)?, reference.expr)
        },
    )
}

/// Whether a process starts with a unit.
#[must_use]
pub fn is_start(program: &Program<'_>, id: UnitId) -> bool {
    let (unit, krate) = (program.unit(id), program.crate_of(id));
    if krate.kind != TargetKind::Bin || unit.owner != Owner::Free {
        return false;
    }
    let by_attribute = unit.attrs.iter().find_map(|attr| attribute_root(program, id, attr));
    (unit.name == "main" && krate.root == unit.module)
        || by_attribute.is_some_and(|root| root.frequency == Some(Frequency::Once))
}

/// Whether a framework calls a closure with requests under a path of its own.
#[must_use]
pub fn is_route_closure(program: &Program<'_>, id: UnitId, closure: ExprId) -> bool {
    let parent = program.body(id).and_then(|body| body.parent(closure));
    parent.and_then(|call| handed_root(program, id, call, closure)).is_some_and(|root| root.route)
}

/// Whether a process serves from a call on.
#[must_use]
pub fn serves(program: &Program<'_>, id: UnitId, call: ExprId) -> bool {
    let Some(body) = program.body(id) else { return false };
    let types = program.types(id);
    let paths: Vec<Name> = match (called_path(types, call), body.expr(call)) {
        (Some(path), _) => vec![path],
        (None, Expr::Method { receiver, name, .. }) => {
            let owners = type_paths(program, types.ty(*receiver)).into_iter();
            owners.map(|owner| format!("{owner}::{name}").into()).collect()
        }
        _ => return false,
    };
    paths.iter().any(|path| {
        program.catalog.roots_named(crate::catalog::last_segment(path)).any(|root| {
            let known = &root.fact.callers_of;
            root.fact.serves && known.iter().any(|known| program.catalog.canonical(known) == *path)
        })
    })
}

/// Whether a unit is a root by its own declaration.
#[must_use]
pub fn unit_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let unit = program.unit(id);
    if unit.name == "main" && unit.owner == Owner::Free {
        let krate = program.crate_of(id);
        if krate.root == unit.module && krate.kind != TargetKind::Lib {
            return Some(hit_of(Frequency::Once, "start-up (`main`)"));
        }
    }
    let by_attribute = || unit.attrs.iter().find_map(|attr| attribute_root(program, id, attr));
    named_root(program, id)
        .or_else(by_attribute)
        .or_else(|| owner_attribute_root(program, id))
        .or_else(|| trait_root(program, id))
        .or_else(|| parameter_root(program, id))
}

fn hit_of(frequency: Frequency, what: &str) -> RootHit {
    RootHit { frequency: Some(frequency), what: what.to_owned(), catalog: String::new(), route: false }
}

fn hit(program: &Program<'_>, root: &RootRef, method: &str, arg: Option<&str>) -> RootHit {
    let frequency = match root.fact.frequency {
        RootFrequency::Once => Some(Frequency::Once),
        RootFrequency::PerWorker => Some(Frequency::PerWorker),
        RootFrequency::PerIteration => Some(Frequency::PerIteration),
        RootFrequency::PerRequest => Some(Frequency::PerRequest),
        RootFrequency::OutOfScope => None,
    };
    let catalog = program.catalog.file(root.file).name.clone();
    RootHit { frequency, what: describe(&root.fact.role, method, arg), catalog, route: root.fact.route }
}

/// The methods of RFC 9110 and RFC 5789, as registrations are named by them: `get`, `get_service`, `get_with`.
const HTTP_METHODS: [&str; 9] = ["get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"];

/// Fills `{method}` and `{arg}`; what can't be filled is left out with the words that lead to it.
fn describe(role: &str, method: &str, arg: Option<&str>) -> String {
    let first = method.split('_').next().unwrap_or(method);
    let verb = if HTTP_METHODS.contains(&first) { first } else { method }.to_uppercase();
    let mut text = role.to_owned();
    if text.contains("{arg}") {
        match arg {
            Some(arg) => text = text.replace("{arg}", arg),
            None => {
                text = text.replace("{method} {arg}", "").replace("{arg}", "");
                text = text.trim_end().trim_end_matches(" of").to_owned();
            }
        }
    }
    text.replace("{method}", &verb).trim().to_owned()
}

/// Whether a catalogue's file speaks about the package of a unit.
fn is_active(program: &Program<'_>, unit: UnitId, root: &RootRef) -> bool {
    let packages = &program.catalog.file(root.file).packages;
    let package = program.package_of(unit);
    packages.is_empty()
        || !package.has_manifest
        || package.dependencies.iter().any(|dependency| packages.contains(&dependency.package))
}

fn attribute_root(program: &Program<'_>, id: UnitId, attr: &Attr) -> Option<RootHit> {
    let root = matching_attribute(program, id, attr, |fact| &fact.attributes)?;
    let name = attr.path.last()?;
    // `#[tokio::main]` makes an entry point only of `main`.
    if name == "main" && root.fact.frequency == RootFrequency::Once && program.unit(id).name != "main" {
        return None;
    }
    Some(hit(program, root, name, attr.literals.first().map(Name::as_str)))
}

/// A function that a project's configuration names.
fn named_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let mut candidates = program.catalog.naming_roots().peekable();
    candidates.peek()?;
    program.unit(id).function()?;
    let full = program.full_name(id);
    let root = candidates.find(|root| root.fact.named.iter().any(|pattern| is_named(pattern, &full)))?;
    Some(hit(program, root, "", None))
}

/// The part of a unit that nobody is seen to call, told by its name: a helper of tests.
pub(super) fn uncalled_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let full = program.full_name(id);
    let mut candidates = program.catalog.uncalled_roots();
    let root = candidates.find(|root| root.fact.uncalled.iter().any(|pattern| is_named(pattern, &full)))?;
    Some(hit(program, root, "", None))
}

/// Whether a pattern names a function: segment by segment, `*` for any characters, `**` for any number of segments.
fn is_named(pattern: &str, path: &str) -> bool {
    fn matches(wanted: &[&str], given: &[&str]) -> bool {
        match (wanted.split_first(), given.split_first()) {
            (None, None) => true,
            (Some((&"**", rest)), _) => (0..=given.len()).any(|skipped| matches(rest, &given[skipped..])),
            (Some((first, wanted)), Some((name, given))) => matches_segment(first, name) && matches(wanted, given),
            _ => false,
        }
    }
    let (wanted, given): (Vec<&str>, Vec<&str>) = (pattern.split("::").collect(), path.split("::").collect());
    matches(&wanted, &given)
}

fn matching_attribute<'p>(
    program: &'p Program<'_>,
    id: UnitId,
    attr: &Attr,
    list: fn(&RootFact) -> &Vec<String>,
) -> Option<&'p RootRef> {
    let name = attr.path.last()?;
    let mut candidates = program.catalog.roots_named(name).filter(|root| !list(&root.fact).is_empty()).peekable();
    candidates.peek()?;
    let full = program.full_path(program.unit(id).module, &attr.path);
    candidates.find(|root| {
        let named = list(&root.fact).iter().any(|known| match &full {
            Some(full) => known == full,
            None => crate::catalog::last_segment(known) == name.as_str() && attr.path.segments.len() == 1,
        });
        named && is_active(program, id, root)
    })
}

/// `#[Object] impl Query`, `#[tool_router] impl Tools`.
fn owner_attribute_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let attrs = match program.unit(id).owner {
        Owner::Impl(of) => program.impls[of.index()].attrs,
        Owner::Trait(of) => program.traits[of.index()].attrs,
        Owner::Free => return None,
    };
    let root = attrs.iter().find_map(|attr| matching_attribute(program, id, attr, |fact| &fact.impl_attributes))?;
    Some(hit(program, root, &program.unit(id).name, None))
}

/// A method of an implementation of a trait that the framework calls.
fn trait_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let unit = program.unit(id);
    let Owner::Impl(of) = unit.owner else { return None };
    let definition = &program.impls[of.index()];
    let written = definition.item.of_trait.as_ref()?;
    let full = match &definition.of_trait {
        Some(TraitRef::External(path)) => path.clone(),
        Some(TraitRef::Local(of)) => local_trait_path(program, *of),
        None => program.written_path(definition.module, written),
    };
    let named = program.catalog.roots_named(crate::catalog::last_segment(&full));
    let root = named.chain(program.catalog.pattern_roots()).find(|root| {
        root.fact.traits.iter().any(|(pattern, methods)| {
            matches_pattern(pattern, &full) && (methods.is_empty() || methods.iter().any(|method| *method == unit.name))
        }) && is_active(program, id, root)
    })?;
    Some(hit(program, root, &unit.name, None))
}

fn local_trait_path(program: &Program<'_>, of: crate::link::TraitId) -> Name {
    let definition = &program.traits[of.index()];
    let mut names = vec![definition.name.to_string()];
    let mut module = Some(definition.module);
    while let Some(at) = module {
        let found = &program.modules[at.index()];
        if !found.name.is_empty() {
            names.push(found.name.to_string());
        }
        module = found.parent;
    }
    names.push("crate".to_owned());
    names.reverse();
    names.join("::").into()
}

/// Whether a path matches a pattern: segment by segment, `*` for any characters; a pattern of `*` segments in front matches
/// any number of them.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == path;
    }
    let wanted: Vec<&str> = pattern.split("::").skip_while(|segment| *segment == "*").collect();
    let given: Vec<&str> = path.split("::").collect();
    let Some(skip) = given.len().checked_sub(wanted.len()) else { return false };
    wanted.iter().zip(&given[skip..]).all(|(wanted, given)| matches_segment(wanted, given))
}

fn matches_segment(wanted: &str, given: &str) -> bool {
    match wanted.split_once('*') {
        None => wanted == given,
        Some((front, back)) => {
            given.len() >= front.len() + back.len() && given.starts_with(front) && given.ends_with(back)
        }
    }
}

/// A function that takes what only a framework gives: an extractor, a message.
fn parameter_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let unit = program.unit(id);
    let function = unit.function()?;
    function.body.as_ref()?;
    function.params.iter().find_map(|param| {
        let mut names = Vec::new();
        last_names(&param.ty, &mut names);
        names.iter().find_map(|path| {
            let full = program.full_path(unit.scope, path)?;
            let root = program
                .catalog
                .roots_named(path.last()?)
                .find(|root| root.fact.parameters.iter().any(|known| *known == full) && is_active(program, id, root));
            root.map(|root| hit(program, root, "", None))
        })
    })
}

/// Whether a parameter is one by which a framework hands out shared state.
pub(super) fn is_state_parameter(program: &Program<'_>, unit: UnitId, ty: &TypeRef) -> bool {
    let mut names = Vec::new();
    last_names(ty, &mut names);
    names
        .iter()
        .filter_map(|path| program.full_path(program.unit(unit).scope, path))
        .any(|full| program.catalog.states().any(|(_, state)| program.catalog.canonical(&state.extractor) == full))
}

/// The part of a unit that nobody is seen to call, told by what it calls itself: it runs a server, makes a runtime.
pub(super) fn caller_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let types = program.types(id);
    let mut calls: Vec<ExprId> = types.targets.keys().copied().collect();
    calls.sort_unstable();
    calls.into_iter().find_map(|call| {
        let path = called_path(types, call)?;
        let name = crate::catalog::last_segment(&path);
        let root = program.catalog.roots_named(name).find(|root| {
            root.fact.callers_of.iter().any(|known| program.catalog.canonical(known) == path)
                && is_active(program, id, root)
        })?;
        Some(hit(program, root, name, None))
    })
}

/// The part of a unit that nobody is seen to call, told by its form: a constructor, a method that uses its object up, a
/// function that never returns. They run once for each object or process, which is all that can be said.
pub(super) fn lifecycle_root(program: &Program<'_>, id: UnitId) -> Option<RootHit> {
    let unit = program.unit(id);
    let function = unit.function()?;
    let result = program.result_type(id);
    let result = program.awaited(&result).unwrap_or(result);
    let result = program.outcome_inner(&result).unwrap_or(result);
    let steps = program.autoderef(&result);
    if steps.iter().any(|step| matches!(step, Ty::External(path, _) if path == "std::convert::Infallible")) {
        return Some(hit_of(Frequency::Once, "runs for ever"));
    }
    let Owner::Impl(of) = unit.owner else { return None };
    let definition = &program.impls[of.index()];
    match &function.receiver {
        None => {
            let Ty::Local(own, _) = &definition.self_ty else { return None };
            let makes_own = steps.iter().any(|step| matches!(step, Ty::Local(made, _) if made == own));
            makes_own.then(|| hit_of(Frequency::Once, "constructor that nobody is seen to call"))
        }
        Some(receiver) => {
            let uses_up = !receiver.by_ref && definition.item.of_trait.is_none();
            uses_up.then(|| hit_of(Frequency::Once, "uses its object up; nobody is seen to call it"))
        }
    }
}

/// Paths of the named types in a type.
fn last_names<'t>(ty: &'t TypeRef, into: &mut Vec<&'t Path>) {
    match ty {
        TypeRef::Path(path) => {
            into.push(path);
            path.segments.iter().flat_map(|segment| &segment.args).for_each(|arg| last_names(arg, into));
        }
        TypeRef::Ref(inner) | TypeRef::Slice(inner) => last_names(inner, into),
        TypeRef::Tuple(parts) => parts.iter().for_each(|part| last_names(part, into)),
        _ => {}
    }
}

/// The framework's part in a function that is an argument of `call`, or stands in a macro.
pub(super) fn handed_root(program: &Program<'_>, unit: UnitId, call: ExprId, argument: ExprId) -> Option<RootHit> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    match body.expr(call) {
        Expr::Macro(found) => {
            let name = found.path.last()?;
            let root = program.catalog.roots_named(name).find(|root| {
                root.fact.macros.iter().any(|known| crate::catalog::last_segment(known) == name.as_str())
                    && is_active(program, unit, root)
            })?;
            Some(hit(program, root, "", None))
        }
        Expr::Call { args, .. } => {
            let index = args.iter().position(|arg| *arg == argument)?;
            let path = called_path(types, call)?;
            let name = crate::catalog::last_segment(&path);
            let root = program.catalog.roots_named(name).find(|root| {
                root.fact.functions.iter().any(|known| program.catalog.canonical(known) == path)
                    && root.fact.arg.is_none_or(|wanted| wanted == index)
                    && is_active(program, unit, root)
            })?;
            Some(hit(program, root, name, route_of(program, unit, call).as_deref()))
        }
        Expr::Method { receiver, name, args, .. } => {
            let index = args.iter().position(|arg| *arg == argument)?;
            let ty = types.ty(*receiver);
            let paths = type_paths(program, ty);
            let names_function = is_function_like(body.expr(argument), types, argument);
            let root = program.catalog.roots_named(name).find(|root| {
                let on = root.fact.on.iter().any(|on| paths.iter().any(|path| path == on));
                let loosely = root.fact.loose && paths.is_empty() && is_open(ty) && names_function;
                root.fact.methods.iter().any(|known| known == name)
                    && (on || loosely)
                    && root.fact.arg.is_none_or(|wanted| wanted == index)
                    && is_active(program, unit, root)
            })?;
            Some(hit(program, root, name, route_of(program, unit, call).as_deref()))
        }
        _ => None,
    }
}

/// Nothing that would speak against a loose match is known of the type.
fn is_open(ty: &Ty) -> bool {
    matches!(ty, Ty::Unknown | Ty::Foreign | Ty::Object(_) | Ty::Param(..) | Ty::Callable(_) | Ty::Function(_))
}

fn is_function_like(expr: &Expr, types: &crate::link::BodyTypes, id: ExprId) -> bool {
    match expr {
        Expr::Closure(_) => true,
        Expr::Path(_) => {
            matches!(types.functions.get(&id), Some(Target::Units { .. }))
                || matches!(types.values.get(&id), Some(Def::Unit(_)))
        }
        _ => false,
    }
}

/// The route that a registration is for: a string literal among its arguments or those of the calls around it.
fn route_of(program: &Program<'_>, unit: UnitId, call: ExprId) -> Option<String> {
    let body = program.body(unit)?;
    for at in body.ancestors(call).take(5) {
        if let Expr::Call { args, .. } | Expr::Method { args, .. } = body.expr(at) {
            for arg in args {
                if let Expr::Str(text) = body.expr(*arg) {
                    return Some(text.to_string());
                }
            }
        }
        // `web::resource("/x").route(web::get().to(h))`: the literal is on the receiver's side.
        let mut receiver = at;
        while let Expr::Method { receiver: inner, .. } = body.expr(receiver) {
            receiver = *inner;
        }
        if let Expr::Call { args, .. } = body.expr(receiver)
            && let Some(Expr::Str(text)) = args.first().map(|arg| body.expr(*arg))
        {
            return Some(text.to_string());
        }
    }
    None
}

/// A loop over what a framework delivers: messages, events.
pub(super) fn loop_root(program: &Program<'_>, unit: UnitId, around: ExprId) -> Option<RootHit> {
    let body = program.body(unit)?;
    let Expr::Loop { head, body: inside, .. } = body.expr(around) else { return None };
    let mut found = None;
    let mut stack: Vec<ExprId> = head.iter().copied().chain([*inside]).collect();
    while let Some(at) = stack.pop() {
        match body.expr(at) {
            Expr::Method { receiver, name, .. } => {
                found = found.or_else(|| source_root(program, unit, *receiver, name));
            }
            Expr::Loop { .. } | Expr::Closure(_) | Expr::Async(_) => continue,
            _ => {}
        }
        body.expr(at).for_each_child(|child| stack.push(child));
    }
    found
}

fn source_root(program: &Program<'_>, unit: UnitId, receiver: ExprId, name: &Name) -> Option<RootHit> {
    let mut candidates = program.catalog.roots_named(name).filter(|root| !root.fact.loop_over.is_empty()).peekable();
    candidates.peek()?;
    let paths = type_paths(program, program.types(unit).ty(receiver));
    let root = candidates.find(|root| {
        root.fact.loop_over.iter().any(|known| {
            known
                .rsplit_once("::")
                .is_some_and(|(owner, method)| method == name.as_str() && paths.iter().any(|path| path == owner))
        }) && is_active(program, unit, root)
    })?;
    Some(hit(program, root, name, None))
}

impl Program<'_> {
    /// The canonical path of an attribute or type as written, when imports tell it.
    pub(crate) fn full_path(&self, module: ModuleId, path: &Path) -> Option<Name> {
        match self.resolve_external(module, path) {
            Some(found) => Some(found),
            None if path.segments.len() > 1 => Some(self.catalog.canonical(&path.text())),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{describe, is_named};

    #[test]
    fn functions_are_named_by_patterns() {
        let names = |pattern| {
            let all = ["app::a", "app::routes::list", "app::routes::v1::list", "app::Routes::list_all", "other::a"];
            all.into_iter().filter(|path| is_named(pattern, path)).collect::<Vec<_>>()
        };
        assert_eq!(names("app::a"), ["app::a"]);
        assert_eq!(names("app::routes::*"), ["app::routes::list"]);
        assert_eq!(names("app::*::list*"), ["app::routes::list", "app::Routes::list_all"]);
        assert_eq!(names("app::**::list"), ["app::routes::list", "app::routes::v1::list"]);
        assert_eq!(names("**::a"), ["app::a", "other::a"]);
        assert_eq!(names("app::**").len(), 4);
        assert!(names("app").is_empty() && names("a").is_empty());
    }

    #[test]
    fn roles_name_the_verb() {
        let role = "handler of {method} {arg}";
        assert_eq!(describe(role, "get", Some("/a")), "handler of GET /a");
        assert_eq!(describe(role, "delete_with", Some("/a")), "handler of DELETE /a");
        assert_eq!(describe(role, "get_service", None), "handler");
        assert_eq!(describe("handler of {method}", "any_service", None), "handler of ANY_SERVICE");
    }
}
