//! The level of each rule after the command line.
//!
//! In: the rules with their levels so far – the default, or the configuration's –, `--pedantic`, and `-A`, `-W`, `-D` in the order they were given. Out: a
//! map from rule to [`Level`], or the name that is no rule's, with the nearest one that is.

use std::collections::BTreeMap;

pub use crate::rules::{UnknownRule, known_rule};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::finding::Level;

/// The options that set levels: name, letter, level, help.
const OPTIONS: [(&str, char, Level, &str); 3] = [
    ("allow", 'A', Level::Off, "Turn a rule off"),
    ("warn", 'W', Level::Warning, "Set a rule to warning"),
    ("deny", 'D', Level::Error, "Set a rule to error"),
];

/// One `-A`, `-W` or `-D`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelChange {
    /// The rule, as written.
    pub rule: String,
    /// The level it is set to.
    pub level: Level,
}

/// All `-A`, `-W` and `-D`, in the order they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LevelChanges(pub Vec<LevelChange>);

/// The level of each rule of `known` (rule, default level): pedantic rules are off unless `pedantic`; then `changes`
/// apply, the later ones over the earlier ones.
///
/// # Errors
/// If a change names an unknown rule.
pub fn levels<'a>(
    known: impl IntoIterator<Item = (&'a str, Level)>,
    pedantic: bool,
    changes: &[LevelChange],
) -> Result<BTreeMap<String, Level>, UnknownRule> {
    let at_first = |level| match level {
        Level::Pedantic if !pedantic => Level::Off,
        level => level,
    };
    let mut levels: BTreeMap<String, Level> =
        known.into_iter().map(|(rule, level)| (rule.to_owned(), at_first(level))).collect();
    for change in changes {
        match levels.get_mut(&change.rule) {
            Some(level) => *level = change.level,
            None => known_rule(&change.rule, levels.keys().map(String::as_str))?,
        }
    }
    Ok(levels)
}

impl FromArgMatches for LevelChanges {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut changes = Vec::new();
        for (name, _, level, _) in OPTIONS {
            let indices = matches.indices_of(name).into_iter().flatten();
            let rules = matches.get_many::<String>(name).into_iter().flatten();
            for (index, rule) in indices.zip(rules) {
                let rule = rule.clone();
                changes.push((index, LevelChange { rule, level }));
            }
        }
        changes.sort_by_key(|(index, _)| *index);
        let changes = changes.into_iter().map(|(_, change)| change);
        Ok(LevelChanges(changes.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

impl Args for LevelChanges {
    fn augment_args(command: Command) -> Command {
        OPTIONS.iter().fold(command, |command, (name, letter, _, help)| {
            let option = Arg::new(*name)
                .short(*letter)
                .long(*name)
                .value_name("RULE")
                .action(ArgAction::Append)
                .help_heading("Levels")
                .help(*help)
                .long_help(format!("{help}\n\nMay be repeated; the last one for a rule counts."));
            command.arg(option)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(&str, Level); 3] = [
        ("client-per-request", Level::Error),
        ("missing-timeout", Level::Warning),
        ("duplicate-client", Level::Pedantic),
    ];

    fn change(rule: &str, level: Level) -> LevelChange {
        LevelChange { rule: rule.to_owned(), level }
    }

    fn shown(pedantic: bool, changes: &[LevelChange]) -> String {
        match levels(KNOWN, pedantic, changes) {
            Ok(levels) => {
                let levels: Vec<&str> = levels.values().map(|level| level.name()).collect();
                levels.join(" ")
            }
            Err(error) => format!("{error}; {}", error.help()),
        }
    }

    #[test]
    fn later_changes_win() {
        assert_eq!(shown(false, &[]), "error off warning");
        assert_eq!(shown(true, &[]), "error pedantic warning");
        let off = change("missing-timeout", Level::Off);
        let deny = change("missing-timeout", Level::Error);
        assert_eq!(shown(false, &[off.clone(), deny.clone()]), "error off error");
        assert_eq!(shown(false, &[deny, off]), "error off off");
        let warn = change("duplicate-client", Level::Warning);
        assert_eq!(shown(true, &[warn]), "error warning warning");
    }

    #[test]
    fn unknown_rules_are_named_with_the_nearest() {
        assert_eq!(
            shown(false, &[change("client-per-requests", Level::Off)]),
            "there is no rule `client-per-requests`; did you mean `client-per-request`? \
             `connlint rules` lists all rules"
        );
        assert_eq!(
            shown(false, &[change("xyz", Level::Off)]),
            "there is no rule `xyz`; `connlint rules` lists all rules"
        );
    }
}
