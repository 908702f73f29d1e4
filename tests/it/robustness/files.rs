//! What lies in a folder need not be a file that can be read, and need not stay.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::common::binary::connlint;
use super::super::common::write;
use super::super::security::pipe;
use super::{MANIFEST, SOUND, package, said};

/// A user without rights, by number.
const NOBODY: u32 = 65_534;

/// What the binary says when somebody without rights runs it in `folder`; `None` when this test may not become another user.
fn as_nobody(folder: &Path, args: &[&str]) -> Option<Output> {
    let place = tempfile::tempdir().expect("a temporary folder");
    let binary = place.path().join("connlint");
    std::fs::copy(assert_cmd::cargo::cargo_bin("connlint"), &binary).expect("it can be copied");
    for path in [place.path(), &binary, folder.parent().unwrap_or(folder), folder] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    let mut command = Command::new(binary);
    command.current_dir(folder).args(args).env_clear().env("PATH", "/usr/bin:/bin").uid(NOBODY).gid(NOBODY);
    command.output().ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn files_and_folders_that_may_not_be_read() {
    let (_guard, folder) = package(&[
        ("src/lib.rs", &format!("mod closed;\nmod shut;\n{SOUND}")),
        ("src/closed.rs", SOUND),
        ("src/shut/mod.rs", SOUND),
        ("other/Cargo.toml", &MANIFEST.replace("app", "other")),
        ("other/src/lib.rs", SOUND),
    ]);
    for (path, mode) in [("src/closed.rs", 0o000), ("src/shut", 0o000), ("other/Cargo.toml", 0o000)] {
        std::fs::set_permissions(folder.join(path), std::fs::Permissions::from_mode(mode)).expect("it is ours");
    }
    let Some(said) = as_nobody(&folder, &["check", "--format", "short", "."]) else {
        eprintln!("skipped: this user may not become another one");
        return;
    };
    let both = format!("{}{}", text(&said.stdout), text(&said.stderr));
    insta::assert_snapshot!(both.replace(&*folder.to_string_lossy(), "[CWD]"));
    assert_eq!(said.status.code(), Some(1));
}

#[test]
fn a_checkout_that_may_not_be_written() {
    let (_guard, folder) = package(&[("src/lib.rs", SOUND)]);
    let Some(said) = as_nobody(&folder, &["check", "--format", "short", "."]) else {
        eprintln!("skipped: this user may not become another one");
        return;
    };
    assert_eq!(said.status.code(), Some(1), "{}{}", text(&said.stdout), text(&said.stderr));
    assert!(text(&said.stdout).contains("src/lib.rs:2:18: error"));
    for args in [&["check", "--output", "json=report.json"][..], &["baseline", "write"], &["init"]] {
        let said = as_nobody(&folder, args).expect("it was possible before");
        let err = text(&said.stderr);
        assert_eq!(said.status.code(), Some(2), "{args:?}: {err}");
        assert!(err.to_lowercase().contains("permission denied") && err.contains("help: "), "{args:?}: {err}");
    }
}

#[test]
fn pipes_and_devices_are_not_read() {
    let main = "#[path = \"/dev/zero\"]\nmod zero;\n#[path = \"/dev/stdin\"]\nmod stdin;\nmod pipe;\nmod folder;\n";
    let (_guard, folder) = package(&[("src/lib.rs", &format!("{main}{SOUND}")), ("src/folder.rs/x", "")]);
    pipe(&folder.join("src/pipe.rs"));
    symlink("/dev/zero", folder.join("src/bin.rs")).expect("a link can be made");
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn pipes_in_the_place_of_manifests() {
    for name in ["Cargo.toml", "Cargo.lock", "connlint.toml", "connlint-baseline.json", "src/lib.rs"] {
        let (_guard, folder) = package(&[
            ("src/lib.rs", SOUND),
            ("sound/Cargo.toml", &MANIFEST.replace("app", "sound")),
            ("sound/src/lib.rs", SOUND),
        ]);
        let place = folder.join(name);
        if place.exists() {
            std::fs::remove_file(&place).expect("it is there");
        }
        pipe(&place);
        let said = connlint(&["check", "--format", "short", "."]).within(&folder).ends().both();
        insta::assert_snapshot!(format!("pipe_{}", name.replace(['/', '.', '-'], "_")), said);
    }
}

#[test]
fn links_in_a_circle() {
    let (_guard, folder) = package(&[("src/lib.rs", &format!("mod a;\nmod again;\n{SOUND}"))]);
    symlink(&folder, folder.join("src/again")).expect("a link can be made");
    symlink("b.rs", folder.join("src/a.rs")).expect("a link can be made");
    symlink("a.rs", folder.join("src/b.rs")).expect("a link can be made");
    symlink("..", folder.join("src/up")).expect("a link can be made");
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn files_that_come_and_go() {
    let names: Vec<String> = (0..40).map(|number| format!("src/m{number}.rs")).collect();
    let root: String = (0..40).map(|number| format!("mod m{number};\n")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), SOUND)).collect();
    let root = format!("{root}{SOUND}");
    files.push(("src/lib.rs", &root));
    let (_guard, folder) = package(&files);
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0.. {
                if is_done.load(Ordering::Relaxed) {
                    return;
                }
                for (number, name) in names.iter().enumerate() {
                    let path = folder.join(name);
                    let _ = match (turn + number) % 3 {
                        0 => std::fs::remove_file(&path),
                        1 => std::fs::write(&path, &SOUND[..SOUND.len() / 2]),
                        _ => std::fs::write(&path, SOUND.repeat(3)),
                    };
                }
            }
        });
        for _ in 0..5 {
            for format in ["human", "json"] {
                let said = connlint(&["check", "--format", format, "."]).within(&folder).ends();
                assert!(said.out.contains("lib.rs"), "what stays is analysed: {}", said.both());
            }
        }
        is_done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_disk_that_is_full() {
    let (_guard, folder) = package(&[("src/lib.rs", SOUND)]);
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("there is such a device");
    let said = Command::new(assert_cmd::cargo::cargo_bin("connlint"))
        .current_dir(&folder)
        .arg("check")
        .stdout(full())
        .output()
        .expect("it runs");
    assert_eq!(said.status.code(), Some(2));
    insta::assert_snapshot!(text(&said.stderr));
    // Not even this can be said.
    let said = Command::new(assert_cmd::cargo::cargo_bin("connlint"))
        .current_dir(&folder)
        .arg("check")
        .stdout(full())
        .stderr(full())
        .output();
    assert_eq!(said.expect("it runs").status.code(), Some(2));
    for args in [&["check", "--output", "json=/dev/full"][..], &["check", "--output", "sarif=/dev/full"]] {
        let said = connlint(args).within(&folder).exits(2);
        assert!(said.err.contains("No space left") && said.err.contains("help: "), "{}", said.err);
    }
}

#[test]
fn a_small_disk_that_is_full() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(place.path()).output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        eprintln!("skipped: this user may not mount");
        return;
    }
    let (_guard, folder) = package(&[("src/lib.rs", &SOUND.repeat(50))]);
    let report = place.path().join("report.json");
    let before = "what was there";
    std::fs::write(&report, before).expect("there is room for this");
    let said = connlint(&["check", "--output", &format!("json={}", report.display())]).within(&folder).exits(2);
    let left = std::fs::read_to_string(&report).expect("it is there");
    let files = std::fs::read_dir(place.path()).expect("it is there").count();
    let unmounted = Command::new("umount").arg(place.path()).status().expect("it was mounted");
    assert!(unmounted.success());
    assert!(said.err.contains("No space left") && said.err.contains("help: "), "{}", said.err);
    assert_eq!((left.as_str(), files), (before, 1), "half a report is left");
}

#[test]
fn no_home() {
    let (_guard, folder) = package(&[("src/lib.rs", SOUND)]);
    let with = connlint(&["check", "--format", "short"]).within(&folder).exits(1).both();
    let run = connlint(&["check", "--format", "short"]).within(&folder).without("CARGO_HOME").without("RUSTUP_HOME");
    assert!(run.without("HOME").ends().both().contains("src/lib.rs:2:18: error"));
    let run = connlint(&["check", "--format", "short"])
        .within(&folder)
        .env("HOME", "/dev/null/none")
        .env("CARGO_HOME", "/dev/null");
    assert!(run.ends().both().contains("src/lib.rs:2:18: error"));
    assert!(with.contains("src/lib.rs:2:18: error"));
}

#[test]
fn a_current_folder_that_is_gone() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let gone = place.path().join("gone");
    write(&gone, &[("Cargo.toml", MANIFEST)]);
    let binary = assert_cmd::cargo::cargo_bin("connlint");
    let script = format!("cd '{}' && rm -r '{}' && exec '{}' check", gone.display(), gone.display(), binary.display());
    let said = Command::new("sh").args(["-c", &script]).output().expect("it runs");
    assert_eq!(said.status.code(), Some(2));
    insta::assert_snapshot!(text(&said.stderr));
}
