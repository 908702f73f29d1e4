//! How a connection is got from a client or pool.
//!
//! In: a construction or an ask. Out: the call that a project of this version makes, as code: `get().await`.

use super::ask::{Ask, retries_of};
use crate::catalog::FileId;
use crate::catalog::model::{MethodFact, Network};
use crate::facts::ExprId;
use crate::finding::Resource;
use crate::flow::Site;
use crate::link::{Program, Ty, UnitId};
use crate::rules::help::plain_result;
use crate::rules::versions::{Holds, holds};

/// The call that takes a connection out of a pool, or opens one of a client.
pub(in crate::rules) fn opener(program: &Program<'_>, site: &Site) -> Option<String> {
    let Ty::External(path, _) = plain_result(program, program.types(site.unit).ty(site.expr)) else { return None };
    let file = program.catalog.type_info(&path)?.file;
    let opens = |method: &&MethodFact| match site.resource {
        Resource::Pool => method.call.checkout,
        _ => connects(method) && method.call.is_async,
    };
    current(program, site.unit, file, &path).find(opens).and_then(written)
}

/// A call on the same client that tries again by itself, where the one made does not.
pub(in crate::rules) fn retrying_opener(program: &Program<'_>, ask: &Ask) -> Option<String> {
    let call = ask.call.as_ref()?;
    let (owner, _) = call.path.rsplit_once("::")?;
    let tries = |method: &&MethodFact| {
        let is_alike = connects(method) && method.call.is_async == call.fact.is_async;
        is_alike && retries_of(program, ask.unit, call.file, &method.call) == Holds::Always
    };
    current(program, ask.unit, call.file, owner).find(tries).and_then(written)
}

fn connects(method: &MethodFact) -> bool {
    method.call.makes == Some(Resource::Connection) && method.call.network == Some(Network::Connects)
}

/// The methods of a type that the version in use has and recommends.
fn current<'p>(
    program: &'p Program<'_>,
    unit: UnitId,
    file: FileId,
    owner: &str,
) -> impl Iterator<Item = &'p MethodFact> {
    program.catalog.file(file).method.iter().filter(move |method| {
        let fact = &method.call;
        let exists = holds(program, unit, file, fact.versions.as_deref()) == Holds::Always;
        exists && fact.deprecated.is_none() && !fact.dedicated && method.on.iter().any(|on| on == owner)
    })
}

fn written(method: &MethodFact) -> Option<String> {
    let suffix = if method.call.is_async { ".await" } else { "" };
    Some(format!("{}(){suffix}", method.names.first()?))
}

/// The place of an expression: `src/cache.rs:12`.
pub(in crate::rules) fn place_of(program: &Program<'_>, unit: UnitId, expr: ExprId) -> String {
    let line = program.body(unit).map_or(0, |body| body.node(expr).span.start.line);
    format!("{}:{line}", program.file_name(unit))
}
