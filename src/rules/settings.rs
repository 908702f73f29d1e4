//! What is set on the way of a construction.
//!
//! In: a construction. Out: [`Settings`]: every call and field of a library that its builder, its configuration or its
//! manager came by: in the chain, along variables, in functions that make them, in callers that hand them over. What lies
//! beyond (a field, a file that is read) is not seen; then nothing is known.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::last_segment;
use crate::catalog::model::TypeRole;
use crate::facts::{Body, Expr, ExprId, Name, PatId};
use crate::flow::Analysis;
use crate::link::{Def, Program, ReferenceKind, Target, Ty, UnitId};

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Canonical paths of calls, and of fields by their types, with what is given to them.
    known: FxHashMap<Name, Vec<(UnitId, ExprId)>>,
    /// Names of methods and fields of what has no known type.
    loose: FxHashMap<Name, Vec<(UnitId, ExprId)>>,
    /// Some of it comes from where nobody sees.
    pub(super) hidden: bool,
}

/// Functions that make a setting are followed this far, as are callers that hand it over.
const MAX_DEPTH: usize = 3;

impl Settings {
    /// The settings of a construction.
    pub(super) fn of(program: &Program<'_>, analysis: &Analysis) -> Settings {
        let site = &analysis.site;
        let library = site.call.path.split("::").next().unwrap_or_default();
        let (found, seen, scanned) = (Settings::default(), FxHashSet::default(), FxHashSet::default());
        let mut walk = Walk { program, library, found, seen, scanned };
        walk.found.known.entry(site.call.path.clone()).or_default();
        walk.value(site.unit, site.expr, 0);
        walk.found
    }

    /// Whether one of these functions, methods or fields was used.
    pub(super) fn has(&self, program: &Program<'_>, set_by: &[String]) -> bool {
        set_by.iter().any(|path| {
            self.known.contains_key(&program.catalog.canonical(path)) || self.loose.contains_key(last_segment(path))
        })
    }

    /// What these functions, methods and fields were given: all arguments, in the order of `set_by`.
    pub(super) fn given(&self, program: &Program<'_>, set_by: &[String]) -> Vec<(UnitId, ExprId)> {
        let of = |path: &String| {
            let known = self.known.get(&program.catalog.canonical(path));
            known.into_iter().chain(self.loose.get(last_segment(path))).flatten().copied()
        };
        set_by.iter().flat_map(of).collect()
    }
}

struct Walk<'a, 'f> {
    program: &'a Program<'f>,
    /// The library of the construction.
    library: &'a str,
    found: Settings,
    seen: FxHashSet<(UnitId, ExprId)>,
    scanned: FxHashSet<UnitId>,
}

impl Walk<'_, '_> {
    /// Where the value of an expression comes from.
    fn value(&mut self, unit: UnitId, id: ExprId, depth: usize) {
        if !self.seen.insert((unit, id)) {
            return;
        }
        let Some(body) = self.program.body(unit) else { return };
        self.note(unit, body, id);
        match body.expr(id) {
            Expr::Path(_) => self.path(unit, body, id, depth),
            Expr::Field { base, .. } => {
                // A field of a setting that is made here is part of it; another one was put there by somebody else.
                match self.is_setting(self.program.types(unit).ty(*base)) {
                    true => self.value(unit, *base, depth),
                    false => self.found.hidden |= self.is_setting(self.program.types(unit).ty(id)),
                }
            }
            inner => {
                if let Some(Target::Units { units, .. }) = self.program.types(unit).targets.get(&id) {
                    units.iter().for_each(|unit| self.scan(*unit, depth + 1));
                }
                inner.for_each_child(|child| self.value(unit, child, depth));
            }
        }
    }

    /// What a single expression sets.
    fn note(&mut self, unit: UnitId, body: &Body, id: ExprId) {
        let types = self.program.types(unit);
        let called = match types.targets.get(&id) {
            Some(Target::Library { call, .. }) => Some(call.path.clone()),
            Some(Target::Foreign(path)) => Some(self.program.catalog.canonical(path)),
            _ => None,
        };
        let own = matches!(types.targets.get(&id), Some(Target::Units { .. }));
        let all = |args: &[ExprId]| args.iter().map(|arg| (unit, *arg)).collect::<Vec<_>>();
        match body.expr(id) {
            Expr::Call { args, .. } => {
                called.into_iter().for_each(|path| put(&mut self.found.known, path, &all(args)));
            }
            Expr::Method { receiver, name, args, .. } if !own => {
                self.member(types.ty(*receiver), name, &all(args));
                called.into_iter().for_each(|path| put(&mut self.found.known, path, &all(args)));
            }
            Expr::Struct { fields, .. } => {
                let ty = types.ty(id).clone();
                fields.iter().for_each(|(name, value)| self.member(&ty, name, &[(unit, *value)]));
            }
            Expr::Assign(left, right) => {
                if let Expr::Field { base, name } = body.expr(*left) {
                    self.member(types.ty(*base), name, &[(unit, *right)]);
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, of: &Ty, name: &Name, given: &[(UnitId, ExprId)]) {
        let steps = self.program.autoderef(of);
        if steps.iter().any(Ty::is_nameless) {
            put(&mut self.found.loose, name.clone(), given);
        }
        for step in steps {
            if let Ty::External(path, _) = step {
                let path = self.program.catalog.canonical(&format!("{path}::{name}"));
                put(&mut self.found.known, path, given);
            }
        }
    }

    fn path(&mut self, unit: UnitId, body: &Body, id: ExprId, depth: usize) {
        let types = self.program.types(unit);
        if let Some(Def::Unit(of)) = types.values.get(&id) {
            self.scan(*of, depth + 1);
        }
        let Some(variable) = types.locals.get(&id) else {
            self.found.hidden |= self.is_setting(types.ty(id));
            return;
        };
        let is_setting = self.is_setting(types.ty(id));
        match body.initialiser_of(*variable) {
            Some(init) => self.value(unit, init, depth),
            None => self.parameter(unit, *variable, is_setting, depth),
        }
        if is_setting || types.ty(id).is_nameless() {
            for used in types.uses.get(variable).into_iter().flatten() {
                self.used(unit, body, *used, depth);
            }
        }
    }

    /// What is done to a variable: methods called on it, fields set, functions that change it.
    fn used(&mut self, unit: UnitId, body: &Body, used: ExprId, depth: usize) {
        let mut at = used;
        while let Some(parent) = body.parent(at) {
            match body.expr(parent) {
                Expr::Method { receiver, .. } if *receiver == at => self.note(unit, body, parent),
                Expr::Assign(left, right) if *left == at => {
                    self.note(unit, body, parent);
                    self.value(unit, *right, depth);
                    return;
                }
                Expr::Call { .. } | Expr::Method { .. } => {
                    if let Some(Target::Units { units, .. }) = self.program.types(unit).targets.get(&parent) {
                        units.iter().for_each(|unit| self.scan(*unit, depth + 1));
                    }
                    return;
                }
                Expr::Field { .. } | Expr::Ref(_) | Expr::Deref(_) | Expr::Try(_) | Expr::Index { .. } => {}
                _ => return,
            }
            at = parent;
        }
    }

    /// A setting that the callers hand over.
    fn parameter(&mut self, unit: UnitId, variable: PatId, is_setting: bool, depth: usize) {
        let Some(function) = self.program.unit(unit).function() else { return };
        let Some(index) = function.params.iter().position(|param| param.pat == Some(variable)) else { return };
        if !is_setting {
            return;
        }
        let calls = self.program.references(unit).into_iter().filter(|of| of.kind == ReferenceKind::Call);
        let calls: Vec<_> = calls.collect();
        if calls.is_empty() || depth >= MAX_DEPTH {
            self.found.hidden = true;
            return;
        }
        for reference in calls {
            let Some(body) = self.program.body(reference.unit) else { continue };
            let (Expr::Call { args, .. } | Expr::Method { args, .. }) = body.expr(reference.expr) else { continue };
            match args.get(index) {
                Some(arg) => self.value(reference.unit, *arg, depth + 1),
                None => self.found.hidden = true,
            }
        }
    }

    /// Everything that a function which makes or changes a setting does.
    fn scan(&mut self, unit: UnitId, depth: usize) {
        if depth > MAX_DEPTH || !self.scanned.insert(unit) {
            return;
        }
        let Some(body) = self.program.body(unit) else { return };
        for id in body.ids() {
            self.note(unit, body, id);
            if let Some(Target::Units { units, .. }) = self.program.types(unit).targets.get(&id) {
                units.iter().for_each(|unit| self.scan(*unit, depth + 1));
            }
        }
    }

    /// A type that is there to hold settings, or of which nothing is known but that it is of the construction's library.
    fn is_setting(&self, ty: &Ty) -> bool {
        let is_unknown = |path: &Name| {
            self.program.catalog.type_info(path).is_none() && path.split("::").next() == Some(self.library)
        };
        self.program.autoderef(ty).iter().any(|step| match step {
            Ty::External(path, _) => is_setting(self.program, path) || is_unknown(path),
            _ => false,
        })
    }
}

/// Adds what is given to a setter to what was given to it before.
fn put(known: &mut FxHashMap<Name, Vec<(UnitId, ExprId)>>, path: Name, given: &[(UnitId, ExprId)]) {
    let list = known.entry(path).or_default();
    for value in given {
        if !list.contains(value) {
            list.push(*value);
        }
    }
}

/// Whether a canonical path is of a type that holds settings before something is made of them.
pub(super) fn is_setting(program: &Program<'_>, path: &str) -> bool {
    let roles = [TypeRole::Builder, TypeRole::Config, TypeRole::Manager];
    roles.into_iter().any(|role| program.catalog.has_role(path, role))
}

/// The canonical path of the type that a construction gives.
pub(super) fn type_built(program: &Program<'_>, analysis: &Analysis) -> Option<Name> {
    let site = &analysis.site;
    let mut ty = program.types(site.unit).ty(site.expr).clone();
    if let Some(awaited) = program.awaited(&ty) {
        ty = awaited;
    }
    if let Some(inner) = program.outcome_inner(&ty) {
        ty = inner;
    }
    match ty {
        Ty::External(path, _) => Some(path),
        Ty::Tuple(parts) => parts.into_iter().find_map(|part| match part {
            Ty::External(path, _) => Some(path),
            _ => None,
        }),
        _ => declared(program, analysis),
    }
}

/// The same by what the catalogue says of the call, where the arguments tell no more.
fn declared(program: &Program<'_>, analysis: &Analysis) -> Option<Name> {
    use crate::facts::TypeRef;
    let mut ty = analysis.site.call.returns.as_ref()?;
    loop {
        let TypeRef::Path(path) = ty else { return None };
        let known = program.catalog.canonical(&path.text());
        if program.catalog.type_info(&known).is_some() {
            return Some(known);
        }
        ty = path.segments.last()?.args.first()?;
    }
}

/// A setter as it is shown: its type and name.
pub(super) fn shown(path: &str) -> String {
    let parts: Vec<&str> = path.rsplit("::").take(2).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("::")
}

/// Whether a unit calls a method on a value of this type, or of a type that isn't known.
pub(super) fn calls_on(program: &Program<'_>, unit: UnitId, owner: &str, name: &str) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let types = program.types(unit);
    body.ids().any(|id| match body.expr(id) {
        Expr::Method { receiver, name: called, .. } if called == name => {
            !matches!(types.targets.get(&id), Some(Target::Units { .. }))
                && program.autoderef(types.ty(*receiver)).iter().any(|step| match step {
                    Ty::External(path, _) => path == owner,
                    step => step.is_nameless(),
                })
        }
        _ => false,
    })
}
