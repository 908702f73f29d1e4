//! Where reports go: standard output, files, GitHub Actions, and beside cargo.

use std::path::Path;

use cargo_metadata::Message;

use super::common::binary::connlint;
use super::common::{root, write};

const SHOP: &str = "fixtures/projects/shop";

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the file was written")
}

#[test]
fn several_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name);
    let to = |format: &str| format!("{format}={}", file(format).display());
    let alone = |format: &str| connlint(&["check", SHOP, "--format", format]).exits(1).out;
    let formats = ["human", "short", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "rustc-json"];
    let targets: Vec<String> = formats.iter().map(|format| to(format)).collect();
    let mut args = vec!["check", SHOP];
    targets.iter().for_each(|target| args.extend(["--output", target]));
    let said = connlint(&args).exits(1);
    assert_eq!(said.both(), alone("human"), "standard output gets what it gets without files");
    for format in formats {
        let written = read(&file(format)).replace(&*root().to_string_lossy(), "[ROOT]");
        assert_eq!(written.replace(env!("CARGO_PKG_VERSION"), "[VERSION]"), alone(format), "{format}");
    }
    let said = connlint(&["check", SHOP, "--output", "short=-", "--output", &to("json")]).exits(1);
    assert_eq!(said.both(), alone("short"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("it is there").collect();
    assert_eq!(left.len(), formats.len(), "no temporary file is left");
}

#[test]
fn files_are_not_drawn_for_a_terminal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("report");
    let target = format!("human={}", file.display());
    let said = connlint(&["check", SHOP, "--output", &target]).env("FORCE_COLOR", "1").exits(1);
    assert!(said.out.contains('\u{1b}') && !read(&file).contains('\u{1b}'));
    connlint(&["check", SHOP, "--output", &target, "--color", "always"]).exits(1);
    assert!(read(&file).contains('\u{1b}'));
}

#[test]
fn what_cannot_be_written_is_said() {
    let said = |args: &[&str]| connlint(&[&["check", SHOP], args].concat()).exits(2).both();
    let messages = [
        said(&["--output", "json=no/such/folder/report.json"]),
        said(&["--output", "json=fixtures"]),
        said(&["--format", "json", "--output", "human=-"]),
        said(&["--output", "json=a.json", "--output", "sarif=a.json"]),
        said(&["--output", "xml=a.xml"]),
        said(&["--output", "a.json"]),
        said(&["--with-cargo", "check", "--format", "human"]),
    ];
    insta::assert_snapshot!("unwritable", messages.join("\n"));
    assert!(!root().join("a.json").exists(), "nothing is written by a run that cannot be");
}

#[test]
fn github_actions() {
    let run = |args: &[&str]| connlint(&[&["check", SHOP], args].concat()).env("GITHUB_ACTIONS", "true");
    let text = run(&[]).exits(1).both();
    let plain = connlint(&["check", SHOP]).exits(1).out;
    assert!(text.contains(&plain), "the log has the report for people");
    let annotations = connlint(&["check", SHOP, "--format", "github", "--quiet"]).exits(1).out;
    assert!(text.contains(&annotations), "and the annotations");
    let frame: Vec<&str> = text.lines().filter(|line| line.starts_with("::") && !line.starts_with("::error")).collect();
    let token = frame[0].trim_start_matches("::stop-commands::");
    let expected = [frame[0], &format!("::{token}::"), "::group::connlint: annotations", "::endgroup::"];
    assert_eq!(frame, expected, "quoted sources are no commands");
    assert_eq!(
        run(&["--format", "short"]).exits(1).both(),
        connlint(&["check", SHOP, "--format", "short"]).exits(1).out
    );
    assert_eq!(run(&["--output", "human=-"]).exits(1).both(), plain);
    let mended = ["check", "fixtures/projects/shop-mended", "--quiet"];
    assert_eq!(connlint(&mended).env("GITHUB_ACTIONS", "true").exits(0).out.lines().count(), 2);
    connlint(&mended).env("GITHUB_ACTIONS", "false").exits(0);
}

/// In a folder of the repository, places are still those that GitHub and GitLab know.
#[test]
fn places_are_seen_from_the_repository() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    project(folder.path(), "");
    std::fs::create_dir(folder.path().join(".git")).expect("the folder can be made");
    let within = |format: &str| {
        connlint(&["check", "--format", format, "--quiet"]).within(&folder.path().join("app")).exits(1).out
    };
    assert!(within("short").starts_with("src/main.rs:"));
    assert!(within("github").contains("file=app/src/main.rs,"));
    for (format, field) in [("sarif", "uri"), ("gitlab", "path")] {
        assert!(within(format).contains(&format!("\"{field}\": \"app/src/main.rs\"")), "{format}");
    }
    assert!(within("checkstyle").contains("<file name=\"app/src/main.rs\">"));
}

/// A program with one finding, which compiles without any registry. `extra` goes into its main file.
fn project(folder: &Path, extra: &str) {
    let app = format!(
        "fn main() {{\n    for _ in 0..3 {{\n        let client = redis::Client::open(\"redis://localhost\");\n        \
         drop(client);\n    }}\n}}\n{extra}"
    );
    write(
        folder,
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"app\", \"redis\"]\nresolver = \"2\"\n"),
            (
                "app/Cargo.toml",
                "[package]\nname = \"my-app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nredis = { path = \
                 \"../redis\" }\n",
            ),
            ("app/src/main.rs", &app),
            ("redis/Cargo.toml", "[package]\nname = \"redis\"\nversion = \"0.27.0\"\nedition = \"2021\"\n"),
            (
                "redis/src/lib.rs",
                "pub struct Client;\n\nimpl Client {\n    pub fn open(_: &str) -> Result<Client, ()> {\n        \
                 Ok(Client)\n    }\n}\n",
            ),
        ],
    );
}

/// Codes of the messages, and whether the build succeeded, which is said once, at the end.
fn messages(written: &str) -> (Vec<String>, bool) {
    let messages: Vec<Message> =
        Message::parse_stream(written.as_bytes()).collect::<Result<_, _>>().expect("cargo's messages");
    let (last, messages) = messages.split_last().expect("there are messages");
    let Message::BuildFinished(end) = last else { panic!("not the end: {last:?}") };
    let code = |message: &Message| match message {
        Message::CompilerMessage(message) => message.message.code.as_ref().map(|code| code.code.clone()),
        Message::BuildFinished(_) => panic!("the end is said twice"),
        Message::TextLine(line) => panic!("not a message: {line}"),
        _ => None,
    };
    packages_are_cargos(messages);
    let mut codes: Vec<String> = messages.iter().filter_map(code).collect();
    codes.dedup(); // cargo says it of the program and of its tests
    (codes, end.success)
}

/// Packages and targets of our messages are those of cargo's, where it says anything of them.
fn packages_are_cargos(messages: &[Message]) {
    let target = |message: &Message| match message {
        Message::CompilerMessage(one) => {
            let ours = one.message.code.as_ref().is_some_and(|code| code.code.starts_with("connlint::"));
            let target = &one.target;
            let kinds = (target.kind.clone(), target.crate_types.clone(), target.edition);
            Some((ours, (one.package_id.clone(), target.name.clone(), target.src_path.clone(), kinds)))
        }
        _ => None,
    };
    let (ours, cargos): (Vec<_>, Vec<_>) = messages.iter().filter_map(target).partition(|(ours, _)| *ours);
    for (_, target) in ours.iter().filter(|_| !cargos.is_empty()) {
        assert!(cargos.iter().any(|(_, other)| other == target), "{target:?} is not among {cargos:?}");
    }
}

#[test]
fn beside_cargo() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join("target");
    let check = |args: &[&str], code: i32| {
        let run = connlint(&[&["check", "--with-cargo", "check"], args].concat()).within(folder.path());
        messages(&run.env("CARGO_TARGET_DIR", &target.to_string_lossy()).exits(code).out)
    };
    let both = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    project(folder.path(), "\nfn unused() {}\n");
    assert_eq!(check(&[], 1), (both(&["connlint::client-in-loop", "dead_code"]), false));
    assert_eq!(check(&["-W", "client-in-loop"], 1), (both(&["connlint::client-in-loop", "dead_code"]), true));
    assert_eq!(check(&["-A", "client-in-loop"], 0), (both(&["dead_code"]), true));
    assert_eq!(check(&["--", "-p", "redis"], 1), (both(&["connlint::client-in-loop"]), false));
    project(folder.path(), "\nfn wrong() -> u8 {\n    \"\"\n}\n");
    let (codes, success) = check(&["-A", "client-in-loop"], 1);
    assert!(codes.contains(&"E0308".to_owned()) && !success, "cargo's failure is the run's: {codes:?}");
    let run = connlint(&["check", "--with-cargo", "check"]).within(folder.path()).env("CARGO", "/no/such/cargo");
    insta::assert_snapshot!("no_cargo", run.exits(2).both());
}
