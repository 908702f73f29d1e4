//! The reasoning about a construction, flagged or not, in words.
//!
//! In: an analysis. Out: a [`Reasoning`]: each place where the value ends with its frequency, root, chain, fate and barrier,
//! and the verdict. The tool's own debugger, and the answer to "why is this (not) reported?".

use serde::Serialize;

use crate::check::Analysed;
use crate::finding::{Cause, Finding, Level, Location, Report, Step, Withheld};
use crate::flow::{Analysis, End, Frequency, Innocent, Kept, Via};
use crate::rules::{chain_steps, rule_of};
use crate::source::{Pos, Span};

/// The reasoning about one construction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reasoning {
    /// File as shown.
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// Canonical path of the constructor.
    pub call: String,
    /// `client`, `pool`, `connection`.
    pub resource: &'static str,
    /// The function it stands in.
    pub function: String,
    /// Where the value ends; the one that decides first.
    pub ends: Vec<EndReasoning>,
    /// The rule it breaks, if it breaks one.
    pub rule: Option<&'static str>,
    /// The verdict in a sentence.
    pub verdict: String,
}

/// The reasoning about one place where a value ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndReasoning {
    /// The function in which it ends.
    pub function: String,
    /// How often, in words.
    pub frequency: String,
    /// What runs it.
    pub root: String,
    /// From the root down, `file:line:column function: what`.
    pub chain: Vec<String>,
    /// What becomes of the value.
    pub fate: String,
    /// What keeps it from being built again, if anything.
    pub barrier: Option<String>,
    /// Whether a step rests on a name alone.
    pub by_name_only: bool,
}

/// The reasoning about every construction of a file at a 1-based line (and column, if given).
#[must_use]
pub fn at(analysed: &Analysed<'_, '_>, file: &str, line: u32, column: Option<u32>) -> Vec<Reasoning> {
    let mut found: Vec<Reasoning> = Vec::new();
    for analysis in &analysed.flow.analyses {
        let site = &analysis.site;
        if analysed.program.file_name(site.unit) == file && covers(site.span, line, column) {
            let reasoning = of(analysed, analysis);
            // A file shared by two targets is analysed in both.
            if !found.contains(&reasoning) {
                found.push(reasoning);
            }
        }
    }
    found
}

/// Whether a span has a 1-based line, and the column in it if one is given.
fn covers(span: Span, line: u32, column: Option<u32>) -> bool {
    let begins = span.start.line < line || column.is_none_or(|column| span.start.column <= column);
    let ends = span.end.line > line || column.is_none_or(|column| column < span.end.column);
    span.has_line(line) && begins && ends
}

/// What one rule says of a place: a finding, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleReason {
    /// The rule.
    pub rule: &'static str,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// Whether it is reported, when the rule is on.
    pub reported: bool,
    /// Whether it is reported only when pedantic findings are asked for.
    pub pedantic: bool,
    /// The finding's message, or the reason for silence.
    pub reason: String,
}

/// What the rules that are not about construction say of a 1-based line of a file (and column, if given).
#[must_use]
pub fn rules_at(analysed: &Analysed<'_, '_>, file: &str, line: u32, column: Option<u32>) -> Vec<RuleReason> {
    let (findings, acquittals) = crate::rules::reasons(analysed.context());
    let here = |location: &Location| location.file == file && covers(location.span, line, column);
    let is_remark = |finding: &Finding| finding.level == Level::Pedantic;
    let of = |rule, location: &Location, reported, pedantic, reason: &str| RuleReason {
        rule,
        line: location.span.start.line,
        column: location.span.start.column,
        reported,
        pedantic,
        reason: reason.to_owned(),
    };
    let reported = findings.iter().filter(|finding| here(&finding.location));
    let mut found: Vec<RuleReason> =
        reported.map(|one| of(one.rule, &one.location, true, is_remark(one), &one.message)).collect();
    let silent = acquittals.iter().filter(|acquittal| here(&acquittal.location));
    found.extend(silent.map(|acquittal| of(acquittal.rule, &acquittal.location, false, false, &acquittal.reason)));
    found.sort_by(|a, b| (a.line, a.column, a.rule).cmp(&(b.line, b.column, b.rule)));
    found
}

/// A finding that is not reported, because somebody said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// The rule.
    pub rule: &'static str,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// Where it is said, and why.
    pub by: String,
}

/// The findings at a 1-based line of a file (and column, if given) that a comment or the baseline withholds.
#[must_use]
pub fn silenced_at(report: &Report, file: &str, line: u32, column: Option<u32>) -> Vec<Silence> {
    let here = |finding: &Finding| finding.location.file == file && covers(finding.location.span, line, column);
    let silence = |Withheld { finding, cause }: &Withheld| {
        let Pos { line, column } = finding.location.span.start;
        Some(Silence { rule: finding.rule, line, column, by: by(cause)? })
    };
    report.withheld.iter().filter(|withheld| here(&withheld.finding)).filter_map(silence).collect()
}

/// Who says that a finding is not to be reported, and why; none when nobody does.
fn by(cause: &Cause) -> Option<String> {
    let (by, reason) = match cause {
        Cause::Suppressed { comment, reason } => (format!("allowed by the comment at {}", place(comment)), reason),
        Cause::Baselined { since: Some(since), reason } => (format!("in the baseline since {since}"), reason),
        Cause::Baselined { since: None, reason } => ("in the baseline".to_owned(), reason),
        Cause::Level => ("turned off here by the configuration".to_owned(), &None),
        Cause::NotAsked => ("in a file that the configuration excludes".to_owned(), &None),
        Cause::Confidence | Cause::Unchanged => return None,
    };
    Some(reason.as_ref().map_or(by.clone(), |reason| format!("{by}: {reason}")))
}

/// Lines of a file that hold constructions, sorted: what `at` could be asked about.
#[must_use]
pub fn lines_with_constructions(analysed: &Analysed<'_, '_>, file: &str) -> Vec<u32> {
    let sites = analysed.flow.analyses.iter().map(|analysis| &analysis.site);
    let mut lines: Vec<u32> =
        sites.filter(|site| analysed.program.file_name(site.unit) == file).map(|site| site.span.start.line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn of(analysed: &Analysed<'_, '_>, analysis: &Analysis) -> Reasoning {
    let program = analysed.program;
    let site = &analysis.site;
    let mut order: Vec<usize> = (0..analysis.ends.len()).collect();
    order.sort_by_key(|index| (Some(*index) != analysis.decisive, *index));
    let ends = order.iter().map(|index| end_of(analysed, analysis, &analysis.ends[*index])).collect();
    let decisive = analysis.decisive.map(|index| &analysis.ends[index]);
    let rule = decisive.and_then(|end| rule_of(site.resource, end));
    let verdict = match (rule, analysis.part_of) {
        (Some(rule), None) => format!("reported by {rule}"),
        (Some(rule), Some(_)) => format!("breaks {rule}; reported together with the client that it is made from"),
        (None, _) => innocent(analysis),
    };
    Reasoning {
        file: program.file_name(site.unit).to_owned(),
        line: site.span.start.line,
        column: site.span.start.column,
        call: site.call.path.to_string(),
        resource: site.resource.name(),
        function: program.display_name(site.unit),
        ends,
        rule: rule.filter(|_| analysis.part_of.is_none()),
        verdict,
    }
}

/// Why nothing is reported: the reason of the end that runs most often.
fn innocent(analysis: &Analysis) -> String {
    let most = analysis.ends.iter().max_by_key(|end| end.frequency);
    let reason = match most {
        None => "no place was found where the value ends".to_owned(),
        Some(end) => match end.innocent {
            Some(Innocent::Kept(Kept::Stored)) => "what is built is stored".to_owned(),
            Some(Innocent::Kept(Kept::Memoised)) => "it is built at most once".to_owned(),
            Some(Innocent::Kept(Kept::Leaked)) => "what is built is kept for ever on purpose".to_owned(),
            Some(Innocent::UncalledFactory) => "a constructor that nobody is seen to call".to_owned(),
            Some(Innocent::Serves) => "it is held by the loop that it serves".to_owned(),
            Some(Innocent::Distinguished) => "each is built with a setting of its own, such as a proxy".to_owned(),
            Some(Innocent::OutOfScope) => "only tests lead here".to_owned(),
            None if end.frequency == Some(Frequency::PerWorker) => {
                "it belongs to one thread, so one for each worker is right".to_owned()
            }
            None => "it runs once per process".to_owned(),
        },
    };
    format!("not reported: {reason}")
}

fn end_of(analysed: &Analysed<'_, '_>, analysis: &Analysis, end: &End) -> EndReasoning {
    let program = analysed.program;
    let (unit, _) = end.place();
    let context = analysed.context();
    let steps = chain_steps(context, analysis, end);
    let entry = analysed.flow.known.of(unit);
    EndReasoning {
        function: program.display_name(unit),
        frequency: end.frequency.map_or("unknown", Frequency::describe).to_owned(),
        root: match (&end.context.root, entry) {
            (Some((hit, _)), _) => hit.what.clone(),
            (None, Some(_)) => {
                steps.first().map(|step| format!("{}: {}", step.function, step.what)).unwrap_or_default()
            }
            (None, None) => "none found".to_owned(),
        },
        chain: steps.iter().map(shown).collect(),
        fate: fate(end, &program.display_name(unit)),
        barrier: barrier(end, entry.map(|entry| &entry.via)),
        by_name_only: !end.sure || entry.is_some_and(|entry| !entry.sure),
    }
}

fn shown(step: &Step) -> String {
    format!("{} {}: {}", place(&step.location), step.function, step.what)
}

fn place(location: &Location) -> String {
    format!("{}:{}:{}", location.file, location.span.start.line, location.span.start.column)
}

fn fate(end: &End, function: &str) -> String {
    let fate = &end.fate;
    match (end.innocent, fate.kept) {
        (Some(Innocent::Kept(Kept::Memoised)), _) => "memoised".to_owned(),
        (_, Some((Kept::Stored, _))) => format!("stored by `{function}` in something that outlives the call"),
        (_, Some((Kept::Memoised, _))) => "memoised".to_owned(),
        (_, Some((Kept::Leaked, _))) => "leaked: kept for the rest of the process".to_owned(),
        (Some(Innocent::UncalledFactory), None) => format!("returned by `{function}`, whose callers aren't seen"),
        (_, None) if fate.serves => format!("held by a loop in `{function}` or in what it calls"),
        (_, None) if fate.into_task => "moved into a task".to_owned(),
        (_, None) if fate.returned => format!("returned by `{function}` to the framework"),
        (_, None) if fate.used => format!("used in `{function}` and dropped"),
        (_, None) => format!("dropped in `{function}`"),
    }
}

fn barrier(end: &End, via: Option<&Via>) -> Option<String> {
    if end.context.barrier.is_some() {
        return Some("a memoising form around it runs it at most once".to_owned());
    }
    match via {
        Some(Via::Memo(_, Some(_))) => Some("a memoising form in a caller runs it at most once".to_owned()),
        Some(Via::Memo(_, None)) => Some("a static's initialiser runs it at most once".to_owned()),
        _ => None,
    }
}
