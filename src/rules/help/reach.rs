//! Handles that the project holds already.
//!
//! In: a type, a place that would use it. Out: [`Held`]: the fields by which a usable client, pool or connection is reached
//! from a value of that type; also addresses: clients that open a connection whenever they are asked.

use super::handle::{Sharing, checkout};
use super::situation::Situation;
use super::types::{is_related, written};
use crate::catalog::model::{CloneKind, ShareKind, TypeFact, TypeRole};
use crate::facts::{FieldDef, Name};
use crate::finding::Resource;
use crate::link::{Ty, TypeId, TypeKind, UnitId};

/// A handle reached through fields.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Held {
    /// The fields, `.` between them; empty for the value itself.
    pub(in crate::rules) fields: String,
    /// The struct that has the last field.
    pub(in crate::rules) owner: Option<TypeId>,
    /// The type as written there; for the value itself its path.
    pub(in crate::rules) written: String,
    /// How it is shared.
    pub(in crate::rules) sharing: Sharing,
    /// The handle's type.
    pub(in crate::rules) ty: Ty,
    /// The handle's type, when something is wrapped around it.
    pub(in crate::rules) inside: Option<Name>,
}

impl Held {
    /// The last field.
    pub(in crate::rules) fn field(&self) -> &str {
        self.fields.rsplit('.').next().unwrap_or_default()
    }

    /// The expression that uses it, `base` being the value that holds it.
    pub(in crate::rules) fn usage(&self, base: &str) -> String {
        let place = if self.fields.is_empty() { base.to_owned() } else { format!("{base}.{}", self.fields) };
        match (&self.sharing, &self.inside) {
            (Sharing::Clone, Some(inside)) => format!("{inside}::clone(&{place})"),
            (Sharing::Clone | Sharing::Arc, _) => format!("{place}.clone()"),
            (Sharing::Pool(Some(take)), _) => format!("{place}.{take}"),
            _ => place,
        }
    }
}

/// What a type is to a situation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum Kind {
    /// Usable, shared like this.
    Usable(Sharing),
    /// A client that is only an address.
    Address,
}

/// What a type, seen through wrappers, is to the situation.
pub(in crate::rules) fn kind_of(s: &Situation<'_, '_>, ty: &Ty) -> Option<(Kind, Ty)> {
    let site = &s.analysis.site;
    for step in s.program.autoderef(ty) {
        let Ty::External(path, _) = &step else { return None };
        let info = s.program.catalog.type_info(path)?;
        match info.fact.role {
            TypeRole::Client | TypeRole::Pool | TypeRole::Connection => {
                let same = s.program.family_of(&step).is_some_and(|family| family == site.family);
                let fits = same && is_related(s.program, &step, s.program.catalog.file(site.call.file));
                return fits.then(|| usable(s, path, &info.fact)).flatten().map(|kind| (kind, step.clone()));
            }
            // A cell that has to be asked for its value is no plain handle.
            TypeRole::Cell if !s.program.catalog.method(path, "get").is_empty() => return None,
            _ => {}
        }
    }
    None
}

fn usable(s: &Situation<'_, '_>, path: &Name, fact: &TypeFact) -> Option<Kind> {
    let site = &s.analysis.site;
    let fits = if fact.blocking { !s.in_async() } else { s.in_async() || !site.call.fact.blocking };
    if fact.role == TypeRole::Client && fact.clone == Some(CloneKind::Config) {
        return Some(Kind::Address);
    }
    if !fits {
        return None;
    }
    let sharing = match (fact.role, fact.clone, fact.share) {
        // Whoever builds pools takes connections out of them already.
        (TypeRole::Pool, ..) if site.resource == Resource::Pool => Sharing::Reference,
        (TypeRole::Pool, ..) => Sharing::Pool(checkout(s, path)),
        (TypeRole::Client, Some(CloneKind::Shared), _) => Sharing::Reference,
        (TypeRole::Connection, Some(CloneKind::Shared), _) => Sharing::Clone,
        (_, Some(CloneKind::None), Some(ShareKind::Direct)) => Sharing::Reference,
        _ => return None,
    };
    Some(Kind::Usable(sharing))
}

/// The usable handle that a value of this type is, or holds in a field that `from` can reach.
pub(in crate::rules) fn held_by(s: &Situation<'_, '_>, from: UnitId, ty: &Ty) -> Option<Held> {
    if let Some((Kind::Usable(sharing), step)) = kind_of(s, ty) {
        let written = super::types::as_code(s.program, &step).unwrap_or_else(|| path_of(&step));
        let inside = inside(ty, &step);
        return Some(Held { fields: String::new(), owner: None, written, sharing, ty: step, inside });
    }
    let fields = fields_of(s, ty);
    let direct = fields.iter().find_map(|(owner, field, ty)| match kind_of(s, ty)? {
        (Kind::Usable(sharing), step) if is_reachable(s, from, *owner, field) => {
            Some(held(*owner, field, sharing, (ty, step)))
        }
        _ => None,
    });
    direct.or_else(|| {
        fields.iter().filter(|(owner, field, _)| is_reachable(s, from, *owner, field)).find_map(|(_, outer, ty)| {
            fields_of(s, ty).iter().find_map(|(owner, field, ty)| match kind_of(s, ty)? {
                (Kind::Usable(sharing), step) if is_reachable(s, from, *owner, field) => {
                    let mut found = held(*owner, field, sharing, (ty, step));
                    found.fields = format!("{}.{}", outer.name, found.fields);
                    Some(found)
                }
                _ => None,
            })
        })
    })
}

/// The usable handle in a field of a struct, reachable or not.
pub(in crate::rules) fn field_in(s: &Situation<'_, '_>, id: TypeId) -> Option<Held> {
    let fields = fields_of(s, &Ty::Local(id, Vec::new()));
    fields.iter().find_map(|(owner, field, ty)| match kind_of(s, ty)? {
        (Kind::Usable(sharing), step) => Some(held(*owner, field, sharing, (ty, step))),
        (Kind::Address, _) => None,
    })
}

/// The field of a struct that holds only an address.
pub(in crate::rules) fn address_in(s: &Situation<'_, '_>, ty: &Ty) -> Option<Held> {
    let fields = fields_of(s, ty);
    fields.iter().find_map(|(owner, field, ty)| match kind_of(s, ty)? {
        (Kind::Address, _) => Some(held(*owner, field, Sharing::Unknown, (ty, ty.clone()))),
        (Kind::Usable(_), _) => None,
    })
}

/// `types`: of the field, and of the handle that it is or wraps.
fn held(owner: TypeId, field: &FieldDef, sharing: Sharing, types: (&Ty, Ty)) -> Held {
    let inside = inside(types.0, &types.1);
    let fields = field.name.to_string();
    Held { fields, owner: Some(owner), written: written(&field.ty), sharing, ty: types.1, inside }
}

/// The path of the handle's type, when it is not the whole.
fn inside(whole: &Ty, step: &Ty) -> Option<Name> {
    match step {
        Ty::External(path, _) if step != whole => Some(path.clone()),
        _ => None,
    }
}

/// The named struct that a type is, seen through wrappers, with its fields and their types.
fn fields_of<'f>(s: &Situation<'_, 'f>, ty: &Ty) -> Vec<(TypeId, &'f FieldDef, Ty)> {
    let Some((id, step)) = local_of(s, ty) else { return Vec::new() };
    let TypeKind::Struct(item) = s.program.types[id.index()].kind else { return Vec::new() };
    item.fields.iter().map(|field| (id, field, s.program.field_type(&step, &field.name))).collect()
}

/// The project's own type that a type is, seen through wrappers.
pub(in crate::rules) fn local_of(s: &Situation<'_, '_>, ty: &Ty) -> Option<(TypeId, Ty)> {
    let steps = s.program.autoderef(ty);
    steps.into_iter().find_map(|step| match step {
        Ty::Local(id, _) => Some((id, step)),
        _ => None,
    })
}

/// Whether a field is public, or private to a place around `from`.
fn is_reachable(s: &Situation<'_, '_>, from: UnitId, owner: TypeId, field: &FieldDef) -> bool {
    let module = s.program.types[owner.index()].module;
    if s.sees_private(from, module) {
        return true;
    }
    let Some(file) = s.program.loaded.sources.get(s.file_of(module)) else { return false };
    let line = file.text.lines().nth((field.span.start.line as usize).saturating_sub(1)).unwrap_or_default();
    let before: String = line.chars().take((field.span.start.column as usize).saturating_sub(1)).collect();
    let last = before.rsplit([',', '{', '(']).find(|part| part.contains("pub")).unwrap_or(before.as_str());
    last.split_whitespace().any(|word| word.starts_with("pub"))
}

fn path_of(ty: &Ty) -> String {
    match ty {
        Ty::External(path, _) => path.to_string(),
        _ => String::new(),
    }
}
