//! Input that is broken costs only what it describes, and is named with its place.

use super::{Project, package, said, without_cargo};
use crate::discover::Options;

fn workspace_with(bad: &str) -> Project {
    Project::new(&[
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\"]\n"),
        ("crates/good/Cargo.toml", &package("good", "")),
        ("crates/good/src/lib.rs", ""),
        ("crates/bad/Cargo.toml", bad),
        ("crates/bad/src/lib.rs", ""),
    ])
}

#[test]
fn broken_toml_has_a_place() {
    let project = workspace_with("[package]\nname = \"bäd\" oops\n");
    for paths in [&[][..], &["."], &["crates"]] {
        let discovery = project.discover(paths);
        assert_eq!(project.folders(&discovery), ["crates/good"]);
        let said = said(&discovery);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("crates/bad/Cargo.toml:2:14: not valid TOML: "), "{said:?}");
    }
    // Alone it is no reason to say that there is nothing.
    assert_eq!(project.discover(&["crates/bad"]).packages.len(), 0);
    assert_eq!(said(&project.discover(&["crates/bad/src/lib.rs"])).len(), 1);
}

#[test]
fn a_member_that_cargo_refuses_costs_nothing_else() {
    let project = workspace_with("[package]\nname = \"bad\"\nversion = \"0.1.0\"\nedition.workspace = true\n");
    let discovery = project.discover(&[]);
    assert_eq!(project.folders(&discovery), ["crates/bad", "crates/good"]);
    let said = said(&discovery);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("Cargo.toml:0:0: cargo cannot load it: "), "{said:?}");
    assert!(said[0].contains("crates/bad"), "{said:?}");
    assert!(!said[0].contains('\n'));
}

#[test]
fn a_member_that_is_not_there() {
    let project = Project::new(&[
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"gone\", \"here\"]\n"),
        ("here/Cargo.toml", &package("here", "")),
        ("here/src/lib.rs", ""),
    ]);
    let discovery = project.discover(&[]);
    assert_eq!(project.folders(&discovery), ["here"]);
    assert_eq!(said(&discovery), ["Cargo.toml:0:0: workspace member `gone` has no Cargo.toml"]);
}

#[test]
fn a_glob_that_meets_a_folder_without_a_manifest() {
    let project = workspace_with(&package("bad", ""));
    project.write("crates/notes/README.md", "");
    let discovery = project.discover(&[]);
    assert_eq!(project.folders(&discovery), ["crates/bad", "crates/good"]);
    let said = said(&discovery);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("member `crates/notes`"), "{said:?}");
}

#[test]
fn a_broken_root_leaves_the_members() {
    let project = workspace_with(&package("bad", ""));
    project.write("Cargo.toml", "[workspace\n");
    let discovery = project.discover(&["."]);
    assert_eq!(project.folders(&discovery), ["crates/bad", "crates/good"]);
    let said = said(&discovery);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("Cargo.toml:1:11: "), "{said:?}");
}

#[test]
fn a_missing_cargo_is_said_once() {
    let project = Project::new(&[
        ("a/Cargo.toml", &package("a", "")),
        ("a/src/lib.rs", ""),
        ("b/Cargo.toml", &package("b", "")),
        ("b/src/lib.rs", ""),
    ]);
    let discovery = project.run("", &["."], &without_cargo()).unwrap();
    assert_eq!(project.folders(&discovery), ["a", "b"]);
    let said = said(&discovery);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with(":0:0: cargo cannot be started"), "{said:?}");
}

#[test]
fn a_broken_lock_file_costs_the_versions() {
    let project = workspace_with(&package("bad", ""));
    project.write("Cargo.lock", "version = 4\n<<<<<<< HEAD\n");
    let discovery = project.discover(&[]);
    assert_eq!(discovery.packages.len(), 2);
    assert!(said(&discovery)[0].starts_with("Cargo.lock:2:9: "), "{:?}", said(&discovery));
}

#[test]
fn odd_manifests_do_no_harm() {
    let odd = [
        "",
        "[package]\n",
        "package = 1\nworkspace = []\n",
        "[package]\nname = 7\nedition = [1]\nbuild = 3\n[lib]\npath = 5\n[dependencies]\na = 1\nb = []\n",
        "[package]\nname = \"\"\nworkspace = \"..\"\n[[bin]]\n[[bin]]\nname = \"x\"\n[target]\nx = 1\n",
        "[workspace]\nmembers = [\"[\", \"**\", \"\", \"/\", 5, \"../*\"]\nexclude = \"x\"\n",
        "\u{feff}[package]\nname = \"bom\"\n",
    ];
    for bad in odd {
        for file in ["crates/bad/Cargo.toml", "Cargo.toml"] {
            let project = workspace_with(&package("bad", ""));
            project.write(file, bad);
            for options in [Options::default(), without_cargo()] {
                // Whatever it gives, it comes back.
                let found = project.run("", &["."], &options).unwrap();
                assert!(project.folders(&found).contains(&"crates/good".into()), "{file}: {bad}");
            }
        }
    }
}

#[test]
fn a_manifest_that_is_no_text() {
    let project = workspace_with(&package("bad", ""));
    std::fs::write(project.path("crates/bad/Cargo.toml"), [0xff, 0xfe, 0]).unwrap();
    let discovery = project.discover(&["."]);
    assert_eq!(project.folders(&discovery), ["crates/good"]);
    let said = said(&discovery);
    assert!(said[0].starts_with("crates/bad/Cargo.toml:1:0: not valid UTF-8"), "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_toolchain_that_is_not_installed_is_no_problem() {
    use std::os::unix::fs::PermissionsExt;
    let project = workspace_with(&package("bad", ""));
    // Like rustup: the pinned toolchain counts in the project only. Cargo itself sets CARGO for tests.
    let script = "#!/bin/sh\nif [ \"$PWD\" != / ]; then\n  echo \"error: toolchain '1.2' is not installed\" >&2\n  \
                  exit 1\nfi\nexec \"$CARGO\" \"$@\"\n";
    project.write("bin/cargo", script);
    let cargo = project.path("bin/cargo");
    std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    let options = Options { cargo: Some(cargo), ..Options::default() };
    let discovery = project.run("", &[], &options).unwrap();
    assert_eq!(discovery.packages.len(), 2);
    assert_eq!(said(&discovery), [""; 0]);
}
