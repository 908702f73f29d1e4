//! `unmonitored-pool`: a pool that the process lives with, and whose figures nobody reads.
//!
//! In: the pools built at start-up, and every call that tells the figures of a pool or listens to its events. Out: one
//! finding per process and family, at the first of its pools, when the process has no such call for that kind of pool.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::built::{Built, built, name_of};
use super::construction::thing;
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use super::processes::crates_beside;
use crate::catalog::model::TypeFact;
use crate::facts::{Body, Expr, ExprId, Name};
use crate::finding::{Confidence, Resource};
use crate::link::{BodyTypes, CrateId, Program, Target, Ty, UnitId, UnitKind};

const NO_FIGURES: &str = "its library tells no figures";

/// The rule.
pub(super) const RULE: Rule = Rule { id: "unmonitored-pool", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    let calls = observing_calls(context);
    let mut by_process = FxHashMap::default();
    let mut said = BTreeSet::new();
    for built in built(context).iter().filter(|built| built.analysis.site.resource == Resource::Pool) {
        let site = &built.analysis.site;
        let place = || Place::in_unit(program, site.unit, site.span);
        let fact = program.catalog.made_type(&site.call).map(|info| &info.fact);
        let near =
            by_process.entry(built.process).or_insert_with(|| calls.near(&crates_beside(program, built.process)));
        match fact.map_or(Err(NO_FIGURES), |fact| watched(program, fact, near)) {
            Err(why) => judge.acquit(place, || why.to_owned()),
            Ok(fact) if said.insert((built.process, built.family().to_owned())) => {
                judge.report(draft(context, built, fact));
            }
            Ok(_) => judge.acquit(place, || "another pool of this process stands for it".to_owned()),
        }
    }
}

/// The facts of a pool that nobody watches; else why there is nothing to say.
fn watched<'f>(program: &Program<'_>, fact: &'f TypeFact, calls: &Near) -> Result<&'f TypeFact, &'static str> {
    let exports = |to: &String| {
        let mut packages = program.discovery.packages.iter();
        packages.any(|package| package.dependencies.iter().any(|dependency| dependency.package == *to))
    };
    let is_read =
        |path: &String| calls.sure.contains(path.as_str()) || calls.loose.contains(crate::catalog::last_segment(path));
    if fact.observed_by.is_empty() {
        Err(NO_FIGURES)
    } else if fact.observed_by.iter().any(is_read) {
        Err("its figures are read")
    } else if fact.exports_to.as_ref().is_some_and(exports) {
        Err("its library exports its figures")
    } else {
        Ok(fact)
    }
}

/// What is called that tells the figures of pools, with the crate that calls it.
#[derive(Default)]
struct Observing {
    /// Canonical paths of methods.
    sure: FxHashSet<(CrateId, Name)>,
    /// Names of methods that are called on something of unknown type, called a pool.
    loose: FxHashSet<(CrateId, Name)>,
}

/// What one process calls of it.
struct Near {
    sure: FxHashSet<Name>,
    loose: FxHashSet<Name>,
}

fn observing_calls(context: Context<'_, '_>) -> Observing {
    let program = context.program;
    let names = program.catalog.observing_names();
    let mut found = Observing::default();
    let units = context.flow.units_mentioning(&names);
    program.prepare(&units);
    for unit in units {
        let ids = program.body(unit).into_iter().flat_map(Body::ids);
        ids.for_each(|id| found.add(program, unit, id, &names));
    }
    found
}

impl Observing {
    fn add(&mut self, program: &Program<'_>, unit: UnitId, id: ExprId, names: &FxHashSet<Name>) {
        let Some(body) = program.body(unit) else { return };
        let types = program.types(unit);
        let krate = program.crate_id_of(unit);
        match body.expr(id) {
            Expr::Method { receiver, name, .. } if names.contains(name) => {
                let paths = program.autoderef(types.ty(*receiver)).into_iter();
                self.sure.extend(paths.filter_map(|ty| Some((krate, method_path(&ty, name)?))));
                if types.ty(*receiver).is_nameless() && is_called_pool(body, *receiver) {
                    self.loose.insert((krate, name.clone()));
                }
            }
            Expr::Call { .. } => self.sure.extend(called(types, id).map(|path| (krate, path))),
            _ => {}
        }
    }

    /// What these crates call.
    fn near(&self, crates: &BTreeSet<CrateId>) -> Near {
        let of = |all: &FxHashSet<(CrateId, Name)>| {
            all.iter().filter(|(krate, _)| crates.contains(krate)).map(|(_, name)| name.clone()).collect()
        };
        Near { sure: of(&self.sure), loose: of(&self.loose) }
    }
}

fn method_path(ty: &Ty, name: &str) -> Option<Name> {
    let Ty::External(path, _) = ty else { return None };
    Some(format!("{path}::{name}").into())
}

fn called(types: &BodyTypes, call: ExprId) -> Option<Name> {
    match types.targets.get(&call)? {
        Target::Library { call, .. } => Some(call.path.clone()),
        Target::Foreign(path) => Some(path.clone()),
        _ => None,
    }
}

/// Whether an expression's last name says that it is a pool.
fn is_called_pool(body: &Body, expr: ExprId) -> bool {
    let name = match body.expr(expr) {
        Expr::Path(path) => path.last(),
        Expr::Field { name, .. } | Expr::Method { name, .. } => Some(name),
        Expr::Call { callee, .. } => return is_called_pool(body, *callee),
        _ => None,
    };
    name.is_some_and(|name| name.to_lowercase().contains(Resource::Pool.name()))
}

fn draft(context: Context<'_, '_>, built: &Built<'_>, fact: &TypeFact) -> Draft {
    let program = context.program;
    let site = &built.analysis.site;
    let what = thing(program, built.analysis);
    let confidence = if built.is_sure(context) { Confidence::High } else { Confidence::Medium };
    let message = format!("{what} whose figures nothing reads");
    let mut draft = Draft::of_site(program, site, confidence, message, format!("builds it with `{}`", site.call.path));
    let (end, _) = built.end.place();
    let name = match program.unit(end).kind {
        UnitKind::Static(_) => program.unit(end).name.to_string(),
        UnitKind::Function(_) => name_of(program, site.unit, site.expr, site.resource),
    };
    let call = fact.observed_by.first().map_or("", |path| crate::catalog::last_segment(path));
    draft.help.push(format!(
        "read `{name}.{call}()` where the process reports its metrics or its health: connections in use, idle, and how long callers wait"
    ));
    draft
}
