//! The blocking calls of a unit, whoever runs it.
//!
//! In: units. Out: [`Call`]s of client libraries that block the thread, in the order of evaluation.

use crate::catalog::FileId;
use crate::catalog::model::TypeRole;
use crate::facts::{Body, Expr, ExprId, Name};
use crate::finding::Resource;
use crate::link::{Program, Target, Ty, UnitId, UnitKind};
use crate::rules::context::Context;

/// A call that blocks.
pub(super) struct Call {
    pub(super) unit: UnitId,
    pub(super) expr: ExprId,
    /// Canonical path.
    pub(super) path: Name,
    pub(super) file: FileId,
    pub(super) family: String,
    pub(super) resource: Resource,
    /// What to use in asynchronous code.
    pub(super) twin: Option<String>,
}

/// The functions that may make such calls, prepared.
pub(super) fn units(context: Context<'_, '_>) -> Vec<UnitId> {
    let program = context.program;
    // Connections come from anywhere, and any method on one blocks: the names alone count.
    let clues = program.catalog.clues(|call| program.catalog.blocks(call));
    let mut units = context.flow.units_mentioning(clues.iter().map(|clue| &clue.name));
    units.retain(|unit| matches!(program.unit(*unit).kind, UnitKind::Function(_)));
    program.prepare(&units);
    units
}

/// The blocking calls of a unit, as they stand.
pub(super) fn calls_of(program: &Program<'_>, unit: UnitId) -> Vec<Call> {
    let Some(body) = program.body(unit) else { return Vec::new() };
    let types = program.types(unit);
    let mut found: Vec<Call> = body
        .ids()
        .filter(|id| !body.is_awaited(*id))
        .filter_map(|id| match types.targets.get(&id) {
            Some(Target::Library { call, sure: true }) if program.catalog.blocks(call) => {
                let resource = call.fact.makes.unwrap_or(Resource::Connection);
                let own = program.catalog.file(call.file).family.clone();
                let family = receiver(body, id)
                    .and_then(|receiver| family_through(program, types.ty(receiver)))
                    .or(own)
                    .or_else(|| program.family_of(types.ty(id)))
                    .unwrap_or_default();
                let of_type = || receiver(body, id).and_then(|receiver| twin_of(program, types.ty(receiver)));
                let twin = call.fact.twin.clone().or_else(of_type);
                Some(Call { unit, expr: id, path: call.path.clone(), file: call.file, family, resource, twin })
            }
            None => command(program, unit, id),
            Some(_) => None,
        })
        .collect();
    // In the order in which they are evaluated.
    found.sort_by_key(|call| (body.node(call.expr).span.end, call.expr));
    found
}

/// A method that the catalogue doesn't know, on a synchronous connection: a command.
fn command(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<Call> {
    let body = program.body(unit)?;
    let Expr::Method { receiver, name, .. } = body.expr(expr) else { return None };
    let ty = program.types(unit).ty(*receiver);
    program.autoderef(ty).iter().find_map(|step| {
        let Ty::External(path, _) = step else { return None };
        let info = program.catalog.type_info(path)?;
        let is_connection = info.fact.blocking && info.fact.role == TypeRole::Connection;
        is_connection.then(|| Call {
            unit,
            expr,
            path: format!("{path}::{name}").into(),
            file: info.file,
            family: program.family_of(step).unwrap_or_default(),
            resource: Resource::Connection,
            twin: info.fact.twin.clone(),
        })
    })
}

fn receiver(body: &Body, call: ExprId) -> Option<ExprId> {
    match body.expr(call) {
        Expr::Method { receiver, .. } => Some(*receiver),
        _ => None,
    }
}

fn family_through(program: &Program<'_>, ty: &Ty) -> Option<String> {
    program.autoderef(ty).iter().find_map(|step| program.family_of(step))
}

/// What to use in place of a synchronous type.
fn twin_of(program: &Program<'_>, ty: &Ty) -> Option<String> {
    program.autoderef(ty).iter().find_map(|step| match step {
        Ty::External(path, _) => program.catalog.type_info(path)?.fact.twin.clone(),
        _ => None,
    })
}
