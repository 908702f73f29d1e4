//! What the checked program says is escaped in every format: control sequences, changes of text direction, workflow commands,
//! markup.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::common::binary::connlint;
use super::super::common::write;
use super::{MANIFEST, check};

/// A file's name as nobody would choose it.
const NAME: &str = "::error file=x::\u{1b}[31m<b>|`%0A\n::stop-commands::x\n##[error]\u{202e}&\".rs";

/// What stands in the source: a route, a comment and literals that a terminal or a service would act on.
const TEXT: &str = "\u{202e}\u{1b}]0;title\u{7}\u{9b}31m ##[error]x ::error::x <script>&amp; ]]> | `x` \u{2066}";

/// A project with such a name and text in all that is reported, and a finding in it.
fn project() -> (TempDir, PathBuf) {
    let guard = tempfile::tempdir().expect("a temporary folder");
    let folder = guard.path().canonicalize().expect("it exists");
    let name = NAME.escape_default();
    let main = format!(
        "#[path = \"{name}\"]\nmod handlers;\n#[path = \"{name}.broken\"]\nmod broken;\nfn main() {{\n    \
         serve(axum::Router::new().route(\"/a{TEXT}\", axum::routing::get(handlers::a)));\n}}\n"
    );
    let handlers = format!(
        "pub async fn a() -> String {{\n    let client = redis::Client::open(\"redis://h/{TEXT}\").unwrap(); // {TEXT}\n    \
         // connlint: allow(no-such-rule{TEXT}) -- {TEXT}\n    format!(\"{{client:?}}\")\n}}\n\
         // connlint: allow(client-per-call) -- {TEXT}\npub fn b() {{ redis::Client::open(\"redis://h/\").unwrap(); }}\n"
    );
    let src = folder.join("src");
    write(&folder, &[("Cargo.toml", MANIFEST), ("src/main.rs", &main)]);
    write(&src, &[(NAME, &handlers), (&format!("{NAME}.broken"), &format!("fn \"{TEXT}\" () {{}}"))]);
    (guard, folder)
}

/// Characters that a terminal acts on.
fn unsafe_characters(text: &str) -> Vec<char> {
    let is_unsafe = |ch: &char| {
        (ch.is_control() && *ch != '\n') || matches!(*ch, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(is_unsafe).collect()
}

#[track_caller]
fn report(folder: &Path, format: &str) -> String {
    let said = connlint(&["check", ".", "--pedantic", "--format", format]).within(folder).exits(1);
    assert!(unsafe_characters(&said.err).is_empty(), "{format}, stderr: {}", said.err);
    said.out
}

#[test]
fn terminals_are_not_steered() {
    let (_guard, folder) = project();
    for format in ["human", "short", "github", "junit", "checkstyle"] {
        let out = report(&folder, format);
        assert!(unsafe_characters(&out).is_empty(), "{format}: {out}");
        assert!(out.contains('\u{fffd}'), "{format} shows that something was there");
    }
    for args in
        [["why", "src/a.rs:1\u{1b}[31m"], ["explain", "a\u{1b}[31m\u{202e}"], ["check", "a\u{1b}[31m\n::error::x"]]
    {
        let said = connlint(&args).within(&folder).exits(2).both();
        assert!(unsafe_characters(&said).is_empty(), "{args:?}: {said}");
        assert!(!said.lines().any(|line| line.starts_with("::")), "{args:?}: {said}");
    }
}

#[test]
fn why_does_not_steer_terminals() {
    let (_guard, folder) = project();
    let place = format!("src/{NAME}:2");
    for format in ["human", "json"] {
        let said = connlint(&["why", &place, "--format", format]).within(&folder).succeeds_or_finds();
        let (out, err) = (said.out, said.err);
        assert!(format == "json" || unsafe_characters(&out).is_empty(), "{format}: {out}");
        assert!(unsafe_characters(&err).is_empty(), "{format}: {err}");
    }
}

#[test]
fn json_is_json() {
    let (_guard, folder) = project();
    for format in ["json", "sarif", "gitlab"] {
        let out = report(&folder, format);
        assert!(!out.contains(|ch: char| ch < ' ' && ch != '\n'), "{format} has control characters");
        serde_json::from_str::<serde_json::Value>(&out).unwrap_or_else(|error| panic!("{format}: {error}"));
    }
    for format in ["jsonl", "rustc-json"] {
        for line in report(&folder, format).lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{format}: {error}\n{line}"));
        }
    }
}

#[test]
fn workflow_commands_are_our_own() {
    let (_guard, folder) = project();
    let in_actions = connlint(&["check", "."]).within(&folder).env("GITHUB_ACTIONS", "true").exits(1);
    let by_short = check(&folder, &["."]).env("GITHUB_ACTIONS", "true").exits(1);
    for out in [report(&folder, "github"), in_actions.both(), by_short.both()] {
        let mut stopped: Option<String> = None;
        for line in out.lines() {
            match (&stopped, line.strip_prefix("::stop-commands::")) {
                (Some(token), _) if line == format!("::{token}::") => stopped = None,
                // Nothing that stands here is a command, whatever it looks like.
                (Some(_), _) => {}
                (None, Some(token)) => stopped = Some(token.to_owned()),
                (None, None) => is_ours(line),
            }
        }
        assert_eq!(stopped, None, "commands go on");
    }
}

/// Of a line for GitHub: what is a command has a form that only connlint gives it.
#[track_caller]
fn is_ours(line: &str) {
    let Some(command) = line.trim_start().strip_prefix("::") else {
        // The older form is a command wherever it stands in a line.
        assert!(!line.contains("##["), "a command of somebody else: {line}");
        return;
    };
    let (head, _) = command.split_once("::").unwrap_or((command, ""));
    let is_ours = match head.split_once(' ') {
        Some(("error" | "warning" | "notice", properties)) => properties.contains("title=connlint%3A "),
        Some(_) => false,
        None => ["group", "endgroup"].contains(&head),
    };
    assert!(is_ours, "a command of somebody else: {line}");
}

#[test]
fn markup_is_none() {
    let (_guard, folder) = project();
    for format in ["junit", "checkstyle"] {
        let out = report(&folder, format);
        assert!(!out.contains("<script>") && !out.contains("<b>"), "{out}");
        let mut reader = quick_xml::Reader::from_str(&out);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => panic!("{format} is no XML: {error}"),
            }
        }
    }
}
