//! What the command line accepts, and its help texts.

use clap::CommandFactory;
use clap::error::ErrorKind;

use super::args::{ColorChoice, Place};
use super::*;
use crate::finding::Level;
use crate::report::Format;

fn words(text: &str) -> Vec<OsString> {
    text.split_whitespace().map(OsString::from).collect()
}

fn check(cli: Cli) -> CheckArgs {
    match cli.command {
        Command::Check(args) => args,
        other => panic!("not a check: {other:?}"),
    }
}

fn checked(text: &str) -> CheckArgs {
    check(parse(words(text)).expect("well-formed"))
}

#[test]
fn clap_finds_no_contradiction() {
    Cli::command().debug_assert();
}

#[test]
fn check_takes_paths_and_options() {
    let args = checked("connlint check a b --format short --all-targets --threads 2 -q --pedantic");
    assert_eq!(args.paths, ["a", "b"].map(std::path::PathBuf::from));
    assert_eq!(args.output.format, Some(Format::Short));
    assert!(args.output.quiet);
    assert_eq!((args.all_targets, args.pedantic, args.require_reasons), (Some(true), Some(true), None));
    assert_eq!(args.threads.map(usize::from), Some(2));
    assert_eq!(args.min_confidence, None);
    assert_eq!(checked("connlint check --pedantic=false a").pedantic, Some(false));
    assert!(checked("connlint check").paths.is_empty());
}

#[test]
fn level_options_keep_their_order() {
    let args = checked("connlint check -A x -D y --warn x -A z --deny=x");
    let changes: Vec<(&str, Level)> = args.levels.0.iter().map(|change| (change.rule.as_str(), change.level)).collect();
    let expected =
        [("x", Level::Off), ("y", Level::Error), ("x", Level::Warning), ("z", Level::Off), ("x", Level::Error)];
    assert_eq!(changes, expected);
}

#[test]
fn display_options_stand_before_or_after_the_command() {
    for text in ["connlint --color never --width 70 check", "connlint check --width 70 --color never"] {
        let cli = parse(words(text)).expect("well-formed");
        assert_eq!(cli.display.color, ColorChoice::Never);
        assert_eq!(cli.display.width, Some(70));
    }
}

#[test]
fn cargo_means_check() {
    let cargo = |text: &str| parse_cargo(words(text));
    assert!(check(cargo("cargo-connlint connlint").expect("check")).paths.is_empty());
    let args = check(cargo("cargo-connlint connlint --format json").expect("check"));
    assert_eq!(args.output.format, Some(Format::Json));
    assert!(check(cargo("cargo-connlint").expect("check")).paths.is_empty());
    let cli = cargo("cargo-connlint connlint --color never rules").expect("rules");
    assert!(matches!(cli.command, Command::Rules(_)));
    let kind = |text| cargo(text).err().map(|error| error.kind());
    assert_eq!(kind("cargo-connlint connlint --help"), Some(ErrorKind::DisplayHelp));
    assert_eq!(kind("cargo-connlint connlint chek"), Some(ErrorKind::InvalidSubcommand));
}

#[test]
fn mistakes_exit_with_2_and_help_with_0() {
    let code = |text| parse(words(text)).err().map(|error| error.exit_code());
    for text in [
        "connlint",
        "connlint check --format xml",
        "connlint check --threads 0",
        "connlint check --width 3",
        "connlint why src/main.rs",
        "connlint explain",
    ] {
        assert_eq!(code(text), Some(2), "{text}");
    }
    assert_eq!(code("connlint --help"), Some(0));
    assert_eq!(code("connlint --version"), Some(0));
}

#[test]
fn places() {
    let place = |text: &str| text.parse::<Place>().ok().map(|place| (place.file, place.line, place.column));
    let some = |file: &str, line, column| Some((file.into(), line, column));
    assert_eq!(place("src/main.rs:12"), some("src/main.rs", 12, None));
    assert_eq!(place("src/main.rs:12:9"), some("src/main.rs", 12, Some(9)));
    assert_eq!(place("C:\\a.rs:3"), some("C:\\a.rs", 3, None));
    for text in ["src/main.rs", "a:0", "a:1:0", ":1", "a:", "a:x:2x", ""] {
        assert_eq!(place(text), None, "{text}");
    }
}

#[test]
fn help_texts() {
    let mut command = Cli::command().term_width(100);
    insta::assert_snapshot!("connlint", command.render_long_help());
    for name in ["check", "why", "explain", "rules", "config", "init"] {
        command.build();
        let command = command.find_subcommand_mut(name).expect("there is such a command");
        insta::assert_snapshot!(name, command.render_long_help());
    }
    let check = command.find_subcommand_mut("check").expect("there is such a command");
    insta::assert_snapshot!("check_short", check.render_help());
}
