//! Types as written → [`Ty`]; what a type dereferences to, holds, is made of.

use super::infer_call::unify;
use super::program::{Def, ImplDef, ImplId, ModuleId, Owner, Program, TraitId, TypeId, TypeKind, UnitId, UnitKind};
use super::resolve::{Found, Space};
use super::ty::{TraitRef, Ty};
use crate::catalog::model::TypeRole;
use crate::facts::{FieldDef, Generics, Name, Path, TypeRef};

/// Where a type is written: what its names mean.
#[derive(Debug, Clone)]
pub(super) struct Scope<'f> {
    /// The module or body scope.
    pub(super) module: ModuleId,
    /// Type parameters around the place.
    pub(super) generics: Vec<&'f Generics>,
    /// `Self`.
    pub(super) self_ty: Option<Ty>,
    /// The implementation around the place.
    pub(super) of_impl: Option<ImplId>,
    /// Type parameters whose bounds are being read: `S: Stream<Item = S::Item>` must not go round for ever.
    pub(super) hidden: Vec<Name>,
    /// How many aliases and associated types led here; such chains can be circles.
    pub(super) depth: u32,
}

impl<'f> Scope<'f> {
    /// That of a module, with these type parameters.
    fn new(module: ModuleId, generics: Vec<&'f Generics>) -> Self {
        Scope { module, generics, self_ty: None, of_impl: None, hidden: Vec::new(), depth: 0 }
    }

    /// That in which an implementation names its trait and its associated types.
    fn in_impl(definition: &ImplDef<'f>) -> Self {
        let self_ty = Some(definition.self_ty.clone());
        Scope { self_ty, ..Scope::new(definition.module, vec![&definition.item.generics]) }
    }
}

/// What an associated path (`Type::name`) leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Assoc {
    /// Functions of the program; the flag tells whether they are certain.
    Units(Vec<UnitId>),
    /// A function of a library, by canonical path.
    External(Name),
    /// Nothing known.
    Nothing,
}

/// Aliases and associated types that lead to one another are followed this far.
const MAX_DEPTH: u32 = 16;

/// Types that hold one another are followed this far.
const MAX_DEREF: usize = 8;

impl<'f> Program<'f> {
    /// The scope of a unit's signature and body.
    pub(super) fn scope_of(&self, id: UnitId) -> Scope<'f> {
        let unit = self.unit(id);
        let mut scope = Scope::new(unit.scope, Vec::new());
        if let UnitKind::Function(function) = unit.kind {
            scope.generics.push(&function.generics);
        }
        match unit.owner {
            Owner::Free => {}
            Owner::Impl(of) => {
                let definition = &self.impls[of.index()];
                scope.generics.push(&definition.item.generics);
                scope.self_ty = Some(definition.self_ty.clone());
                scope.of_impl = Some(of);
            }
            Owner::Trait(of) => {
                scope.generics.push(&self.traits[of.index()].item.generics);
                scope.self_ty = Some(Ty::Param("Self".into(), vec![TraitRef::Local(of)]));
            }
        }
        scope
    }

    /// The type of an implementation's head.
    pub(super) fn lower_in_impl_head(&self, module: ModuleId, ty: &TypeRef, generics: &'f Generics) -> Ty {
        self.lower(&Scope::new(module, vec![generics]), ty)
    }

    /// The trait that a path names.
    pub(super) fn resolve_trait(&self, module: ModuleId, path: &Path) -> Option<TraitRef> {
        match self.resolve(module, path, Space::Types)? {
            Found::Whole(Def::Trait(id)) => Some(TraitRef::Local(id)),
            Found::Whole(Def::External(path)) => Some(TraitRef::External(path)),
            _ => None,
        }
    }

    /// A type as written.
    pub(super) fn lower(&self, scope: &Scope<'f>, ty: &TypeRef) -> Ty {
        if scope.depth > MAX_DEPTH {
            return Ty::Unknown;
        }
        match ty {
            TypeRef::Path(path) => self.lower_path(scope, path),
            TypeRef::Ref(inner) => self.lower(scope, inner),
            TypeRef::Tuple(parts) => Ty::Tuple(parts.iter().map(|part| self.lower(scope, part)).collect()),
            TypeRef::Slice(inner) => Ty::Slice(Box::new(self.lower(scope, inner))),
            TypeRef::Fn(ret) => Ty::Callable(Box::new(self.lower(scope, ret))),
            TypeRef::Impl(bounds) | TypeRef::Dyn(bounds) => self.lower_bounds(scope, bounds),
            TypeRef::Unknown => Ty::Unknown,
        }
    }

    fn lower_bounds(&self, scope: &Scope<'f>, bounds: &[Path]) -> Ty {
        let mut traits = Vec::new();
        for bound in bounds {
            let Some(segment) = bound.segments.last() else { continue };
            let assoc =
                |name: &str| segment.assoc.iter().find(|(known, _)| known == name).map(|(_, ty)| self.lower(scope, ty));
            match segment.name.as_str() {
                "Future" | "IntoFuture" => return Ty::Future(Box::new(assoc("Output").unwrap_or_default())),
                "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce" => {
                    let output = assoc("Output").unwrap_or_default();
                    let output = if segment.name.starts_with("Async") { Ty::Future(Box::new(output)) } else { output };
                    return Ty::Callable(Box::new(output));
                }
                "Iterator" | "IntoIterator" => {
                    return Ty::External("std::iter::Iterator".into(), vec![assoc("Item").unwrap_or_default()]);
                }
                "Stream" => {
                    return Ty::External("futures::stream::Stream".into(), vec![assoc("Item").unwrap_or_default()]);
                }
                _ => traits.extend(self.resolve_trait(scope.module, bound)),
            }
        }
        Ty::Object(traits)
    }

    fn lower_path(&self, scope: &Scope<'f>, path: &Path) -> Ty {
        if let Some(qself) = &path.qself {
            let owner = self.lower(scope, &qself.0);
            return path.last().map_or(Ty::Unknown, |name| self.assoc_type(&owner, name, scope.depth + 1));
        }
        if let [first, rest @ ..] = path.segments.as_slice() {
            let start = self.parameter(scope, &first.name);
            match (start, rest) {
                (Some(ty), []) => return ty,
                (Some(ty), [name]) => {
                    if let Some(of) = scope.of_impl
                        && first.name == "Self"
                        && let Some((_, ty)) =
                            self.impls[of.index()].item.types.iter().find(|(known, _)| known == &name.name)
                    {
                        return self.lower(&Scope { depth: scope.depth + 1, ..scope.clone() }, ty);
                    }
                    return self.assoc_type(&ty, &name.name, scope.depth + 1);
                }
                _ => {}
            }
        }
        let args = path.segments.last().map_or(&[][..], |segment| segment.args.as_slice());
        let lower_args = || args.iter().map(|arg| self.lower(scope, arg)).collect::<Vec<_>>();
        match self.resolve(scope.module, path, Space::Types) {
            Some(Found::Whole(Def::Type(id))) => self.named_type_at(id, lower_args(), scope.depth + 1),
            Some(Found::Whole(Def::External(path))) => self.plain_outcome(external(path, lower_args())),
            Some(Found::Whole(Def::Trait(id))) => Ty::Object(vec![TraitRef::Local(id)]),
            _ => Ty::Unknown,
        }
    }

    /// A library's own alias of `Result` (`redis::RedisResult<T>`) as the `Result` that it is.
    fn plain_outcome(&self, ty: Ty) -> Ty {
        let Ty::External(path, args) = &ty else { return ty };
        if args.is_empty() || path == "std::option::Option" || path == "std::result::Result" || !self.is_outcome(path) {
            return ty;
        }
        let inner = self.inner_of(&ty, &[TypeRole::Outcome]).unwrap_or_else(|| args[0].clone());
        Ty::External("std::result::Result".into(), vec![inner])
    }

    /// `Self` and type parameters.
    fn parameter(&self, scope: &Scope<'f>, name: &Name) -> Option<Ty> {
        if name == "Self" {
            return scope.self_ty.clone();
        }
        let (_, bounds) =
            scope.generics.iter().flat_map(|generics| &generics.params).find(|(known, _)| known == name)?;
        if scope.hidden.contains(name) {
            return Some(Ty::Param(name.clone(), Vec::new()));
        }
        let mut inner = scope.clone();
        inner.hidden.push(name.clone());
        Some(match self.lower_bounds(&inner, bounds) {
            Ty::Object(traits) => Ty::Param(name.clone(), traits),
            other => other,
        })
    }

    /// A struct, enum or alias with arguments; aliases are replaced by what they stand for.
    pub(super) fn named_type(&self, id: TypeId, args: Vec<Ty>) -> Ty {
        self.named_type_at(id, args, 0)
    }

    fn named_type_at(&self, id: TypeId, args: Vec<Ty>, depth: u32) -> Ty {
        let definition = &self.types[id.index()];
        let TypeKind::Alias(generics, target) = definition.kind else { return Ty::Local(id, args) };
        // An alias of itself (seen under `cfg`) must not go round for ever.
        if let TypeRef::Path(path) = target
            && path.single() == Some(&definition.name)
        {
            return Ty::Unknown;
        }
        let scope = Scope { depth, ..Scope::new(definition.module, vec![generics]) };
        let target = self.lower(&scope, target);
        let names: Vec<&Name> = generics.params.iter().map(|(name, _)| name).collect();
        target.substitute(&|name| {
            let at = names.iter().position(|known| *known == name)?;
            args.get(at).cloned()
        })
    }

    /// An associated type of a type of the program.
    pub(super) fn assoc_type(&self, owner: &Ty, name: &Name, depth: u32) -> Ty {
        let impls = match owner {
            Ty::Local(id, _) => self.impls_of_type.get(id),
            Ty::External(path, _) => self.impls_of_external.get(path),
            _ => None,
        };
        let mut found = impls.into_iter().flatten().filter_map(|of| {
            let definition = &self.impls[of.index()];
            let (_, ty) = definition.item.types.iter().find(|(known, _)| known == name)?;
            let scope = Scope { depth, ..Scope::in_impl(definition) };
            Some(self.lower(&scope, ty))
        });
        found.next().unwrap_or_default()
    }

    /// What the type parameters of a trait stand for when its own function is called on `owner`.
    pub(super) fn trait_arguments(&self, of: TraitId, owner: &Ty, known: &mut Vec<(Name, Ty)>) {
        let formal = &self.traits[of.index()].item.generics.params;
        for implementation in &self.traits[of.index()].impls {
            let definition = &self.impls[implementation.index()];
            let mut bound = Vec::new();
            unify(&definition.self_ty, owner, &mut bound);
            let same_head = match (&definition.self_ty, owner) {
                (Ty::External(a, _), Ty::External(b, _)) => a == b,
                (Ty::Local(a, _), Ty::Local(b, _)) => a == b,
                _ => false,
            };
            let written = definition.item.of_trait.as_ref().and_then(|path| path.segments.last());
            let (true, Some(written)) = (same_head, written) else { continue };
            let scope = Scope::in_impl(definition);
            for ((name, _), arg) in formal.iter().zip(&written.args) {
                let ty = self.lower(&scope, arg);
                let actual =
                    ty.substitute(&|name| bound.iter().find(|(known, _)| known == name).map(|(_, ty)| ty.clone()));
                known.push((name.clone(), actual));
            }
            return;
        }
    }

    /// A type of a catalogue: `text`'s names are canonical paths, `lookup` gives what its free names stand for.
    pub(super) fn lower_catalog(&self, ty: &TypeRef, lookup: &dyn Fn(&str) -> Option<Ty>) -> Ty {
        match ty {
            TypeRef::Path(path) => {
                if let Some(name) = path.single()
                    && let Some(found) = lookup(name)
                {
                    return found;
                }
                let args = path.segments.last().map_or(&[][..], |segment| segment.args.as_slice());
                let args = args.iter().map(|arg| self.lower_catalog(arg, lookup)).collect();
                let written = path.text();
                let full = match written.as_str() {
                    "Option" => "std::option::Option",
                    "Result" => "std::result::Result",
                    "Vec" => "std::vec::Vec",
                    "Box" => "std::boxed::Box",
                    "String" => "std::string::String",
                    other => other,
                };
                if full.contains("::") { external(self.catalog.canonical(full), args) } else { Ty::Unknown }
            }
            TypeRef::Ref(inner) => self.lower_catalog(inner, lookup),
            TypeRef::Tuple(parts) => Ty::Tuple(parts.iter().map(|part| self.lower_catalog(part, lookup)).collect()),
            TypeRef::Slice(inner) => Ty::Slice(Box::new(self.lower_catalog(inner, lookup))),
            _ => Ty::Unknown,
        }
    }

    /// The type within an external type of one of these roles.
    fn inner_of(&self, ty: &Ty, roles: &[TypeRole]) -> Option<Ty> {
        let Ty::External(path, args) = ty else { return None };
        let info = self.catalog.type_info(path)?;
        if !roles.contains(&info.fact.role) {
            return None;
        }
        let first = || args.first().cloned().unwrap_or_default();
        let Some(inner) = &info.inner else { return Some(first()) };
        let lookup = |name: &str| {
            let at = info.fact.generics.iter().position(|known| known == name)?;
            Some(args.get(at).cloned().unwrap_or_default())
        };
        Some(self.lower_catalog(inner, &lookup))
    }

    /// What `*value` gives: the inside of wrappers, the target of `Deref` implementations.
    #[must_use]
    pub fn deref(&self, ty: &Ty) -> Option<Ty> {
        match ty {
            Ty::External(..) => self.inner_of(ty, &[TypeRole::Wrapper, TypeRole::Cell]),
            Ty::Local(id, _) => {
                let impls = self.impls_of_type.get(id)?;
                let derefs = impls.iter().any(|of| {
                    matches!(&self.impls[of.index()].item.of_trait, Some(path) if path.last().is_some_and(|name| name == "Deref"))
                });
                derefs.then(|| self.assoc_type(ty, &"Target".into(), 0))
            }
            _ => None,
        }
    }

    /// `ty` and everything it dereferences to, outermost first.
    #[must_use]
    pub fn autoderef(&self, ty: &Ty) -> Vec<Ty> {
        let mut steps = vec![ty.clone()];
        while steps.len() < MAX_DEREF {
            let Some(next) = steps.last().and_then(|last| self.deref(last)) else { break };
            steps.push(next);
        }
        steps
    }

    /// What `value?` or `Some(value)` gives.
    #[must_use]
    pub fn outcome_inner(&self, ty: &Ty) -> Option<Ty> {
        self.autoderef(ty).iter().find_map(|step| {
            let Ty::External(path, args) = step else { return None };
            self.inner_of(step, &[TypeRole::Outcome])
                .or_else(|| (self.is_outcome(path) && !args.is_empty()).then(|| args[0].clone()))
        })
    }

    /// What iterating gives.
    #[must_use]
    pub fn element(&self, ty: &Ty) -> Option<Ty> {
        self.autoderef(ty).iter().find_map(|step| match step {
            Ty::Slice(inner) => Some((**inner).clone()),
            step => self.inner_of(step, &[TypeRole::Container]),
        })
    }

    /// What awaiting gives.
    #[must_use]
    pub fn awaited(&self, ty: &Ty) -> Option<Ty> {
        self.autoderef(ty).into_iter().find_map(|step| match step {
            Ty::Future(inner) => Some(*inner),
            _ => None,
        })
    }

    /// The type of a field, looked for through wrappers.
    #[must_use]
    pub fn field_type(&self, ty: &Ty, name: &Name) -> Ty {
        let found = self.autoderef(ty).into_iter().find_map(|step| match step {
            Ty::Tuple(parts) => parts.get(name.parse::<usize>().ok()?).cloned(),
            Ty::Local(id, args) => {
                let TypeKind::Struct(item) = self.types[id.index()].kind else { return None };
                let field = item.fields.iter().find(|field| &field.name == name)?;
                Some(self.member_type(id, &item.generics, field, &args))
            }
            _ => None,
        });
        found.unwrap_or_default()
    }

    /// The type of a field of a struct or variant, with the owner's arguments put in.
    #[must_use]
    pub fn member_type(&self, owner: TypeId, generics: &'f Generics, field: &FieldDef, args: &[Ty]) -> Ty {
        let definition = &self.types[owner.index()];
        let self_ty = Some(Ty::Local(owner, args.to_vec()));
        let scope = Scope { self_ty, ..Scope::new(definition.module, vec![generics]) };
        let ty = self.lower(&scope, &field.ty);
        ty.substitute(&|name| {
            let at = generics.params.iter().position(|(known, _)| known == name)?;
            args.get(at).cloned()
        })
    }

    /// The result type of a unit as its signature says, a future when it is `async`; the type of a static.
    #[must_use]
    pub fn result_type(&self, id: UnitId) -> Ty {
        let unit = self.unit(id);
        let scope = self.scope_of(id);
        match unit.kind {
            UnitKind::Static(value) => self.lower(&scope, &value.ty),
            UnitKind::Function(function) => {
                let ret = function.ret.as_ref().map_or_else(Ty::unit, |ret| self.lower(&scope, ret));
                if function.is_async { Ty::Future(Box::new(ret)) } else { ret }
            }
        }
    }
}

/// An external type; the pseudo type of futures becomes one.
fn external(path: Name, mut args: Vec<Ty>) -> Ty {
    if path == "std::future::Future" && args.len() == 1 {
        return Ty::Future(Box::new(args.remove(0)));
    }
    Ty::External(path, args)
}
