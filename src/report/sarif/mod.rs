//! SARIF 2.1.0: one log with one run.
//!
//! In: a [`Report`]. Out: one JSON object. Findings are results, chains are code flows, problems are notifications of
//! the invocation; suppressed and baselined findings are results that say so. Rules are those that have results. URIs
//! are relative to the repository's root, and fingerprints hold no line numbers, so alerts survive edits.
//!
//! The limits are those of GitHub code scanning
//! (<https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit>): an upload
//! above them is refused.

mod model;
mod place;
mod rule;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use model::{
    CodeFlow, Driver, Invocation, Log, Message, Notification, ResultProperties, SarifFix, SarifResult, Suppression,
    ThreadFlow, ThreadFlowLocation, Tool, UriBase,
};
use place::Places;

use super::text::tidy;
use crate::finding::{Cause, Finding, Fix, Level, Report, Resource, Role};
use crate::source::file_url;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Results per run that GitHub takes; it shows 5,000 of them.
const MAX_RESULTS: usize = 25_000;
/// Steps of a code flow that GitHub shows; it takes 10,000.
const MAX_STEPS: usize = 1_000;
/// Locations of a result that GitHub shows.
const MAX_RELATED: usize = 100;
/// The key of our fingerprint. GitHub's own (`primaryLocationLineHash`) is added by its upload action.
const FINGERPRINT: &str = "connlintFingerprint/v1";

/// Writes `report`; `with_withheld`: also what is suppressed or in the baseline, marked as such.
pub(super) fn render(report: &Report, with_withheld: bool, out: &mut dyn Write) -> io::Result<()> {
    let writer = Writer { places: Places(&report.run), has_baseline: report.run.has_baseline };
    let mut entries = entries(report, with_withheld);
    let too_many = entries.len().saturating_sub(MAX_RESULTS);
    if too_many > 0 {
        entries.sort_by_key(|(finding, _)| Reverse(finding.level)); // stable: else by place
        entries.truncate(MAX_RESULTS);
    }
    let rules = rule::rules(entries.iter().map(|(finding, _)| finding.rule));
    let indices: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let results =
        entries.iter().map(|(finding, cause)| writer.result(finding, *cause, indices.get(finding.rule).copied()));
    let results = results.collect();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [model::Run {
            tool: Tool { driver: driver(rules) },
            invocations: [writer.invocation(report, too_many)],
            original_uri_base_ids: writer.bases(report),
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// What becomes a result: each finding, with the cause for which it is withheld, if it is.
fn entries(report: &Report, with_withheld: bool) -> Vec<(&Finding, Option<&Cause>)> {
    let reported = report.findings.iter().map(|finding| (finding, None));
    let kept = report.withheld.iter().filter(|withheld| with_withheld && is_accepted(&withheld.cause));
    reported.chain(kept.map(|withheld| (&withheld.finding, Some(&withheld.cause)))).collect()
}

/// Whether somebody has decided that such a finding may stay, as opposed to not having asked for it.
fn is_accepted(cause: &Cause) -> bool {
    matches!(cause, Cause::Suppressed { .. } | Cause::Baselined { .. })
}

/// SARIF's word for a level.
fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Pedantic | Level::Off => "note",
    }
}

fn driver(rules: Vec<model::Rule<'_>>) -> Driver<'_> {
    Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules,
    }
}

/// A message of plain text, in which `[x](y)` would be a link.
fn plain(text: &str) -> Message {
    Message { text: tidy(text).replace("](", "] ("), markdown: None }
}

/// What the results of one report share.
struct Writer<'a> {
    places: Places<'a>,
    has_baseline: bool,
}

impl Writer<'_> {
    fn result<'f>(&self, finding: &'f Finding, cause: Option<&Cause>, rule_index: Option<usize>) -> SarifResult<'f> {
        let related = finding.related.iter().take(MAX_RELATED).enumerate();
        SarifResult {
            rule_id: finding.rule,
            rule_index,
            level: level(finding.level),
            message: Message { text: message(finding), markdown: None },
            locations: [self.places.within(&finding.location, &finding.function)],
            code_flows: self.code_flow(finding).into_iter().collect(),
            related_locations: related
                .map(|(index, one)| model::Location {
                    id: Some(index + 1),
                    ..self.places.saying(&one.location, &one.message)
                })
                .collect(),
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
            baseline_state: self.baseline_state(cause),
            suppressions: cause.and_then(|cause| self.suppression(cause)).into_iter().collect(),
            fixes: finding.fix.iter().map(|fix| self.fix(fix)).collect(),
            properties: ResultProperties {
                confidence: finding.confidence,
                resource: finding.resource.map(Resource::name),
                family: &finding.family,
                call: &finding.call,
                more_chains: finding.more_chains,
            },
        }
    }

    fn fix<'f>(&self, fix: &'f Fix) -> SarifFix<'f> {
        SarifFix { description: plain(&fix.title), artifact_changes: self.places.changes(fix) }
    }

    /// The chain as a path that viewers can walk. The last step is the construction, which must not be cut off.
    fn code_flow(&self, finding: &Finding) -> Option<CodeFlow> {
        let (last, before) = finding.chain.split_last()?;
        let steps = before.iter().take(MAX_STEPS - 1).chain([last]);
        let locations = steps.map(|step| {
            let mut location = self.places.saying(&step.location, &step.what);
            location.logical_locations = place::function(&step.function);
            let importance = if step.role == Role::Call { "important" } else { "essential" };
            ThreadFlowLocation { location, importance }
        });
        Some(CodeFlow { thread_flows: [ThreadFlow { locations: locations.collect() }] })
    }

    fn baseline_state(&self, cause: Option<&Cause>) -> Option<&'static str> {
        match cause {
            Some(Cause::Baselined { .. }) => Some("unchanged"),
            _ => self.has_baseline.then_some("new"),
        }
    }

    fn suppression(&self, cause: &Cause) -> Option<Suppression> {
        let Cause::Suppressed { comment, reason } = cause else { return None };
        Some(Suppression {
            kind: "inSource",
            status: "accepted",
            justification: reason.as_deref().map(tidy),
            location: self.places.at(comment),
        })
    }

    fn invocation(&self, report: &Report, too_many: usize) -> Invocation {
        let problems = report.problems.iter().map(|problem| {
            let help = if problem.help.is_empty() { String::new() } else { format!("; help: {}", problem.help) };
            Notification {
                level: "warning",
                message: plain(&format!("{}{help}", problem.message)),
                locations: self.places.of_problem(problem).into_iter().collect(),
            }
        });
        let cut = (too_many > 0).then(|| Notification {
            level: "warning",
            message: plain(&format!("{too_many} results more than the {MAX_RESULTS} that are written")),
            locations: Vec::new(),
        });
        Invocation {
            execution_successful: report.summary.files > 0 || report.problems.is_empty(),
            tool_execution_notifications: problems.chain(cut).collect(),
        }
    }

    fn bases(&self, report: &Report) -> BTreeMap<&'static str, UriBase> {
        let uri = format!("{}/", file_url(&report.run.root).trim_end_matches('/'));
        BTreeMap::from([(place::BASE, UriBase { uri, description: plain("the root of the repository") })])
    }
}

/// The message, the root from which the place is reached, and how to mend it: paragraphs of plain text.
fn message(finding: &Finding) -> String {
    let mut paragraphs = vec![format!("{}.", tidy(&finding.message))];
    if let Some(root) = finding.chain.first().filter(|step| step.role == Role::Root) {
        paragraphs.push(format!("Reached from `{}`: {}.", tidy(&root.function), tidy(&root.what)));
    }
    paragraphs.extend(finding.help.iter().map(|help| format!("Help: {}", tidy(help))));
    paragraphs.join("\n\n").replace("](", "] (")
}
