//! `locked-connection`: requests queue at a lock around a connection that everybody could have a clone of.
//!
//! In: every call that takes a lock for one holder alone. Out: a finding at the lock's declaration, where what it guards is
//! a handle of a client library and a command on it is awaited while the lock is held.

use super::construction::{Context, family_title};
use super::help::family_of;
use super::judge::{Draft, Judge, Place, Rule};
use crate::catalog::model::{Carry, CloneKind, ShareKind, TypeRole};
use crate::catalog::{CallRef, FileId};
use crate::facts::{Body, Expr, ExprId, Name, PatId, Stmt};
use crate::finding::{Confidence, Related, Resource};
use crate::flow::Frequency;
use crate::link::{BodyTypes, Def, Program, Target, Ty, TypeId, TypeKind, UnitId, UnitKind};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "locked-connection", judge };

/// Types within types, and variables that stand for the guard, are followed this far.
const MAX_DEPTH: usize = 4;

/// Where a lock is taken.
struct Taken {
    unit: UnitId,
    /// The call.
    expr: ExprId,
    /// The lock.
    receiver: ExprId,
    /// Its type.
    ty: Ty,
    /// What it guards.
    inner: Ty,
    /// The call gives a future.
    is_async: bool,
}

/// A handle behind a lock.
#[derive(Clone)]
struct Handle {
    path: Name,
    file: FileId,
    family: String,
    resource: Resource,
    clones: bool,
    /// Calls that end it: no commands.
    ends: Vec<String>,
}

/// What a lock guards.
enum Guarded {
    /// A handle that needs no lock.
    Handle(Handle),
    /// A handle that does, or more than a handle: why.
    Rightly(&'static str),
    /// Something else.
    Other,
}

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    let names = program.catalog.locking_names();
    let mut guilty = Vec::new();
    for unit in program.unit_ids() {
        let Some(body) = program.body(unit) else { continue };
        if !body.mentions.iter().any(|name| names.contains(name)) || !context.flow.in_scope(unit) {
            continue;
        }
        for taken in body.ids().filter_map(|expr| taken(program, unit, expr)) {
            let place = || Place::of_expr(program, unit, taken.expr);
            match guarded(program, &taken.inner, 0) {
                Guarded::Other => {}
                Guarded::Rightly(why) => judge.acquit(place, || why.to_owned()),
                Guarded::Handle(handle) => match held_over(program, &taken, &handle) {
                    None => judge.acquit(place, || "no command is awaited while it is held".to_owned()),
                    Some(at) => guilty.push((taken, handle, at)),
                },
            }
        }
    }
    let known = context.flow.frequencies(guilty.iter().map(|(taken, ..)| taken.unit));
    for (taken, handle, at) in &guilty {
        let inner = context.flow.context(taken.unit, taken.expr);
        let frequency = match inner.root {
            Some((hit, _)) => hit.frequency,
            None => known.of(taken.unit).map(|entry| entry.frequency),
        };
        let is_once = frequency.is_none_or(|frequency| frequency <= Frequency::Once);
        if is_once && !context.flow.goes_on(taken.unit, taken.expr) {
            judge.acquit(|| Place::of_expr(program, taken.unit, taken.expr), || "only at start-up".to_owned());
        } else {
            judge.report(draft(context, taken, handle, *at));
        }
    }
}

/// A call that takes a lock.
fn taken(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<Taken> {
    let types = program.types(unit);
    let Target::Library { call, sure: true } = types.targets.get(&expr)? else { return None };
    call.fact.locks.then_some(())?;
    let Expr::Method { receiver, .. } = program.body(unit)?.expr(expr) else { return None };
    let ty = program.autoderef(types.ty(*receiver)).into_iter().find(|step| is_of(call, step))?;
    let Ty::External(_, args) = &ty else { return None };
    let inner = args.first()?.clone();
    Some(Taken { unit, expr, receiver: *receiver, ty, inner, is_async: call.fact.is_async })
}

fn is_of(call: &CallRef, ty: &Ty) -> bool {
    let Ty::External(path, _) = ty else { return false };
    call.path.rsplit_once("::").is_some_and(|(owner, _)| owner == path.as_str())
}

fn guarded(program: &Program<'_>, ty: &Ty, depth: usize) -> Guarded {
    if depth > MAX_DEPTH {
        return Guarded::Other;
    }
    match ty {
        Ty::External(path, args) => {
            let Some(info) = program.catalog.type_info(path) else { return Guarded::Other };
            match info.fact.role {
                TypeRole::Wrapper => match program.deref(ty) {
                    Some(inner) => guarded(program, &inner, depth + 1),
                    None => Guarded::Other,
                },
                TypeRole::Outcome | TypeRole::Cell | TypeRole::Container => {
                    let holds = args.iter().any(|arg| !matches!(guarded(program, arg, depth + 1), Guarded::Other));
                    if holds { Guarded::Rightly("a slot that is filled and emptied") } else { Guarded::Other }
                }
                TypeRole::Client | TypeRole::Pool | TypeRole::Connection => of_handle(program, ty),
                _ => Guarded::Other,
            }
        }
        Ty::Local(id, args) => of_own(program, *id, args, depth),
        _ => Guarded::Other,
    }
}

fn of_handle(program: &Program<'_>, ty: &Ty) -> Guarded {
    let Ty::External(path, _) = ty else { return Guarded::Other };
    let Some(info) = program.catalog.type_info(path) else { return Guarded::Other };
    let fact = &info.fact;
    let resource = match fact.role {
        TypeRole::Client => Resource::Client,
        TypeRole::Pool => Resource::Pool,
        _ => Resource::Connection,
    };
    if fact.share == Some(ShareKind::Lock) {
        return Guarded::Rightly("its methods need it for themselves: a lock is the way to share it");
    }
    if fact.blocking {
        return Guarded::Rightly("a synchronous handle: nothing is awaited on it");
    }
    let clones = match fact.clone {
        Some(CloneKind::Shared) => true,
        Some(CloneKind::None) if fact.share == Some(ShareKind::Direct) => true,
        Some(CloneKind::None) if fact.role == TypeRole::Connection => false,
        _ => return Guarded::Rightly("no connection stands behind it"),
    };
    Guarded::Handle(Handle {
        path: path.clone(),
        file: info.file,
        family: family_of(program, ty).unwrap_or_default(),
        resource,
        clones,
        ends: fact.close.iter().flat_map(|close| close.methods.clone()).collect(),
    })
}

/// A struct around a handle; an enum of handles.
fn of_own(program: &Program<'_>, id: TypeId, args: &[Ty], depth: usize) -> Guarded {
    let of_fields = |generics, fields: &[crate::facts::FieldDef]| -> (Option<Handle>, Option<&'static str>) {
        let (mut handle, mut why) = (None, None);
        for field in fields {
            let ty = program.member_type(id, generics, field, args);
            match guarded(program, &ty, depth + 1) {
                Guarded::Handle(found) => handle = handle.or(Some(found)),
                Guarded::Rightly(reason) => why = why.or(Some(reason)),
                Guarded::Other if is_state(program, &ty) => why = why.or(Some(OTHER_STATE)),
                Guarded::Other => {}
            }
        }
        (handle, why)
    };
    match program.types[id.index()].kind {
        TypeKind::Struct(item) => match of_fields(&item.generics, &item.fields) {
            (None, _) => Guarded::Other,
            (Some(_), Some(why)) => Guarded::Rightly(why),
            (Some(_), None) if assigns(program, id) => Guarded::Rightly(OTHER_STATE),
            (Some(handle), None) => Guarded::Handle(handle),
        },
        TypeKind::Enum(item) => {
            let variants: Vec<_> =
                item.variants.iter().map(|variant| of_fields(&item.generics, &variant.fields)).collect();
            match variants.iter().find_map(|(handle, _)| handle.clone()) {
                None => Guarded::Other,
                Some(_) if variants.iter().any(|(handle, why)| handle.is_none() || why.is_some()) => {
                    Guarded::Rightly("not every variant is a handle")
                }
                Some(handle) => Guarded::Handle(handle),
            }
        }
        TypeKind::Alias(..) => Guarded::Other,
    }
}

const OTHER_STATE: &str = "the lock guards other state as well";

/// Whether values of a type are there to be changed.
fn is_state(program: &Program<'_>, ty: &Ty) -> bool {
    let Ty::External(path, _) = ty else { return false };
    program
        .catalog
        .type_info(path)
        .is_some_and(|info| matches!(info.fact.role, TypeRole::Container | TypeRole::Outcome | TypeRole::Cell))
}

/// Whether a method of a type assigns to one of its fields.
fn assigns(program: &Program<'_>, id: TypeId) -> bool {
    let impls = program.impls_of_type.get(&id).into_iter().flatten();
    impls.flat_map(|id| program.impls[id.index()].functions.values()).any(|unit| {
        let Some(body) = program.body(*unit) else { return false };
        body.exprs.iter().any(|node| {
            let Expr::Assign(left, _) = &node.expr else { return false };
            let Expr::Field { base, .. } = body.expr(*left) else { return false };
            matches!(body.expr(*base), Expr::Path(path) if path.single().is_some_and(|name| name == "self"))
        })
    })
}

/// A call awaited while the lock is held.
fn held_over(program: &Program<'_>, taken: &Taken, handle: &Handle) -> Option<ExprId> {
    let body = program.body(taken.unit)?;
    let under = Under { program, body, types: program.types(taken.unit), handle };
    let mut at = taken.expr;
    if taken.is_async {
        at = body.parent(at)?;
        matches!(body.expr(at), Expr::Await(_)).then_some(())?;
    }
    under.awaited(at, 0)
}

struct Under<'u, 'f> {
    program: &'u Program<'f>,
    body: &'u Body,
    types: &'u BodyTypes,
    handle: &'u Handle,
}

impl Under<'_, '_> {
    /// What is awaited of the guard at `at`, or of a variable that it is bound to.
    fn awaited(&self, at: ExprId, depth: usize) -> Option<ExprId> {
        let body = self.body;
        let mut at = at;
        // Still the guard, or borrowed from it.
        let mut is_guard = true;
        loop {
            let parent = body.parent(at)?;
            match body.expr(parent) {
                Expr::Await(_) => return (!is_guard).then_some(parent),
                Expr::Ref(_) | Expr::Deref(_) | Expr::Try(_) | Expr::Field { .. } | Expr::Index { .. } => {}
                Expr::Method { receiver, name, .. } if *receiver == at => {
                    if name == "clone" || self.handle.ends.iter().any(|end| end == name) {
                        return None;
                    }
                    is_guard &= self.is_same(parent);
                }
                Expr::Method { args, .. } | Expr::Call { args, .. } if args.contains(&at) => is_guard = false,
                Expr::Block(stmts) if is_guard => {
                    let pat = stmts.iter().find_map(|stmt| match stmt {
                        Stmt::Let { pat, init, .. } if *init == Some(at) => Some(*pat),
                        _ => None,
                    })?;
                    return self.through(pat, depth);
                }
                Expr::Let(pat, _) if is_guard => return self.through(*pat, depth),
                Expr::Match { scrutinee, arms } if is_guard && *scrutinee == at => {
                    return arms.iter().find_map(|(pat, _, _)| self.through(*pat, depth));
                }
                _ => return None,
            }
            at = parent;
        }
    }

    /// Whether a call gives what it is called on (`unwrap`), rather than something that a client makes (a request).
    fn is_same(&self, call: ExprId) -> bool {
        let Some(Target::Library { call, .. }) = self.types.targets.get(&call) else { return false };
        let packages = &self.program.catalog.file(call.file).packages;
        let is_client = packages.iter().any(|package| self.program.catalog.is_client_package(package));
        call.fact.carry == Some(Carry::Same) && !call.fact.is_async && !is_client
    }

    fn through(&self, pat: PatId, depth: usize) -> Option<ExprId> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let variables = self.body.binds_of(pat);
        let uses = variables.iter().filter_map(|variable| self.types.uses.get(variable)).flatten();
        uses.copied().find_map(|used| self.awaited(used, depth + 1))
    }
}

/// Where a lock is declared: its field or static, where it is made, else where it is taken.
fn declaration(context: Context<'_, '_>, taken: &Taken) -> Place {
    declared(context.program, taken.unit, taken.receiver, 0)
        .or_else(|| made(context, taken))
        .unwrap_or_else(|| Place::of_expr(context.program, taken.unit, taken.expr))
}

fn declared(program: &Program<'_>, unit: UnitId, expr: ExprId, depth: usize) -> Option<Place> {
    let body = program.body(unit)?;
    let types = program.types(unit);
    match body.expr(expr) {
        Expr::Ref(of) | Expr::Deref(of) => declared(program, unit, *of, depth),
        Expr::Method { receiver, name, .. } if name == "clone" => declared(program, unit, *receiver, depth),
        Expr::Call { args, .. } if args.len() == 1 => declared(program, unit, args[0], depth),
        Expr::Field { base, name } => program.autoderef(types.ty(*base)).into_iter().find_map(|step| {
            let Ty::Local(id, _) = step else { return None };
            let TypeKind::Struct(item) = program.types[id.index()].kind else { return None };
            let field = item.fields.iter().find(|field| &field.name == name)?;
            Some(Place::in_type(program, id, field.span))
        }),
        Expr::Path(_) => match types.values.get(&expr) {
            Some(Def::Unit(id)) if matches!(program.unit(*id).kind, UnitKind::Static(_)) => {
                Some(Place::in_unit(program, *id, program.unit(*id).span))
            }
            Some(_) => None,
            None if depth < MAX_DEPTH => {
                let init = body.initialiser_of(*types.locals.get(&expr)?)?;
                declared(program, unit, init, depth + 1)
            }
            None => None,
        },
        _ => None,
    }
}

/// The first place that makes a lock of this type, in the same crate if there is one.
fn made(context: Context<'_, '_>, taken: &Taken) -> Option<Place> {
    let program = context.program;
    let krate = |unit: UnitId| program.modules[program.unit(unit).module.index()].krate;
    let own = krate(taken.unit);
    let mut found = None;
    for unit in program.unit_ids().filter(|unit| context.flow.in_scope(*unit)) {
        if found.is_some() && krate(unit) != own {
            continue;
        }
        let Some(body) = program.body(unit) else { continue };
        if !body.mentions("new") {
            continue;
        }
        let types = program.types(unit);
        let makes = |id: &ExprId| {
            let made = matches!(body.expr(*id), Expr::Call { .. }) && *types.ty(*id) == taken.ty;
            made && matches!(types.targets.get(id), Some(Target::Library { .. }))
        };
        if let Some(at) = body.ids().find(makes) {
            let place = Place::of_expr(program, unit, at);
            if krate(unit) == own {
                return Some(place);
            }
            found = Some(place);
        }
    }
    found
}

fn draft(context: Context<'_, '_>, taken: &Taken, handle: &Handle, at: ExprId) -> Draft {
    let program = context.program;
    let title = family_title(program, &handle.family, handle.file);
    let thing = handle.resource.name();
    let held = Place::of_expr(program, taken.unit, at).location;
    let locked = Place::of_expr(program, taken.unit, taken.expr).location;
    let help = if handle.clones {
        "keep it without the lock and give each user a clone: clones share the connection"
    } else {
        "replace it by a handle that multiplexes, cloned for each user, or by a pool"
    };
    Draft {
        place: declaration(context, taken),
        confidence: Confidence::High,
        message: format!("every {title} command waits for a lock around one {thing}"),
        resource: handle.resource,
        family: handle.family.clone(),
        call: handle.path.to_string(),
        chain: Vec::new(),
        what: format!("a lock around `{}`", handle.path),
        related: vec![
            Related { location: locked, message: "it is locked here".to_owned() },
            Related { location: held, message: "and held while this is awaited".to_owned() },
        ],
        help: vec![help.to_owned()],
        example: None,
    }
}
