//! Changed code, on the built binary and real git repositories.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::common::binary::connlint;
use super::common::write;

const MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [dependencies]\naxum = \"0.8\"\nredis = \"1\"\n";

const MAIN: &str = "\
mod routes;
mod store;

fn main() {
    let app = axum::Router::new().route(\"/old\", axum::routing::get(routes::old));
    serve(app.route(\"/other\", axum::routing::get(routes::other)), store::connect());
}
";

/// One handler that always was wrong, one that is right.
const ROUTES: &str = "\
pub async fn old() -> String {
    let client = redis::Client::open(\"redis://old/\").unwrap();
    format!(\"{client:?}\")
}

pub async fn other() -> String {
    String::new()
}
";

/// Its client is built once, as long as only `main` calls.
const STORE: &str = "\
pub fn connect() -> redis::Client {
    redis::Client::open(\"redis://store/\").unwrap()
}
";

struct Repository(TempDir);

impl Repository {
    /// A repository with one commit.
    fn new() -> Repository {
        let repository = Repository(tempfile::tempdir().expect("a temporary folder"));
        repository.write(&[
            ("Cargo.toml", MANIFEST),
            ("src/main.rs", MAIN),
            ("src/routes.rs", ROUTES),
            ("src/store.rs", STORE),
        ]);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, files: &[(&str, &str)]) {
        write(self.folder(), files);
    }

    /// git, without the configuration of whoever runs the tests.
    fn git(&self, args: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.folder()).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(args);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
            command.env_remove(name);
        }
        let output = command.output().expect("git runs");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a commit"]);
    }

    /// The places of the findings of `check` with these options.
    #[track_caller]
    fn found(&self, options: &[&str]) -> Vec<String> {
        self.found_within("", options)
    }

    #[track_caller]
    fn found_within(&self, below: &str, options: &[&str]) -> Vec<String> {
        let args = [&["check", "--format", "json"], options].concat();
        let run = connlint(&args).within(&self.folder().join(below));
        let report: serde_json::Value = serde_json::from_str(&run.succeeds_or_finds().out).expect("it is JSON");
        let findings = report["findings"].as_array().expect("a list");
        let place = |finding: &serde_json::Value| {
            let location = &finding["location"];
            format!("{}:{}", location["file"].as_str().unwrap_or_default(), location["line"])
        };
        findings.iter().map(place).collect()
    }
}

/// `other` calls the old constructor.
fn calling() -> String {
    ROUTES.replace("    String::new()", "    format!(\"{:?}\", crate::store::connect())")
}

#[test]
fn what_did_not_change_is_not_reported() {
    let repository = Repository::new();
    assert_eq!(repository.found(&[]), ["src/routes.rs:2"]);
    for options in [["--since", "HEAD"].as_slice(), &["--staged"]] {
        assert_eq!(repository.found(options), [""; 0], "{options:?}");
    }
    repository.write(&[("src/routes.rs", &ROUTES.replace("String::new()", "\"changed\".into()"))]);
    assert_eq!(repository.found(&["--since", "HEAD"]), [""; 0]);
}

#[test]
fn the_commit_that_makes_an_old_constructor_run_per_request_is_told() {
    let repository = Repository::new();
    repository.write(&[("src/routes.rs", &calling())]);
    assert_eq!(repository.found(&[]), ["src/routes.rs:2", "src/store.rs:2"]);
    assert_eq!(repository.found(&["--since", "HEAD"]), ["src/store.rs:2"]);
    assert_eq!(repository.found(&["--staged"]), [""; 0], "nothing is staged");
    repository.git(&["add", "src/routes.rs"]);
    assert_eq!(repository.found(&["--staged"]), ["src/store.rs:2"]);
    repository.commit();
    assert_eq!(repository.found(&["--staged"]), [""; 0]);
    assert_eq!(repository.found(&["--since", "HEAD~1"]), ["src/store.rs:2"]);
    let said = connlint(&["check", "--since", "HEAD~1"]).within(repository.folder()).exits(1).both();
    insta::assert_snapshot!("since", said);
}

/// Staged lines are where later edits have moved them to.
#[test]
fn unstaged_edits_move_what_is_staged() {
    let repository = Repository::new();
    repository.write(&[("src/routes.rs", &calling())]);
    repository.git(&["add", "--all"]);
    let moved = format!("// one\n// two\n// three\n{}", calling());
    repository.write(&[("src/routes.rs", &moved)]);
    assert_eq!(repository.found(&["--staged"]), ["src/store.rs:2"]);
    let unstaged = moved.replace("redis://old/", "redis://unstaged/");
    repository.write(&[("src/routes.rs", &unstaged)]);
    assert_eq!(repository.found(&["--staged"]), ["src/store.rs:2"]);
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let repository = Repository::new();
    repository.git(&["switch", "--quiet", "--create", "branch"]);
    repository.write(&[("README.md", "x\n")]);
    repository.commit();
    repository.git(&["switch", "--quiet", "main"]);
    repository.write(&[("src/routes.rs", &ROUTES.replace("redis://old/", "redis://new/"))]);
    repository.commit();
    repository.git(&["switch", "--quiet", "branch"]);
    assert_eq!(repository.found(&["--since", "main"]), [""; 0], "what main did is not the branch's");
}

#[test]
fn new_files_count_whether_or_not_git_knows_them() {
    let repository = Repository::new();
    let main = MAIN.replace("mod routes;", "mod routes;\n#[path = \"with space é.rs\"]\nmod added;");
    let main = main.replace("serve(app", "serve(app.route(\"/added\", axum::routing::get(added::old))");
    repository.write(&[("src/main.rs", &main), ("src/with space é.rs", ROUTES)]);
    let expected = ["src/with space é.rs:2"];
    assert_eq!(repository.found(&["--since", "HEAD"]), expected);
    repository.git(&["add", "--all"]);
    assert_eq!(repository.found(&["--since", "HEAD"]), expected);
    assert_eq!(repository.found(&["--staged"]), expected);
    assert_eq!(repository.found_within("src", &["--staged"]), ["with space é.rs:2"]);
}

#[test]
fn renamed_files_have_not_changed_and_deleted_ones_do_no_harm() {
    let repository = Repository::new();
    repository.git(&["mv", "src/routes.rs", "src/handlers.rs"]);
    repository.write(&[("src/main.rs", &MAIN.replace("mod routes;", "#[path = \"handlers.rs\"]\nmod routes;"))]);
    assert_eq!(repository.found(&["--since", "HEAD"]), [""; 0]);
    assert_eq!(repository.found(&[]), ["src/handlers.rs:2"]);
    repository.git(&["rm", "--quiet", "--force", "src/store.rs"]);
    repository.write(&[(
        "src/main.rs",
        &MAIN.replace("mod routes;", "#[path = \"handlers.rs\"]\nmod routes;").replace("mod store;", ""),
    )]);
    assert_eq!(repository.found(&["--since", "HEAD"]), [""; 0]);
}

#[test]
fn lines_that_are_gone_count_for_what_was_around_them() {
    let repository = Repository::new();
    let builder = |setting: &str| {
        format!(
            "pub async fn old() -> String {{\n    let client = redis::Client::open(\n{setting}        \"redis://old/\",\n    );\n    format!(\"{{client:?}}\")\n}}\n\npub async fn other() {{}}\n"
        )
    };
    repository.write(&[("src/routes.rs", &builder("        // a remark\n"))]);
    repository.commit();
    repository.write(&[("src/routes.rs", &builder(""))]);
    assert_eq!(repository.found(&["--since", "HEAD"]), ["src/routes.rs:2"]);
}

#[test]
fn configuration_of_git_changes_nothing() {
    let repository = Repository::new();
    for (key, value) in [
        ("diff.external", "false"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.context", "9"),
        ("diff.relative", "true"),
        ("color.ui", "always"),
        ("core.pager", "false"),
        ("core.fsmonitor", "false"),
    ] {
        repository.git(&["config", key, value]);
    }
    repository.write(&[("src/routes.rs", &calling())]);
    assert_eq!(repository.found(&["--since", "HEAD"]), ["src/store.rs:2"]);
    assert_eq!(repository.found_within("src", &["--since", "HEAD"]), ["store.rs:2"]);
}

#[test]
fn what_git_cannot_tell_ends_the_run() {
    let repository = Repository::new();
    let fails = |options: &[&str]| {
        let args = [&["check"], options].concat();
        connlint(&args).within(repository.folder()).exits(2).both()
    };
    insta::assert_snapshot!("bad_revision", fails(&["--since", "no-such-branch"]));
    assert!(fails(&["--since=--help"]).contains("git knows no revision `--help`"));
    repository.git(&["switch", "--quiet", "--orphan", "orphan"]);
    repository.write(&[("Cargo.toml", MANIFEST), ("src/main.rs", "fn main() {}")]);
    repository.commit();
    assert!(fails(&["--since", "main"]).contains("`HEAD` and `main` have no commit in common"));
    std::fs::remove_dir_all(repository.folder().join(".git")).expect("it is there");
    insta::assert_snapshot!("no_repository", fails(&["--staged"]));
    let without_git = connlint(&["check", "--staged"]).within(repository.folder()).env("PATH", "");
    assert!(without_git.exits(2).err.contains("git cannot be started"));
}

/// The first commit has nothing to be compared with.
#[test]
fn before_the_first_commit_all_that_is_staged_is_new() {
    let repository = Repository::new();
    std::fs::remove_dir_all(repository.folder().join(".git")).expect("it is there");
    repository.git(&["init", "--quiet"]);
    assert_eq!(repository.found(&["--staged"]), [""; 0]);
    repository.git(&["add", "--all"]);
    assert_eq!(repository.found(&["--staged"]), ["src/routes.rs:2"]);
}
