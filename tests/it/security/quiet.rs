//! connlint writes nothing and talks to nobody.

use std::collections::BTreeSet;
use std::process::Command;

use super::super::common::{files, root};
use super::{check, package};

#[test]
fn nothing_is_left_behind() {
    let (guard, folder) = package(&[]);
    let home = guard.path().join("home");
    std::fs::create_dir(&home).expect("it can be made");
    let home_name = home.to_string_lossy().into_owned();
    check(&folder, &[]).env("XDG_CACHE_HOME", &home_name).env("XDG_CONFIG_HOME", &home_name).exits(1);
    let left: Vec<_> = std::fs::read_dir(&home).expect("it is there").collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(std::fs::read_dir(&folder).expect("it is there").count(), 2);
}

#[test]
fn no_code_here_knows_the_network() {
    for file in files(&root().join("src"), "rs") {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        for word in ["std::net", "TcpStream", "UdpSocket", "TcpListener", "ToSocketAddrs"] {
            assert!(!text.contains(word), "{} has {word}", file.display());
        }
    }
}

#[test]
fn no_dependency_is_for_the_network() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = ["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let output = Command::new(cargo).current_dir(root()).args(tree).output().expect("cargo is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("it is text");
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"syn"), "the tree is read: {tree}");
    for network in [
        "curl",
        "h2",
        "hyper",
        "mio",
        "native-tls",
        "openssl",
        "quinn",
        "reqwest",
        "rustls",
        "socket2",
        "tokio",
        "ureq",
    ] {
        assert!(!names.contains(&network), "{network} is among the dependencies");
    }
}

#[test]
fn each_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("it can be read");
    let manifest: toml::Table = manifest.parse().expect("it is TOML");
    let wanted: BTreeSet<&str> =
        manifest["dependencies"].as_table().expect("a table").keys().map(String::as_str).collect();
    let document = std::fs::read_to_string(root().join("docs/architecture.md")).expect("it can be read");
    let (_, table) = document.split_once("\n## Dependencies\n").expect("there is a section");
    let rows =
        table.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|'));
    let named: BTreeSet<&str> =
        rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert_eq!(named, wanted, "docs/architecture.md and Cargo.toml");
}

#[test]
fn unsafe_code_is_forbidden() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("it can be read");
    assert!(manifest.contains("\nunsafe_code = \"forbid\"\n"), "the lint is gone");
}
