//! Manifests that lie, lead in circles, or are very many.

use std::fmt::Write as _;

use super::super::common::binary::connlint;
use super::super::common::write;
use super::{MANIFEST, SOUND, package, said};

#[test]
fn manifests_that_lie() {
    let cases: &[(&str, &str)] = &[
        ("no_name", "[package]\nversion = \"0.0.0\"\n[dependencies]\nredis = \"1\"\n"),
        ("wrong_types", "[package]\nname = 3\nedition = [\"2021\"]\n[dependencies]\nredis = { version = 1 }\n"),
        ("no_such_edition", "[package]\nname = \"app\"\nedition = \"9999\"\n[dependencies]\nredis = \"1\"\n"),
        ("no_such_target", "[package]\nname = \"app\"\n[lib]\npath = \"src/none.rs\"\n[dependencies]\nredis = \"1\"\n"),
        ("target_is_a_folder", "[package]\nname = \"app\"\n[lib]\npath = \"src\"\n[dependencies]\nredis = \"1\"\n"),
        (
            "two_targets",
            "[package]\nname = \"app\"\n[[bin]]\nname = \"a\"\npath = \"src/lib.rs\"\n[[bin]]\nname = \"a\"\npath = \"src/lib.rs\"\n[dependencies]\nredis = \"1\"\n",
        ),
        ("no_version", "[package]\nname = \"app\"\n[dependencies]\nredis = \"one\"\n"),
        ("own_workspace", "[package]\nname = \"app\"\nworkspace = \".\"\n[dependencies]\nredis = \"1\"\n"),
        (
            "member_of_itself",
            "[package]\nname = \"app\"\n[workspace]\nmembers = [\".\", \"../app\", \"src/..\"]\n[dependencies]\nredis = \"1\"\n",
        ),
        ("depends_on_itself", "[package]\nname = \"app\"\n[dependencies]\nredis = \"1\"\napp = { path = \".\" }\n"),
        (
            "glob_without_end",
            "[package]\nname = \"app\"\n[workspace]\nmembers = [\"**/**/**\", \"[\", \"\"]\n[dependencies]\nredis = \"1\"\n",
        ),
        (
            "nested",
            &format!(
                "[package]\nname = \"app\"\nmetadata = {}1{}\n[dependencies]\nredis = \"1\"\n",
                "[".repeat(5_000),
                "]".repeat(5_000)
            ),
        ),
        ("twice", "[package]\nname = \"app\"\n[package]\nname = \"app\"\n"),
        ("null", "[package]\nname = \"a\0b\u{1b}\"\n[dependencies]\nredis = \"1\"\n"),
        ("nothing", ""),
    ];
    for (name, manifest) in cases {
        let (_guard, folder) = package(&[("src/lib.rs", SOUND), ("Cargo.toml", manifest)]);
        let said = connlint(&["check", "--format", "short", "."]).within(&folder).ends().both();
        insta::assert_snapshot!(format!("manifest_{name}"), said);
    }
}

#[test]
fn packages_that_depend_on_one_another() {
    let manifest = |name: &str, other: &str| {
        format!("{}\n{other} = {{ path = \"../{other}\" }}\n", MANIFEST.replace("\"app\"", &format!("\"{name}\"")))
    };
    let (_guard, folder) = package(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n"),
        ("a/Cargo.toml", &manifest("a", "b")),
        ("b/Cargo.toml", &manifest("b", "a")),
        ("a/src/lib.rs", &format!("pub use b::*;\npub use b as a;\n{SOUND}")),
        ("b/src/lib.rs", &format!("pub use a::*;\npub use a as b;\npub fn f() {{ a::a::b::sound(); }}\n{SOUND}")),
    ]);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn a_lock_file_that_lies() {
    for lock in [
        "",
        "[[package]]\nname = 1\n",
        "version = 99\n",
        "[[package]]\nname = \"redis\"\nversion = \"one\"\n",
        "\0",
        "<<<<<<< ours\n",
    ] {
        let (_guard, folder) = package(&[("src/lib.rs", SOUND), ("Cargo.lock", lock)]);
        let said = said(&folder, 1);
        assert!(said.contains("src/lib.rs:2:18: error"), "{lock:?}: {said}");
    }
}

#[test]
fn ten_thousand_packages() {
    const MANY: usize = 10_000;
    let (_guard, folder) = package(&[("Cargo.toml", "[workspace]\nmembers = [\"packages/*\"]\n")]);
    for number in 0..MANY {
        let mut manifest = format!("[package]\nname = \"p{number}\"\nversion = \"0.0.0\"\n\n[dependencies]\n");
        if number % 1_000 == 0 {
            manifest.push_str("redis = \"1\"\n");
        }
        if number > 0 {
            let _ = writeln!(manifest, "p{} = {{ path = \"../p{}\" }}", number - 1, number - 1);
        }
        let place = format!("packages/p{number}");
        write(&folder, &[(&format!("{place}/Cargo.toml"), &manifest), (&format!("{place}/src/lib.rs"), SOUND)]);
    }
    // cargo would take longer than all the rest.
    let run = connlint(&["check", "--format", "json"]).within(&folder).env("CARGO", "/dev/null/none");
    let report: serde_json::Value = serde_json::from_str(&run.exits(1).out).expect("it is JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(MANY), "each can reach the client");
    assert_eq!(report["errors"].as_array().map(Vec::len), Some(1), "{}", report["errors"]);
}
