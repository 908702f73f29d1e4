//! Calls within type inference: what they reach and what they return.

use std::sync::Arc;

use smallvec::smallvec;

use super::infer::{Infer, Target, more_known};
use super::lookup::Assoc;
use super::methods::Method;
use super::program::{Def, Owner, UnitId};
use super::resolve::{Found, Space};
use super::ty::Ty;
use crate::catalog::CallRef;
use crate::catalog::model::{Carry, Runs};
use crate::facts::{Expr, ExprId, Name, Path, TypeRef};

impl<'f> Infer<'_, 'f> {
    /// `callee(args)`.
    pub(super) fn call(&mut self, id: ExprId, callee: ExprId, args: &'f [ExprId], expected: Option<&Ty>) -> Ty {
        let Expr::Path(path) = self.body.expr(callee) else {
            let of = self.expr(callee, None);
            self.arguments(args, None);
            return self.called(id, &of);
        };
        if path.single().is_some_and(|name| self.local(name).is_some()) {
            let of = self.expr(callee, None);
            self.arguments(args, None);
            return self.called(id, &of);
        }
        let target = self.callee(path).filter(|target| !is_default(target));
        let target =
            target.or_else(|| self.callee_by_first_argument(path, args)).or_else(|| self.by_expected(path, expected));
        let Some(target) = target else {
            self.arguments(args, None);
            return self.derived_constructor(path);
        };
        let ty = match &target {
            Target::Units { units, .. } => {
                let unit = units.first().copied();
                let types = self.arguments(args, None);
                unit.map_or(Ty::Unknown, |unit| self.unit_result(unit, &self.owner_of(path), &types, path_args(path)))
            }
            Target::Library { call, .. } => {
                let call = call.clone();
                self.library_result(&call, &self.owner_of(path), args, path, expected)
            }
            Target::Constructor => {
                self.arguments(args, None);
                self.constructed(path)
            }
            Target::Foreign(_) | Target::Fluent => {
                let types = self.arguments(args, None);
                // `wrap(own)` of a library may give the own value back.
                let may_be_own = types.iter().any(|ty| matches!(ty, Ty::Local(..) | Ty::Function(_) | Ty::Callable(_)));
                if may_be_own || !path_args(path).is_empty() {
                    Ty::Unknown
                } else {
                    expected.cloned().unwrap_or(Ty::Foreign)
                }
            }
        };
        self.out.targets.insert(id, self.described(target));
        ty
    }

    /// The target as the project's configuration describes it, if it does.
    fn described(&self, target: Target) -> Target {
        let Target::Units { units, sure } = &target else { return target };
        let call = units.first().and_then(|unit| self.program.wrappers.get(unit));
        call.map(|call| Target::Library { call: call.clone(), sure: *sure }).unwrap_or(target)
    }

    /// Calling a value.
    fn called(&mut self, id: ExprId, of: &Ty) -> Ty {
        for step in self.program.autoderef(of) {
            match step {
                Ty::Callable(output) => return *output,
                Ty::Function(unit) => {
                    self.out.targets.insert(id, Target::Units { units: vec![unit], sure: true });
                    return self.program.result_type(unit);
                }
                _ => {}
            }
        }
        Ty::Unknown
    }

    /// What a called path means.
    pub(super) fn callee(&self, path: &Path) -> Option<Target> {
        if let Some(qself) = &path.qself {
            let owner = self.program.lower(&self.scope, &qself.0);
            return self.target_of(self.program.assoc(&owner, path.last()?));
        }
        if let [first, second] = path.segments.as_slice() {
            let owner = TypeRef::Path(Path { segments: smallvec![first.clone()], ..Path::default() });
            if first.name == "Self" || self.is_parameter(&first.name) {
                let owner = self.program.lower(&self.scope, &owner);
                return self.target_of(self.program.assoc(&owner, &second.name));
            }
        }
        match self.program.resolve(self.scope.module, path, Space::Values)? {
            Found::Whole(Def::Unit(unit)) => {
                Some(Target::Units { units: self.program.with_alternatives(vec![unit]), sure: true })
            }
            Found::Whole(Def::Type(_) | Def::Variant(..)) => Some(Target::Constructor),
            Found::Whole(Def::External(path)) => self.target_of(Assoc::External(path)),
            Found::Rest(Def::Type(id), [segment]) => {
                let args = path.segments.iter().rev().nth(1).map_or(&[][..], |segment| segment.args.as_slice());
                let args = args.iter().map(|arg| self.program.lower(&self.scope, arg)).collect();
                let owner = self.program.named_type(id, args);
                self.target_of(self.program.assoc(&owner, &segment.name))
            }
            Found::Rest(Def::Trait(of), [segment]) => {
                let units = self.program.assoc_of_trait(of, &segment.name)?;
                Some(Target::Units { units, sure: true })
            }
            _ => None,
        }
    }

    fn is_parameter(&self, name: &Name) -> bool {
        self.scope.generics.iter().any(|generics| generics.params.iter().any(|(known, _)| known == name))
    }

    fn target_of(&self, assoc: Assoc) -> Option<Target> {
        match assoc {
            Assoc::Units(units) => Some(Target::Units { units: self.program.with_alternatives(units), sure: true }),
            Assoc::External(path) => Some(match self.program.pick(self.krate, self.program.catalog.function(&path)) {
                Some(call) => Target::Library { call: call.clone(), sure: true },
                None => Target::Foreign(path),
            }),
            Assoc::Nothing => None,
        }
    }

    /// `ExternalTrait::method(value)`: a method of the value.
    fn callee_by_first_argument(&mut self, path: &Path, args: &[ExprId]) -> Option<Target> {
        let name = path.last()?;
        let first = args.first()?;
        (path.segments.len() > 1).then_some(())?;
        let ty = self.expr(*first, None);
        match self.program.find_method(self.krate, &ty, name)? {
            Method::Units(mut units, _) => {
                // A constructor of the value's type has its name from chance only.
                units.retain(|unit| {
                    self.program.unit(*unit).function().is_some_and(|function| function.receiver.is_some())
                });
                (!units.is_empty()).then_some(Target::Units { units, sure: true })
            }
            Method::Library(call, _) => Some(Target::Library { call, sure: true }),
            Method::Fluent(_) => None,
        }
    }

    /// `Type::name(..)` where the type is the program's but the function isn't seen: a derive or macro gives it, and it most
    /// likely makes a value of the type (`Cli::parse()`, `Config::default()`).
    fn derived_constructor(&self, path: &Path) -> Ty {
        match self.owner_of(path) {
            owner @ Ty::Local(..) => owner,
            _ => Ty::Unknown,
        }
    }

    /// `Default::default()` where the place tells the type.
    fn by_expected(&self, path: &Path, expected: Option<&Ty>) -> Option<Target> {
        let expected = expected?;
        let name = path.last()?;
        (name == "default").then_some(())?;
        self.target_of(self.program.assoc(expected, name))
    }

    /// The type before the last segment of `Type::method`.
    fn owner_of(&self, path: &Path) -> Ty {
        if path.segments.len() < 2 {
            return Ty::Unknown;
        }
        let mut owner = path.clone();
        owner.segments.pop();
        if let Some(qself) = &path.qself {
            return self.program.lower(&self.scope, &qself.0);
        }
        self.program.lower(&self.scope, &TypeRef::Path(owner))
    }

    fn constructed(&self, path: &Path) -> Ty {
        if path.single().is_some_and(|name| name == "Self") {
            return self.scope.self_ty.clone().unwrap_or_default();
        }
        match self.program.resolve(self.scope.module, path, Space::Values) {
            Some(Found::Whole(Def::Type(id) | Def::Variant(id, _))) => self.program.named_type(id, Vec::new()),
            _ => Ty::Unknown,
        }
    }

    /// Works out arguments; closures get `param` as their first parameter's type. Returns the arguments' types.
    fn arguments(&mut self, args: &'f [ExprId], param: Option<&Ty>) -> Vec<Ty> {
        args.iter()
            .map(|arg| match (self.body.expr(*arg), param) {
                (Expr::Closure(closure), Some(param)) => {
                    let ty = self.closure_with(closure.params.as_slice(), closure.body, closure.is_async, param);
                    self.out.types[arg.0 as usize] = ty.clone();
                    ty
                }
                _ => self.expr(*arg, None),
            })
            .collect()
    }

    fn closure_with(&mut self, params: &'f [crate::facts::PatId], body: ExprId, is_async: bool, param: &Ty) -> Ty {
        let mark = self.mark();
        for (index, pat) in params.iter().enumerate() {
            // Closures of several parameters (`fold`) get the item last, but such are rarely of interest.
            let ty = if index == 0 { param.clone() } else { Ty::Unknown };
            self.bind(*pat, &ty);
        }
        let output = self.expr(body, None);
        self.reset(mark);
        Ty::Callable(Box::new(if is_async { Ty::Future(Box::new(output)) } else { output }))
    }

    /// `receiver.name(args)`.
    pub(super) fn method(
        &mut self,
        id: ExprId,
        receiver: ExprId,
        name: &'f Name,
        turbofish: &'f [TypeRef],
        args: &'f [ExprId],
        expected: Option<&Ty>,
    ) -> Ty {
        let of = self.expr(receiver, None);
        match self.program.find_method(self.krate, &of, name) {
            Some(Method::Units(units, owner)) => {
                let types = self.arguments(args, None);
                let ty = units.first().map_or(Ty::Unknown, |unit| self.unit_result(*unit, &owner, &types, turbofish));
                let units = self.program.with_alternatives(units);
                self.out.targets.insert(id, self.described(Target::Units { units, sure: true }));
                ty
            }
            Some(Method::Library(call, owner)) => {
                let ty = self.library_method_result(&call, &owner, args, turbofish, expected);
                self.out.targets.insert(id, Target::Library { call, sure: true });
                // What is made of a library's value that nothing is known of is one, too (`into`).
                if owner == Ty::Foreign && ty.is_unknown() { Ty::Foreign } else { ty }
            }
            Some(Method::Fluent(owner)) => {
                self.arguments(args, None);
                self.out.targets.insert(id, Target::Fluent);
                owner
            }
            None => self.method_by_name(id, &of, name, turbofish.len(), args),
        }
    }

    /// The receiver's type or its method isn't known: distinctive names of libraries, unique names of the program.
    fn method_by_name(&mut self, id: ExprId, of: &Ty, name: &'f Name, turbofish: usize, args: &'f [ExprId]) -> Ty {
        let types = self.arguments(args, None);
        if *of == Ty::Foreign {
            return Ty::Foreign;
        }
        if !of.is_unknown() && !matches!(of, Ty::Param(..) | Ty::Object(_)) {
            return Ty::Unknown;
        }
        let package = &self.program.discovery.packages[self.program.crates[self.krate.index()].package];
        let depends_on = |call: &CallRef| {
            let packages = &self.program.catalog.file(call.file).packages;
            package.dependencies.iter().any(|dependency| packages.contains(&dependency.package))
        };
        let calls: Vec<Arc<CallRef>> = self
            .program
            .catalog
            .distinctive(name)
            .filter(|(_, call)| depends_on(call))
            .map(|(_, call)| call.clone())
            .collect();
        if let Some(call) = self.program.pick(self.krate, &calls) {
            let call = call.clone();
            let ty = self.library_value(&call, &Ty::Unknown, &types, &[]);
            self.out.targets.insert(id, Target::Library { call, sure: false });
            return ty;
        }
        let form = (turbofish, args.len());
        let Some(units) = self.program.methods_by_unique_name(self.krate, name, form) else { return Ty::Unknown };
        let ty = units.first().map_or(Ty::Unknown, |unit| self.program.result_type(*unit));
        self.out.targets.insert(id, Target::Units { units, sure: false });
        ty
    }

    /// The result of a unit, with type parameters put in: those of the owner, of the turbofish, and those that are an
    /// argument's very type.
    fn unit_result(&self, unit: UnitId, owner: &Ty, args: &[Ty], turbofish: &[TypeRef]) -> Ty {
        let result = self.program.result_type(unit);
        let Some(function) = self.program.unit(unit).function() else { return result };
        let mut known: Vec<(Name, Ty)> = Vec::new();
        match self.program.unit(unit).owner {
            Owner::Free => {}
            Owner::Impl(of) => unify(&self.program.impls[of.index()].self_ty, owner, &mut known),
            Owner::Trait(of) => self.program.trait_arguments(of, owner, &mut known),
        }
        for (formal, actual) in function.generics.params.iter().zip(turbofish) {
            known.push((formal.0.clone(), self.program.lower(&self.scope, actual)));
        }
        for (param, actual) in function.params.iter().zip(args) {
            if let TypeRef::Path(path) = &param.ty
                && let Some(name) = path.single()
                && function.generics.params.iter().any(|(known, _)| known == name)
            {
                known.push((name.clone(), actual.clone()));
            }
        }
        result.substitute(&|name| {
            if name == "Self" && !owner.is_unknown() {
                return Some(owner.clone());
            }
            known.iter().find(|(known, ty)| known == name && !ty.is_unknown()).map(|(_, ty)| ty.clone())
        })
    }

    fn library_result(
        &mut self,
        call: &Arc<CallRef>,
        owner: &Ty,
        args: &'f [ExprId],
        path: &Path,
        expected: Option<&Ty>,
    ) -> Ty {
        let types = self.arguments(args, None);
        let ty = self.library_value(call, owner, &types, path_args(path));
        if ty.is_unknown() { expected.cloned().unwrap_or_default() } else { ty }
    }

    fn library_method_result(
        &mut self,
        call: &Arc<CallRef>,
        owner: &Ty,
        args: &'f [ExprId],
        turbofish: &[TypeRef],
        expected: Option<&Ty>,
    ) -> Ty {
        let param = call.closure_param.as_ref().map(|ty| {
            let lookup = self.owner_lookup(owner);
            self.program.lower_catalog(ty, &lookup)
        });
        let types = self.arguments(args, param.as_ref());
        let mut ty = self.library_value(call, owner, &types, turbofish);
        if ty.is_unknown() && call.fact.carry == Some(Carry::Same) {
            ty = self.of_closure(call, owner, &types);
        }
        if ty.is_unknown() {
            expected.cloned().unwrap_or_default()
        } else {
            more_known(ty, expected.cloned().unwrap_or_default())
        }
    }

    /// The result of `map` and kin, which is of the closure's type, within what the method was called on.
    fn of_closure(&self, call: &CallRef, owner: &Ty, args: &[Ty]) -> Ty {
        let Ty::External(path, owner_args) = owner else { return Ty::Unknown };
        let output = args.iter().find_map(|arg| match arg {
            Ty::Callable(output) => Some((**output).clone()),
            Ty::Function(unit) => Some(self.program.result_type(*unit)),
            _ => None,
        });
        match (call.fact.runs, output) {
            // `and_then`, and `map` to an outcome: close enough to tell what is inside.
            (Some(Runs::Inline), Some(output)) if self.program.outcome_inner(&output).is_some() => output,
            (Some(Runs::Inline), Some(output)) => Ty::External(path.clone(), vec![output]),
            (Some(Runs::PerItem), Some(output)) => {
                let item = self
                    .program
                    .outcome_inner(&output)
                    .filter(|_| call.path.ends_with("::filter_map"))
                    .unwrap_or(output);
                Ty::External(path.clone(), vec![item])
            }
            // `collect` without a type of its own: a list of the elements.
            (None, None) if call.fact.returns.is_none() && call.path.ends_with("::collect") => {
                Ty::External("std::vec::Vec".into(), owner_args.clone())
            }
            _ => Ty::Unknown,
        }
    }

    /// The type of a macro call that the catalogue knows as a function of the same path.
    pub(super) fn macro_result(&self, path: &Path, args: &[Ty]) -> Option<Ty> {
        let full = self.program.full_path(self.scope.module, path)?;
        let call = self.program.pick(self.krate, self.program.catalog.function(&full))?;
        Some(self.library_value(call, &Ty::Unknown, args, &[]))
    }

    /// What the type parameters of an owner stand for.
    fn owner_lookup<'o>(&'o self, owner: &'o Ty) -> impl Fn(&str) -> Option<Ty> + 'o {
        move |name: &str| {
            if name == "Self" {
                return Some(owner.clone());
            }
            let Ty::External(path, args) = owner else { return None };
            let info = self.program.catalog.type_info(path)?;
            let at = info.fact.generics.iter().position(|known| known == name)?;
            Some(args.get(at).cloned().unwrap_or_default())
        }
    }

    /// The catalogue's result type. Names that the owner doesn't bind stand for the turbofish, what the closure returns, or
    /// the first argument.
    fn library_value(&self, call: &Arc<CallRef>, owner: &Ty, args: &[Ty], turbofish: &[TypeRef]) -> Ty {
        let Some(returns) = &call.returns else { return Ty::Unknown };
        let of_owner = self.owner_lookup(owner);
        let by_turbofish =
            || turbofish.first().map(|ty| self.program.lower(&self.scope, ty)).filter(|ty| !ty.is_unknown());
        let free = || {
            by_turbofish().or_else(|| {
                args.iter().find_map(|arg| match arg {
                    Ty::Callable(output) => Some((**output).clone()),
                    Ty::Function(unit) => Some(self.program.result_type(*unit)),
                    _ => None,
                })
            })
        };
        let value = self.program.lower_catalog(returns, &|name: &str| {
            of_owner(name).filter(|ty| !ty.is_unknown()).or_else(|| {
                (name.len() <= 2 && name.starts_with(char::is_uppercase))
                    .then(|| free().or_else(|| args.first().cloned()).unwrap_or_default())
            })
        });
        if call.fact.is_async { Ty::Future(Box::new(value)) } else { value }
    }
}

/// `Default::default`, which says nothing of the type.
fn is_default(target: &Target) -> bool {
    matches!(target, Target::Foreign(path) if path == "std::default::Default::default")
}

/// What type parameters in `formal` stand for, given the actual type.
pub(super) fn unify(formal: &Ty, actual: &Ty, known: &mut Vec<(Name, Ty)>) {
    match (formal, actual) {
        (Ty::Param(name, _), actual) => known.push((name.clone(), actual.clone())),
        (Ty::Local(a, formal), Ty::Local(b, actual)) if a == b => unify_all(formal, actual, known),
        (Ty::External(a, formal), Ty::External(b, actual)) if a == b => unify_all(formal, actual, known),
        (Ty::Tuple(formal), Ty::Tuple(actual)) => unify_all(formal, actual, known),
        (Ty::Slice(formal), Ty::Slice(actual)) | (Ty::Future(formal), Ty::Future(actual)) => {
            unify(formal, actual, known)
        }
        _ => {}
    }
}

fn unify_all(formal: &[Ty], actual: &[Ty], known: &mut Vec<(Name, Ty)>) {
    for (formal, actual) in formal.iter().zip(actual) {
        unify(formal, actual, known);
    }
}

/// The generic arguments of a path's last segment.
fn path_args(path: &Path) -> &[TypeRef] {
    path.segments.last().map_or(&[], |segment| segment.args.as_slice())
}
