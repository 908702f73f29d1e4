//! Paths that lead out of what is checked are not followed.

use std::path::Path;

use super::super::common::write;
use super::{check, package};

/// What is said, without the name of the temporary folder.
#[track_caller]
fn said(folder: &Path) -> String {
    let around = folder.parent().expect("it has one").to_string_lossy().into_owned();
    check(folder, &[]).exits(1).both().replace(&around, "[AROUND]")
}

/// Something that would be found, and would show if it were read.
const SECRET: &str = "pub fn secret() { redis::Client::open(\"redis://secret/\").unwrap(); }\nsecret";

#[test]
fn modules_and_includes_elsewhere() {
    let main = "#[path = \"../../elsewhere/secret.rs\"]\nmod one;\n#[path = \"/etc/passwd\"]\nmod two;\n\
                include!(\"../../elsewhere/secret.rs\");\nmod inner {\n    #[path = \"../../../elsewhere/secret.rs\"]\n    mod three;\n}\n";
    let (_guard, folder) = package(&[("src/bin/other.rs", main)]);
    write(&folder, &[("../elsewhere/secret.rs", SECRET), ("../elsewhere/secret/mod.rs", SECRET)]);
    let bin = folder.join("src/bin/other.rs");
    std::fs::write(&bin, main.replace("../../", "../../../")).expect("it can be written");
    insta::assert_snapshot!(said(&folder));
    // Who names the folder, too, has it read.
    let said = check(&folder, &[".", "../elsewhere"]).exits(1).both();
    assert!(said.contains("secret.rs:1:"), "{said}");
}

#[test]
fn targets_elsewhere() {
    let manifest = format!("{}\n[[bin]]\nname = \"other\"\npath = \"../elsewhere/secret.rs\"\n", super::MANIFEST);
    let (_guard, folder) = package(&[("Cargo.toml", &manifest)]);
    write(&folder, &[("../elsewhere/secret.rs", SECRET)]);
    insta::assert_snapshot!(said(&folder));
}

#[test]
fn members_elsewhere() {
    let manifest = format!("{}\n[workspace]\nmembers = [\"../elsewhere\"]\n", super::MANIFEST);
    let (_guard, folder) = package(&[("Cargo.toml", &manifest)]);
    let member =
        super::MANIFEST.replace("\"app\"", "\"member\"").replace("[package]", "[package]\nworkspace = \"../checkout\"");
    write(&folder, &[("../elsewhere/Cargo.toml", &member), ("../elsewhere/src/lib.rs", SECRET)]);
    insta::assert_snapshot!(said(&folder));
}

#[test]
fn members_everywhere() {
    let manifest = format!("{}\n[workspace]\nmembers = [\"../**\", \"/**/none\"]\n", super::MANIFEST);
    let (_guard, folder) = package(&[("Cargo.toml", &manifest)]);
    write(&folder, &[("../elsewhere/Cargo.toml", super::MANIFEST), ("../elsewhere/src/lib.rs", SECRET)]);
    // cargo would walk.
    let said = check(&folder, &[]).env("CARGO", "/dev/null/none").exits(1).both();
    insta::assert_snapshot!(said);
}

#[cfg(unix)]
#[test]
fn links_to_elsewhere() {
    use std::os::unix::fs::symlink;
    let (_guard, folder) =
        package(&[("src/bin/other.rs", "mod file;\nmod folder;\nmod within;\n"), ("src/within.rs", "")]);
    write(&folder, &[("../elsewhere/secret.rs", SECRET), ("../elsewhere/folder/mod.rs", SECRET)]);
    let bin = folder.join("src/bin");
    symlink("../../../elsewhere/secret.rs", bin.join("file.rs")).expect("a link can be made");
    symlink("../../../elsewhere/folder", bin.join("folder")).expect("a link can be made");
    symlink("../within.rs", bin.join("within.rs")).expect("a link can be made");
    insta::assert_snapshot!(said(&folder));
}

#[test]
fn a_repository_reaches_as_far_as_it_does() {
    // One repository, two workspaces: modules may be shared.
    let (_guard, folder) = package(&[("src/bin/other.rs", "#[path = \"../../../elsewhere/secret.rs\"]\nmod one;\n")]);
    let top = folder.parent().expect("it has one");
    write(top, &[("elsewhere/secret.rs", SECRET.trim_end_matches("secret")), (".git/HEAD", "ref: refs/heads/main\n")]);
    let said = check(&folder, &[]).exits(1).both();
    assert!(said.contains("secret.rs:1:") && !said.contains("problem"), "{said}");
}
