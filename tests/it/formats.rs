//! Every format on the shop: as it looks, and as a parser or schema that is not ours reads it.

use std::collections::BTreeSet;

use cargo_metadata::Message;
use connlint::check::Checked;
use connlint::finding::Cause;
use connlint::report::{Format, Style, render, schemas};
use serde_json::Value;

use super::common::binary::connlint;
use super::common::library::{PRACTICE, PROJECTS, RULES};
use super::common::root;

const SHOP: &str = "fixtures/projects/shop";

/// What is written of the shop, with nothing replaced.
fn shop(format: &str) -> String {
    raw(&connlint(&["check", SHOP, "--format", format]).exits(1).out)
}

/// Undoes what the snapshots replace.
fn raw(text: &str) -> String {
    text.replace("[ROOT]", &root().to_string_lossy()).replace("[VERSION]", env!("CARGO_PKG_VERSION"))
}

/// For snapshots: the same everywhere.
fn redact(text: &str) -> String {
    text.replace(&*root().to_string_lossy(), "[ROOT]").replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// A checked report in a format for programs.
fn rendered(checked: &Checked, format: Format) -> String {
    let mut out = Vec::new();
    render(format, &checked.report, &checked.sources, &Style::plain(100), &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("reports are UTF-8")
}

#[track_caller]
fn valid(schema: &str, value: &Value) {
    let schema = std::fs::read_to_string(root().join(schema)).expect("the schema is there");
    let validator = jsonschema::options().should_validate_formats(true).build(&parse(&schema)).expect("a schema");
    let wrong: Vec<String> =
        validator.iter_errors(value).take(10).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "not valid:\n{}", wrong.join("\n"));
}

const REPORT: &str = "docs/schema/connlint-report.schema.json";
const LINE: &str = "docs/schema/connlint-report-line.schema.json";
/// From https://github.com/oasis-tcs/sarif-spec, `sarif-2.1/schema`.
const SARIF: &str = "tests/schema/sarif-schema-2.1.0.json";

/// The schemas that are published are those of the types. `CONNLINT_BLESS=1 cargo test schemas` writes them anew.
#[test]
fn schemas_are_published() {
    for (path, schema) in [REPORT, LINE].into_iter().zip(schemas()) {
        let generated = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        let path = root().join(path);
        if std::env::var_os("CONNLINT_BLESS").is_some() {
            std::fs::write(&path, &generated).expect("the schema can be written");
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(published == generated, "{}: CONNLINT_BLESS=1 cargo test schemas_are_published", path.display());
    }
}

#[test]
fn json_is_valid() {
    valid(REPORT, &parse(&shop("json")));
    for checked in [&RULES, &PRACTICE, &PROJECTS] {
        valid(REPORT, &parse(&rendered(checked, Format::Json)));
    }
    for case in ["syntax", "broken-member", "non-utf8"] {
        let folder = format!("fixtures/broken/{case}");
        valid(REPORT, &parse(&raw(&connlint(&["check", &folder, "--format", "json"]).succeeds_or_finds().out)));
    }
}

/// The schema says what there is, rather than anything.
#[test]
fn json_schema_refuses() {
    let schema = parse(&std::fs::read_to_string(root().join(REPORT)).expect("the schema is there"));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let good = parse(&shop("json"));
    assert!(validator.is_valid(&good));
    for (pointer, value) in [
        ("/schema_version", Value::from(2)),
        ("/findings/0/level", Value::from("fatal")),
        ("/findings/0/location/line", Value::from("1")),
        ("/summary/seen", Value::Null),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect("there is such a field") = value;
        assert!(!validator.is_valid(&bad), "{pointer}");
    }
}

#[test]
fn json_lines_are_the_parts_of_the_object() {
    let whole = parse(&shop("json"));
    let lines: Vec<Value> = shop("jsonl").lines().map(parse).collect();
    lines.iter().for_each(|line| valid(LINE, line));
    let (last, findings) = lines.split_last().expect("there are lines");
    assert_eq!(findings.len(), list(&whole["findings"]).len());
    for (line, finding) in findings.iter().zip(list(&whole["findings"])) {
        assert_eq!(line["type"], "finding");
        let mut line = line.clone();
        line.as_object_mut().expect("an object").remove("type");
        assert_eq!(line, *finding);
    }
    assert_eq!(last["type"], "summary");
    for key in ["schema_version", "tool", "summary", "statistics"] {
        assert_eq!(last[key], whole[key], "{key}");
    }
    insta::assert_snapshot!("shop_jsonl", redact(&shop("jsonl")));
}

/// Totals add up, of all and of each rule.
#[test]
fn everything_seen_is_counted_once() {
    for args in [["check", SHOP].as_slice(), &["check", SHOP, "-A", "client-per-request"], &["check", "fixtures/rules"]]
    {
        for extra in [[].as_slice(), &["--pedantic"], &["--families", "redis"], &["--min-confidence", "high"]] {
            let args = [args, extra, &["--format", "json"]].concat();
            let report = parse(&connlint(&args).succeeds_or_finds().out);
            let number = |value: &Value| value.as_u64().expect("a number");
            let summary = |key: &str| number(&report["summary"][key]);
            let reported = summary("errors") + summary("warnings") + summary("pedantic");
            assert_eq!(reported, list(&report["findings"]).len() as u64, "{args:?}");
            let withheld = ["suppressed", "baselined", "below_level", "skipped"];
            let sum = reported + withheld.iter().map(|key| summary(key)).sum::<u64>();
            assert_eq!(sum, summary("seen"), "{args:?}");
            let rules = report["statistics"].as_object().expect("an object");
            let column = |key: &str| rules.values().map(|counts| number(&counts[key])).sum::<u64>();
            assert_eq!(column("reported"), reported, "{args:?}");
            withheld.iter().for_each(|key| assert_eq!(column(key), summary(key), "{args:?}: {key}"));
        }
    }
}

#[test]
fn statistics() {
    let table = connlint(&["check", SHOP, "--format", "short", "--quiet", "--statistics", "--families", "http"]);
    let table = table.exits(1).out;
    let table: Vec<&str> = table.lines().skip_while(|line| !line.starts_with("rule")).collect();
    insta::assert_snapshot!("shop_statistics", table.join("\n"));
}

#[test]
fn sarif() {
    let log = parse(&shop("sarif"));
    valid(SARIF, &log);
    for checked in [&RULES, &PRACTICE, &PROJECTS] {
        valid(SARIF, &parse(&rendered(checked, Format::Sarif)));
    }
    let mut shown = log.clone();
    for rule in shown["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("a list") {
        rule["help"] = Value::from("[the rule's page]");
    }
    let shown = serde_json::to_string_pretty(&shown).expect("it is JSON");
    insta::assert_snapshot!("shop_sarif", redact(&shown));
}

/// What GitHub asks for beyond the schema.
#[test]
fn sarif_suits_github() {
    for checked in [&PROJECTS, &RULES, &PRACTICE] {
        let log = parse(&rendered(checked, Format::Sarif));
        let run = &log["runs"][0];
        let rules = list(&run["tool"]["driver"]["rules"]);
        let mut flows = 0;
        for result in list(&run["results"]) {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small")];
            assert_eq!(rule["id"], result["ruleId"]);
            let uri = text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
            assert!(uri.starts_with("fixtures/") && !uri.contains(['\\', ' ']), "{uri}");
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert!(
                ["startLine", "startColumn", "endLine", "endColumn"].iter().all(|key| region[key].as_u64() > Some(0))
            );
            assert!(!text(&result["partialFingerprints"]["connlintFingerprint/v1"]).is_empty());
            for flow in result["codeFlows"].as_array().into_iter().flatten() {
                flows += 1;
                assert!(list(&flow["threadFlows"][0]["locations"]).len() <= 1000);
            }
        }
        let accepted = checked
            .report
            .withheld
            .iter()
            .filter(|withheld| matches!(withheld.cause, Cause::Suppressed { .. } | Cause::Baselined { .. }));
        let told = checked.report.findings.iter().chain(accepted.map(|withheld| &withheld.finding));
        assert_eq!(flows, told.filter(|finding| !finding.chain.is_empty()).count());
        for rule in rules {
            assert!(text(&rule["shortDescription"]["text"]).chars().count() <= 1024);
            assert!(text(&rule["fullDescription"]["text"]).chars().count() <= 1024);
            assert!(list(&rule["properties"]["tags"]).len() <= 10);
        }
    }
}

/// Fingerprints tell findings apart: GitLab takes two with the same for one.
#[test]
fn fingerprints_are_unique() {
    for checked in [&PROJECTS, &RULES, &PRACTICE] {
        let findings = &checked.report.findings;
        let different: BTreeSet<&str> = findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
        assert_eq!(different.len(), findings.len());
    }
}

#[test]
fn rustc_json() {
    let written = shop("rustc-json");
    let messages: Vec<Message> =
        Message::parse_stream(written.as_bytes()).collect::<Result<_, _>>().expect("cargo's messages");
    let (last, messages) = messages.split_last().expect("there are messages");
    assert!(matches!(last, Message::BuildFinished(end) if !end.success), "{last:?}");
    assert_eq!(messages.len(), list(&parse(&shop("json"))["findings"]).len());
    for message in messages {
        let Message::CompilerMessage(message) = message else { panic!("not a compiler message: {message:?}") };
        assert!(message.package_id.repr.contains("fixtures/projects/shop"), "{}", message.package_id);
        assert!(message.target.src_path.as_std_path().is_file(), "{}", message.target.src_path);
        assert!(message.message.code.as_ref().is_some_and(|code| code.code.starts_with("connlint::")));
        assert!(message.message.rendered.is_some());
        spans_point_at_their_text(&message.message);
    }
    let pretty: Vec<String> = written.lines().take(2).map(|line| format!("{:#}", parse(line))).collect();
    insta::assert_snapshot!("shop_rustc_json", redact(&pretty.join("\n")));
}

/// Bytes, lines and columns agree with each other, and with the lines that are quoted.
fn spans_point_at_their_text(diagnostic: &cargo_metadata::diagnostic::Diagnostic) {
    for span in &diagnostic.spans {
        let file = std::fs::read_to_string(root().join(&span.file_name)).expect("the file can be read");
        let marked = &file[span.byte_start as usize..span.byte_end as usize];
        let before = &file[..span.byte_start as usize];
        assert_eq!(before.matches('\n').count() + 1, span.line_start);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        assert_eq!(before[line_start..].chars().count() + 1, span.column_start);
        assert_eq!(marked.matches('\n').count(), span.line_end - span.line_start);
        let quoted: Vec<String> = span
            .text
            .iter()
            .map(|line| line.text.chars().take(line.highlight_end - 1).skip(line.highlight_start - 1).collect())
            .collect();
        assert_eq!(quoted.join("\n"), marked);
    }
    diagnostic.children.iter().for_each(spans_point_at_their_text);
}

/// A workflow command: its name and properties.
type Command = (String, Vec<(String, String)>);

/// Takes a workflow command apart as GitHub's runner does.
fn command(line: &str) -> Option<Command> {
    let (head, _) = line.strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let unescape = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",");
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    };
    let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
    let properties = properties.map(|(key, value)| (key.to_owned(), unescape(value))).collect();
    Some((name.to_owned(), properties))
}

#[test]
fn github() {
    let written = shop("github");
    let findings = parse(&shop("json"));
    let commands: Vec<_> = written.lines().filter_map(command).collect();
    let place = |file: &str, line: &str, rule: &str| format!("{file}:{line} {rule}");
    let annotated: BTreeSet<String> = commands
        .iter()
        .map(|(name, properties)| {
            assert_eq!(name, "error");
            let get = |key: &str| properties.iter().find(|(one, _)| one == key).map_or("", |(_, value)| value.as_str());
            assert!(root().join(get("file")).is_file());
            place(get("file"), get("line"), get("title").trim_start_matches("connlint: "))
        })
        .collect();
    let expected: BTreeSet<String> = list(&findings["findings"])
        .iter()
        .map(|one| place(text(&one["location"]["file"]), &one["location"]["line"].to_string(), text(&one["rule"])))
        .collect();
    assert_eq!(annotated, expected);
    insta::assert_snapshot!("shop_github", redact(&written));
}

/// The fields that GitLab documents, and its severities.
#[test]
fn gitlab() {
    let written = shop("gitlab");
    let issues = parse(&written);
    assert_eq!(list(&issues).len(), list(&parse(&shop("json"))["findings"]).len());
    for issue in list(&issues) {
        assert!(["description", "check_name", "fingerprint"].iter().all(|key| !text(&issue[key]).is_empty()));
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&text(&issue["severity"])));
        assert!(root().join(text(&issue["location"]["path"])).is_file());
        assert!(issue["location"]["lines"]["begin"].as_u64() > Some(0));
    }
    insta::assert_snapshot!("shop_gitlab", redact(&written));
    assert_eq!(connlint(&["check", "fixtures/projects/shop-mended", "--format", "gitlab"]).exits(0).out, "[]\n");
}

#[test]
fn junit() {
    let written = shop("junit");
    let suites = junit_parser::from_reader(written.as_bytes()).expect("it is JUnit's XML");
    let findings = list(&parse(&shop("json"))["findings"]).len();
    let cases: Vec<_> = suites.suites.iter().flat_map(|suite| &suite.cases).collect();
    assert_eq!(cases.iter().filter(|case| case.status.is_failure()).count(), findings);
    assert_eq!((suites.tests, suites.failures, suites.errors), (findings as u64, findings as u64, 0));
    for suite in &suites.suites {
        assert!(root().join(&suite.name).is_file(), "{}", suite.name);
        assert_eq!(suite.tests, suite.cases.len() as u64);
    }
    insta::assert_snapshot!("shop_junit", redact(&written));
    let mended = connlint(&["check", "fixtures/projects/shop-mended", "--format", "junit"]).exits(0).out;
    let suites = junit_parser::from_reader(mended.as_bytes()).expect("it is JUnit's XML");
    assert_eq!((suites.tests, suites.failures), (1, 0), "a report of nothing is refused by readers");
}

#[test]
fn checkstyle() {
    use quick_xml::events::Event;
    let written = shop("checkstyle");
    let mut reader = quick_xml::Reader::from_str(&written);
    reader.config_mut().check_end_names = true;
    let (mut files, mut errors) = (0, 0);
    loop {
        match reader.read_event().expect("it is XML") {
            Event::Start(tag) if tag.name().as_ref() == "file" => files += 1,
            Event::Empty(tag) if tag.name().as_ref() == "error" => {
                errors += 1;
                let attributes = tag.attributes().map(|attribute| attribute.expect("an attribute"));
                let names: Vec<String> = attributes.map(|attribute| attribute.key.as_ref().to_owned()).collect();
                assert_eq!(names, ["line", "column", "severity", "message", "source"]);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let findings = parse(&shop("json"));
    assert_eq!(errors, list(&findings["findings"]).len());
    let different: BTreeSet<&str> =
        list(&findings["findings"]).iter().map(|one| text(&one["location"]["file"])).collect();
    assert_eq!(files, different.len());
    insta::assert_snapshot!("shop_checkstyle", redact(&written));
}
