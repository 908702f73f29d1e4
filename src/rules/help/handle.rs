//! What the project should hold in place of what it builds again and again.
//!
//! In: a situation. Out: [`Handle`]: a type, how it is made and how it is shared, as the catalogue of the client says.
//! Where a client is only an address, that is a connection made from it; where a connection can't be shared, a pool.

use super::situation::Situation;
use super::types::{as_code, plain_result, related};
use crate::catalog::last_segment;
use crate::catalog::model::{CallFact, CatalogFile, CloneKind, ShareKind, TypeFact, TypeRole};
use crate::facts::Expr;
use crate::finding::Resource;
use crate::flow::Analysis;
use crate::link::{Ty, TypeId, UnitId};

/// How a handle gets to those who use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum Sharing {
    /// By cloning it for each use, whoever needs it mutably or not.
    Clone,
    /// A pool: what is taken out of it, by this method call; none when the pool itself is used.
    Pool(Option<String>),
    /// Behind an `Arc`.
    Arc,
    /// Behind a lock.
    Lock,
    /// By reference; a type of the project.
    Reference,
    /// Not known.
    Unknown,
}

/// What the project should hold.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Handle {
    /// The type, for people.
    pub(in crate::rules) name: String,
    /// The type, as code, when all of it is known.
    pub(in crate::rules) code: Option<String>,
    /// A good name for a field or variable.
    pub(in crate::rules) field: String,
    /// How it is shared.
    pub(in crate::rules) sharing: Sharing,
    /// The method or function that makes it, when it is not the flagged call.
    pub(in crate::rules) maker: Option<String>,
    /// The call that makes it has to be awaited.
    pub(in crate::rules) is_async: bool,
    /// The function of the project that makes it.
    pub(in crate::rules) factory: Option<UnitId>,
    /// What it is.
    pub(in crate::rules) resource: Resource,
}

/// The handle for a situation.
pub(in crate::rules) fn wanted(s: &Situation<'_, '_>) -> Handle {
    let ended = plain_result(s.program, s.program.types(s.user).ty(s.at));
    if let (Some(factory), Ty::Local(id, _)) = (s.factory(), &ended)
        && takes_nothing(s)
    {
        return own_type(s, factory, *id);
    }
    let built = built_type(s, &ended);
    let file = s.program.catalog.file(s.analysis.site.call.file);
    let path = match &built {
        Ty::External(path, _) => path.to_string(),
        _ => String::new(),
    };
    let fact = s.program.catalog.type_info(&path).map(|info| &info.fact);
    let opens_blocking = opens_blocking(s);
    let blocking = fact.is_some_and(|fact| fact.blocking) || opens_blocking;
    let clone = fact.and_then(|fact| fact.clone);
    let share = fact.and_then(|fact| fact.share);
    let connects = s.analysis.site.resource == Resource::Connection;
    let may_wait = s.in_async() || !blocking;
    if connects || clone == Some(CloneKind::Config) {
        let client = if connects { owner_of_call(s) } else { path.clone() };
        if may_wait && let Some(found) = shared_connection(s, file, &client) {
            return found;
        }
        if (connects && share == Some(ShareKind::Owner)) || opens_blocking {
            return pool(s, file, blocking);
        }
    }
    let gives_it = path_of_result(s).is_some_and(|given| given == path);
    Handle {
        maker: if gives_it || path.is_empty() { None } else { plain_constructor(file, &path) },
        is_async: gives_it && s.analysis.site.call.fact.is_async,
        factory: s.factory().filter(|_| gives_it),
        ..of_type(s, &built)
    }
}

/// Whether the value at the end is made without arguments, so that any other would be the same.
fn takes_nothing(s: &Situation<'_, '_>) -> bool {
    s.program.body(s.user).is_some_and(|body| match body.expr(s.at) {
        Expr::Call { args, .. } | Expr::Method { args, .. } => args.is_empty(),
        _ => false,
    })
}

/// The handle that a library type is, as it is.
pub(in crate::rules) fn of_type(s: &Situation<'_, '_>, ty: &Ty) -> Handle {
    let path = match ty {
        Ty::External(path, _) => path.as_str(),
        _ => "",
    };
    let fact = s.program.catalog.type_info(path).map(|info| &info.fact);
    let resource = match fact.map(|fact| fact.role) {
        Some(TypeRole::Pool) => Resource::Pool,
        Some(TypeRole::Connection) => Resource::Connection,
        _ => s.analysis.site.resource,
    };
    let sharing = match (fact.and_then(|fact| fact.clone), fact.and_then(|fact| fact.share)) {
        _ if resource == Resource::Pool => {
            Sharing::Pool(checkout(s, path).filter(|_| s.analysis.site.resource != Resource::Pool))
        }
        (Some(CloneKind::Shared), _) => Sharing::Clone,
        (_, Some(ShareKind::Lock)) => Sharing::Lock,
        (Some(CloneKind::None), Some(ShareKind::Direct)) => Sharing::Arc,
        _ => Sharing::Unknown,
    };
    Handle {
        name: if path.is_empty() { s.analysis.site.resource.name().to_owned() } else { path.to_owned() },
        code: as_code(s.program, ty),
        field: field_name(s, resource),
        sharing,
        maker: None,
        is_async: false,
        factory: None,
        resource,
    }
}

/// A type of the project that holds the client, made by a function of the project.
fn own_type(s: &Situation<'_, '_>, factory: UnitId, id: TypeId) -> Handle {
    let name = s.program.types[id.index()].name.to_string();
    Handle {
        field: snake_case(&name),
        code: Some(name.clone()),
        name,
        sharing: Sharing::Reference,
        maker: None,
        is_async: s.program.unit(factory).function().is_some_and(|function| function.is_async),
        factory: Some(factory),
        resource: s.analysis.site.resource,
    }
}

/// The library type that is built: told by the expression, the catalogue's `returns`, or the file's first type of that kind.
fn built_type(s: &Situation<'_, '_>, ended: &Ty) -> Ty {
    let site = &s.analysis.site;
    let of_site = plain_result(s.program, s.program.types(site.unit).ty(site.expr));
    let returned = || path_of_result(s).map(|path| Ty::External(path.into(), Vec::new()));
    let file = s.program.catalog.file(site.call.file);
    let role = match site.resource {
        Resource::Client => TypeRole::Client,
        Resource::Pool => TypeRole::Pool,
        Resource::Connection => TypeRole::Connection,
    };
    let first = || {
        let library = site.call.path.split("::").next().unwrap_or_default();
        let fits = |fact: &&TypeFact| {
            fact.role == role
                && fact.blocking == site.call.fact.blocking
                && fact.path.split("::").next() == Some(library)
        };
        file.types.iter().find(fits).map(|fact| Ty::External(fact.path.as_str().into(), Vec::new()))
    };
    let mut candidates = [Some(ended.clone()), Some(of_site)].into_iter().flatten();
    candidates.find(|ty| is_resource(s, ty)).or_else(returned).or_else(first).unwrap_or_default()
}

fn is_resource(s: &Situation<'_, '_>, ty: &Ty) -> bool {
    let Ty::External(path, _) = ty else { return false };
    let Some(info) = s.program.catalog.type_info(path) else { return false };
    matches!(info.fact.role, TypeRole::Client | TypeRole::Pool | TypeRole::Connection)
        && s.program.family_of(ty).is_some_and(|family| family == s.analysis.site.family)
}

/// The catalogue's result type of the flagged call, if it is a client, pool or connection.
fn path_of_result(s: &Situation<'_, '_>) -> Option<String> {
    let call = &s.analysis.site.call;
    let text = result_text(&call.fact)?;
    let path = s.program.catalog.canonical(&text).to_string();
    let role = s.program.catalog.type_info(&path)?.fact.role;
    matches!(role, TypeRole::Client | TypeRole::Pool | TypeRole::Connection).then_some(path)
}

/// `Result<a::B<C>>` → `a::B`.
pub(in crate::rules) fn result_text(call: &CallFact) -> Option<String> {
    let text = call.returns.as_deref()?;
    let text = text.strip_prefix("Result<").and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    Some(text.split('<').next().unwrap_or(text).to_owned())
}

/// The type on whose value the flagged call is made.
fn owner_of_call(s: &Situation<'_, '_>) -> String {
    s.analysis.site.call.path.rsplit_once("::").map(|(owner, _)| owner.to_owned()).unwrap_or_default()
}

/// Whether blocking connections are opened: by the flagged call, by one made from its result, else by all that the package
/// opens.
fn opens_blocking(s: &Situation<'_, '_>) -> bool {
    let site = &s.analysis.site;
    if site.call.fact.blocking || s.in_async() {
        return site.call.fact.blocking;
    }
    let is_part = |other: &&Analysis| other.site.unit == site.unit && s.analysis.derived.contains(&other.site.expr);
    let mut parts = s.analyses.iter().filter(is_part).peekable();
    if parts.peek().is_some() {
        return parts.any(|part| part.site.call.fact.blocking);
    }
    let package = s.program.crate_of(site.unit).package;
    let mut others = s.analyses.iter().filter(|other| {
        other.site.resource == Resource::Connection
            && other.site.call.file == site.call.file
            && s.program.crate_of(other.site.unit).package == package
    });
    let first = others.next();
    first.is_some_and(|first| first.site.call.fact.blocking) && others.all(|other| other.site.call.fact.blocking)
}

/// The connection that is made from a client and shared by cloning: first one that keeps the client, so that it can connect
/// again, else the catalogue's first.
fn shared_connection(s: &Situation<'_, '_>, file: &CatalogFile, client: &str) -> Option<Handle> {
    let holds_client = |path: &str| {
        file.function.iter().any(|function| {
            function.call.from_arg.is_some() && result_text(&function.call).is_some_and(|result| result == path)
        })
    };
    let mut found: Vec<(&TypeFact, &str, bool)> = Vec::new();
    for fact in &file.types {
        let shared = fact.clone == Some(CloneKind::Shared) && fact.share == Some(ShareKind::Direct) && !fact.blocking;
        if fact.role != TypeRole::Connection || !shared || !in_force(s, file, fact.versions.as_deref(), None) {
            continue;
        }
        let maker = file.method.iter().find(|method| {
            method.on.iter().any(|on| on == client)
                && result_text(&method.call).is_some_and(|result| result == fact.path)
                && in_force(s, file, method.call.versions.as_deref(), method.call.deprecated.as_deref())
        });
        if let Some(name) = maker.and_then(|method| method.names.first()) {
            found.push((fact, name, maker.is_some_and(|method| method.call.is_async)));
        }
    }
    let best = found.iter().find(|(fact, ..)| holds_client(&fact.path)).or(found.first())?;
    let (fact, maker, is_async) = *best;
    let is_site = s.analysis.site.call.path.as_str() == format!("{client}::{maker}");
    Some(Handle {
        name: fact.path.clone(),
        code: Some(fact.path.clone()),
        field: field_name(s, Resource::Connection),
        sharing: Sharing::Clone,
        maker: (!is_site).then(|| maker.to_owned()),
        is_async,
        factory: None,
        resource: Resource::Connection,
    })
}

/// Whether the version that the package depends on has something.
pub(in crate::rules) fn in_force(
    s: &Situation<'_, '_>,
    file: &CatalogFile,
    versions: Option<&str>,
    deprecated: Option<&str>,
) -> bool {
    let package = s.program.package_of(s.analysis.site.unit);
    let dependency = package.dependencies.iter().find(|dependency| Some(&dependency.package) == file.packages.first());
    let version =
        dependency.and_then(|dependency| dependency.locked.last().cloned().or_else(|| dependency.least_version()));
    let Some(version) = version else { return deprecated.is_none() };
    let matches = |text: &str| semver::VersionReq::parse(text).is_ok_and(|wanted| wanted.matches(&version));
    versions.is_none_or(matches) && deprecated.is_none_or(|since| !matches(&format!(">={since}")))
}

/// A pool for connections that can't be shared: one of a library that the package has, else no particular one.
fn pool(s: &Situation<'_, '_>, file: &CatalogFile, blocking: bool) -> Handle {
    let package = s.program.package_of(s.analysis.site.unit);
    let has = |other: &CatalogFile| {
        package.dependencies.iter().any(|dependency| other.packages.first() == Some(&dependency.package))
    };
    let of_file = |other: &CatalogFile| {
        let mut types = other.types.iter();
        types.find(|fact| fact.role == TypeRole::Pool && fact.blocking == blocking).map(|fact| fact.path.clone())
    };
    let files = s.program.catalog.files();
    let others = files.iter().filter(|other| other.name != file.name && has(other) && related(other, file));
    let name = of_file(file).or_else(|| others.into_iter().find_map(of_file));
    let take = name.as_deref().and_then(|name| checkout(s, name));
    Handle {
        name: name.unwrap_or_else(|| "pool".to_owned()),
        code: None,
        field: "pool".to_owned(),
        sharing: Sharing::Pool(take),
        maker: Some(String::new()),
        is_async: false,
        factory: None,
        resource: Resource::Pool,
    }
}

/// How something is taken out of a pool: `get().await`.
pub(in crate::rules) fn checkout(s: &Situation<'_, '_>, pool: &str) -> Option<String> {
    let file = s.program.catalog.file(s.program.catalog.type_info(pool)?.file);
    let method = file.method.iter().find(|method| method.call.checkout && method.on.iter().any(|on| on == pool))?;
    let name = method.names.first()?;
    Some(if method.call.is_async { format!("{name}().await") } else { format!("{name}()") })
}

/// `Type::new`, if the file knows it to need nothing and to give the type itself.
fn plain_constructor(file: &CatalogFile, path: &str) -> Option<String> {
    let mut functions = file.function.iter().filter(|function| {
        function.call.makes.is_some()
            && function.call.from_arg.is_none()
            && function.call.returns.as_deref() == Some(path)
    });
    functions.find_map(|function| function.paths.iter().find(|full| **full == format!("{path}::new")).cloned())
}

/// A name for a field that holds it: the family's, `pool` for pools.
fn field_name(s: &Situation<'_, '_>, resource: Resource) -> String {
    let family = &s.analysis.site.family;
    let is_name = !family.is_empty() && syn::parse_str::<syn::Ident>(family).is_ok();
    match resource {
        Resource::Pool => "pool".to_owned(),
        _ if is_name => family.clone(),
        _ => last_segment(resource.name()).to_owned(),
    }
}

pub(in crate::rules) fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
