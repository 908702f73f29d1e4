//! What paths mean: folders and files, with and without manifests.

use super::{Project, package};
use crate::discover::{DiscoverError, Options};

fn app() -> Project {
    Project::new(&[
        ("app/Cargo.toml", &package("app", "")),
        ("app/src/main.rs", "mod routes;"),
        ("app/src/routes/mod.rs", ""),
        ("app/assets/logo.svg", ""),
        ("lib/Cargo.toml", &package("lib", "[[bin]]\nname = \"far\"\npath = \"../far/main.rs\"\n")),
        ("lib/src/lib.rs", ""),
        ("far/main.rs", ""),
        ("script.rs", ""),
    ])
}

#[test]
fn a_folder_or_file_in_a_package_limits_what_is_reported() {
    let project = app();
    let folder = project.discover(&["app/src/routes"]);
    assert_eq!(project.folders(&folder), ["app"]);
    assert_eq!(folder.only_below, [project.path("app/src/routes")]);
    assert!(folder.is_reported(&project.path("app/src/routes/mod.rs")));
    assert!(!folder.is_reported(&project.path("app/src/main.rs")));

    let file = project.discover(&["app/src/main.rs"]);
    assert_eq!(project.folders(&file), ["app"]);
    assert_eq!(file.only_files, [project.path("app/src/main.rs")]);
    assert!(file.is_reported(&project.path("app/src/main.rs")));
    assert!(!file.is_reported(&project.path("app/src/routes/mod.rs")));
}

#[test]
fn packages_in_full_stay_reported_beside_a_single_file() {
    let project = app();
    let discovery = project.discover(&["lib", "app/src/main.rs"]);
    assert_eq!(project.folders(&discovery), ["app", "lib"]);
    for (file, reported) in
        [("lib/src/lib.rs", true), ("far/main.rs", true), ("app/src/main.rs", true), ("app/src/routes/mod.rs", false)]
    {
        assert_eq!(discovery.is_reported(&project.path(file)), reported, "{file}");
    }
}

#[test]
fn a_manifest_names_its_package() {
    let project = app();
    assert_eq!(project.folders(&project.discover(&["lib/Cargo.toml"])), ["lib"]);
}

#[test]
fn files_without_a_manifest() {
    let project = Project::new(&[
        ("a.rs", "mod part;\nfn main() {}"),
        ("part.rs", ""),
        ("other-tool.rs", ""),
        ("deep/x.rs", "pub mod y;"),
        ("deep/x/y.rs", "#[path = \"../z.rs\"]\nmod zed;"),
        ("deep/z.rs", ""),
    ]);
    let folder = project.discover(&["."]);
    assert_eq!(folder.packages.len(), 1);
    let made_up = &folder.packages[0];
    assert!(!made_up.has_manifest && made_up.dependencies.is_empty());
    let expected = ["Bin a a.rs", "Bin other_tool other-tool.rs", "Bin x deep/x.rs"];
    assert_eq!(project.targets(made_up), expected);
    assert!(folder.is_reported(&project.path("part.rs")));

    let files = project.discover(&["part.rs", "a.rs", "other-tool.rs"]);
    let targets: Vec<String> = files.packages.iter().flat_map(|one| project.targets(one)).collect();
    assert_eq!(targets, ["Bin a a.rs", "Bin other_tool other-tool.rs"]);
    assert!(files.is_reported(&project.path("part.rs")));
    assert!(!files.is_reported(&project.path("deep/x.rs")));
}

#[test]
fn conventional_roots_without_a_manifest() {
    let project = Project::new(&[("my-bot/main.rs", "mod x;"), ("my-bot/x.rs", ""), ("my-bot/unused.rs", "")]);
    let discovery = project.discover(&["my-bot"]);
    assert_eq!(project.targets(&discovery.packages[0]), ["Bin my_bot my-bot/main.rs"]);
}

#[test]
fn nothing_to_analyse_is_an_error() {
    let project = app();
    project.write("virtual/Cargo.toml", "[workspace]\nresolver = \"2\"\n");
    for path in ["app/assets", "app/assets/logo.svg", "virtual"] {
        match project.run("", &[path], &Options::default()) {
            Err(DiscoverError::Nothing { path: named }) => assert_eq!(named.to_str(), Some(path)),
            other => panic!("{path}: {other:?}"),
        }
    }
    let empty_workspace = project.run("virtual", &[], &Options::default());
    assert!(matches!(empty_workspace, Err(DiscoverError::Nothing { .. })), "{empty_workspace:?}");
    match project.run("", &["app", "gone/src"], &Options::default()) {
        Err(DiscoverError::Path { path, .. }) => assert_eq!(path.to_str(), Some("gone/src")),
        other => panic!("{other:?}"),
    }
    let outside = project.run("far", &[], &Options::default());
    assert!(matches!(outside, Err(DiscoverError::NoManifest { .. })), "{outside:?}");
}

#[cfg(unix)]
#[test]
fn loops_of_links_end_and_links_keep_their_names() {
    use std::os::unix::fs::symlink;
    let project = app();
    symlink(project.path("app"), project.path("app/src/again")).unwrap();
    symlink(project.path("app"), project.path("linked")).unwrap();
    symlink(project.path("self"), project.path("self")).unwrap();
    assert_eq!(project.folders(&project.discover(&["."])), ["app", "lib"]);
    assert_eq!(project.folders(&project.discover(&["linked"])), ["linked"]);
    assert!(matches!(project.run("", &["self"], &Options::default()), Err(DiscoverError::Path { .. })));
}
