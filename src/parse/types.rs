//! Types, paths and generics as written.

use thin_vec::ThinVec;

use super::attrs::name;
use crate::facts::{Generics, Name, Path, Segment, TypeRef};

/// A type.
pub(super) fn lower(ty: &syn::Type) -> TypeRef {
    match ty {
        syn::Type::Path(path) => TypeRef::Path(lower_qualified(path.qself.as_ref(), &path.path)),
        syn::Type::Reference(inner) => TypeRef::Ref(Box::new(lower(&inner.elem))),
        syn::Type::Ptr(inner) => TypeRef::Ref(Box::new(lower(&inner.elem))),
        syn::Type::Paren(inner) => lower(&inner.elem),
        syn::Type::Group(inner) => lower(&inner.elem),
        syn::Type::Tuple(tuple) => TypeRef::Tuple(tuple.elems.iter().map(lower).collect()),
        syn::Type::Slice(slice) => TypeRef::Slice(Box::new(lower(&slice.elem))),
        syn::Type::Array(array) => TypeRef::Slice(Box::new(lower(&array.elem))),
        syn::Type::FnPtr(pointer) => TypeRef::Fn(Box::new(lower_return(&pointer.output).unwrap_or_else(unit))),
        syn::Type::ImplTrait(bounds) => TypeRef::Impl(lower_bounds(bounds.bounds.iter())),
        syn::Type::TraitObject(bounds) => TypeRef::Dyn(lower_bounds(bounds.bounds.iter())),
        _ => TypeRef::Unknown,
    }
}

fn unit() -> TypeRef {
    TypeRef::Tuple(Vec::new())
}

/// The type behind `->`.
pub(super) fn lower_return(ret: &syn::ReturnType) -> Option<TypeRef> {
    match ret {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, ty) => Some(lower(ty)),
    }
}

/// The traits among bounds.
pub(super) fn lower_bounds<'a>(bounds: impl Iterator<Item = &'a syn::TypeParamBound>) -> Vec<Path> {
    bounds
        .filter_map(|bound| match bound {
            syn::TypeParamBound::Trait(bound) => Some(lower_path(&bound.path)),
            _ => None,
        })
        .collect()
}

/// A path without a qualified self.
pub(super) fn lower_path(path: &syn::Path) -> Path {
    lower_qualified(None, path)
}

/// A path, perhaps with `<T as Trait>` in front.
pub(super) fn lower_qualified(qself: Option<&syn::QSelf>, path: &syn::Path) -> Path {
    Path {
        absolute: path.leading_colon.is_some(),
        qself: qself.map(|qself| Box::new((lower(&qself.ty), qself.position))),
        segments: path.segments.iter().map(lower_segment).collect(),
    }
}

fn lower_segment(segment: &syn::PathSegment) -> Segment {
    let mut lowered = Segment { name: name(&segment.ident), ..Segment::default() };
    match &segment.arguments {
        syn::PathArguments::None => {}
        syn::PathArguments::AngleBracketed(list) => {
            (lowered.args, lowered.assoc) = lower_arguments(list);
        }
        syn::PathArguments::Parenthesized(list) => {
            lowered.args.push(TypeRef::Tuple(list.inputs.iter().map(|arg| lower(&arg.ty)).collect()));
            let output = lower_return(&list.output).unwrap_or_else(unit);
            lowered.assoc.push(("Output".into(), output));
        }
    }
    lowered
}

/// Type arguments and associated types of `<..>`.
pub(super) fn lower_arguments(
    list: &syn::AngleBracketedGenericArguments,
) -> (ThinVec<TypeRef>, ThinVec<(Name, TypeRef)>) {
    let mut args = ThinVec::new();
    let mut assoc = ThinVec::new();
    for arg in &list.args {
        match arg {
            syn::GenericArgument::Type(ty) => args.push(lower(ty)),
            syn::GenericArgument::AssocType(pair) => assoc.push((name(&pair.ident), lower(&pair.ty))),
            _ => {}
        }
    }
    (args, assoc)
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
