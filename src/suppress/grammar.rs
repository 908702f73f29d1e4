//! The grammar of directives.
//!
//! ```text
//! directive = "// connlint:" action "(" rule { "," rule } ")" [ "--" reason ]
//! action    = "allow" | "allow-start" | "allow-end" | "allow-file"
//! rule      = lower-case letters, digits and hyphens
//! ```
//!
//! In: the text of one comment. Out: nothing for prose, a [`Parsed`] directive, or what is [`Malformed`] about it. A
//! comment is a directive when it begins with `connlint:`; one that only mentions the name is prose. Whether the rules
//! exist is not asked here.

use std::ops::Range;

use crate::lexical::Form;

/// What a comment begins with that is meant for us.
pub(super) const MARK: &str = "connlint:";

/// What is allowed where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// On the line, or what begins below.
    Allow,
    /// From here on.
    Start,
    /// Up to here.
    End,
    /// In the whole file.
    File,
}

const ACTIONS: [(&str, Action); 4] = [
    ("allow", Action::Allow),
    ("allow-start", Action::Start),
    ("allow-end", Action::End),
    ("allow-file", Action::File),
];

/// A well-formed directive; ranges are bytes of the comment's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) action: Action,
    /// The rules, as written, at least one.
    pub(super) rules: Vec<Range<usize>>,
    /// What stands after `--`.
    pub(super) reason: Option<Range<usize>>,
}

/// What is wrong with a comment that is meant for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    /// Where: bytes of the comment's text.
    pub(super) at: Range<usize>,
    /// What: a phrase.
    pub(super) message: String,
    /// The remedy: a phrase.
    pub(super) help: String,
}

const FORM: &str = "write `// connlint: allow(RULE) -- reason`";

/// Reads a comment; `None`: it is prose.
pub(super) fn parse(form: Form, text: &str) -> Option<Result<Parsed, Malformed>> {
    let begin = text.len() - text.trim_start().len();
    if !text[begin..].starts_with(MARK) {
        return None;
    }
    let mut reader = Reader { text: text.trim_end(), at: begin + MARK.len() };
    Some(match form {
        Form::Line => reader.directive(),
        Form::Block => Err(reader.in_other_comment(begin, "a block comment allows nothing")),
        Form::Doc => Err(reader.in_other_comment(begin, "a documentation comment allows nothing")),
    })
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn directive(&mut self) -> Result<Parsed, Malformed> {
        let action = self.action()?;
        let rules = self.rules()?;
        let reason = self.reason()?;
        if action == Action::End
            && let Some(at) = reason
        {
            return Err(malformed(at, "`allow-end` takes no reason", "give the reason with `allow-start`"));
        }
        Ok(Parsed { action, rules, reason })
    }

    fn action(&mut self) -> Result<Action, Malformed> {
        self.skip_space();
        let word = self.word();
        let written = &self.text[word.clone()];
        if let Some((_, action)) = ACTIONS.iter().find(|(name, _)| *name == written) {
            return Ok(*action);
        }
        if written.is_empty() {
            return Err(malformed(self.rest(), "nothing is said to be allowed", FORM));
        }
        let message = format!("`{written}` is not an action");
        let help = "the actions are `allow`, `allow-start`, `allow-end` and `allow-file`";
        Err(malformed(word, &message, help))
    }

    /// `(rule, rule)`.
    fn rules(&mut self) -> Result<Vec<Range<usize>>, Malformed> {
        self.skip_space();
        if !self.take("(") {
            let help = "name the rules in brackets: `allow(client-per-call)`; `connlint rules` lists them";
            return Err(malformed(self.rest(), "`(` is missing", help));
        }
        let mut rules = Vec::new();
        loop {
            self.skip_space();
            let word = self.word();
            if word.is_empty() {
                return Err(self.no_rule());
            }
            rules.push(word);
            self.skip_space();
            if self.take(")") {
                return Ok(rules);
            }
            if !self.take(",") {
                return Err(malformed(self.rest(), "`,` or `)` is missing", FORM));
            }
        }
    }

    fn no_rule(&self) -> Malformed {
        let help = "name each rule that is allowed; `connlint rules` lists them";
        match self.text[self.at..].chars().next() {
            None | Some(')' | ',') => malformed(self.rest(), "the name of a rule is missing", help),
            Some(other) => {
                let at = self.at..self.at + other.len_utf8();
                malformed(at, &format!("`{}` is not part of a rule's name", other.escape_debug()), help)
            }
        }
    }

    /// Nothing, or `-- reason`.
    fn reason(&mut self) -> Result<Option<Range<usize>>, Malformed> {
        self.skip_space();
        if self.at == self.text.len() {
            return Ok(None);
        }
        if !self.take("--") {
            return Err(malformed(self.rest(), "a reason begins with `--`", FORM));
        }
        self.skip_space();
        if self.at == self.text.len() {
            let help = "say after `--` why it is right here, or leave `--` out";
            return Err(malformed(self.at - "--".len()..self.at, "the reason is empty", help));
        }
        Ok(Some(self.at..self.text.len()))
    }

    fn in_other_comment(&self, begin: usize, message: &str) -> Malformed {
        malformed(begin..begin + MARK.len(), message, "write it as a comment of its own that begins with `//`")
    }

    /// Lower-case letters, digits, hyphens.
    fn word(&mut self) -> Range<usize> {
        let rest = &self.text[self.at..];
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = self.at..self.at + length;
        self.at = word.end;
        word
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, mark: &str) -> bool {
        let taken = self.text[self.at..].starts_with(mark);
        self.at += if taken { mark.len() } else { 0 };
        taken
    }

    /// From here to the end; the last character where nothing is left.
    fn rest(&self) -> Range<usize> {
        let last = self.text.char_indices().next_back().map_or(0, |(at, _)| at);
        self.at.min(last)..self.text.len()
    }
}

fn malformed(at: Range<usize>, message: &str, help: &str) -> Malformed {
    Malformed { at, message: message.to_owned(), help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a comment is read: `prose`, `Allow a, b -- why`, or ``message at `text` ``.
    fn read(form: Form, text: &str) -> String {
        match parse(form, text) {
            None => "prose".to_owned(),
            Some(Ok(Parsed { action, rules, reason })) => {
                let rules: Vec<&str> = rules.into_iter().map(|at| &text[at]).collect();
                let reason = reason.map_or(String::new(), |at| format!(" -- {}", &text[at]));
                format!("{action:?} {}{reason}", rules.join(", "))
            }
            Some(Err(Malformed { at, message, help })) => {
                assert!(!help.is_empty() && !at.is_empty(), "{text}");
                format!("{message} at `{}`", &text[at])
            }
        }
    }

    #[test]
    fn what_is_a_directive() {
        let cases = [
            (" connlint: allow(client-per-call)", "Allow client-per-call"),
            (" connlint: allow(a, b) -- why not", "Allow a, b -- why not"),
            ("connlint:allow(a,b)--why", "Allow a, b -- why"),
            ("   connlint:  allow ( a , b )   --   why   \r", "Allow a, b -- why"),
            (" connlint: allow(a) -- é -- (b)", "Allow a -- é -- (b)"),
            (" connlint: allow-start(a) -- why", "Start a -- why"),
            (" connlint: allow-end(a)", "End a"),
            (" connlint: allow-file(a) -- generated", "File a -- generated"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(Form::Line, text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_prose() {
        let cases = [
            "",
            " connlint",
            " connlint finds this; see `// connlint: allow(a)`",
            " see connlint: allow(a)",
            " // connlint: allow(a)",
            " TODO connlint: allow(a)",
            " `connlint: allow(a)` silences it",
            " Connlint: allow(a)",
            " connlint allow(a)",
            " connlint-allow(a)",
            "/ connlint: allow(a)",
        ];
        for text in cases {
            for form in [Form::Line, Form::Block, Form::Doc] {
                assert_eq!(read(form, text), "prose", "{text}");
            }
        }
    }

    #[test]
    fn what_is_malformed() {
        let cases = [
            (" connlint:", "nothing is said to be allowed at `:`"),
            (" connlint: ", "nothing is said to be allowed at `:`"),
            (" connlint: see the docs", "`see` is not an action at `see`"),
            (" connlint: (a)", "nothing is said to be allowed at `(a)`"),
            (" connlint: alow(a)", "`alow` is not an action at `alow`"),
            (" connlint: Allow(a)", "nothing is said to be allowed at `Allow(a)`"),
            (" connlint: allow-next-line(a)", "`allow-next-line` is not an action at `allow-next-line`"),
            (" connlint: allow", "`(` is missing at `w`"),
            (" connlint: allow a", "`(` is missing at `a`"),
            (" connlint: allow[a]", "`(` is missing at `[a]`"),
            (" connlint: allow()", "the name of a rule is missing at `)`"),
            (" connlint: allow(", "the name of a rule is missing at `(`"),
            (" connlint: allow(a,)", "the name of a rule is missing at `)`"),
            (" connlint: allow(,a)", "the name of a rule is missing at `,a)`"),
            (" connlint: allow(*)", "`*` is not part of a rule's name at `*`"),
            (" connlint: allow(é)", "`é` is not part of a rule's name at `é`"),
            (" connlint: allow(a b)", "`,` or `)` is missing at `b)`"),
            (" connlint: allow(a", "`,` or `)` is missing at `a`"),
            (" connlint: allow(client_per_call)", "`,` or `)` is missing at `_per_call)`"),
            (" connlint: allow(a) why", "a reason begins with `--` at `why`"),
            (" connlint: allow(a) - why", "a reason begins with `--` at `- why`"),
            (" connlint: allow(a) — why", "a reason begins with `--` at `— why`"),
            (" connlint: allow(a): why", "a reason begins with `--` at `: why`"),
            (" connlint: allow(a) --", "the reason is empty at `--`"),
            (" connlint: allow(a) --  ", "the reason is empty at `--`"),
            (" connlint: allow-end(a) -- why", "`allow-end` takes no reason at `why`"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(Form::Line, text), expected, "{text}");
        }
        let text = " connlint: allow(a) -- why";
        assert_eq!(read(Form::Block, text), "a block comment allows nothing at `connlint:`");
        assert_eq!(read(Form::Doc, text), "a documentation comment allows nothing at `connlint:`");
    }
}
