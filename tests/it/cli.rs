//! The commands as users meet them, on the built binaries.

use std::collections::BTreeSet;
use std::process::Command;

use super::common::binary::{cargo_connlint, connlint};
use super::common::{copy, root, write};

const SHOP: &str = "fixtures/projects/shop";
const MENDED: &str = "fixtures/projects/shop-mended";
const FORMATS: [&str; 10] =
    ["human", "short", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "rustc-json"];

#[test]
fn help() {
    insta::assert_snapshot!("help", connlint(&["--help"]).exits(0).out);
    for command in ["check", "baseline", "why", "explain", "rules", "completions", "man"] {
        insta::assert_snapshot!(format!("help_{command}"), connlint(&[command, "--help"]).exits(0).out);
    }
    insta::assert_snapshot!("help_cargo", cargo_connlint(&["connlint", "--help"]).exits(0).out);
    assert_eq!(connlint(&["--version"]).exits(0).out, "connlint [VERSION]\n");
    assert!(connlint(&[]).exits(2).err.contains("Usage: connlint"));
}

#[test]
fn check_shop() {
    insta::assert_snapshot!("shop_human", connlint(&["check", SHOP]).exits(1).both());
    insta::assert_snapshot!("shop_short", connlint(&["check", SHOP, "--format", "short"]).exits(1).both());
    let json = connlint(&["check", SHOP, "--format", "json"]).exits(1).both();
    serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON");
    insta::assert_snapshot!("shop_json", json);
}

#[test]
fn without_a_path_the_workspace_of_the_current_folder_is_checked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let real = folder.path().canonicalize().expect("it exists");
    copy(&root().join(SHOP), &real);
    let all = std::fs::read_to_string(root().join("fixtures/Cargo.toml")).expect("the fixtures have a manifest");
    let members = all.lines().map(|line| if line.starts_with("members = ") { "members = [\"*\"]" } else { line });
    let members = members.collect::<Vec<_>>().join("\n");
    write(&real, &[("Cargo.toml", &members)]);
    let fingerprints = |folder: &str| -> BTreeSet<String> {
        let json = connlint(&["check", "--format", "json"]).within(&real.join(folder)).exits(1).out;
        let report: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        let findings = report["findings"].as_array().expect("there are findings");
        findings.iter().map(|finding| finding["fingerprint"].to_string()).collect()
    };
    assert_eq!(fingerprints("."), fingerprints("storage/src"), "the folder within the workspace does not matter");
}

#[test]
fn exit_codes_do_not_depend_on_the_format() {
    for format in FORMATS {
        let check = |path: &str, extra: &[&str], code: i32| {
            let mut args = vec!["check", path, "--format", format];
            args.extend(extra);
            connlint(&args).exits(code)
        };
        check(MENDED, &[], 0);
        check(SHOP, &[], 1);
        check(SHOP, &["--quiet"], 1);
        check("fixtures/nowhere", &[], 2);
        check(SHOP, &["--no-such-option"], 2);
        check(SHOP, &["-D", "client-per-requst"], 2);
    }
    connlint(&["check", SHOP, "--format", "xml"]).exits(2);
}

#[test]
fn mended_shop_is_silent() {
    insta::assert_snapshot!("mended", connlint(&["check", MENDED]).exits(0).both());
    assert_eq!(connlint(&["check", MENDED, "--quiet"]).exits(0).both(), "");
}

#[test]
fn levels() {
    let short = |args: &[&str], code: i32| {
        let mut all = vec!["check", SHOP, "--format", "short"];
        all.extend(args);
        connlint(&all).exits(code).both()
    };
    let count = |text: &str, what: &str| text.lines().filter(|line| line.contains(what)).count();
    let normal = short(&[], 1);
    assert!(count(&normal, "error[client-per-request]") > 0, "{normal}");
    let allowed = short(&["-A", "client-per-request"], 1);
    assert_eq!(count(&allowed, "[client-per-request]"), 0);
    assert_eq!(count(&allowed, "error[client-per-worker]"), count(&normal, "error[client-per-worker]"));
    let warned = short(&["-W", "client-per-request"], 1);
    assert_eq!(count(&warned, "warning[client-per-request]"), count(&normal, "error[client-per-request]"));
    let last = short(&["-A", "client-per-request", "-D", "client-per-request"], 1);
    assert_eq!(last, normal, "the last one counts");
    let rules: Vec<String> = connlint::rules::ids().iter().map(|rule| format!("--allow={rule}")).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    insta::assert_snapshot!("all_allowed", short(&rules, 0));
}

#[test]
fn all_targets_and_confidence() {
    let short = |args: &[&str]| {
        let mut all = vec!["check", "--format", "short", "--quiet"];
        all.extend(args);
        connlint(&all).exits(1).out
    };
    let outside = "fixtures/rules/outside-the-program";
    assert!(!short(&[outside]).contains("/tests/"));
    insta::assert_snapshot!("all_targets", short(&[outside, "--all-targets"]));
    let operations = "fixtures/rules/library-operations";
    assert!(short(&[operations, "--min-confidence", "medium"]).contains("client-per-call"));
    connlint(&["check", operations, "--min-confidence", "high"]).exits(0);
}

/// The keys of the contract; reporters elsewhere read them.
#[test]
fn json_contract() {
    let json = connlint(&["check", SHOP, "fixtures/broken/syntax", "--format", "json"]).exits(1).out;
    let report: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["tool"]["name"], "connlint");
    let has = |value: &serde_json::Value, keys: &[&str]| {
        assert!(keys.iter().all(|key| value.get(key).is_some()), "{value}: a key is missing of {keys:?}");
    };
    let place = ["file", "line", "column"];
    for finding in report["findings"].as_array().expect("a list") {
        has(finding, &["rule", "level", "confidence", "message", "resource", "family", "call", "location", "function"]);
        has(finding, &["chain", "related", "help", "fix", "fingerprint"]);
        has(&finding["location"], &[place.as_slice(), &["end_line", "end_column"]].concat());
        for step in finding["chain"].as_array().expect("a list") {
            has(step, &[place.as_slice(), &["function", "what"]].concat());
        }
        for related in finding["related"].as_array().expect("a list") {
            has(related, &[place.as_slice(), &["message"]].concat());
        }
    }
    let errors = report["errors"].as_array().expect("a list");
    assert!(!errors.is_empty());
    errors.iter().for_each(|error| has(error, &[place.as_slice(), &["message"]].concat()));
    has(&report["summary"], &["packages", "files", "errors", "warnings", "suppressed"]);
}

#[test]
fn families_narrow() {
    let families = |extra: &[&str]| -> BTreeSet<String> {
        let json = connlint(&[&["check", SHOP, "--format", "json"], extra].concat()).exits(1).out;
        let report: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        let findings = report["findings"].as_array().expect("there are findings");
        findings.iter().map(|finding| finding["family"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(families(&[]), BTreeSet::from(["http".to_owned(), "redis".to_owned()]));
    assert_eq!(families(&["--families", "redis"]), BTreeSet::from(["redis".to_owned()]));
    assert_eq!(families(&["--families", "redis,http"]), families(&[]));
    connlint(&["check", SHOP, "--families", "sql"]).exits(0);
    assert!(connlint(&["check", SHOP, "--families", "rediss"]).exits(2).err.contains("there are"));
}

#[test]
fn unknown_rule() {
    let nearest = connlint(&["check", SHOP, "-D", "client-per-reqest"]).exits(2);
    insta::assert_snapshot!("unknown_rule_check", nearest.both());
    insta::assert_snapshot!("unknown_rule_explain", connlint(&["explain", "redis"]).exits(2).both());
}

#[test]
fn rules_and_explain() {
    insta::assert_snapshot!("rules", connlint(&["rules"]).exits(0).both());
    let json = connlint(&["rules", "--format", "json"]).exits(0).out;
    serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON");
    insta::assert_snapshot!("explain", connlint(&["explain", "client-per-request"]).exits(0).both());
    for rule in connlint::rules::ids() {
        assert!(connlint(&["explain", rule]).exits(0).out.contains(rule));
    }
}

/// The place of the first line of a file that contains `text`.
fn place(file: &str, text: &str) -> String {
    let content = std::fs::read_to_string(root().join(file)).expect("the file can be read");
    let line = content.lines().position(|line| line.contains(text)).expect("there is such a line");
    format!("{file}:{}", line + 1)
}

#[test]
fn why() {
    let flagged = place("fixtures/projects/shop/storage/src/sessions.rs", "redis::Client::open");
    insta::assert_snapshot!("why_flagged", connlint(&["why", &flagged]).exits(0).both());
    let json = connlint(&["why", &flagged, "--format", "json"]).exits(0).both();
    serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON");
    insta::assert_snapshot!("why_json", json);
    let silent = place("fixtures/rules/axum-handler/src/mended.rs", "redis::Client::open");
    insta::assert_snapshot!("why_silent", connlint(&["why", &silent]).exits(0).both());
    let nothing = "fixtures/projects/shop/storage/src/sessions.rs:1";
    insta::assert_snapshot!("why_nothing", connlint(&["why", nothing]).exits(2).both());
    let outside = "fixtures/rules/outside-the-program/src/orphan.rs:3";
    insta::assert_snapshot!("why_outside", connlint(&["why", outside]).exits(2).both());
    insta::assert_snapshot!("why_no_file", connlint(&["why", "src/mian.rs:3"]).exits(2).both());
    insta::assert_snapshot!("why_no_place", connlint(&["why", "src/main.rs"]).exits(2).both());
}

#[test]
fn colour() {
    let args = ["check", SHOP];
    let colourful = |text: &str| text.contains('\u{1b}');
    assert!(!colourful(&connlint(&args).exits(1).out));
    assert!(colourful(&connlint(&args).env("FORCE_COLOR", "1").exits(1).out));
    assert!(colourful(&connlint(&args).env("CLICOLOR_FORCE", "1").exits(1).out));
    assert!(!colourful(&connlint(&args).env("FORCE_COLOR", "1").env("NO_COLOR", "1").exits(1).out));
    let always = ["check", SHOP, "--color", "always"];
    let plain = connlint(&args).exits(1).out;
    let colour = connlint(&always).env("NO_COLOR", "1").exits(1).out;
    assert!(colourful(&colour));
    assert_eq!(without_colour(&colour), plain, "colours change nothing else");
    let never = ["check", SHOP, "--color", "never"];
    assert!(!colourful(&connlint(&never).env("FORCE_COLOR", "1").exits(1).out));
    let json = ["check", SHOP, "--color", "always", "--format", "json"];
    assert!(!colourful(&connlint(&json).exits(1).out));
}

/// The text without `ESC [ … m`.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn width_and_ascii() {
    const FILE: &str = "fixtures/projects/shop/storage/src/sessions.rs";
    let narrow = connlint(&["check", FILE, "--width", "60"]).exits(1).both();
    let ascii = connlint(&["check", FILE, "--ascii"]).exits(1).both();
    assert!(ascii.is_ascii(), "{ascii}");
    // The counts are of whatever lies in `fixtures/`; they must not change with each file there.
    insta::with_settings!({ filters => [
        (r"\d+ constructions\s+seen\s+in\s+\d+\s+files\s+of\s+\d+", "[counts]"),
        (r"\d+\s+outside\s+of\s+what\s+was\s+asked\s+for:\s+\d+", "[counts]"),
    ] }, {
        insta::assert_snapshot!("narrow", narrow);
        insta::assert_snapshot!("ascii", ascii);
    });
    for args in [["explain", "client-per-request", "--ascii"].as_slice(), &["rules", "--ascii"]] {
        assert!(connlint(args).exits(0).out.is_ascii(), "{args:?}");
    }
}

#[test]
fn cargo_command() {
    let direct = connlint(&["check", SHOP, "--format", "short"]).exits(1).both();
    for args in [["connlint", "check", SHOP, "--format", "short"].as_slice(), &["check", SHOP, "--format", "short"]] {
        assert_eq!(cargo_connlint(args).exits(1).both(), direct, "{args:?}");
    }
    let storage = root().join("fixtures/rules/accessor");
    let checked = connlint(&["check", "--format", "short"]).within(&storage).exits(1).both();
    for args in [["connlint", "--format", "short"].as_slice(), &["--format", "short"]] {
        assert_eq!(cargo_connlint(args).within(&storage).exits(1).both(), checked, "{args:?}");
    }
}

/// A reader that stops reading is no mistake: `connlint rules | head -1`.
#[test]
fn closed_pipe() {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("connlint"));
    command.args(["check", SHOP, "--format", "json"]).current_dir(root());
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.code().is_some(), "it ends by itself");
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = connlint(&["completions", shell]).exits(0).out;
        for word in ["baseline", "prune", "explain", "--staged", "rustc-json"] {
            // zsh and elvish write options and their values apart.
            assert!(script.contains(word.trim_start_matches('-')), "{shell}: {word}");
        }
    }
    let script = connlint(&["completions", "bash"]).exits(0).out;
    let words = format!(
        "{script}\nCOMP_WORDS=(connlint ba) COMP_CWORD=1\n_connlint connlint ba connlint\necho \"${{COMPREPLY[@]}}\""
    );
    let output = Command::new("bash").args(["--norc", "-c", &words]).output().expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "baseline", "{output:?}");
    assert!(connlint(&["completions", "tcsh"]).exits(2).err.contains("bash"));
}

#[test]
fn manual_pages_of_all_commands() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pages = folder.path().join("share/man1");
    connlint(&["man", "--out", &pages.to_string_lossy()]).exits(0);
    let mut names: Vec<String> = std::fs::read_dir(&pages)
        .expect("the folder was made")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    insta::assert_snapshot!("man_pages", names.join("\n"));
    let check = std::fs::read_to_string(pages.join("connlint-check.1")).expect("it is there");
    assert!(check.contains(".TH connlint-check 1") && check.contains("\\-\\-staged"), "{check}");
    assert!(connlint(&["man"]).exits(0).out.contains(".TH connlint 1"));
    write(folder.path(), &[("file", "")]);
    let said = connlint(&["man", "--out", "file"]).within(folder.path()).exits(2);
    assert!(said.err.contains("help: name a folder that you may write to"), "{}", said.err);
}
