//! Runs of the library, in process.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use connlint::check::{Checked, Request, run};
use connlint::rules::page::pages;

use super::root;

/// Room for deep expressions in an unoptimised build.
const STACK: usize = 64 << 20;

/// The findings of all rules over `fixtures/rules`.
pub(crate) static RULES: LazyLock<Checked> = LazyLock::new(|| check(&[root().join("fixtures/rules")], root()));

/// The findings of all rules over `fixtures/projects`.
pub(crate) static PROJECTS: LazyLock<Checked> = LazyLock::new(|| check(&[root().join("fixtures/projects")], root()));

/// The findings of all rules over `fixtures/practice`.
pub(crate) static PRACTICE: LazyLock<Checked> = LazyLock::new(|| check(&[root().join("fixtures/practice")], root()));

/// Checks with every rule on, the pedantic ones too.
pub(crate) fn check(paths: &[PathBuf], cwd: &Path) -> Checked {
    let request = Request { pedantic: true, ..request(paths, cwd, true) };
    in_pool(|| run(&request)).expect("there is something to check")
}

/// A run with the rules at their usual levels, or with the pedantic ones too.
pub(crate) fn request(paths: &[PathBuf], cwd: &Path, pedantic: bool) -> Request {
    let known = pages().expect("the pages are well-formed").iter().map(|page| (page.id.as_str(), page.level));
    Request {
        paths: paths.to_vec(),
        levels: connlint::cli::levels(known, pedantic, &[]).expect("no level is changed"),
        ..Request::new(cwd.to_owned())
    }
}

/// Runs with room for deep expressions.
pub(crate) fn in_pool<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().expect("threads can be made");
    pool.install(work)
}
