//! Whether a connection may become one of another type.
//!
//! In: an expression that gives a connection. Out: whether everything that is done with it can be done with any type of connection:
//! commands, parameters that are generic. A function that gives the connection on may do so: then its result type changes, and
//! its callers are asked the same.

use std::ops::Range;

use super::case::Case;
use super::slice::text_of_file;
use super::value::{Failing, Made, bound_to, is_result, made};
use crate::facts::{Body, Expr, ExprId, TypeRef};
use crate::link::{Owner, Program, ReferenceKind, Target, Ty, UnitId};
use crate::rules::help::types::plain_result;
use crate::source::Span;

/// What must change beside the expression itself: the written type of a function's result, by file and bytes; None inside when
/// nothing must. None when a use takes only the type as it is.
#[allow(clippy::option_option)]
pub(super) fn change(case: &Case<'_, '_>, made: &Made, ty: &str) -> Option<Option<(usize, Range<usize>)>> {
    let unit = case.unit();
    let takers = Takers { program: case.program(), library: library(case) };
    let connection = plain_result(case.program(), case.program().types(unit).ty(made.call));
    if takers.is_named(&connection, ty) || takers.takes_any(unit, made) {
        return Some(None);
    }
    if !takers.is_given_on(unit, made) {
        return None;
    }
    let place = takers.result_type(unit, &connection)?;
    takers.callers_take_any(unit).then_some(Some(place))
}

fn library<'c>(case: &Case<'c, '_>) -> &'c str {
    case.analysis().site.call.path.split("::").next().unwrap_or_default()
}

struct Takers<'c, 'f> {
    program: &'c Program<'f>,
    library: &'c str,
}

impl Takers<'_, '_> {
    /// Whether the connection is of the new type already.
    fn is_named(&self, connection: &Ty, ty: &str) -> bool {
        let last = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
        matches!(connection, Ty::External(path, _) if self.library_of(path) && last(path) == last(ty))
    }

    fn library_of(&self, path: &str) -> bool {
        path.split("::").next() == Some(self.library)
    }

    /// Whether all uses of the value, where it is made, take any type.
    fn takes_any(&self, unit: UnitId, made: &Made) -> bool {
        let Some(body) = self.program.body(unit) else { return false };
        if made.failing == Failing::Open {
            return false;
        }
        match bound_to(body, made.whole) {
            Some(variable) => {
                let uses = self.program.types(unit).uses.get(&variable);
                uses.is_none_or(|uses| uses.iter().all(|at| self.is_any_use(unit, body, *at)))
            }
            None => self.is_any_use(unit, body, made.whole),
        }
    }

    /// Whether a use of a connection takes any type of connection: a command, or a parameter that is generic.
    fn is_any_use(&self, unit: UnitId, body: &Body, at: ExprId) -> bool {
        let Some(parent) = body.parent(at) else { return false };
        match body.expr(parent) {
            Expr::Method { receiver, name, .. } if *receiver == at => self.is_command(unit, parent, name),
            Expr::Ref(_) => body.parent(parent).is_some_and(|call| self.is_generic_argument(unit, body, call, parent)),
            _ => self.is_generic_argument(unit, body, parent, at),
        }
    }

    /// A command: none of the connection's own functions, which other connections may not have.
    fn is_command(&self, unit: UnitId, call: ExprId, name: &str) -> bool {
        if name == "clone" || name.starts_with("into") {
            return false;
        }
        match self.program.types(unit).targets.get(&call) {
            Some(Target::Units { .. } | Target::Constructor) => false,
            Some(Target::Library { call, .. }) => call.fact.makes.is_none() && !call.fact.checkout,
            _ => true,
        }
    }

    /// Whether `arg` is given to something generic: to the library itself, or to a parameter `impl Trait` or `T` of the project.
    fn is_generic_argument(&self, unit: UnitId, body: &Body, call: ExprId, arg: ExprId) -> bool {
        let (Expr::Call { args, .. } | Expr::Method { args, .. }) = body.expr(call) else { return false };
        let Some(index) = args.iter().position(|one| *one == arg) else { return false };
        match self.program.types(unit).targets.get(&call) {
            Some(Target::Library { call, .. }) => self.library_of(&call.path),
            Some(Target::Foreign(path)) => self.library_of(path),
            Some(Target::Units { units, .. }) => units.iter().all(|unit| self.is_generic(*unit, index)),
            _ => false,
        }
    }

    fn is_generic(&self, unit: UnitId, index: usize) -> bool {
        let Some(function) = self.program.unit(unit).function() else { return false };
        let Some(param) = function.params.get(index) else { return false };
        let mut ty = &param.ty;
        while let TypeRef::Ref(inner) = ty {
            ty = inner;
        }
        match ty {
            TypeRef::Impl(_) => true,
            TypeRef::Path(path) => {
                path.single().is_some_and(|name| function.generics.params.iter().any(|(known, _)| known == name))
            }
            _ => false,
        }
    }

    /// Whether the value is just what its function gives: as the last expression, by `Ok(..)`, or through a variable that is used
    /// for nothing else but commands.
    fn is_given_on(&self, unit: UnitId, made: &Made) -> bool {
        let Some(body) = self.program.body(unit) else { return false };
        if made.failing == Failing::Open {
            return is_result(body, made.whole);
        }
        match bound_to(body, made.whole) {
            Some(variable) => {
                let uses = self.program.types(unit).uses.get(&variable);
                uses.is_some_and(|uses| uses.iter().all(|at| is_result(body, *at) || self.is_any_use(unit, body, *at)))
            }
            None => is_result(body, made.whole),
        }
    }

    /// Whether every caller of a function of the program takes any type of connection from it.
    fn callers_take_any(&self, unit: UnitId) -> bool {
        let found = self.program.unit(unit);
        let is_fixed = match found.owner {
            Owner::Free => false,
            Owner::Impl(id) => self.program.impls[id.index()].item.of_trait.is_some(),
            Owner::Trait(_) => true,
        };
        let references = self.program.references(unit);
        !is_fixed
            && !references.is_empty()
            && references.iter().all(|reference| {
                let Some(body) = self.program.body(reference.unit) else { return false };
                let is_call = matches!(body.expr(reference.expr), Expr::Call { .. } | Expr::Method { .. });
                let made = made(self.program, reference.unit, reference.expr);
                reference.kind != ReferenceKind::Value
                    && is_call
                    && made.is_some_and(|made| self.takes_any(reference.unit, &made))
            })
    }

    /// Where the type of the connection is written in a function's result.
    fn result_type(&self, unit: UnitId, connection: &Ty) -> Option<(usize, Range<usize>)> {
        let Ty::External(wanted, _) = connection else { return None };
        let found = self.program.unit(unit);
        let text = text_of_file(self.program, unit);
        let function = function_at(text, found.span)?;
        let syn::ReturnType::Type(_, ty) = function.output else { return None };
        let mut paths = Paths::default();
        syn::visit::Visit::visit_type(&mut paths, &ty);
        let place = paths.0.into_iter().find_map(|(segments, range)| {
            let path = crate::facts::Path::from_names(segments.iter().map(String::as_str));
            let full = self.program.full_path(found.module, &path)?;
            (full == *wanted).then_some((found.file, range))
        });
        proc_macro2::extra::invalidate_current_thread_spans();
        place
    }
}

/// The paths of a type, with the bytes at which each stands.
#[derive(Default)]
struct Paths(Vec<(Vec<String>, Range<usize>)>);

impl<'t> syn::visit::Visit<'t> for Paths {
    fn visit_type_path(&mut self, ty: &'t syn::TypePath) {
        let segments = ty.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let is_plain = ty.path.segments.iter().all(|segment| segment.arguments.is_empty());
        if is_plain {
            let range = syn::spanned::Spanned::span(ty).byte_range();
            self.0.push((segments, range));
        }
        syn::visit::visit_type_path(self, ty);
    }
}

/// The signature of the function whose name stands at `name`.
fn function_at(text: &str, name: Span) -> Option<syn::Signature> {
    struct Find {
        name: Span,
        found: Option<syn::Signature>,
    }
    impl<'t> syn::visit::Visit<'t> for Find {
        fn visit_signature(&mut self, signature: &'t syn::Signature) {
            let start = signature.ident.span().start();
            if (start.line, start.column + 1) == (self.name.start.line as usize, self.name.start.column as usize) {
                self.found = Some(signature.clone());
            }
            syn::visit::visit_signature(self, signature);
        }
    }
    if text.starts_with('\u{feff}') || (text.starts_with("#!") && !text.starts_with("#![")) {
        return None;
    }
    let file = syn::parse_file(text).ok()?;
    let mut find = Find { name, found: None };
    syn::visit::Visit::visit_file(&mut find, &file);
    find.found
}
