//! How a run ends.

/// The three ways, the same for every output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Everything asked for was done, and nothing is at level warning or error.
    Clean,
    /// There are findings at level warning or error.
    Findings,
    /// The run could not do what was asked: wrong arguments, nothing to check, no input that could be read.
    Failed,
}

impl Outcome {
    /// The exit code of the process.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
            Outcome::Failed => 2,
        }
    }
}

impl From<Outcome> for std::process::ExitCode {
    fn from(outcome: Outcome) -> Self {
        outcome.exit_code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn codes_are_those_of_the_help() {
        let codes = [Outcome::Clean, Outcome::Findings, Outcome::Failed].map(Outcome::exit_code);
        assert_eq!(codes, [0, 1, 2]);
        for code in codes {
            assert!(super::super::args::EXIT_CODES.contains(&format!("\n  {code}  ")));
        }
    }
}
