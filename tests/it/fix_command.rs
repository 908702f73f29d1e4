//! `connlint check --fix` and `--diff` as a user runs them: what is written, what is left alone, what is said.

use std::path::Path;
use std::process::Command;

use super::common::binary::connlint;
use super::common::{MANIFEST, write};

/// One finding that can be mended safely, one that needs a panic in the place of an error.
const SOURCE: &str = "\
use std::time::Duration;

fn main() {
    serve(axum::Router::new().route(\"/a\", axum::routing::get(a)).route(\"/b\", axum::routing::get(b)));
}

/// Kept.
async fn a() -> String {
    let http = reqwest::Client::new(); // kept, too
    format!(\"{http:?}\")
}

async fn b() -> reqwest::Result<String> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(3)).build()?;
    Ok(format!(\"{http:?}\"))
}
";

const SAFE: &str = "\
use std::sync::LazyLock;
use std::time::Duration;

static A_HTTP_CLIENT: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

fn main() {
    serve(axum::Router::new().route(\"/a\", axum::routing::get(a)).route(\"/b\", axum::routing::get(b)));
}

/// Kept.
async fn a() -> String {
    let http = A_HTTP_CLIENT.clone(); // kept, too
    format!(\"{http:?}\")
}
";

fn project(folder: &Path) {
    let manifest = MANIFEST.replace("redis = \"1\"", "reqwest = \"0.12\"");
    write(folder, &[("Cargo.toml", &manifest), ("src/main.rs", SOURCE)]);
}

fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    assert!(command.output().expect("git runs").status.success(), "git {args:?}");
}

fn committed(folder: &Path) {
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "a commit"]);
}

fn source(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("src/main.rs")).expect("it can be read")
}

#[test]
fn what_is_safe_is_mended_and_the_rest_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    let said = connlint(&["check", "--fix", "--format", "short"]).within(folder.path()).exits(1);
    insta::assert_snapshot!(said.both());
    assert!(source(folder.path()).starts_with(SAFE), "{}", source(folder.path()));

    let said = connlint(&["check", "--fix", "--unsafe-fixes", "--format", "short"]).within(folder.path()).exits(0);
    insta::assert_snapshot!(said.both());
    let mended = source(folder.path());
    let said = connlint(&["check", "--fix", "--unsafe-fixes", "--format", "short"]).within(folder.path()).exits(0);
    insta::assert_snapshot!(said.both());
    assert_eq!(source(folder.path()), mended, "the second time nothing is changed");
}

#[test]
fn a_diff_writes_nothing_and_is_what_fix_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    let said = connlint(&["check", "--diff", "--unsafe-fixes"]).within(folder.path()).exits(0);
    assert_eq!(source(folder.path()), SOURCE);
    insta::assert_snapshot!(said.both());

    committed(folder.path());
    std::fs::write(folder.path().join("the.patch"), &said.out).expect("it can be written");
    git(folder.path(), &["apply", "the.patch"]);
    let patched = source(folder.path());
    git(folder.path(), &["checkout", "--", "src"]);
    connlint(&["check", "--fix", "--unsafe-fixes"]).within(folder.path()).exits(0);
    assert_eq!(source(folder.path()), patched);
}

#[test]
fn changes_that_git_has_no_copy_of_are_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    committed(folder.path());
    let dirty = SOURCE.replace("/// Kept.", "/// Changed.");
    for is_staged in [false, true] {
        std::fs::write(folder.path().join("src/main.rs"), &dirty).expect("it can be written");
        if is_staged {
            git(folder.path(), &["add", "--all"]);
        }
        let said = connlint(&["check", "--fix", "--format", "short"]).within(folder.path()).exits(1);
        assert_eq!(source(folder.path()), dirty);
        assert!(said.err.contains("left alone, since git has no copy of what they say: src/main.rs"), "{}", said.err);
        assert!(said.err.contains("--allow-dirty"), "{}", said.err);
    }
    connlint(&["check", "--fix", "--allow-dirty"]).within(folder.path()).exits(1);
    assert_ne!(source(folder.path()), dirty);
}

#[test]
fn what_is_allowed_or_known_or_not_asked_for_is_not_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    let allowed = SOURCE.replace("/// Kept.", "// connlint: allow(client-per-request) -- once a day");
    std::fs::write(folder.path().join("src/main.rs"), &allowed).expect("it can be written");
    connlint(&["check", "--fix"]).within(folder.path()).exits(1);
    assert_eq!(source(folder.path()), allowed);
    connlint(&["check", "--fix", "--unsafe-fixes", "-A", "client-per-request"]).within(folder.path()).exits(0);
    assert_eq!(source(folder.path()), allowed);
    connlint(&["baseline", "write"]).within(folder.path()).exits(0);
    connlint(&["check", "--fix", "--unsafe-fixes"]).within(folder.path()).exits(0);
    assert_eq!(source(folder.path()), allowed);
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    for args in [
        ["check", "--fix", "--diff"].as_slice(),
        &["check", "--diff", "--format", "json"],
        &["check", "--allow-dirty"],
        &["check", "--unsafe-fixes"],
    ] {
        connlint(args).exits(2);
    }
}
