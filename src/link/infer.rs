//! Light type inference within one body.
//!
//! In: a unit. Out: [`BodyTypes`]: the type of each expression as far as it can be told by going through the body once in
//! order, which variable each name means, and what each call may reach.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::callers::{Reference, references_of};
use super::lookup::Scope;
use super::program::{CrateId, Def, Program, TypeKind, UnitId, UnitKind};
use super::resolve::{Found, Space};
use super::ty::Ty;
use crate::catalog::CallRef;
use crate::facts::{Body, Expr, ExprId, Name, Pat, PatId, Path, Stmt};

/// What a call reaches.
#[derive(Debug, Clone)]
pub enum Target {
    /// Units of the program: one, or all that dispatch may choose from. `sure` is false when only the name told.
    Units {
        /// Which.
        units: Vec<UnitId>,
        /// Found by type or path, not by name alone.
        sure: bool,
    },
    /// Something of a library that the catalogue knows. `sure` as above.
    Library {
        /// The facts.
        call: Arc<CallRef>,
        /// Found by type or path, not by name alone.
        sure: bool,
    },
    /// Something of a library that the catalogue doesn't know, by canonical path.
    Foreign(Name),
    /// A struct's or variant's constructor.
    Constructor,
    /// A method of a builder that returns it.
    Fluent,
}

/// What is known of a body.
#[derive(Debug, Default)]
pub struct BodyTypes {
    /// Type of each expression, by index.
    pub types: Vec<Ty>,
    /// The variable that a path expression means.
    pub locals: FxHashMap<ExprId, PatId>,
    /// Type of each variable.
    pub binds: FxHashMap<PatId, Ty>,
    /// Expressions that read or write a variable, in order.
    pub uses: FxHashMap<PatId, Vec<ExprId>>,
    /// What calls reach.
    pub targets: FxHashMap<ExprId, Target>,
    /// What path expressions that are no variables mean.
    pub values: FxHashMap<ExprId, Def>,
    /// Methods that path expressions of the form `Type::method` mean.
    pub functions: FxHashMap<ExprId, Target>,
    /// The units that it refers to, sorted.
    pub(super) references: Vec<(UnitId, Reference)>,
}

impl BodyTypes {
    /// The type of an expression.
    #[must_use]
    pub fn ty(&self, id: ExprId) -> &Ty {
        self.types.get(id.0 as usize).unwrap_or(&Ty::Unknown)
    }
}

impl<'f> Program<'f> {
    /// What is known of a unit's body; worked out on first use.
    #[must_use]
    pub fn types(&self, unit: UnitId) -> &BodyTypes {
        self.inferred[unit.index()].get_or_init(|| {
            let Some(body) = self.body(unit) else { return Box::default() };
            let mut infer = Infer::new(self, unit, body);
            infer.run();
            let mut types = infer.out;
            types.references = references_of(unit, body, &types);
            Box::new(types)
        })
    }
}

pub(super) struct Infer<'a, 'f> {
    pub(super) program: &'a Program<'f>,
    pub(super) unit: UnitId,
    pub(super) krate: CrateId,
    pub(super) scope: Scope<'f>,
    pub(super) body: &'f Body,
    pub(super) out: BodyTypes,
    env: Vec<(Name, PatId)>,
    /// Result type of the function, for `return` and the tail.
    ret: Ty,
}

impl<'a, 'f> Infer<'a, 'f> {
    fn new(program: &'a Program<'f>, unit: UnitId, body: &'f Body) -> Self {
        let krate = program.crate_id_of(unit);
        let out = BodyTypes { types: vec![Ty::Unknown; body.exprs.len()], ..BodyTypes::default() };
        let scope = program.scope_of(unit);
        Infer { program, unit, krate, scope, body, out, env: Vec::new(), ret: Ty::Unknown }
    }

    fn run(&mut self) {
        let declared = self.program.result_type(self.unit);
        self.ret = match declared {
            Ty::Future(inner) if self.is_async() => *inner,
            other => other,
        };
        if let UnitKind::Function(function) = self.program.unit(self.unit).kind {
            for param in &function.params {
                let ty = self.program.lower(&self.scope, &param.ty);
                if let Some(pat) = param.pat {
                    self.bind(pat, &ty);
                }
            }
        }
        if let Some(root) = self.body.root {
            let ret = self.ret.clone();
            self.expr(root, Some(&ret));
        }
    }

    fn is_async(&self) -> bool {
        self.program.unit(self.unit).function().is_some_and(|function| function.is_async)
    }

    /// Works out an expression; `expected` is the type that its place wants, where known.
    pub(super) fn expr(&mut self, id: ExprId, expected: Option<&Ty>) -> Ty {
        let ty = self.expr_type(id, expected).bounded();
        self.out.types[id.0 as usize] = ty.clone();
        ty
    }

    fn all(&mut self, ids: &[ExprId]) -> Vec<Ty> {
        ids.iter().map(|id| self.expr(*id, None)).collect()
    }

    fn expr_type(&mut self, id: ExprId, expected: Option<&Ty>) -> Ty {
        match self.body.expr(id) {
            Expr::Path(path) => self.path(id, path),
            Expr::Str(_) => Ty::External("std::string::String".into(), Vec::new()),
            Expr::Int(_) | Expr::Lit | Expr::Continue | Expr::Unknown => Ty::Unknown,
            Expr::Call { callee, args } => self.call(id, *callee, args, expected),
            Expr::Method { receiver, name, turbofish, args, .. } => {
                self.method(id, *receiver, name, turbofish, args, expected)
            }
            Expr::Field { base, name } => {
                let base = self.expr(*base, None);
                self.program.field_type(&base, name)
            }
            Expr::Index { base, index } => {
                let base = self.expr(*base, None);
                self.expr(*index, None);
                self.program.element(&base).unwrap_or_default()
            }
            Expr::Await(inner) => {
                let wanted = expected.map(|ty| Ty::Future(Box::new(ty.clone())));
                let inner = self.expr(*inner, wanted.as_ref());
                match self.program.awaited(&inner) {
                    Some(inner) => inner,
                    None if inner == Ty::Foreign => inner,
                    None => Ty::Unknown,
                }
            }
            Expr::Try(inner) => {
                let inner = self.expr(*inner, None);
                match self.program.outcome_inner(&inner) {
                    Some(inner) => inner,
                    // See `derived_constructor`: a guess may have left out the `Result`.
                    None if matches!(inner, Ty::Local(..) | Ty::Foreign) => inner,
                    None => Ty::Unknown,
                }
            }
            Expr::Ref(inner) => self.expr(*inner, expected),
            Expr::Deref(inner) => {
                let inner = self.expr(*inner, None);
                self.program.deref(&inner).unwrap_or(inner)
            }
            Expr::Unary(inner) => self.expr(*inner, None),
            Expr::Binary(parts) => {
                self.all(parts);
                Ty::Unknown
            }
            Expr::Cast(inner, ty) => {
                self.expr(*inner, None);
                self.program.lower(&self.scope, ty)
            }
            Expr::Assign(left, right) => self.assign(*left, *right),
            Expr::Tuple(parts) => Ty::Tuple(self.all(parts)),
            Expr::Array(parts) => Ty::Slice(Box::new(self.all(parts).into_iter().next().unwrap_or_default())),
            Expr::Struct { path, fields, base } => self.struct_literal(path, fields, *base),
            _ => self.control(id, expected),
        }
    }

    fn control(&mut self, id: ExprId, expected: Option<&Ty>) -> Ty {
        match self.body.expr(id) {
            Expr::Block(stmts) => self.block(stmts, expected),
            Expr::Async(block) => {
                let wanted = expected.and_then(|ty| self.program.awaited(ty));
                Ty::Future(Box::new(self.expr(*block, wanted.as_ref())))
            }
            Expr::Closure(closure) => {
                let mark = self.env.len();
                for pat in &closure.params {
                    self.bind(*pat, &Ty::Unknown);
                }
                let body = self.expr(closure.body, None);
                self.env.truncate(mark);
                let output = if closure.is_async { Ty::Future(Box::new(body)) } else { body };
                Ty::Callable(Box::new(output))
            }
            Expr::If { cond, then, otherwise } => {
                let mark = self.env.len();
                self.expr(*cond, None);
                let then = self.expr(*then, expected);
                self.env.truncate(mark);
                let otherwise = otherwise.map(|otherwise| self.expr(otherwise, expected));
                better(then, otherwise.into_iter())
            }
            Expr::Let(pat, value) => {
                let ty = self.expr(*value, None);
                self.bind(*pat, &ty);
                Ty::Unknown
            }
            Expr::Match { scrutinee, arms } => {
                let of = self.expr(*scrutinee, None);
                let mut types = Vec::with_capacity(arms.len());
                for (pat, guard, body) in arms {
                    let mark = self.env.len();
                    self.bind(*pat, &of);
                    if let Some(guard) = guard {
                        self.expr(*guard, None);
                    }
                    types.push(self.expr(*body, expected));
                    self.env.truncate(mark);
                }
                better(Ty::Unknown, types.into_iter())
            }
            Expr::Loop { pat, head, body, .. } => {
                let mark = self.env.len();
                let head = head.map(|head| self.expr(head, None));
                if let Some(pat) = pat {
                    let item = head.and_then(|head| self.program.element(&head)).unwrap_or_default();
                    self.bind(*pat, &item);
                }
                self.expr(*body, None);
                self.env.truncate(mark);
                Ty::Unknown
            }
            Expr::Return(value) | Expr::Break(value) => {
                let ret = self.ret.clone();
                if let Some(value) = value {
                    self.expr(*value, Some(&ret));
                }
                Ty::Unknown
            }
            Expr::Macro(call) => self.macro_call(&call.path, &call.args),
            _ => Ty::Unknown,
        }
    }

    /// The value of a macro that holds its arguments: `vec!` is a list, `join!` a tuple of what was awaited.
    fn macro_call(&mut self, path: &Path, args: &[ExprId]) -> Ty {
        let mark = self.env.len();
        let types = self.all(args);
        self.env.truncate(mark);
        let Some(name) = path.last() else { return Ty::Unknown };
        if let Some(ty) = self.macro_result(path, &types) {
            return ty;
        }
        match name.as_str() {
            "vec" => Ty::External("std::vec::Vec".into(), vec![types.into_iter().next().unwrap_or_default()]),
            "format" => Ty::External("std::string::String".into(), Vec::new()),
            _ if self.program.catalog.macro_fact(name).is_some_and(|fact| fact.carries) => {
                Ty::Tuple(types.iter().map(|ty| self.program.awaited(ty).unwrap_or_else(|| ty.clone())).collect())
            }
            // A macro that stands for its only expression.
            _ => match types.as_slice() {
                [only] => only.clone(),
                _ => Ty::Unknown,
            },
        }
    }

    fn block(&mut self, stmts: &'f [Stmt], expected: Option<&Ty>) -> Ty {
        let mark = self.env.len();
        let mut result = Ty::unit();
        for stmt in stmts {
            match stmt {
                Stmt::Semi(expr) => {
                    self.expr(*expr, None);
                }
                Stmt::Tail(expr) => result = self.expr(*expr, expected),
                Stmt::Let { pat, ty, init, otherwise } => {
                    let written = ty.as_ref().map_or(Ty::Unknown, |ty| self.program.lower(&self.scope, ty));
                    let found = init.map_or(Ty::Unknown, |init| self.expr(init, Some(&written)));
                    if let Some(otherwise) = otherwise {
                        self.expr(*otherwise, None);
                    }
                    self.bind(*pat, &more_known(written, found));
                }
            }
        }
        self.env.truncate(mark);
        result
    }

    fn assign(&mut self, left: ExprId, right: ExprId) -> Ty {
        let target = self.expr(left, None);
        let value = self.expr(right, Some(&target));
        let local = self.out.locals.get(&left).copied();
        if let Some(local) = local {
            let known = self.out.binds.get(&local).cloned().unwrap_or_default();
            self.out.binds.insert(local, more_known(known, value));
        }
        Ty::unit()
    }

    fn struct_literal(&mut self, path: &'f Path, fields: &'f [(Name, ExprId)], base: Option<ExprId>) -> Ty {
        let ty = self.program.lower(&self.scope, &crate::facts::TypeRef::Path(path.clone()));
        let found = match self.program.resolve(self.scope.module, path, Space::Types) {
            Some(Found::Whole(Def::Variant(id, index))) => Some((id, Some(index))),
            _ => None,
        };
        for (name, value) in fields {
            let wanted = match (&ty, found) {
                (_, Some((id, Some(index)))) => self.variant_field(id, index, name),
                _ => self.program.field_type(&ty, name),
            };
            self.expr(*value, Some(&wanted));
        }
        if let Some(base) = base {
            self.expr(base, Some(&ty));
        }
        found.map_or(ty, |(id, _)| Ty::Local(id, Vec::new()))
    }

    fn variant_field(&self, id: super::program::TypeId, index: u32, name: &Name) -> Ty {
        let TypeKind::Enum(item) = self.program.types[id.index()].kind else { return Ty::Unknown };
        let field = item
            .variants
            .get(index as usize)
            .and_then(|variant| variant.fields.iter().find(|field| &field.name == name));
        field.map_or(Ty::Unknown, |field| self.program.member_type(id, &item.generics, field, &[]))
    }

    /// A path in expression position that is not called.
    fn path(&mut self, id: ExprId, path: &'f Path) -> Ty {
        if let Some(name) = path.single() {
            if let Some(local) = self.local(name) {
                self.out.locals.insert(id, local);
                self.out.uses.entry(local).or_default().push(id);
                return self.out.binds.get(&local).cloned().unwrap_or_default();
            }
            if name == "self" {
                return self.scope.self_ty.clone().unwrap_or_default();
            }
        }
        self.path_value(id, path)
    }

    fn path_value(&mut self, id: ExprId, path: &'f Path) -> Ty {
        let target = self.callee(path);
        if let Some(Target::Units { units, .. }) = &target {
            let first = units.first().copied();
            if let Some(unit) = first {
                self.out.values.insert(id, Def::Unit(unit));
                let is_static = matches!(self.program.unit(unit).kind, UnitKind::Static(_));
                let ty = if is_static { self.program.result_type(unit) } else { Ty::Function(unit) };
                self.out.functions.extend(target.map(|target| (id, target)));
                return ty;
            }
        }
        match target {
            Some(Target::Library { call, sure }) => {
                self.out.values.insert(id, Def::External(call.path.clone()));
                self.out.functions.insert(id, Target::Library { call, sure });
            }
            Some(Target::Foreign(path)) => {
                self.out.values.insert(id, Def::External(path));
            }
            Some(other) => {
                self.out.functions.insert(id, other);
            }
            None => {}
        }
        match self.program.resolve(self.scope.module, path, Space::Values) {
            Some(Found::Whole(Def::Type(ty) | Def::Variant(ty, _))) => self.program.named_type(ty, Vec::new()),
            _ => Ty::Unknown,
        }
    }

    /// Where the variables of an inner scope begin.
    pub(super) fn mark(&self) -> usize {
        self.env.len()
    }

    /// Leaves an inner scope.
    pub(super) fn reset(&mut self, mark: usize) {
        self.env.truncate(mark);
    }

    pub(super) fn local(&self, name: &Name) -> Option<PatId> {
        self.env.iter().rev().find(|(known, _)| known == name).map(|(_, pat)| *pat)
    }

    /// Binds a pattern's variables.
    pub(super) fn bind(&mut self, pat: PatId, ty: &Ty) {
        match self.body.pat(pat) {
            Pat::Bind(name, sub) => {
                if self.is_constant(name) {
                    return;
                }
                self.env.push((name.clone(), pat));
                self.out.binds.insert(pat, ty.clone());
                if let Some(sub) = sub {
                    self.bind(*sub, ty);
                }
            }
            Pat::Tuple(parts) => {
                let known = self.program.autoderef(ty).into_iter().find_map(|step| match step {
                    Ty::Tuple(types) => Some(types),
                    _ => None,
                });
                self.bind_list(parts, &known.unwrap_or_default());
            }
            Pat::Slice(parts) => {
                let element = self.program.element(ty).unwrap_or_default();
                parts.iter().for_each(|part| self.bind(*part, &element));
            }
            Pat::TupleStruct(path, parts) => {
                let types = self.tuple_struct_types(path, ty);
                self.bind_list(parts, &types);
            }
            Pat::Struct(path, fields) => {
                let variant = match self.program.resolve(self.scope.module, path, Space::Types) {
                    Some(Found::Whole(Def::Variant(id, index))) => Some((id, index)),
                    _ => None,
                };
                let named = self.program.lower(&self.scope, &crate::facts::TypeRef::Path((**path).clone()));
                let of = more_known(ty.clone(), named);
                for (name, field) in fields {
                    let inner = match variant {
                        Some((id, index)) => self.variant_field(id, index, name),
                        None => self.program.field_type(&of, name),
                    };
                    self.bind(*field, &inner);
                }
            }
            Pat::Ref(inner) => self.bind(*inner, ty),
            Pat::Typed(inner, written) => {
                let written = self.program.lower(&self.scope, written);
                self.bind(*inner, &more_known(written, ty.clone()));
            }
            Pat::Or(cases) => cases.iter().for_each(|case| self.bind(*case, ty)),
            Pat::Str(_) | Pat::Rest | Pat::Other => {}
        }
    }

    /// Types for the parts of a tuple pattern; `..` stands for any number of them.
    fn bind_list(&mut self, parts: &'f [PatId], types: &[Ty]) {
        let rest = parts.iter().position(|part| matches!(self.body.pat(*part), Pat::Rest));
        for (index, part) in parts.iter().enumerate() {
            let at = match rest {
                Some(rest) if index > rest => (types.len() + index).checked_sub(parts.len()),
                _ => Some(index),
            };
            let ty = at.and_then(|at| types.get(at)).cloned().unwrap_or_default();
            self.bind(*part, &ty);
        }
    }

    /// What a path in a pattern means; `Self::Variant` too.
    fn pattern_def(&self, path: &Path) -> Option<Def> {
        if let ([first, variant], Some(Ty::Local(id, _))) = (path.segments.as_slice(), &self.scope.self_ty)
            && first.name == "Self"
            && let TypeKind::Enum(item) = self.program.types[id.index()].kind
        {
            let index = item.variants.iter().position(|known| known.name == variant.name)?;
            return Some(Def::Variant(*id, u32::try_from(index).ok()?));
        }
        match self.program.resolve(self.scope.module, path, Space::Values)? {
            Found::Whole(def) => Some(def),
            Found::Rest(..) => None,
        }
    }

    fn tuple_struct_types(&self, path: &Path, ty: &Ty) -> Vec<Ty> {
        match self.pattern_def(path) {
            Some(Def::Variant(id, index)) => {
                let TypeKind::Enum(item) = self.program.types[id.index()].kind else { return Vec::new() };
                let args = self.local_args(ty, id);
                let fields = item.variants.get(index as usize).map_or(&[][..], |variant| variant.fields.as_slice());
                fields.iter().map(|field| self.program.member_type(id, &item.generics, field, &args)).collect()
            }
            Some(Def::Type(id)) => match self.program.types[id.index()].kind {
                TypeKind::Struct(item) => {
                    let args = self.local_args(ty, id);
                    item.fields.iter().map(|field| self.program.member_type(id, &item.generics, field, &args)).collect()
                }
                _ => vec![self.program.deref(ty).unwrap_or_default()],
            },
            Some(Def::External(path)) => {
                if path.ends_with("::Err") {
                    return vec![Ty::Unknown];
                }
                vec![self.program.outcome_inner(ty).or_else(|| self.program.deref(ty)).unwrap_or_default()]
            }
            _ => Vec::new(),
        }
    }

    fn local_args(&self, ty: &Ty, wanted: super::program::TypeId) -> Vec<Ty> {
        let found = self.program.autoderef(ty).into_iter().find_map(|step| match step {
            Ty::Local(id, args) if id == wanted => Some(args),
            _ => None,
        });
        found.unwrap_or_default()
    }

    /// A name in a pattern that is a constant or unit variant, not a variable.
    fn is_constant(&self, name: &Name) -> bool {
        name.starts_with(char::is_uppercase)
            && self.program.resolve(self.scope.module, &Path::from_names([name.as_str()]), Space::Values).is_some_and(
                |found| {
                    matches!(found, Found::Whole(Def::Variant(..) | Def::Unit(_) | Def::Type(_) | Def::External(_)))
                },
            )
    }
}

/// The first type that says something.
fn better(first: Ty, others: impl Iterator<Item = Ty>) -> Ty {
    let empty = |ty: &Ty| ty.is_unknown() || matches!(ty, Ty::Tuple(parts) if parts.is_empty());
    let mut best = first;
    for other in others {
        if empty(&best) && !other.is_unknown() {
            best = other;
        }
    }
    best
}

/// Of two types of one thing, what they say together.
pub(super) fn more_known(a: Ty, b: Ty) -> Ty {
    match (a, b) {
        (Ty::Unknown | Ty::Foreign, b) if !b.is_unknown() => b,
        (Ty::Unknown, b) => b,
        (a, Ty::Unknown | Ty::Foreign) => a,
        (Ty::External(path, args), Ty::External(other, others)) if path == other => {
            Ty::External(path, more_known_all(args, others))
        }
        (Ty::Local(id, args), Ty::Local(other, others)) if id == other => Ty::Local(id, more_known_all(args, others)),
        (Ty::Tuple(parts), Ty::Tuple(others)) if parts.len() == others.len() => {
            Ty::Tuple(more_known_all(parts, others))
        }
        (a, _) => a,
    }
}

fn more_known_all(args: Vec<Ty>, others: Vec<Ty>) -> Vec<Ty> {
    if args.is_empty() {
        return others;
    }
    let mut others = others.into_iter();
    args.into_iter().map(|arg| more_known(arg, others.next().unwrap_or_default())).collect()
}
