//! What the help teaches by example.
//!
//! Lines of a command, two or more spaces, and what it does. `tests/it/commands.rs` runs each of them.

use super::args::EXIT_CODES;

/// Below `connlint --help`.
pub(super) fn connlint() -> String {
    with_exit_codes(
        "Examples:
  connlint check                              the workspace of the current folder
  connlint check --since origin/main          only what this branch causes
  connlint why src/cache.rs:42                why is this reported, or why not?
  connlint explain client-per-request         what a rule is about, with wrong and right code",
    )
}

/// Below `connlint check --help`.
pub(super) fn check() -> String {
    with_exit_codes(
        "Examples:
  connlint check                              the workspace of the current folder
  connlint check services/api src/cache.rs    what stands in a folder, or a file
  connlint check --pedantic --statistics      advice, too, and how much there is of each rule
  connlint check -A client-in-loop            one rule off; -W warns, -D fails
  connlint check --families http,sql          these families of clients only
  connlint check --since origin/main          only what this branch causes
  connlint check --staged                     only what the next commit would cause
  connlint check --diff --unsafe-fixes        what fixes would change, as a patch
  connlint check --fix                        mend what can be mended safely
  connlint check --format short               one line for each finding
  connlint check --output sarif=a.sarif       a report into a file, beside the one for people
  connlint check --with-cargo clippy          clippy's messages and connlint's, for rust-analyzer",
    )
}

/// Below `connlint baseline --help`.
pub(super) const BASELINE: &str = "Examples:
  connlint baseline write --reason \"before connlint\"   once; commit connlint-baseline.json
  connlint check                                        from then on: new findings only
  connlint baseline prune                               take out what was mended
  connlint baseline write --update                      add what is new; the rest stays as it is";

/// Below the help of each command of `connlint baseline`.
pub(super) const OF_BASELINE: [(&str, &str); 3] = [
    (
        "write",
        "Examples:
  connlint baseline write --reason \"before connlint\"   what is found now may stay
  connlint baseline write --update services/api        add what is new in a folder",
    ),
    (
        "prune",
        "Examples:
  connlint baseline prune                              take out what was mended",
    ),
    (
        "show",
        "Examples:
  connlint baseline show                               what may stay, since when, and why",
    ),
];

/// Below `connlint why --help`.
pub(super) const WHY: &str = "Examples:
  connlint why src/cache.rs:42                every construction on the line
  connlint why src/cache.rs:42:5              the one at a column
  connlint why src/cache.rs:42 --format json  for programs";

/// Below `connlint explain --help`.
pub(super) const EXPLAIN: &str = "Examples:
  connlint explain client-per-request
  connlint explain missing-timeout --width 80";

/// Below `connlint rules --help`.
pub(super) const RULES: &str = "Examples:
  connlint rules                              id, default level, what it finds
  connlint rules --format json                for programs";

/// Below `connlint config --help`.
pub(super) const CONFIG: &str = "Examples:
  connlint config show                        each value in force, and where it comes from
  connlint config schema                      the JSON Schema of connlint.toml";

/// Below `connlint config show --help`.
pub(super) const CONFIG_SHOW: &str = "Examples:
  connlint config show                        what is in force here
  connlint config show --pedantic             what would be in force with these options
  connlint config show --no-config            the defaults";

/// Below `connlint config schema --help`.
pub(super) const CONFIG_SCHEMA: &str = "Examples:
  connlint config schema > connlint.schema.json";

/// Below `connlint init --help`.
pub(super) const INIT: &str = "Examples:
  connlint init                               once; then uncomment what shall differ";

/// Below `connlint lsp --help`.
pub(super) const LSP: &str = "Examples:
  connlint lsp                                what an editor's configuration starts";

/// Below `connlint completions --help`.
pub(super) const COMPLETIONS: &str = "Examples:
  connlint completions bash > ~/.local/share/bash-completion/completions/connlint
  connlint completions zsh > ~/.zfunc/_connlint
  connlint completions fish > ~/.config/fish/completions/connlint.fish";

/// Below `connlint man --help`.
pub(super) const MAN: &str = "Examples:
  connlint man                                connlint(1) on standard output
  connlint man --out ~/.local/share/man/man1  a page for each command, as files";

/// Examples, and below them what the exit codes mean.
fn with_exit_codes(examples: &str) -> String {
    format!("{examples}\n\n{EXIT_CODES}")
}
