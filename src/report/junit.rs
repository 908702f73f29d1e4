//! JUnit's XML, which CI servers show as tests.
//!
//! In: a [`Report`] and its [`Sources`]. Out: a suite for each file with findings or problems, a test case for each of these.
//! What fails a run is a failure; what does not (pedantic, suppressed, in the baseline) is skipped, and the message says
//! why; problems are errors. Without any of them there is one case that passes, since readers refuse a report of nothing.
//! Only what Jenkins's schema knows (`junit-10.xsd` of its xUnit plugin) is written. Paths are relative to the
//! repository's root.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::text::clean;
use super::xml::{Xml, document, text, value};
use super::{Style, WIDTH, human};
use crate::finding::{Cause, Finding, Level, Problem, Report, Withheld};
use crate::source::Sources;

/// The name of the report, and of the suite of a run that found nothing.
const NAME: &str = "connlint";

/// How a test went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Passed,
    Failure,
    Error,
    Skipped,
}

struct Case {
    name: String,
    status: Status,
    kind: String,
    message: String,
    text: String,
}

type Suites = BTreeMap<String, Vec<Case>>;

pub(super) fn render(report: &Report, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let mut suites = suites(report, sources);
    if suites.is_empty() {
        let (kind, message, text) = (String::new(), String::new(), String::new());
        let passed = Case { name: "no findings".to_owned(), status: Status::Passed, kind, message, text };
        suites.insert(NAME.to_owned(), vec![passed]);
    }
    document(out, |xml| {
        let all = || suites.values().flatten();
        let root = xml.create_element("testsuites").with_attribute(("name", NAME));
        root.with_attributes([
            ("tests", all().count().to_string().as_str()),
            ("failures", count(all(), Status::Failure).as_str()),
            ("errors", count(all(), Status::Error).as_str()),
        ])
        .write_inner_content(|xml| suites.iter().try_for_each(|(name, cases)| suite(name, cases, xml)))?;
        Ok(())
    })
}

fn count<'a>(cases: impl Iterator<Item = &'a Case>, status: Status) -> String {
    cases.filter(|case| case.status == status).count().to_string()
}

fn suite(name: &str, cases: &[Case], xml: &mut Xml) -> io::Result<()> {
    let element = xml.create_element("testsuite").with_attribute(("name", value(name)));
    let element = element.with_attributes([
        ("tests", cases.len().to_string().as_str()),
        ("failures", count(cases.iter(), Status::Failure).as_str()),
        ("errors", count(cases.iter(), Status::Error).as_str()),
        ("skipped", count(cases.iter(), Status::Skipped).as_str()),
    ]);
    element.write_inner_content(|xml| cases.iter().try_for_each(|one| case(name, one, xml)))?;
    Ok(())
}

fn case(suite: &str, case: &Case, xml: &mut Xml) -> io::Result<()> {
    let element = xml.create_element("testcase").with_attribute(("classname", value(suite)));
    let element = element.with_attribute(("name", value(&case.name)));
    let tag = match case.status {
        Status::Passed => {
            element.write_empty()?;
            return Ok(());
        }
        Status::Failure => "failure",
        Status::Error => "error",
        Status::Skipped => "skipped",
    };
    element.write_inner_content(|xml| {
        let element = xml.create_element(tag).with_attribute(("type", value(&case.kind)));
        element.with_attribute(("message", value(&case.message))).write_text_content(text(case.text.trim_end()))?;
        Ok(())
    })?;
    Ok(())
}

fn suites(report: &Report, sources: &Sources) -> Suites {
    let mut suites = Suites::new();
    let mut push = |file: &str, case: Case| suites.entry(report.run.in_repository(file)).or_default().push(case);
    for finding in &report.findings {
        let why = (finding.level < Level::Warning).then(|| "pedantic: ".to_owned());
        push(&finding.location.file, of_finding(finding, why, sources));
    }
    for Withheld { finding, cause } in &report.withheld {
        if let Some(why) = accepted(cause) {
            push(&finding.location.file, of_finding(finding, Some(why), sources));
        }
    }
    for problem in &report.problems {
        push(if problem.file.is_empty() { "." } else { &problem.file }, of_problem(problem));
    }
    suites
}

/// Why a finding may stay; none when it just was not asked for.
fn accepted(cause: &Cause) -> Option<String> {
    let because = |reason: &Option<String>| reason.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    match cause {
        Cause::Suppressed { reason, .. } => Some(format!("suppressed{}: ", because(reason))),
        Cause::Baselined { reason, .. } => Some(format!("in the baseline{}: ", because(reason))),
        Cause::NotAsked | Cause::Level | Cause::Confidence | Cause::Unchanged => None,
    }
}

fn of_finding(finding: &Finding, skipped: Option<String>, sources: &Sources) -> Case {
    let start = finding.location.span.start;
    let function = clean(&finding.function);
    let within = if function.is_empty() { String::new() } else { format!(" in {function}") };
    Case {
        name: format!("{} at {}:{}{within}", finding.rule, start.line, start.column),
        status: if skipped.is_some() { Status::Skipped } else { Status::Failure },
        kind: finding.rule.to_owned(),
        message: format!("{}{}", skipped.unwrap_or_default(), finding.message),
        text: human::finding_text(finding, sources, &Style::plain(WIDTH)),
    }
}

fn of_problem(problem: &Problem) -> Case {
    let place = if problem.line > 0 { format!(" at {}:{}", problem.line, problem.column) } else { String::new() };
    Case {
        name: format!("problem{place}"),
        status: Status::Error,
        kind: "problem".to_owned(),
        message: problem.message.clone(),
        text: problem.help.clone(),
    }
}
