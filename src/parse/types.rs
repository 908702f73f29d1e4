//! Types, paths and generics as written.

use thin_vec::ThinVec;

use super::attrs::name;
use crate::facts::{Generics, Name, Path, Segment, TypeRef};

/// As deep may types nest: what is deeper is unknown. Whoever walks a type recurses; people's types stay below ten.
const MAX_TYPE_DEPTH: u8 = 64;

/// A type.
pub(super) fn lower(ty: &syn::Type) -> TypeRef {
    Lowerer { left: MAX_TYPE_DEPTH }.ty(ty)
}

/// The type behind `->`.
pub(super) fn lower_return(ret: &syn::ReturnType) -> Option<TypeRef> {
    Lowerer { left: MAX_TYPE_DEPTH }.output(ret)
}

/// The traits among bounds.
pub(super) fn lower_bounds<'a>(bounds: impl Iterator<Item = &'a syn::TypeParamBound>) -> Vec<Path> {
    Lowerer { left: MAX_TYPE_DEPTH }.bounds(bounds)
}

/// A path without a qualified self.
pub(super) fn lower_path(path: &syn::Path) -> Path {
    lower_qualified(None, path)
}

/// A path, perhaps with `<T as Trait>` in front.
pub(super) fn lower_qualified(qself: Option<&syn::QSelf>, path: &syn::Path) -> Path {
    Lowerer { left: MAX_TYPE_DEPTH }.path(qself, path)
}

/// Type arguments and associated types of `<..>`.
pub(super) fn lower_arguments(
    list: &syn::AngleBracketedGenericArguments,
) -> (ThinVec<TypeRef>, ThinVec<(Name, TypeRef)>) {
    Lowerer { left: MAX_TYPE_DEPTH }.arguments(list)
}

/// Lowers types that may nest so much further.
#[derive(Clone, Copy)]
struct Lowerer {
    left: u8,
}

impl Lowerer {
    fn ty(self, ty: &syn::Type) -> TypeRef {
        let Some(left) = self.left.checked_sub(1) else { return TypeRef::Unknown };
        let inner = Lowerer { left };
        match ty {
            syn::Type::Path(path) => TypeRef::Path(inner.path(path.qself.as_ref(), &path.path)),
            syn::Type::Reference(reference) => TypeRef::Ref(Box::new(inner.ty(&reference.elem))),
            syn::Type::Ptr(pointer) => TypeRef::Ref(Box::new(inner.ty(&pointer.elem))),
            syn::Type::Paren(paren) => inner.ty(&paren.elem),
            syn::Type::Group(group) => inner.ty(&group.elem),
            syn::Type::Tuple(tuple) => TypeRef::Tuple(tuple.elems.iter().map(|elem| inner.ty(elem)).collect()),
            syn::Type::Slice(slice) => TypeRef::Slice(Box::new(inner.ty(&slice.elem))),
            syn::Type::Array(array) => TypeRef::Slice(Box::new(inner.ty(&array.elem))),
            syn::Type::FnPtr(pointer) => TypeRef::Fn(Box::new(inner.output(&pointer.output).unwrap_or_else(unit))),
            syn::Type::ImplTrait(bounds) => TypeRef::Impl(inner.bounds(bounds.bounds.iter())),
            syn::Type::TraitObject(bounds) => TypeRef::Dyn(inner.bounds(bounds.bounds.iter())),
            _ => TypeRef::Unknown,
        }
    }

    fn output(self, ret: &syn::ReturnType) -> Option<TypeRef> {
        match ret {
            syn::ReturnType::Default => None,
            syn::ReturnType::Type(_, ty) => Some(self.ty(ty)),
        }
    }

    fn bounds<'a>(self, bounds: impl Iterator<Item = &'a syn::TypeParamBound>) -> Vec<Path> {
        bounds
            .filter_map(|bound| match bound {
                syn::TypeParamBound::Trait(bound) => Some(self.path(None, &bound.path)),
                _ => None,
            })
            .collect()
    }

    fn path(self, qself: Option<&syn::QSelf>, path: &syn::Path) -> Path {
        Path {
            absolute: path.leading_colon.is_some(),
            qself: qself.map(|qself| Box::new((self.ty(&qself.ty), qself.position))),
            segments: path.segments.iter().map(|segment| self.segment(segment)).collect(),
        }
    }

    fn segment(self, segment: &syn::PathSegment) -> Segment {
        let mut lowered = Segment { name: name(&segment.ident), ..Segment::default() };
        match &segment.arguments {
            syn::PathArguments::None => {}
            syn::PathArguments::AngleBracketed(list) => {
                (lowered.args, lowered.assoc) = self.arguments(list);
            }
            syn::PathArguments::Parenthesized(list) => {
                lowered.args.push(TypeRef::Tuple(list.inputs.iter().map(|arg| self.ty(&arg.ty)).collect()));
                let output = self.output(&list.output).unwrap_or_else(unit);
                lowered.assoc.push(("Output".into(), output));
            }
        }
        lowered
    }

    fn arguments(self, list: &syn::AngleBracketedGenericArguments) -> (ThinVec<TypeRef>, ThinVec<(Name, TypeRef)>) {
        let mut args = ThinVec::new();
        let mut assoc = ThinVec::new();
        for arg in &list.args {
            match arg {
                syn::GenericArgument::Type(ty) => args.push(self.ty(ty)),
                syn::GenericArgument::AssocType(pair) => assoc.push((name(&pair.ident), self.ty(&pair.ty))),
                _ => {}
            }
        }
        (args, assoc)
    }
}

fn unit() -> TypeRef {
    TypeRef::Tuple(Vec::new())
}

/// Type parameters with the bounds of both places.
pub(super) fn lower_generics(generics: &syn::Generics) -> Generics {
    let mut params: Vec<(Name, Vec<Path>)> =
        generics.type_params().map(|param| (name(&param.ident), lower_bounds(param.bounds.iter()))).collect();
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        let syn::WherePredicate::Type(predicate) = predicate else { continue };
        let TypeRef::Path(path) = lower(&predicate.bounded_ty) else { continue };
        let Some(bounded) = path.single() else { continue };
        if let Some((_, bounds)) = params.iter_mut().find(|(param, _)| param == bounded) {
            bounds.extend(lower_bounds(predicate.bounds.iter()));
        }
    }
    Generics { params }
}
