//! Calls that close, and calls that leave something behind to be lost.
//!
//! In: the program. Out: [`Closings`]: for each type with a closing call, which constructions are closed.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::model::{CloseFact, CloseNeed};
use crate::facts::{Body, Expr, ExprId, Name};
use crate::flow::{Analysis, Leg, Origin, Source};
use crate::link::{Program, Ty, UnitId};
use crate::rules::context::Context;

/// Canonical path of the type that a construction gives.
pub(super) fn made_type(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<String> {
    let ty = program.types(unit).ty(expr);
    let ty = program.awaited(ty).unwrap_or_else(|| ty.clone());
    let ty = program.outcome_inner(&ty).unwrap_or(ty);
    match ty {
        Ty::External(path, _) => Some(path.to_string()),
        _ => None,
    }
}

/// What is closed of one type.
#[derive(Debug, Default)]
struct Closed {
    /// These constructions.
    made: FxHashSet<(UnitId, ExprId)>,
    /// These statics, and what they hold.
    statics: FxHashSet<UnitId>,
    /// Something of which nobody knows where it comes from: it may be any.
    any: bool,
}

/// What the program closes.
#[derive(Debug, Default)]
pub(super) struct Closings {
    by_type: BTreeMap<String, Closed>,
    /// Closed, whatever their type is: the receiver's wasn't known.
    made: FxHashSet<(UnitId, ExprId)>,
}

impl Closings {
    /// Every call that closes a value of one of these types, by canonical path, traced back to what it closes.
    pub(super) fn find(context: Context<'_, '_>, wanted: &BTreeSet<&str>) -> Closings {
        let program = context.program;
        let names = closing_names(program, wanted);
        let mut closings = Closings::default();
        for unit in context.flow.units_mentioning(names.keys()) {
            let Some(body) = program.body(unit) else { continue };
            for (subject, name) in body.ids().filter_map(|id| called_on(body, id)) {
                if let Some(paths) = names.get(name) {
                    closings.add(context, unit, subject, paths);
                }
            }
        }
        closings
    }

    fn add(&mut self, context: Context<'_, '_>, unit: UnitId, subject: ExprId, paths: &[String]) {
        let ty = context.program.types(unit).ty(subject);
        let path = type_among(context.program, ty, paths);
        if path.is_none() && !ty.is_nameless() {
            return;
        }
        for origin in context.flow.origins(unit, subject) {
            match (origin.source, &path) {
                (Source::Made(unit, expr), None) => drop(self.made.insert((unit, expr))),
                (_, None) => {}
                (_, Some(path)) => self.by_type.entry(path.clone()).or_default().add(&origin),
            }
        }
    }

    /// Whether what a construction makes is closed, or may be.
    pub(super) fn closes(&self, analysis: &Analysis, path: &str) -> bool {
        let site = (analysis.site.unit, analysis.site.expr);
        let of_type = self.by_type.get(path).is_some_and(|closed| {
            let in_static = closed.statics.contains(&analysis.site.unit)
                || analysis.ends.iter().any(|end| closed.statics.contains(&end.place().0));
            closed.any || closed.made.contains(&site) || in_static
        });
        of_type || self.made.contains(&site)
    }
}

impl Closed {
    fn add(&mut self, origin: &Origin) {
        // What hands out a struct with the value has not made it: what is put into the field has an origin of its own.
        let in_field = origin.way.iter().any(|leg| matches!(leg, Leg::Field(..)));
        match origin.source {
            Source::Static(_) | Source::State(_) if in_field => {}
            Source::Made(unit, expr) => drop(self.made.insert((unit, expr))),
            Source::Static(unit) => drop(self.statics.insert(unit)),
            Source::Unknown | Source::State(_) => self.any = true,
            Source::CheckedOut(..) | Source::Holder => {}
        }
    }
}

/// The types, of those wanted, that a method of each name closes.
fn closing_names(program: &Program<'_>, wanted: &BTreeSet<&str>) -> FxHashMap<Name, Vec<String>> {
    let mut names: FxHashMap<Name, Vec<String>> = FxHashMap::default();
    let facts = wanted.iter().filter_map(|path| program.catalog.type_info(path)).map(|info| &info.fact);
    for fact in facts {
        let Some(close) = &fact.close else { continue };
        if matches!(close.need, CloseNeed::Required | CloseNeed::UnlessProcessWide) {
            for method in &close.methods {
                names.entry(method.as_str().into()).or_default().push(fact.path.clone());
            }
        }
    }
    names
}

/// On what a method is called, also as `Type::method(value)`, and its name.
fn called_on(body: &Body, id: ExprId) -> Option<(ExprId, &Name)> {
    match body.expr(id) {
        Expr::Method { receiver, name, .. } => Some((*receiver, name)),
        Expr::Call { callee, args } => match body.expr(*callee) {
            Expr::Path(path) if path.segments.len() > 1 => Some((*args.first()?, path.last()?)),
            _ => None,
        },
        _ => None,
    }
}

/// The type among `paths` that a type is, or dereferences to.
fn type_among(program: &Program<'_>, ty: &Ty, paths: &[String]) -> Option<String> {
    program.autoderef(ty).iter().find_map(|step| match step {
        Ty::External(path, _) => paths.iter().find(|known| known.as_str() == path.as_str()).cloned(),
        _ => None,
    })
}

/// Whether the program leaves something behind in values of a type that their end would lose.
pub(super) fn loses(context: Context<'_, '_>, path: &str, close: &CloseFact) -> bool {
    if close.loses.is_empty() && close.loses_in_task.is_empty() {
        return true;
    }
    let program = context.program;
    let paths = [path.to_owned()];
    program.unit_ids().filter(|unit| context.flow.in_scope(*unit)).any(|unit| {
        let mut names = close.loses.iter().chain(&close.loses_in_task);
        if !names.any(|name| program.unit(unit).may_mention(name)) {
            return false;
        }
        program.body(unit).is_some_and(|body| {
            body.ids().any(|id| {
                let Some((subject, name)) = called_on(body, id) else { return false };
                let is_lost = close.loses.iter().any(|known| known == name)
                    || (close.loses_in_task.iter().any(|known| known == name) && context.flow.is_in_task(unit, id));
                is_lost && type_among(program, program.types(unit).ty(subject), &paths).is_some()
            })
        })
    })
}
