//! A repository configures git; connlint runs nothing of it.

use std::path::Path;
use std::process::Command;

use super::super::common::write;
use super::{check, package, trap};

fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.output().expect("git is there");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn git_runs_no_program_of_the_repository() {
    let attributes = "*.rs filter=one diff=own\nbuild.rs filter=\"two\"\n*.toml filter=two\n";
    let (guard, folder) = package(&[("build.rs", "fn main() {}"), (".gitattributes", attributes)]);
    git(&folder, &["init", "--quiet", "--initial-branch=main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message=a"]);
    let mark = guard.path().join("mark");
    let evil = guard.path().join("evil");
    trap(&evil, &mark, "cat");
    for hook in ["post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"] {
        trap(&guard.path().join("hooks").join(hook), &mark, "cat");
    }
    let evil = evil.to_string_lossy();
    let hooks = guard.path().join("hooks");
    let settings = [
        ("core.fsmonitor", &*evil),
        ("core.hooksPath", &*hooks.to_string_lossy()),
        ("core.pager", &*evil),
        ("core.sshCommand", &*evil),
        ("core.askPass", &*evil),
        ("credential.helper", &*evil),
        ("diff.external", &*evil),
        ("diff.own.command", &*evil),
        ("diff.own.textconv", &*evil),
        ("filter.one.clean", &*evil),
        ("filter.one.smudge", &*evil),
        ("filter.two.process", &*evil),
        ("filter.two.required", "true"),
        ("filter.a b.c.clean", &*evil),
        ("remote.origin.url", "ssh://localhost/x"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialCloneFilter", "blob:none"),
        ("extensions.partialClone", "origin"),
    ];
    for (name, value) in settings {
        git(&folder, &["config", name, value]);
    }
    // Changed, but of the same length and old, so that git has to look into them.
    write(&folder, &[("build.rs", "fn main() {;"), ("src/main.rs", &super::ONE_FINDING.replace("h/", "g/"))]);
    let said = check(&folder, &["--since", "HEAD"]).exits(1).both();
    assert!(said.contains("client-per-request"), "{said}");
    check(&folder, &["--staged"]).exits(0);
    assert!(!mark.exists(), "something was run");
    // The traps work.
    let diff = Command::new("git").current_dir(&folder).arg("diff").output().expect("git is there");
    assert!(mark.exists(), "git diff runs nothing: {}", String::from_utf8_lossy(&diff.stderr));
}

#[test]
fn objects_that_are_missing_are_not_fetched() {
    let (guard, folder) = package(&[]);
    git(&folder, &["init", "--quiet", "--initial-branch=main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message=a"]);
    // The text of the manifest is gone, as in a partial clone.
    let output = Command::new("git").current_dir(&folder).args(["rev-parse", "HEAD:src/main.rs"]).output();
    let hash = String::from_utf8(output.expect("git is there").stdout).expect("it is text");
    let hash = hash.trim();
    std::fs::remove_file(folder.join(".git/objects").join(&hash[..2]).join(&hash[2..])).expect("it is there");
    let mark = guard.path().join("mark");
    let evil = guard.path().join("evil");
    trap(&evil, &mark, "exit 1");
    for (name, value) in [
        ("core.sshCommand", &*evil.to_string_lossy()),
        ("remote.origin.url", "ssh://localhost/x"),
        ("remote.origin.promisor", "true"),
        ("extensions.partialClone", "origin"),
        ("core.repositoryFormatVersion", "1"),
    ] {
        git(&folder, &["config", name, value]);
    }
    write(&folder, &[("src/main.rs", "fn main() {}\n")]);
    let said = check(&folder, &["--since", "HEAD"]).exits(2);
    insta::assert_snapshot!(said.both().replace(hash, "[HASH]"));
    assert!(!mark.exists(), "something was run");
}

#[test]
fn a_folder_made_up_as_a_repository_is_none() {
    let (guard, folder) = package(&[]);
    git(&folder, &["init", "--quiet", "--bare", "inner"]);
    let inner = folder.join("inner");
    let mark = guard.path().join("mark");
    trap(&guard.path().join("evil"), &mark, "cat");
    git(&inner, &["config", "core.bare", "false"]);
    git(&inner, &["config", "core.worktree", &folder.to_string_lossy()]);
    git(&inner, &["config", "core.fsmonitor", &guard.path().join("evil").to_string_lossy()]);
    write(&inner, &[("Cargo.toml", super::MANIFEST), ("src/main.rs", super::ONE_FINDING)]);
    let said = check(&inner, &["--since", "HEAD"]).exits(2).both();
    assert!(said.contains("is not in a git repository"), "{said}");
    assert!(!mark.exists(), "something was run");
}
