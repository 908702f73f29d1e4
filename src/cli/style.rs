//! How output is drawn: options first, then the environment, then the terminal.
//!
//! In: [`DisplayArgs`] and an [`Environment`]. Out: a [`Style`]. Only [`Environment::of_stdout`] looks at the process.

use std::env;
use std::io::{IsTerminal, stderr, stdout};

use super::args::{ColorChoice, DisplayArgs};
use crate::report::{Style, WIDTH};

/// What the surroundings say about output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Environment {
    /// NO_COLOR is set to something.
    pub no_color: bool,
    /// FORCE_COLOR or CLICOLOR_FORCE is set to something other than 0.
    pub force_color: bool,
    /// Output goes to a terminal that understands more than plain text.
    pub terminal: bool,
    /// The terminal shows hyperlinks.
    pub links: bool,
    /// Columns of the terminal.
    pub width: Option<usize>,
    /// Standard error goes to somebody who watches: a terminal, and not one of a CI server.
    pub watched: bool,
    /// This is a step of GitHub Actions.
    pub github_actions: bool,
}

impl Environment {
    /// The surroundings of this process's standard output.
    #[must_use]
    pub fn of_stdout() -> Environment {
        let value = |name| env::var_os(name).filter(|value| !value.is_empty());
        let forced = |name| value(name).is_some_and(|value| value != "0");
        let dumb = value("TERM").is_some_and(|value| value == "dumb");
        let size = terminal_size::terminal_size_of(stdout());
        Environment {
            no_color: value("NO_COLOR").is_some(),
            force_color: forced("FORCE_COLOR") || forced("CLICOLOR_FORCE"),
            terminal: stdout().is_terminal() && !dumb,
            links: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            width: size.map(|(width, _)| usize::from(width.0)),
            watched: stderr().is_terminal() && !dumb && value("CI").is_none(),
            github_actions: value("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        }
    }
}

/// The style that `args` ask for in `environment`.
#[must_use]
pub fn style(args: &DisplayArgs, quiet: bool, environment: &Environment) -> Style {
    let color = match args.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if environment.no_color => false,
        ColorChoice::Auto => environment.force_color || environment.terminal,
    };
    let width = args.width.map(usize::from).or(environment.width);
    Style {
        color,
        unicode: !args.ascii,
        width: width.unwrap_or(WIDTH),
        links: color && environment.terminal && environment.links,
        quiet,
        ..Style::plain(WIDTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(choice: ColorChoice, environment: Environment) -> bool {
        let args = DisplayArgs { color: choice, ..DisplayArgs::default() };
        style(&args, false, &environment).color
    }

    #[test]
    fn options_stand_over_variables_and_variables_over_the_terminal() {
        let pipe = Environment::default();
        let terminal = Environment { terminal: true, ..pipe };
        let no_color = Environment { no_color: true, force_color: true, ..terminal };
        let forced = Environment { force_color: true, ..pipe };
        assert!(!color(ColorChoice::Auto, pipe));
        assert!(color(ColorChoice::Auto, terminal));
        assert!(!color(ColorChoice::Auto, no_color));
        assert!(color(ColorChoice::Auto, forced));
        assert!(color(ColorChoice::Always, no_color));
        assert!(!color(ColorChoice::Never, forced));
    }

    #[test]
    fn width_is_asked_measured_or_assumed() {
        let asked = DisplayArgs { width: Some(60), ..DisplayArgs::default() };
        let measured = Environment { width: Some(120), ..Environment::default() };
        assert_eq!(style(&asked, false, &measured).width, 60);
        assert_eq!(style(&DisplayArgs::default(), false, &measured).width, 120);
        assert_eq!(style(&DisplayArgs::default(), false, &Environment::default()).width, WIDTH);
    }

    #[test]
    fn links_need_a_terminal_that_shows_them() {
        let args = DisplayArgs { color: ColorChoice::Always, ..DisplayArgs::default() };
        let pipe = Environment { links: true, ..Environment::default() };
        let terminal = Environment { terminal: true, ..pipe };
        assert!(!style(&args, false, &pipe).links);
        assert!(style(&args, false, &terminal).links);
    }
}
