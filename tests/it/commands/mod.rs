//! Every command that documentation or a help text shows.
//!
//! Commands stand in `console` and `sh` blocks, in lines that begin with `$ `, and below `Examples:` in helps. Those of a
//! block are run one after the other by `sh`, in a [playground](playground::Playground) of its own. A comment on the line
//! above a block says why that is not so:
//!
//! ```text
//! <!-- run in the repository -->   here, and not in a playground
//! <!-- run by .ci/run -->          the script named has the same commands
//! <!-- not run: REASON -->         nobody runs them; a snapshot lists them all
//! ```

mod playground;

use std::fmt::Write as _;

use playground::Playground;

use super::common::binary::connlint;
use super::common::{files, root, shown};

/// The languages of blocks that hold commands.
const LANGUAGES: [&str; 2] = ["console", "sh"];

/// Who runs the commands of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Runner {
    Playground,
    Repository,
    Script(String),
    Nobody { why: String },
}

/// Commands that stand together.
#[derive(Debug)]
struct Block {
    /// `file:line`.
    place: String,
    runner: Runner,
    commands: Vec<String>,
}

/// The blocks of all documents for people.
fn blocks() -> Vec<Block> {
    let single = ["README.md", "CONTRIBUTING.md", "fixtures/README.md", "fixtures/live/README.md", "rules/README.md"];
    let mut documents: Vec<_> = single.iter().map(|name| root().join(name)).collect();
    documents.extend(files(&root().join("docs"), "md"));
    let text = |path: &std::path::PathBuf| std::fs::read_to_string(path).expect("the document can be read");
    documents.iter().flat_map(|path| blocks_of(&shown(path), &text(path))).collect()
}

fn blocks_of(name: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut above = "";
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let body: Vec<&str> =
                lines.by_ref().map(|(_, line)| line.trim_start()).take_while(|line| !line.starts_with("```")).collect();
            if LANGUAGES.contains(&language) {
                let commands = body.iter().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect();
                blocks.push(Block { place: format!("{name}:{}", index + 1), runner: runner(above), commands });
            }
        }
        above = line;
    }
    blocks
}

/// What the line above a block says.
fn runner(above: &str) -> Runner {
    let mark = above.trim().strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")).unwrap_or_default();
    if mark == "run in the repository" {
        Runner::Repository
    } else if let Some(script) = mark.strip_prefix("run by ") {
        Runner::Script(script.to_owned())
    } else if let Some(why) = mark.strip_prefix("not run: ") {
        Runner::Nobody { why: why.to_owned() }
    } else {
        Runner::Playground
    }
}

#[test]
fn commands_of_the_documentation_work() {
    let blocks = blocks();
    assert!(blocks.len() > 10, "documents have moved");
    let mut run = 0;
    for block in blocks.iter().filter(|block| matches!(block.runner, Runner::Playground | Runner::Repository)) {
        assert!(
            !block.commands.is_empty(),
            "{}: a block of commands without a line that begins with `$ `",
            block.place
        );
        let mut playground = Playground::new();
        if block.runner == Runner::Repository {
            playground.leave_for(root());
        }
        for command in &block.commands {
            playground.runs(&block.place, command);
            run += 1;
        }
    }
    assert!(run > 30, "only {run} commands were found");
}

#[test]
fn commands_that_a_script_runs_stand_there() {
    for Block { place, runner, commands } in blocks() {
        let Runner::Script(script) = runner else { continue };
        let text = std::fs::read_to_string(root().join(&script)).unwrap_or_else(|_| panic!("{place}: no {script}"));
        let text = text.replace(" --locked", "");
        for command in commands {
            let command = command.split("  ").next().unwrap_or_default();
            assert!(text.contains(command), "{place}: `{command}` is not in {script}");
        }
    }
}

#[test]
fn commands_that_nobody_runs_are_known() {
    let mut list = String::new();
    for Block { place, runner, commands } in blocks() {
        let Runner::Nobody { why } = runner else { continue };
        let file = place.split(':').next().unwrap_or_default();
        for command in commands {
            let command = command.split("  ").next().unwrap_or_default();
            let _ = writeln!(list, "{file}: {command}\n    {why}");
        }
    }
    insta::assert_snapshot!("not_run", list);
}

/// The pages' commands are for the operator of a running service: they must be a shell's, at least.
#[test]
fn commands_of_the_pages_can_be_read_by_a_shell() {
    let mut seen = 0;
    for page in connlint::rules::page::pages().expect("the pages are well-formed") {
        for block in page.body.split("\n```sh\n").skip(1) {
            let script = block.split("\n```").next().unwrap_or_default();
            let output = std::process::Command::new("sh").args(["-n", "-c", script]).output().expect("sh runs");
            assert!(output.status.success(), "{}: {}", page.id, String::from_utf8_lossy(&output.stderr));
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} blocks were found");
}

/// The commands whose help has examples: all of them.
const HELPS: [&[&str]; 16] = [
    &[],
    &["check"],
    &["baseline"],
    &["baseline", "write"],
    &["baseline", "prune"],
    &["baseline", "show"],
    &["why"],
    &["explain"],
    &["rules"],
    &["config"],
    &["config", "show"],
    &["config", "schema"],
    &["init"],
    &["lsp"],
    &["completions"],
    &["man"],
];

#[test]
fn examples_of_the_help_work() {
    for command in HELPS {
        let help = connlint(&[command, &["--help"]].concat()).exits(0).out;
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_else(|| panic!("{command:?}: no examples"));
        let examples = examples.lines().map_while(|line| line.strip_prefix("  "));
        let examples: Vec<&str> = examples.filter_map(|line| line.split("  ").next()).collect();
        assert!(!examples.is_empty(), "{command:?}: no examples");
        let playground = Playground::new();
        if matches!(command, ["baseline", "prune" | "show"]) {
            playground.runs("before", "connlint baseline write");
        }
        for example in examples {
            let expected = [&["connlint"], command].concat().join(" ");
            assert!(command == ["baseline"] || example.starts_with(&expected), "{command:?}: {example}");
            playground.runs(&format!("connlint {} --help", command.join(" ")), example);
        }
    }
}

/// A new command gets examples, too.
#[test]
fn every_command_has_examples() {
    fn walk(command: &clap::Command, path: &[String], found: &mut Vec<Vec<String>>) {
        found.push(path.to_owned());
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            walk(sub, &[path, &[sub.get_name().to_owned()]].concat(), found);
        }
    }
    let mut found = Vec::new();
    walk(&<connlint::cli::Cli as clap::CommandFactory>::command(), &[], &mut found);
    found.sort();
    let mut known: Vec<Vec<String>> = HELPS.iter().map(|path| path.iter().map(ToString::to_string).collect()).collect();
    known.sort();
    assert_eq!(found, known);
}

#[test]
fn blocks_and_marks_are_read() {
    let text = "text\n```console\n$ a  # one\nout\n$ b\n```\n<!-- not run: no net -->\n```sh\n$ c\n```\n\n<!-- run by x -->\n```console\n$ d\n```\n";
    let blocks = blocks_of("f", text);
    let runners: Vec<&Runner> = blocks.iter().map(|block| &block.runner).collect();
    assert_eq!(blocks[0].commands, ["a  # one", "b"]);
    assert_eq!(blocks[0].place, "f:2");
    let nobody = Runner::Nobody { why: "no net".to_owned() };
    assert_eq!(runners, [&Runner::Playground, &nobody, &Runner::Script("x".to_owned())]);
}
