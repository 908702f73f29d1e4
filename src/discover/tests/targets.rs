//! What packages build.

use super::{Project, package, said, without_cargo};
use crate::discover::Options;

#[test]
fn libraries_and_binaries_unless_all_are_wanted() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            &package("my-app", "[[bin]]\nname = \"tool\"\npath = \"tools/tool.rs\"\n[[bin]]\nname = \"named\"\n"),
        ),
        ("build.rs", ""),
        ("src/lib.rs", ""),
        ("src/main.rs", ""),
        ("src/bin/other-one.rs", ""),
        ("src/bin/named.rs", ""),
        ("src/bin/big/main.rs", ""),
        ("src/bin/big/part.rs", ""),
        ("src/bin/.hidden.rs", ""),
        ("tools/tool.rs", ""),
        ("examples/show.rs", ""),
        ("tests/it/main.rs", ""),
        ("tests/common/mod.rs", ""),
        ("benches/speed.rs", ""),
    ]);
    let discovery = project.discover(&[]);
    let built = [
        "Lib my_app src/lib.rs",
        "Bin big src/bin/big/main.rs",
        "Bin my_app src/main.rs",
        "Bin named src/bin/named.rs",
        "Bin other_one src/bin/other-one.rs",
        "Bin tool tools/tool.rs",
    ];
    assert_eq!(project.targets(&discovery.packages[0]), built);

    let rest = [
        "Example show examples/show.rs",
        "Test it tests/it/main.rs",
        "Bench speed benches/speed.rs",
        "BuildScript build_script_build build.rs",
    ];
    for options in [Options::default(), without_cargo()] {
        let all = Options { all_targets: true, ..options };
        let discovery = project.run("", &[], &all).unwrap();
        assert_eq!(project.targets(&discovery.packages[0]), [&built[..], &rest].concat());
    }
}

#[test]
fn the_search_for_targets_can_be_turned_off() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            &package(
                "app",
                "autobins = false\n[lib]\nname = \"core_of_app\"\npath = \"lib/top.rs\"\n[[bin]]\nname = \"a\"\npath = \"src/main.rs\"\n",
            ),
        ),
        ("lib/top.rs", ""),
        ("src/main.rs", ""),
        ("src/bin/b.rs", ""),
    ]);
    let discovery = project.discover(&[]);
    let expected = ["Lib core_of_app lib/top.rs", "Bin a src/main.rs"];
    assert_eq!(project.targets(&discovery.packages[0]), expected);
}

#[test]
fn a_table_for_main_renames_it() {
    let project = Project::new(&[
        ("Cargo.toml", &package("app", "[[bin]]\nname = \"served\"\npath = \"src/main.rs\"\n")),
        ("src/main.rs", ""),
    ]);
    let discovery = project.discover(&[]);
    assert_eq!(project.targets(&discovery.packages[0]), ["Bin served src/main.rs"]);
}

#[test]
fn targets_without_a_root_file_are_left_out() {
    let project = Project::new(&[
        ("a/Cargo.toml", &package("a", "[[bin]]\nname = \"gone\"\npath = \"src/gone.rs\"\n")),
        ("a/src/main.rs", ""),
    ]);
    let discovery = project.discover(&["."]);
    assert_eq!(project.targets(&discovery.packages[0]), ["Bin a a/src/main.rs"]);
    assert_eq!(said(&discovery), ["a/Cargo.toml:0:0: target `gone` has no file a/src/gone.rs"]);
}
