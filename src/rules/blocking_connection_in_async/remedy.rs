//! What to do about a blocking call.
//!
//! In: the call. Out: lines of help: its asynchronous twin, and where else it may run, as the catalogues and the package's
//! dependencies tell.

use super::calls::Call;
use crate::catalog::model::Runs;
use crate::link::{Program, UnitId};

/// The help for a call.
pub(super) fn help(program: &Program<'_>, call: &Call) -> Vec<String> {
    let instead = match &call.twin {
        Some(twin) => format!("use {twin}, and await it"),
        None => "use the asynchronous client and await its calls".to_owned(),
    };
    let apart = match thread_for(program, call.unit) {
        Some(path) => format!("or run this on a thread where blocking is allowed: `{path}(move || ..).await`"),
        None => "or run this on a thread of its own".to_owned(),
    };
    vec![instead, apart]
}

/// The function that runs a closure where it may block, and gives what can be awaited: the framework's, else the runtime's.
fn thread_for<'c>(program: &Program<'c>, unit: UnitId) -> Option<&'c str> {
    let externs = &program.crate_of(unit).externs;
    let is_dependency = |path: &str| externs.values().any(|name| path.split("::").next() == Some(name.as_str()));
    let mut files: Vec<_> = program.catalog.files().iter().collect();
    files.sort_by_key(|file| file.packages.is_empty());
    let calls = files.into_iter().flat_map(|file| &file.function);
    let awaited = calls.filter(|fact| {
        fact.call.runs == Some(Runs::BlockingTask) && (fact.call.is_async || fact.call.returns.is_some())
    });
    awaited.flat_map(|fact| &fact.paths).map(String::as_str).find(|path| is_dependency(path))
}
