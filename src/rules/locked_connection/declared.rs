//! Where a lock is declared: the place of the finding.
//!
//! In: where the lock is taken. Out: its field or static; else where it is made; else where it is taken.

use super::taken::Taken;
use crate::facts::{Expr, ExprId};
use crate::link::{Def, Program, Target, Ty, TypeKind, UnitId, UnitKind};
use crate::rules::context::Context;
use crate::rules::judge::Place;

/// Variables that stand for the lock are followed this far.
const MAX_DEPTH: usize = 4;

/// Where a lock is declared: its field or static, where it is made, else where it is taken.
pub(super) fn declaration(context: Context<'_, '_>, taken: &Taken) -> Place {
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
        if !program.unit(unit).may_mention("new") {
            continue;
        }
        let Some(body) = program.body(unit) else { continue };
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
