//! What a lock guards.
//!
//! In: the type inside of the lock. Out: [`Guarded`]: a handle of a client library that needs no lock, what needs one, or
//! something else.

use crate::catalog::FileId;
use crate::catalog::model::{CloneKind, ShareKind, TypeRole};
use crate::facts::{Expr, Name};
use crate::finding::Resource;
use crate::link::{Program, Ty, TypeId, TypeKind};

/// Types within types are followed this far.
const MAX_DEPTH: usize = 4;

/// A handle behind a lock.
#[derive(Clone)]
pub(super) struct Handle {
    pub(super) path: Name,
    pub(super) file: FileId,
    pub(super) family: String,
    pub(super) resource: Resource,
    pub(super) clones: bool,
    /// Calls that end it: no commands.
    pub(super) ends: Vec<String>,
}

/// What a lock guards.
pub(super) enum Guarded {
    /// A handle that needs no lock.
    Handle(Handle),
    /// A handle that does, or more than a handle: why.
    Rightly(&'static str),
    /// Something else.
    Other,
}

pub(super) fn guarded(program: &Program<'_>, ty: &Ty, depth: usize) -> Guarded {
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
    let Some(resource) = fact.role.resource() else { return Guarded::Other };
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
        family: program.family_of(ty).unwrap_or_default(),
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
            body.is_self(*base)
        })
    })
}
