//! What is put into the fields of the program's structs, and into the containers that stand there.

use crate::facts::{Body, Expr, ExprId, Name};
use crate::flow::query::Flow;
use crate::link::{Def, Target, Ty, TypeId, TypeKind, UnitId, UnitKind};

/// Variables that hold a guard or a reference are followed this far.
const MAX_DEPTH: usize = 4;

/// Something with a name that outlives the call of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// A field of a struct of the program.
    Field(TypeId, Name),
    /// A static.
    Static(UnitId),
}

/// The slot that an expression names, through locks, guards and the variables that hold them.
pub(in crate::flow) fn slot_of(flow: &Flow<'_, '_>, unit: UnitId, expr: ExprId, depth: usize) -> Option<Slot> {
    let body = flow.program.body(unit)?;
    let types = flow.program.types(unit);
    match body.expr(expr) {
        Expr::Ref(inner) | Expr::Deref(inner) | Expr::Await(inner) | Expr::Try(inner) => {
            slot_of(flow, unit, *inner, depth)
        }
        Expr::Method { receiver, .. } => slot_of(flow, unit, *receiver, depth),
        Expr::Field { base, name } => {
            owner_of(flow, types.ty(*base), name).map(|owner| Slot::Field(owner, name.clone()))
        }
        Expr::Path(_) => match types.values.get(&expr) {
            Some(Def::Unit(id)) if matches!(flow.program.unit(*id).kind, UnitKind::Static(_)) => {
                Some(Slot::Static(*id))
            }
            Some(_) => None,
            None if depth < MAX_DEPTH => {
                slot_of(flow, unit, body.initialiser_of(*types.locals.get(&expr)?)?, depth + 1)
            }
            None => None,
        },
        _ => None,
    }
}

/// Every value that code in scope puts into the container in a slot (`insert`, `push`): the last argument.
pub(super) fn values_put(flow: &Flow<'_, '_>, slot: &Slot) -> Vec<(UnitId, ExprId)> {
    let mut found = Vec::new();
    let may_keep = flow.program.units_mentioning(flow.program.catalog.keeper_names());
    let names = names_of_slot(flow, slot);
    let may_name = |unit: &UnitId| names.iter().any(|name| flow.program.unit(*unit).may_mention(name));
    for unit in may_keep.into_iter().filter(|unit| may_name(unit) && flow.in_scope(*unit)) {
        let Some(body) = flow.program.body(unit) else { continue };
        found.extend(body.ids().filter_map(|id| match body.expr(id) {
            Expr::Method { receiver, name, args, .. } if flow.program.catalog.is_keeper_name(name) => {
                let value = *args.last()?;
                (slot_of(flow, unit, *receiver, 0).as_ref() == Some(slot)).then_some((unit, value))
            }
            _ => None,
        }));
    }
    found
}

/// By which names a body can get at what is in a slot.
pub(in crate::flow) fn names_of_slot(flow: &Flow<'_, '_>, slot: &Slot) -> Vec<Name> {
    match slot {
        Slot::Field(_, name) => vec![name.clone()],
        Slot::Static(id) => flow.program.spellings_of(&flow.program.unit(*id).name),
    }
}

/// The program's struct that has this field, looked for through wrappers.
pub(super) fn owner_of(flow: &Flow<'_, '_>, base: &Ty, name: &Name) -> Option<TypeId> {
    flow.program.autoderef(base).into_iter().find_map(|step| {
        let Ty::Local(id, _) = step else { return None };
        let TypeKind::Struct(item) = flow.program.types[id.index()].kind else { return None };
        item.fields.iter().any(|field| &field.name == name).then_some(id)
    })
}

/// Every value that code in scope puts into a field: by a literal, a tuple struct's constructor, an assignment.
pub(super) fn values_of(flow: &Flow<'_, '_>, owner: TypeId, name: &Name) -> Vec<(UnitId, ExprId)> {
    let mut found = Vec::new();
    // Fields of tuple structs are given by position: their names stand nowhere.
    let is_named = name.parse::<usize>().is_err();
    let units: Vec<UnitId> = match is_named {
        true => flow.program.units_mentioning([name]),
        false => flow.program.units_mentioning(&names_of(flow, owner)),
    };
    for unit in units {
        let Some(body) = flow.program.body(unit) else { continue };
        let given: Vec<(ExprId, Given)> =
            body.ids().filter_map(|id| given(body, id, name).map(|given| (id, given))).collect();
        if given.is_empty() || !flow.in_scope(unit) {
            continue;
        }
        let types = flow.program.types(unit);
        let is_owner = |ty: &Ty| matches!(ty, Ty::Local(id, _) if *id == owner);
        found.extend(given.into_iter().filter_map(|(id, given)| match given {
            Given::Literal(value) => is_owner(types.ty(id)).then_some((unit, value)),
            Given::Positional(value) => {
                let constructs = matches!(types.targets.get(&id), Some(Target::Constructor));
                (constructs && is_owner(types.ty(id))).then_some((unit, value))
            }
            Given::Assigned(base, value) => {
                (owner_of(flow, types.ty(base), name) == Some(owner)).then_some((unit, value))
            }
        }));
    }
    found
}

/// By which names a body can construct values of a type.
fn names_of(flow: &Flow<'_, '_>, owner: TypeId) -> Vec<Name> {
    let mut names = flow.program.spellings_of(&flow.program.types[owner.index()].name);
    names.push(Name::from("Self"));
    names
}

/// A value that an expression may put into a field of some name.
enum Given {
    Literal(ExprId),
    Positional(ExprId),
    /// Of what, and the value.
    Assigned(ExprId, ExprId),
}

fn given(body: &Body, id: ExprId, name: &Name) -> Option<Given> {
    match body.expr(id) {
        Expr::Struct { fields, .. } => {
            fields.iter().find(|(field, _)| field == name).map(|(_, value)| Given::Literal(*value))
        }
        Expr::Call { args, .. } => args.get(name.parse::<usize>().ok()?).copied().map(Given::Positional),
        Expr::Assign(left, value) => match body.expr(*left) {
            Expr::Field { base, name: field } if field == name => Some(Given::Assigned(*base, *value)),
            _ => None,
        },
        _ => None,
    }
}
