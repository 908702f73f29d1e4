//! The directives of a file, with what they cover.
//!
//! In: a file. Out: [`Allowance`]s, one for each rule that a comment names, and [`Mistake`]s: what is malformed, stands in
//! the wrong place or is never closed.

use super::grammar::{Action, Malformed, Parsed, parse};
use super::place::{Code, Cover};
use crate::finding::Location;
use crate::lexical::{Comment, Scan, scan};
use crate::source::{SourceFile, Span};

/// One rule that one comment allows.
#[derive(Debug, Clone)]
pub(super) struct Allowance {
    /// The rule, as written: there may be none of that name.
    pub(super) rule: String,
    /// Where it is named.
    pub(super) named: Location,
    /// The whole comment.
    pub(super) comment: Location,
    /// Why.
    pub(super) reason: Option<String>,
    pub(super) cover: Cover,
    /// It stands in an item for tests.
    pub(super) for_tests: bool,
}

/// A comment that is meant for us and is wrong.
#[derive(Debug, Clone)]
pub(super) struct Mistake {
    pub(super) location: Location,
    /// A phrase.
    pub(super) message: String,
    /// A phrase.
    pub(super) help: String,
}

/// What a file's comments say.
#[derive(Debug, Clone, Default)]
pub(super) struct Directives {
    pub(super) allowances: Vec<Allowance>,
    pub(super) mistakes: Vec<Mistake>,
}

/// Reads a file's comments.
pub(super) fn directives(file: &SourceFile) -> Directives {
    let scan = scan(&file.text);
    let mut reader = Reader {
        file: &file.name,
        scan: &scan,
        code: Code::new(&scan),
        found: Directives::default(),
        open: Vec::new(),
    };
    for comment in &scan.comments {
        match parse(comment.form, comment.text) {
            None => {}
            Some(Ok(parsed)) => reader.directive(comment, &parsed),
            Some(Err(malformed)) => reader.malformed(comment, malformed),
        }
    }
    reader.unclosed();
    reader.found
}

struct Reader<'s, 't> {
    file: &'s str,
    scan: &'s Scan<'t>,
    code: Code<'s, 't>,
    found: Directives,
    /// What `allow-start` began and nothing has ended yet.
    open: Vec<Allowance>,
}

impl Reader<'_, '_> {
    fn directive(&mut self, comment: &Comment<'_>, parsed: &Parsed) {
        match parsed.action {
            Action::Allow => {
                let cover = self.code.cover(comment);
                let allowed = self.allowances(comment, parsed, &cover);
                self.found.allowances.extend(allowed);
            }
            Action::File if self.code.is_at_head(comment) => {
                let allowed = self.allowances(comment, parsed, &Cover::File);
                self.found.allowances.extend(allowed);
            }
            Action::File => self.mistake(
                comment.span,
                "`allow-file` stands below code",
                "move it above the first item of the file, or write `allow` for what it stands above",
            ),
            Action::Start => {
                let from = Span { start: comment.span.end, end: comment.span.end };
                let begun = self.allowances(comment, parsed, &Cover::Block(from));
                self.open.extend(begun);
            }
            Action::End => self.end(comment, parsed),
        }
    }

    fn end(&mut self, comment: &Comment<'_>, parsed: &Parsed) {
        for name in &parsed.rules {
            let rule = &comment.text[name.clone()];
            let Some(begun) = self.open.iter().rposition(|open| open.rule == rule) else {
                let message = format!("no `allow-start({rule})` stands above");
                let help = "begin the block with `// connlint: allow-start(RULE) -- reason`, or remove this end";
                self.mistake(self.scan.span_in(comment, name), &message, help);
                continue;
            };
            let mut allowance = self.open.remove(begun);
            let from = allowance.comment.span.end;
            allowance.cover = Cover::Block(Span { start: from, end: comment.span.start });
            self.found.allowances.push(allowance);
        }
    }

    fn unclosed(&mut self) {
        for open in std::mem::take(&mut self.open) {
            let message = format!("the block of `allow-start({})` has no end, so nothing is allowed", open.rule);
            let help = format!("end it with `// connlint: allow-end({})`", open.rule);
            self.mistake(open.named.span, &message, &help);
        }
    }

    fn allowances(&self, comment: &Comment<'_>, parsed: &Parsed, cover: &Cover) -> Vec<Allowance> {
        let allowance = |name: &std::ops::Range<usize>| Allowance {
            rule: comment.text[name.clone()].to_owned(),
            named: self.location(self.scan.span_in(comment, name)),
            comment: self.location(comment.span),
            reason: parsed.reason.clone().map(|reason| comment.text[reason].to_owned()),
            cover: cover.clone(),
            for_tests: self.code.is_for_tests(comment),
        };
        parsed.rules.iter().map(allowance).collect()
    }

    fn malformed(&mut self, comment: &Comment<'_>, malformed: Malformed) {
        let span = self.scan.span_in(comment, &malformed.at);
        self.mistake(span, &malformed.message, &malformed.help);
    }

    fn mistake(&mut self, span: Span, message: &str, help: &str) {
        let location = self.location(span);
        self.found.mistakes.push(Mistake { location, message: message.to_owned(), help: help.to_owned() });
    }

    fn location(&self, span: Span) -> Location {
        Location { file: self.file.to_owned(), span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the comments of a text allow and what is wrong with them, each with its line.
    fn read(text: &str) -> Vec<String> {
        let file = SourceFile { name: "a.rs".to_owned(), path: "a.rs".into(), text: text.into() };
        let Directives { allowances, mistakes } = directives(&file);
        let allowed = allowances.iter().map(|allowance| {
            let cover = match &allowance.cover {
                Cover::File => "file".to_owned(),
                Cover::Block(span) => format!("lines {} to {}", span.start.line, span.end.line),
                Cover::Code { line, .. } => format!("line {}", line.unwrap_or_default()),
            };
            let Allowance { rule, named, .. } = allowance;
            format!("{}:{} {rule}: {cover}", named.span.start.line, named.span.start.column)
        });
        let wrong = mistakes.iter().map(|Mistake { location, message, .. }| {
            format!("{}:{} {message}", location.span.start.line, location.span.start.column)
        });
        allowed.chain(wrong).collect()
    }

    #[test]
    fn each_rule_is_an_allowance() {
        assert_eq!(read("// connlint: allow(a, b) -- c\nd();"), ["1:20 a: line 2", "1:23 b: line 2"]);
        assert_eq!(read("// connlint: allow-file(a)\nd();"), ["1:25 a: file"]);
    }

    #[test]
    fn blocks() {
        let text = "// connlint: allow-start(a, b)\nc();\n// connlint: allow-end(b)\n\n// connlint: allow-end(a)";
        assert_eq!(read(text), ["1:29 b: lines 1 to 3", "1:26 a: lines 1 to 5"]);
        assert_eq!(
            read("// connlint: allow-start(a)\n// connlint: allow-end(b)"),
            [
                "2:24 no `allow-start(b)` stands above",
                "1:26 the block of `allow-start(a)` has no end, so nothing is allowed"
            ]
        );
    }

    #[test]
    fn mistakes_have_their_places() {
        assert_eq!(read("é(); // connlint: allow(a) why"), ["1:28 a reason begins with `--`"]);
        assert_eq!(read("fn f() {}\n// connlint: allow-file(a)"), ["2:1 `allow-file` stands below code"]);
        assert_eq!(read("/// connlint: allow(a)\nfn f() {}"), ["1:5 a documentation comment allows nothing"]);
        assert_eq!(read("let a = \"// connlint: alow(a)\";"), [""; 0]);
    }
}
