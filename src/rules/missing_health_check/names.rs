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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_known_by_their_last_segment() {
        let catalog = Catalog::builtin().expect("the catalogues can be read");
        let kind = |path: &str| of_path(&catalog, path);
        assert_eq!(kind("/api/v1/health-check"), Some(HealthKind::Health));
        assert_eq!(kind("/_health/"), Some(HealthKind::Health));
        assert_eq!(kind("/health/ready"), Some(HealthKind::Readiness));
        assert_eq!(kind("/livez"), Some(HealthKind::Liveness));
        assert_eq!(kind("/healthcare"), None);
        assert_eq!(kind("/health/{id}"), None);
    }

    #[test]
    fn handlers_are_known_by_a_word() {
        let catalog = Catalog::builtin().expect("the catalogues can be read");
        assert_eq!(of_handler(&catalog, "get_health"), Some(HealthKind::Health));
        assert_eq!(of_handler(&catalog, "readiness_probe"), Some(HealthKind::Readiness));
        assert_eq!(of_handler(&catalog, "ready"), None);
        assert_eq!(of_handler(&catalog, "healthier_food"), None);
    }
}
