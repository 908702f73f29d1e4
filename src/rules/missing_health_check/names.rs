//! What health checks are called.
//!
//! In: a path, or the name of a function. Out: the kind of health check that it names, as the catalogues say.

use crate::catalog::Catalog;
use crate::catalog::model::HealthKind;

/// The kind of health check that a route's path names by its last segment.
pub(super) fn of_path(catalog: &Catalog, path: &str) -> Option<HealthKind> {
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    let plain: String = last.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect::<String>().to_ascii_lowercase();
    let named = |names: &[String]| names.contains(&plain);
    catalog.health_facts().find(|fact| named(&fact.routes)).map(|fact| fact.kind)
}

/// The kind of health check that a handler's name speaks of.
pub(super) fn of_handler(catalog: &Catalog, name: &str) -> Option<HealthKind> {
    let speaks = |words: &[String]| name.split('_').any(|word| words.iter().any(|known| known == word));
    catalog.health_facts().find(|fact| speaks(&fact.words)).map(|fact| fact.kind)
}
