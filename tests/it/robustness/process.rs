//! Signals, broken pipes, and several runs at once.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::common::binary::connlint;
use super::{SOUND, package};

/// Much to say, so that no pipe holds it.
fn much() -> String {
    (0..1_000).map(|number| SOUND.replace("sound", &format!("sound{number}"))).collect()
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("connlint"));
    command.current_dir(folder).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn whoever_reads_may_stop() {
    let (_guard, folder) = package(&[("src/lib.rs", &much())]);
    for format in ["human", "short", "json", "jsonl", "sarif", "junit"] {
        let mut child = command(&folder, &["check", "--format", format]).spawn().expect("it runs");
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        out.read_line(&mut first).expect("it says something");
        drop(out);
        let mut err = String::new();
        child.stderr.take().expect("it is piped").read_to_string(&mut err).expect("it is text");
        let status = child.wait().expect("it ends");
        assert!(!first.is_empty() && err.is_empty(), "{format}: {err}");
        assert_eq!(status.code(), Some(0), "{format}: `connlint check | head -1` is no failure");
    }
}

#[test]
fn an_interrupted_run_leaves_nothing() {
    let (_guard, folder) = package(&[("src/lib.rs", &much())]);
    let report = folder.join("report.json");
    std::fs::write(&report, "what was there").expect("it can be written");
    for wait in [0, 5, 20, 60, 150] {
        let mut child =
            command(&folder, &["check", "--output", "json=report.json", "--quiet"]).spawn().expect("it runs");
        let mut out = child.stdout.take().expect("it is piped");
        let reader = std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        std::thread::sleep(Duration::from_millis(wait));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("there is kill");
        let status = child.wait().expect("it ends");
        let _ = reader.join().expect("it reads");
        // It was done already, or ended by the signal: not by a panic, not by an exit code of its own.
        assert!(status.signal() == Some(2) || status.code() == Some(1), "{status:?}, kill: {killed:?}");
        let text = std::fs::read_to_string(&report).expect("it is there");
        let is_whole = text == "what was there" || serde_json::from_str::<serde_json::Value>(&text).is_ok();
        assert!(is_whole, "half a report is left");
    }
}

#[test]
fn several_runs_at_once() {
    let (_guard, folder) = package(&[("src/lib.rs", &much())]);
    let alone = connlint(&["check", "--format", "json"]).within(&folder).exits(1).out;
    let children: Vec<_> = (0..4)
        .map(|_| {
            command(&folder, &["check", "--format", "json", "--output", "json=report.json"]).spawn().expect("it runs")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1));
        let said =
            String::from_utf8(output.stdout).expect("it is text").replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        assert_eq!(said, alone);
    }
    let report = std::fs::read_to_string(folder.join("report.json")).expect("it is there");
    assert_eq!(report.replace(env!("CARGO_PKG_VERSION"), "[VERSION]"), alone, "reports do not mix");
    let left = std::fs::read_dir(&folder).expect("it is there").count();
    assert_eq!(left, 3, "temporary files are left");
}

#[test]
fn several_baselines_at_once() {
    let (_guard, folder) = package(&[("src/lib.rs", &much())]);
    let children: Vec<_> =
        (0..4).map(|_| command(&folder, &["baseline", "write", "--update"]).spawn().expect("it runs")).collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(matches!(output.status.code(), Some(0)), "{}", String::from_utf8_lossy(&output.stderr));
    }
    connlint(&["check"]).within(&folder).exits(0);
}
