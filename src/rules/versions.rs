//! Which versions of a crate a package can have, and whether a fact about some versions holds for it.
//!
//! In: the package of a unit: its lock file, else the requirements in its manifest. Out: [`Holds`].

use semver::{Version, VersionReq};

use crate::catalog::FileId;
use crate::discover::Package;
use crate::link::{Program, UnitId};

/// Whether a fact is true of every version that a package can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Of every version.
    Always,
    /// Of none.
    Never,
    /// Of some, or the version isn't known.
    Perhaps,
}

/// Whether a fact of a catalogue file with a `versions` requirement is true where `unit` stands.
pub(super) fn holds(program: &Program<'_>, unit: UnitId, file: FileId, versions: Option<&str>) -> Holds {
    let Some(versions) = versions else { return Holds::Always };
    let Ok(wanted) = VersionReq::parse(versions) else { return Holds::Perhaps };
    match program.catalog.file(file).packages.first() {
        Some(of) => judged(&possible(program.package_of(unit), of), &wanted),
        None => Holds::Perhaps,
    }
}

/// The library of a catalogue file with the versions that a unit's package can have of it, for people: `redis 0.22.3`,
/// `redis 0.24.0 or 1.0.2`, `redis 0.27` by its requirement.
pub(super) fn library_of(program: &Program<'_>, unit: UnitId, file: FileId) -> String {
    let file = program.catalog.file(file);
    let Some(of) = file.packages.first() else { return file.name.clone() };
    let package = program.package_of(unit);
    let versions: Vec<String> = match possible(package, of) {
        Possible::Locked(versions) => versions.iter().map(ToString::to_string).collect(),
        Possible::Fitting(_) => {
            let own = package.dependencies.iter().filter(|dependency| dependency.package == *of);
            own.map(|dependency| dependency.requirement.clone()).filter(|text| !text.is_empty()).collect()
        }
    };
    format!("{of} {}", versions.join(" or ")).trim_end().to_owned()
}

/// Whether anything is known of that version.
pub(super) fn is_known(program: &Program<'_>, unit: UnitId, file: FileId) -> bool {
    let Some(of) = program.catalog.file(file).packages.first() else { return false };
    possible(program.package_of(unit), of) != Possible::Fitting(vec![VersionReq::STAR])
}

/// The first version that fits a requirement such as `>=0.25, <1`.
pub(super) fn first_of(versions: Option<&str>) -> Option<String> {
    let wanted = VersionReq::parse(versions?).ok()?;
    let first = wanted.comparators.iter().find(|comparator| comparator.op == semver::Op::GreaterEq)?;
    let (major, minor) = (first.major, first.minor.unwrap_or(0));
    Some(match first.patch {
        Some(patch @ 1..) => format!("{major}.{minor}.{patch}"),
        _ => format!("{major}.{minor}"),
    })
}

/// What is known of the version of a package that another one has.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Possible {
    /// One of these.
    Locked(Vec<Version>),
    /// Whatever fits one of these.
    Fitting(Vec<VersionReq>),
}

/// The versions of `of` that `package` can have. What is no dependency of its own comes with one: the lock file holds it.
fn possible(package: &Package, of: &str) -> Possible {
    let own: Vec<_> = package.dependencies.iter().filter(|dependency| dependency.package == of).collect();
    let mut locked: Vec<Version> = own.iter().flat_map(|dependency| dependency.locked.iter().cloned()).collect();
    if own.is_empty() {
        locked = package.locked.get(of).cloned().unwrap_or_default();
    }
    if !locked.is_empty() {
        return Possible::Locked(locked);
    }
    let any = |text: &str| if text.is_empty() { VersionReq::STAR } else { VersionReq::parse(text).unwrap_or_default() };
    match own.as_slice() {
        [] => Possible::Fitting(vec![VersionReq::STAR]),
        own => Possible::Fitting(own.iter().map(|dependency| any(&dependency.requirement)).collect()),
    }
}

fn judged(possible: &Possible, wanted: &VersionReq) -> Holds {
    let versions = match possible {
        Possible::Locked(versions) => versions.clone(),
        Possible::Fitting(requirements) => requirements.iter().flat_map(|of| samples(of, wanted)).collect(),
    };
    // A pre-release is judged as what it comes before.
    let release = |version: &Version| Version::new(version.major, version.minor, version.patch);
    let matching = versions.iter().filter(|version| wanted.matches(&release(version))).count();
    match matching {
        _ if versions.is_empty() => Holds::Perhaps,
        0 => Holds::Never,
        all if all == versions.len() => Holds::Always,
        _ => Holds::Perhaps,
    }
}

/// Versions that fit `requirement`: the ends of its range, and those of the range of `wanted` within it. Ranges have no
/// gaps, so these tell whether one lies within the other, or beside it.
fn samples(requirement: &VersionReq, wanted: &VersionReq) -> Vec<Version> {
    const LAST: u64 = u64::MAX;
    let mut found = vec![Version::new(0, 0, 0), Version::new(LAST, LAST, LAST)];
    for comparator in requirement.comparators.iter().chain(&wanted.comparators) {
        let (major, minor, patch) = (comparator.major, comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0));
        found.push(Version::new(major, minor, patch));
        found.push(Version::new(major, minor, patch.saturating_add(1)));
        found.push(Version::new(major, minor.saturating_add(1), 0));
        found.push(Version::new(major.saturating_add(1), 0, 0));
        found.push(Version::new(major, minor, LAST));
        found.push(Version::new(major, LAST, LAST));
        found.push(before(major, minor, patch));
    }
    found.retain(|version| requirement.matches(version));
    found
}

/// The last version before this one.
fn before(major: u64, minor: u64, patch: u64) -> Version {
    match (major, minor, patch) {
        (_, _, 1..) => Version::new(major, minor, patch - 1),
        (_, 1.., _) => Version::new(major, minor - 1, u64::MAX),
        (1.., _, _) => Version::new(major - 1, u64::MAX, u64::MAX),
        _ => Version::new(0, 0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitting(requirement: &str, wanted: &str) -> Holds {
        let read = |text: &str| VersionReq::parse(text).unwrap_or_default();
        judged(&Possible::Fitting(vec![read(requirement)]), &read(wanted))
    }

    fn locked(versions: &[(u64, u64, u64)], wanted: &str) -> Holds {
        let versions = versions.iter().map(|(major, minor, patch)| Version::new(*major, *minor, *patch)).collect();
        judged(&Possible::Locked(versions), &VersionReq::parse(wanted).unwrap_or_default())
    }

    #[test]
    fn requirements_are_ranges() {
        assert_eq!(fitting("0.27", ">=0.26, <1"), Holds::Always);
        assert_eq!(fitting("0.27", "<0.25"), Holds::Never);
        assert_eq!(fitting("0.27", ">=1"), Holds::Never);
        assert_eq!(fitting("1", ">=1.1"), Holds::Perhaps);
        assert_eq!(fitting("1", "<1"), Holds::Never);
        assert_eq!(fitting(">=0.24", ">=0.25, <0.26"), Holds::Perhaps);
        assert_eq!(fitting(">=0.24, <2", ">=1"), Holds::Perhaps);
        assert_eq!(fitting("=0.15.1", ">=0.15.1"), Holds::Always);
        assert_eq!(fitting("~0.15", ">=0.15.1"), Holds::Perhaps);
        assert_eq!(fitting("0.13", "<=0.13.0"), Holds::Perhaps);
        assert_eq!(fitting("0.14", ">0.13.0"), Holds::Always);
        assert_eq!(fitting("*", "<0.25"), Holds::Perhaps);
    }

    #[test]
    fn a_lock_file_is_exact() {
        assert_eq!(locked(&[(0, 25, 4)], ">=0.25, <0.26"), Holds::Always);
        assert_eq!(locked(&[(0, 25, 4)], ">=0.26"), Holds::Never);
        assert_eq!(locked(&[(0, 25, 4), (1, 0, 0)], ">=0.26"), Holds::Perhaps);
    }
}
