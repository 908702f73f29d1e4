//! Which packages belong together.

use super::{Project, package, without_cargo};

#[test]
fn virtual_workspace_with_globs_and_excludes() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\", \"tools/*/cli-?\", \"xtask\"]\n\
             exclude = [\"crates/old\"]\n",
        ),
        ("crates/b/Cargo.toml", &package("b", "")),
        ("crates/b/src/lib.rs", ""),
        ("crates/a/Cargo.toml", &package("a", "")),
        ("crates/a/src/main.rs", "fn main() {}"),
        ("crates/README.md", ""),
        ("crates/old/Cargo.toml", &package("old", "")),
        ("crates/old/src/lib.rs", ""),
        ("tools/x/cli-1/Cargo.toml", &package("cli-1", "")),
        ("tools/x/cli-1/src/main.rs", ""),
        ("tools/x/cli-22/Cargo.toml", &package("cli-22", "")),
        ("tools/x/cli-22/src/main.rs", ""),
        ("xtask/Cargo.toml", &package("xtask", "")),
        ("xtask/src/main.rs", ""),
    ]);
    let discovery = project.discover(&[]);
    assert_eq!(project.folders(&discovery), ["crates/a", "crates/b", "tools/x/cli-1", "xtask"]);
    assert_eq!(discovery.problems, []);
    assert!(discovery.packages.iter().all(|one| one.has_manifest && one.edition == 2021));
    // From a folder without a manifest and from a member it is the same workspace.
    let from_within = project.discover_from("crates/a/src", &[]);
    assert_eq!(from_within.packages, discovery.packages);
}

#[test]
fn globs_of_any_depth_and_from_elsewhere() {
    let project = Project::new(&[]);
    let outer = project.path("outer").display().to_string();
    let members = format!("\"libs/**/part\", \"../side/*\", \"{outer}/[ab]\", \"libs/**/**/part\"");
    project.write("ws/Cargo.toml", &format!("[workspace]\nresolver = \"2\"\nmembers = [{members}]\n"));
    let folders = ["outer/a", "outer/c", "side/s", "ws/libs/one/deep/part", "ws/libs/part"];
    for (index, folder) in folders.iter().enumerate() {
        let name = format!("p{index}");
        project.write(&format!("{folder}/Cargo.toml"), &package(&name, ""));
        project.write(&format!("{folder}/src/lib.rs"), "");
    }
    let discovery = project.run("ws", &[], &without_cargo()).unwrap();
    let inside = ["ws/libs/one/deep/part", "ws/libs/part"];
    assert_eq!(project.folders(&discovery), inside);
    assert!(!discovery.problems.is_empty(), "what lies elsewhere is named");
    // Members outside of the workspace are part of it where they are named as well.
    let discovery = project.run("ws", &[".", "../outer", "../side"], &without_cargo()).unwrap();
    let expected = ["outer/a", "outer/c", "side/s", inside[0], inside[1]];
    assert_eq!(project.folders(&discovery), expected);
}

#[test]
fn path_dependencies_below_the_root_are_members() {
    let project = Project::new(&[
        (
            "app/Cargo.toml",
            &package("app", "[workspace]\n[dependencies]\nx = { path = \"x\" }\nout = { path = \"../out\" }\n"),
        ),
        ("app/src/main.rs", ""),
        ("app/x/Cargo.toml", &package("x", "[dev-dependencies]\ny = { path = \"../deep/y\" }\n")),
        ("app/x/src/lib.rs", ""),
        ("app/deep/y/Cargo.toml", &package("y", "")),
        ("app/deep/y/src/lib.rs", ""),
        ("out/Cargo.toml", &package("out", "")),
        ("out/src/lib.rs", ""),
    ]);
    let discovery = project.discover_from("app", &[]);
    assert_eq!(project.folders(&discovery), ["app", "app/deep/y", "app/x"]);
}

#[test]
fn a_package_without_a_workspace_is_alone() {
    let project = Project::new(&[
        ("Cargo.toml", &package("app", "[dependencies]\nx = { path = \"x\" }\n")),
        ("src/main.rs", ""),
        ("x/Cargo.toml", &package("x", "")),
        ("x/src/lib.rs", ""),
    ]);
    assert_eq!(project.folders(&project.discover(&[])), ["."]);
    assert_eq!(project.folders(&project.discover(&["."])), [".", "x"]);
}

#[test]
fn every_package_below_a_folder() {
    let project = Project::new(&[
        (
            "one/Cargo.toml",
            "[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n[workspace.package]\nedition = \"2018\"\n",
        ),
        ("one/a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition.workspace = true\n"),
        ("one/a/src/lib.rs", ""),
        // Not a member: cargo would refuse to build it there.
        ("one/fuzz/Cargo.toml", &package("fuzz", "")),
        ("one/fuzz/src/main.rs", ""),
        // A workspace in a workspace.
        ("one/inner/Cargo.toml", &package("inner", "[workspace]\nmembers = [\"sub\"]\n")),
        ("one/inner/src/lib.rs", ""),
        ("one/inner/sub/Cargo.toml", &package("sub", "")),
        ("one/inner/sub/src/lib.rs", ""),
        ("two/Cargo.toml", &package("two", "")),
        ("two/src/main.rs", ""),
        // Belongs to a workspace that it names itself.
        ("three/Cargo.toml", &package("three", "workspace = \"../root3\"\n")),
        ("three/src/lib.rs", ""),
        ("root3/Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"../three\"]\n"),
    ]);
    let all = ["one/a", "one/fuzz", "one/inner", "one/inner/sub", "three", "two"];
    let discovery = project.discover(&["."]);
    assert_eq!(project.folders(&discovery), all);
    assert_eq!(discovery.problems, []);
    assert_eq!(discovery.packages[0].edition, 2018);
    let part = project.discover(&["one/inner", "two"]);
    assert_eq!(project.folders(&part), ["one/inner", "one/inner/sub", "two"]);
    assert!(part.is_reported(&project.path("two/src/main.rs")));
    // The same from another folder and with the paths in another order.
    let other = project.discover_from("one/a", &["../../two", "../inner/../inner"]);
    assert_eq!(other.packages, part.packages);
}

#[test]
fn a_path_dependency_with_a_workspace_of_its_own_is_no_member() {
    let project = Project::new(&[
        ("Cargo.toml", &package("app", "[workspace]\n[dependencies]\nsub = { path = \"sub\" }\n")),
        ("src/main.rs", ""),
        ("sub/Cargo.toml", &package("sub", "[workspace]\n")),
        ("sub/src/lib.rs", ""),
    ]);
    assert_eq!(project.folders(&project.discover(&[])), ["."]);
}

#[test]
fn an_excluded_package_has_no_part_in_the_workspace() {
    let redis = "[dependencies]\nredis = \"0.27\"\n";
    let project = Project::new(&[
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"a\"]\nexclude = [\"out\"]\n"),
        ("Cargo.lock", "[[package]]\nname = \"redis\"\nversion = \"0.27.6\"\n"),
        ("a/Cargo.toml", &package("a", redis)),
        ("a/src/lib.rs", ""),
        ("out/Cargo.toml", &package("out", redis)),
        ("out/src/lib.rs", ""),
    ]);
    let discovery = project.discover(&["."]);
    assert_eq!(project.folders(&discovery), ["a", "out"]);
    let locked = |index: usize| discovery.packages[index].dependencies[0].locked.len();
    assert_eq!((locked(0), locked(1)), (1, 0));
    assert_eq!(project.folders(&project.discover_from("out", &[])), ["out"]);
}

#[test]
fn a_stray_package_is_taken_alone() {
    let project = Project::new(&[
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"a\"]\n"),
        ("a/Cargo.toml", &package("a", "")),
        ("a/src/lib.rs", ""),
        ("fuzz/Cargo.toml", &package("fuzz", "")),
        ("fuzz/src/main.rs", ""),
    ]);
    assert_eq!(project.folders(&project.discover_from("fuzz", &[])), ["fuzz"]);
}

#[test]
fn ignored_and_foreign_folders_are_left_out() {
    let manifest = package("x", "");
    let project = Project::new(&[
        ("a/Cargo.toml", &package("a", "")),
        ("a/src/lib.rs", ""),
        (".gitignore", "/generated\n"),
        ("generated/Cargo.toml", &manifest),
        ("target/package/x/Cargo.toml", &manifest),
        ("a/target/package/x/Cargo.toml", &manifest),
        (".hidden/Cargo.toml", &manifest),
        ("web/node_modules/x/Cargo.toml", &manifest),
        ("vendor/x/Cargo.toml", &manifest),
        ("vendor/x/.cargo-checksum.json", "{}"),
    ]);
    assert_eq!(project.folders(&project.discover(&["."])), ["a"]);
    // Unless named.
    project.write("a/target/package/x/src/lib.rs", "");
    project.write("generated/src/lib.rs", "");
    for folder in ["a/target", "generated"] {
        assert_eq!(project.discover(&[folder]).packages.len(), 1, "{folder}");
    }
}

#[test]
fn ignore_files_above_count_inside_a_repository_only() {
    let project = Project::new(&[
        (".gitignore", "b\n"),
        ("repo/a/Cargo.toml", &package("a", "")),
        ("repo/a/src/lib.rs", ""),
        ("repo/b/Cargo.toml", &package("b", "")),
        ("repo/b/src/lib.rs", ""),
    ]);
    let both = ["repo/a", "repo/b"];
    assert_eq!(project.folders(&project.discover(&["repo"])), both);
    project.write(".git/HEAD", "");
    assert_eq!(project.folders(&project.discover(&["repo"])), ["repo/a"]);
    // A repository of its own is not governed by what lies above it.
    project.write("repo/.git/HEAD", "");
    assert_eq!(project.folders(&project.discover(&["repo"])), both);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let project = Project::new(&[]);
    for index in 0..6 {
        let manifest = if index == 3 { "[".into() } else { package("same", "") };
        project.write(&format!("p{index}/Cargo.toml"), &manifest);
        project.write(&format!("p{index}/src/main.rs"), "");
    }
    let with_threads = |count| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(|| project.discover(&["."]))
    };
    let (one, many) = (with_threads(1), with_threads(4));
    assert_eq!(one.packages.len(), 5);
    assert_eq!(one.packages, many.packages);
    assert_eq!(one.problems, many.problems);
}
