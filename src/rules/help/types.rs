//! Types of clients: whose they are, how they are written.
//!
//! In: types and catalogue files. Out: families, relations, texts.

use crate::catalog::model::CatalogFile;
use crate::facts::{Path, TypeRef};
use crate::link::{Program, Ty};

/// Types within types are followed this far.
const MAX_DEPTH: usize = 4;

/// What is left of a type without futures, `Result` and `Option`.
pub(in crate::rules) fn plain_result(program: &Program<'_>, ty: &Ty) -> Ty {
    let mut ty = ty.clone();
    for _ in 0..MAX_DEPTH {
        match program.awaited(&ty).or_else(|| program.outcome_inner(&ty)) {
            Some(inner) => ty = inner,
            None => break,
        }
    }
    ty
}

/// Whether a type belongs to the same libraries as a file: one can stand in for the other.
pub(in crate::rules) fn is_related(program: &Program<'_>, ty: &Ty, file: &CatalogFile) -> bool {
    let Ty::External(path, args) = ty else { return false };
    let own = program.catalog.type_info(path).map(|info| program.catalog.file(info.file));
    own.is_some_and(|own| related(own, file)) || args.iter().any(|arg| is_related(program, arg, file))
}

/// Whether two files speak of packages that go together.
pub(in crate::rules) fn related(one: &CatalogFile, other: &CatalogFile) -> bool {
    one.name == other.name || one.packages.iter().any(|package| other.packages.contains(package))
}

/// A library type as code, when all of it is known.
pub(in crate::rules) fn as_code(program: &Program<'_>, ty: &Ty) -> Option<String> {
    match ty {
        Ty::External(path, args) => {
            let wanted = program.catalog.type_info(path).map_or(0, |info| info.fact.generics.len());
            if args.len() < wanted {
                return None;
            }
            let args: Vec<String> = args.iter().map(|arg| as_code(program, arg)).collect::<Option<_>>()?;
            Some(if args.is_empty() { path.to_string() } else { format!("{path}<{}>", args.join(", ")) })
        }
        Ty::Local(id, args) if args.is_empty() => Some(program.types[id.index()].name.to_string()),
        _ => None,
    }
}

/// A type as it was written.
pub(in crate::rules) fn written(ty: &TypeRef) -> String {
    let list = |parts: &[TypeRef]| parts.iter().map(written).collect::<Vec<_>>().join(", ");
    let bounds = |paths: &[Path]| paths.iter().map(path_text).collect::<Vec<_>>().join(" + ");
    match ty {
        TypeRef::Path(path) => path_text(path),
        TypeRef::Ref(inner) => format!("&{}", written(inner)),
        TypeRef::Tuple(parts) => format!("({})", list(parts)),
        TypeRef::Slice(inner) => format!("[{}]", written(inner)),
        TypeRef::Fn(ret) => format!("fn() -> {}", written(ret)),
        TypeRef::Impl(paths) => format!("impl {}", bounds(paths)),
        TypeRef::Dyn(paths) => format!("dyn {}", bounds(paths)),
        TypeRef::Unknown => "_".to_owned(),
    }
}

fn path_text(path: &Path) -> String {
    let segments = path.segments.iter().map(|segment| {
        let args: Vec<String> = segment.args.iter().map(written).collect();
        if args.is_empty() { segment.name.to_string() } else { format!("{}<{}>", segment.name, args.join(", ")) }
    });
    segments.collect::<Vec<_>>().join("::")
}
