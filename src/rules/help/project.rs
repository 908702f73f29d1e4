//! Places of the project that any help may name: where state is registered, which functions take it, where it starts.
//!
//! In: the program. Out: [`Project`], worked out once for all findings, when the first one asks.

use std::cell::{OnceCell, RefCell};

use rustc_hash::{FxHashMap, FxHashSet};

use super::template::Template;
use crate::catalog::model::StateFact;
use crate::discover::{Package, TargetKind};
use crate::facts::{Expr, ExprId, Pat, PatId, TypeRef};
use crate::link::{Owner, Program, Ty, TypeId, TypeKind, UnitId, UnitKind};

/// No chain of callers is followed further.
const MAX_UNITS: usize = 400;

/// A framework's way of keeping state.
#[derive(Debug)]
pub(in crate::rules) struct Framework<'c> {
    /// Its catalogue's name.
    pub(in crate::rules) name: &'c str,
    /// Packages of which a package must have one.
    pub(in crate::rules) packages: &'c [String],
    /// The facts.
    pub(in crate::rules) template: Template<'c>,
}

impl Framework<'_> {
    /// Whether a package uses it.
    fn is_of(&self, package: &Package) -> bool {
        package.dependencies.iter().any(|dependency| self.packages.contains(&dependency.package))
    }
}

/// A call that registers state.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Registration {
    /// Index of the framework's way.
    pub(in crate::rules) framework: usize,
    /// Where.
    pub(in crate::rules) unit: UnitId,
    /// Its line.
    pub(in crate::rules) line: u32,
    /// The type registered.
    pub(in crate::rules) ty: TypeId,
}

/// A function's parameter that takes state.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Extraction {
    /// Index of the framework's way.
    pub(in crate::rules) framework: usize,
    /// The variable.
    pub(in crate::rules) variable: String,
    /// The type taken.
    pub(in crate::rules) ty: Ty,
    /// The type's name as written in the parameter, wrappers included; empty when it is not written.
    pub(in crate::rules) written: String,
}

/// What is known of the project as a whole.
#[derive(Default)]
pub(in crate::rules) struct Project<'c> {
    frameworks: OnceCell<Vec<Framework<'c>>>,
    registrations: OnceCell<Vec<Registration>>,
    extractions: OnceCell<Vec<(UnitId, Extraction)>>,
    statics: OnceCell<Vec<(UnitId, Ty)>>,
    mains: RefCell<FxHashMap<UnitId, Option<UnitId>>>,
}

impl<'c> Project<'c> {
    /// How the known frameworks keep state.
    pub(in crate::rules) fn frameworks(&self, program: &'c Program<'_>) -> &[Framework<'c>] {
        self.frameworks.get_or_init(|| {
            let states = program.catalog.states();
            states
                .map(|(file, fact): (_, &StateFact)| Framework {
                    name: &file.name,
                    packages: &file.packages,
                    template: Template::of(fact),
                })
                .collect()
        })
    }

    /// Indices of the ways of one framework, or of those whose packages a unit's package has.
    pub(in crate::rules) fn ways(&self, program: &'c Program<'_>, unit: UnitId, framework: &str) -> Vec<usize> {
        let all = self.frameworks(program);
        let package = program.package_of(unit);
        let has = |way: &Framework<'_>| way.is_of(package);
        let named: Vec<usize> = (0..all.len()).filter(|index| all[*index].name == framework).collect();
        if named.is_empty() { (0..all.len()).filter(|index| has(&all[*index])).collect() } else { named }
    }

    /// Every call that registers state.
    pub(in crate::rules) fn registrations(&self, program: &'c Program<'_>) -> &[Registration] {
        self.registrations.get_or_init(|| {
            let mut found = Vec::new();
            for (index, way) in self.frameworks(program).iter().enumerate() {
                let Some(name) = way.template.register_name() else { continue };
                let units = program.mentions.get(name).into_iter().flatten();
                for unit in units.filter(|unit| way.is_of(program.package_of(**unit))) {
                    registrations_in(program, index, &way.template, *unit, &mut found);
                }
            }
            found
        })
    }

    /// Every parameter that takes state.
    pub(in crate::rules) fn extractions(&self, program: &'c Program<'_>) -> &[(UnitId, Extraction)] {
        self.extractions.get_or_init(|| {
            let units = program.unit_ids().filter(|unit| !program.unit(*unit).test);
            units
                .flat_map(|unit| {
                    extractions_of(program, self.frameworks(program), unit).into_iter().map(move |e| (unit, e))
                })
                .collect()
        })
    }

    /// Every static that isn't per thread, with its type.
    pub(in crate::rules) fn statics(&self, program: &Program<'_>) -> &[(UnitId, Ty)] {
        self.statics.get_or_init(|| {
            let units = program.unit_ids().filter(|unit| match program.unit(*unit).kind {
                UnitKind::Static(item) => !item.per_thread && !item.is_const && !program.unit(*unit).test,
                UnitKind::Function(_) => false,
            });
            units.map(|unit| (unit, program.result_type(unit))).collect()
        })
    }

    /// The `main` that leads to a unit: by the calls seen, else the only one of the package.
    pub(in crate::rules) fn main_above(&self, program: &Program<'_>, unit: UnitId) -> Option<UnitId> {
        if let Some(known) = self.mains.borrow().get(&unit) {
            return *known;
        }
        let found = self.climb_to_main(program, unit).or_else(|| only_main(program, unit));
        self.mains.borrow_mut().insert(unit, found);
        found
    }

    /// Upwards by the callers, the nearest first; what is known of them already is taken.
    fn climb_to_main(&self, program: &Program<'_>, unit: UnitId) -> Option<UnitId> {
        let known = self.mains.borrow();
        let mut seen = FxHashSet::default();
        let mut queue = std::collections::VecDeque::from([unit]);
        while let Some(at) = queue.pop_front() {
            if is_main(program, at) {
                return Some(at);
            }
            if let Some(main) = known.get(&at) {
                match main {
                    Some(main) => return Some(*main),
                    None => continue,
                }
            }
            if seen.len() >= MAX_UNITS || !seen.insert(at) {
                continue;
            }
            queue.extend(program.references(at).into_iter().map(|reference| reference.unit));
        }
        None
    }
}

/// The parameters of a function that take state.
pub(in crate::rules) fn extractions_of(
    program: &Program<'_>,
    frameworks: &[Framework<'_>],
    unit: UnitId,
) -> Vec<Extraction> {
    let Some(function) = program.unit(unit).function() else { return Vec::new() };
    let mut found = Vec::new();
    for param in &function.params {
        let (TypeRef::Path(path), Some(pat)) = (plain(&param.ty), param.pat) else { continue };
        let Some(last) = path.last() else { continue };
        let mut ways = frameworks.iter().enumerate().filter(|(_, way)| way.template.extractor_name() == last.as_str());
        let full = program.full_path(program.unit(unit).scope, path);
        let Some((framework, way)) = ways.find(|(_, way)| full.as_deref() == Some(way.template.extractor())) else {
            continue;
        };
        let Some((variable, ty)) = variable_of(program, unit, pat) else { continue };
        let inner = if way.template.takes_type() {
            program.deref(&ty).filter(|_| is_of(&ty, way.template.extractor()))
        } else {
            None
        };
        let written = path.segments.last().and_then(|segment| segment.args.last()).map(super::types::written);
        let written = written.map(|text| text.trim_start_matches('&').to_owned()).unwrap_or_default();
        found.push(Extraction { framework, variable, ty: inner.unwrap_or(ty), written });
    }
    found
}

fn is_of(ty: &Ty, extractor: &str) -> bool {
    matches!(ty, Ty::External(path, _) if path == extractor)
}

fn plain(ty: &TypeRef) -> &TypeRef {
    match ty {
        TypeRef::Ref(inner) => plain(inner),
        other => other,
    }
}

/// The first variable that a pattern binds, with its type.
pub(in crate::rules) fn variable_of(program: &Program<'_>, unit: UnitId, pat: PatId) -> Option<(String, Ty)> {
    let body = program.body(unit)?;
    match body.pat(pat) {
        Pat::Bind(name, _) => {
            Some((name.to_string(), program.types(unit).binds.get(&pat).cloned().unwrap_or_default()))
        }
        Pat::TupleStruct(_, parts) | Pat::Tuple(parts) => {
            parts.iter().find_map(|part| variable_of(program, unit, *part))
        }
        Pat::Ref(inner) | Pat::Typed(inner, _) => variable_of(program, unit, *inner),
        _ => None,
    }
}

fn registrations_in(
    program: &Program<'_>,
    framework: usize,
    template: &Template<'_>,
    unit: UnitId,
    found: &mut Vec<Registration>,
) {
    let Some(body) = program.body(unit).filter(|_| !program.unit(unit).test) else { return };
    let types = program.types(unit);
    for expr in body.ids() {
        let own_line = body.node(expr).span.start.line;
        let (named, line, args) = match body.expr(expr) {
            Expr::Method { name, name_span, args, .. } => (name.as_str(), name_span.start.line, args),
            Expr::Call { callee, args } => match body.expr(*callee) {
                Expr::Path(path) => (path.last().map_or("", |name| name.as_str()), own_line, args),
                _ => continue,
            },
            _ => continue,
        };
        if template.register_name() != Some(named) {
            continue;
        }
        let Some(arg) = args.first() else { continue };
        if template.wraps() && !is_of(types.ty(*arg), template.extractor()) {
            continue;
        }
        let own = own_struct(program, unit, *arg);
        if let Some(ty) = own {
            found.push(Registration { framework, unit, line, ty });
        }
    }
}

/// The struct of the project that an argument is or wraps: `Arc::new(AppState { .. })`.
fn own_struct(program: &Program<'_>, unit: UnitId, arg: ExprId) -> Option<TypeId> {
    let body = program.body(unit)?;
    let mut at = arg;
    for _ in 0..4 {
        let steps = program.autoderef(program.types(unit).ty(at));
        let own = steps.iter().find_map(|step| match step {
            Ty::Local(id, _) if matches!(program.types[id.index()].kind, TypeKind::Struct(_)) => Some(*id),
            _ => None,
        });
        match (own, body.expr(at)) {
            (Some(id), _) => return Some(id),
            (None, Expr::Call { args, .. }) if args.len() == 1 => at = args[0],
            _ => return None,
        }
    }
    None
}

fn is_main(program: &Program<'_>, unit: UnitId) -> bool {
    let found = program.unit(unit);
    let krate = program.crate_of(unit);
    found.name == "main" && found.owner == Owner::Free && krate.kind == TargetKind::Bin && krate.root == found.module
}

fn only_main(program: &Program<'_>, unit: UnitId) -> Option<UnitId> {
    let package = program.crate_of(unit).package;
    let mut mains =
        program.unit_ids().filter(|unit| is_main(program, *unit) && program.crate_of(*unit).package == package);
    let first = mains.next()?;
    mains.next().is_none().then_some(first)
}

/// The function that makes a type of the project: `new`, else the first that returns it and takes no receiver.
pub(in crate::rules) fn constructor_of(program: &Program<'_>, id: TypeId) -> Option<UnitId> {
    let impls = program.impls_of_type.get(&id)?;
    let mut makers: Vec<UnitId> = impls
        .iter()
        .filter(|of| program.impls[of.index()].item.of_trait.is_none())
        .flat_map(|of| program.impls[of.index()].functions.values().copied())
        .filter(|unit| {
            let receiver = program.unit(*unit).function().is_some_and(|function| function.receiver.is_some());
            let result = super::types::plain_result(program, &program.result_type(*unit));
            let is_own =
                program.autoderef(&result).iter().any(|step| matches!(step, Ty::Local(found, _) if *found == id));
            !receiver && is_own && !program.unit(*unit).test
        })
        .collect();
    makers.sort_unstable();
    makers.iter().copied().find(|unit| program.unit(*unit).name == "new").or_else(|| makers.first().copied())
}
