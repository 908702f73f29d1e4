//! Names, versions and places of dependencies.

use semver::Version;

use super::{Project, dependency, package};
use crate::discover::DependencyKind;

#[test]
fn renames_kinds_and_platforms() {
    let more = "[dependencies]\nredis-old = { package = \"redis\", version = \"0.21\" }\nredis = \"0.27\"\n\
                deadpool-redis = { version = \"=0.18.0\", optional = true }\n\
                [dev-dependencies]\nfred = \">=9, <11\"\n\
                [build-dependencies]\ncc = \"*\"\n\
                [target.'cfg(unix)'.dependencies]\nnix = \"0.29\"\n\
                [target.'cfg(windows)'.dependencies]\nredis = \"0.27\"\n";
    let project = Project::new(&[("Cargo.toml", &package("app", more)), ("src/lib.rs", "")]);
    let discovery = project.discover(&[]);
    let app = &discovery.packages[0];
    let seen: Vec<_> = app
        .dependencies
        .iter()
        .map(|one| (one.extern_name.as_str(), one.package.as_str(), one.requirement.as_str(), one.kind))
        .collect();
    let expected = [
        ("cc", "cc", "", DependencyKind::Build),
        ("deadpool_redis", "deadpool-redis", "=0.18.0", DependencyKind::Normal),
        ("fred", "fred", ">=9, <11", DependencyKind::Dev),
        ("nix", "nix", "0.29", DependencyKind::Normal),
        ("redis", "redis", "0.27", DependencyKind::Normal),
        ("redis_old", "redis", "0.21", DependencyKind::Normal),
    ];
    assert_eq!(seen, expected);
    assert!(app.dependencies.iter().all(|one| one.locked.is_empty() && one.path.is_none()));
}

#[test]
fn workspace_dependencies_are_inherited() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"2\"\nmembers = [\"app\", \"crates/*\"]\n[workspace.dependencies]\n\
             redis = \"0.27\"\nold = { package = \"redis\", version = \"0.21.1\" }\n\
             store = { path = \"crates/store-rs\", package = \"store-rs\" }\nmy-util = { path = \"crates/util\" }\n",
        ),
        (
            "app/Cargo.toml",
            &package(
                "app",
                "[dependencies]\nredis.workspace = true\nold = { workspace = true }\nstore.workspace = true\n\
                 my-util = { workspace = true }\n",
            ),
        ),
        ("app/src/main.rs", ""),
        ("crates/store-rs/Cargo.toml", &package("store-rs", "")),
        ("crates/store-rs/src/lib.rs", ""),
        ("crates/util/Cargo.toml", &package("my-util", "[lib]\nname = \"helpers\"\n")),
        ("crates/util/src/lib.rs", ""),
    ]);
    let discovery = project.discover(&[]);
    let app = &discovery.packages[0];
    assert_eq!(dependency(app, "redis").requirement, "0.27");
    let old = dependency(app, "old");
    assert_eq!((old.package.as_str(), old.requirement.as_str()), ("redis", "0.21.1"));
    let store = dependency(app, "store");
    assert_eq!(store.package, "store-rs");
    assert_eq!(store.path, Some(project.path("crates/store-rs")));
    // Code calls a path dependency by the name of its library.
    assert_eq!(dependency(app, "helpers").path, Some(project.path("crates/util")));
    assert_eq!(discovery.packages[2].targets[0].crate_name, "helpers");
}

#[test]
fn locked_versions_fit_the_requirement() {
    let more = "[dependencies]\nredis = \"0.27\"\nold = { package = \"redis\", version = \"0.21\" }\n\
                fred = \"9\"\nbb8 = \"0.8\"\nreqwest = \"0.12\"\n";
    let locked = |name: &str, version: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n");
    let lock = [
        "version = 4\n\n".to_owned(),
        locked("redis", "0.27.6"),
        locked("redis", "0.21.7"),
        // Does not fit, but there is no other.
        locked("fred", "10.0.0"),
        // Neither fits.
        locked("bb8", "0.7.1"),
        locked("bb8", "0.9.0"),
    ];
    let project =
        Project::new(&[("Cargo.toml", &package("app", more)), ("src/lib.rs", ""), ("Cargo.lock", &lock.concat())]);
    let discovery = project.discover(&[]);
    let versions = |name: &str| -> Vec<String> {
        let found = dependency(&discovery.packages[0], name);
        found.locked.iter().map(Version::to_string).collect()
    };
    assert_eq!(versions("redis"), ["0.27.6"]);
    assert_eq!(versions("old"), ["0.21.7"]);
    assert_eq!(versions("fred"), ["10.0.0"]);
    assert!(versions("bb8").is_empty());
    assert!(versions("reqwest").is_empty());
}

#[test]
fn members_use_the_lock_file_of_the_workspace() {
    let project = Project::new(&[
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"a\"]\n"),
        ("Cargo.lock", "version = 4\n[[package]]\nname = \"redis\"\nversion = \"0.27.6\"\n"),
        ("a/Cargo.toml", &package("a", "[dependencies]\nredis = \"0.27\"\n")),
        ("a/Cargo.lock", "[[package]]\nname = \"redis\"\nversion = \"0.27.1\"\n"),
        ("a/src/lib.rs", ""),
    ]);
    for paths in [&[][..], &["a"]] {
        let discovery = project.discover(paths);
        let locked = &dependency(&discovery.packages[0], "redis").locked;
        assert_eq!(locked, &[Version::new(0, 27, 6)]);
    }
}

#[test]
fn patches_with_a_folder_give_the_path() {
    let more = "[dependencies]\nredis = \"0.27\"\n[patch.crates-io]\nredis = { path = \"forks/redis\" }\n";
    let project = Project::new(&[
        ("Cargo.toml", &package("app", more)),
        ("src/lib.rs", ""),
        ("forks/redis/Cargo.toml", &package("redis", "")),
        ("forks/redis/src/lib.rs", ""),
    ]);
    let discovery = project.discover(&[]);
    assert_eq!(dependency(&discovery.packages[0], "redis").path, Some(project.path("forks/redis")));
}
