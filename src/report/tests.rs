//! How reports look: snapshots at a fixed width, and properties that must hold at any width.

use super::samples::{bare, find, full, sources, step};
use super::*;
use crate::finding::{Finding, Level, Role};

fn text(format: Format, report: &Report, sources: &Sources, style: &Style) -> String {
    let mut out = Vec::new();
    render(format, report, sources, style, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn only(finding: Finding) -> Report {
    Report { findings: vec![finding], ..Report::default() }
}

fn quiet(width: usize) -> Style {
    Style { quiet: true, ..Style::plain(width) }
}

#[test]
fn human_unicode() {
    let (report, sources) = full();
    insta::assert_snapshot!(text(Format::Human, &report, &sources, &Style::plain(90)));
}

#[test]
fn human_ascii() {
    let (report, sources) = full();
    let style = Style { unicode: false, ..Style::plain(90) };
    let text = text(Format::Human, &report, &sources, &style);
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn human_color() {
    let (report, sources) = full();
    let style = Style { color: true, links: true, ..Style::plain(90) };
    insta::assert_snapshot!(text(Format::Human, &report, &sources, &style).replace('\u{1b}', "^["));
}

#[test]
fn short() {
    let (report, sources) = full();
    insta::assert_snapshot!(text(Format::Short, &report, &sources, &Style::plain(80)));
}

#[test]
fn json() {
    let (report, sources) = full();
    let text = text(Format::Json, &report, &sources, &Style::plain(80));
    assert!(text.ends_with("}\n"));
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn json_of_nothing() {
    let text = text(Format::Json, &Report::default(), &Sources::default(), &Style::plain(80));
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn human_of_nothing() {
    let text = text(Format::Human, &Report::default(), &Sources::default(), &Style::plain(80));
    assert_eq!(text, "no findings; 0 constructions seen in 0 files of 0 packages, 0 suppressed\n");
}

#[test]
fn wide_and_combining_characters_keep_the_mark_in_place() {
    let code = "fn f() {\n\tlet 名前e\u{301} = (\"日本語\", redis::Client::open(url)); // ü\n}\n";
    let place = find("src/宽.rs", code, "redis::Client::open(url)");
    let finding = bare("client-per-call", Level::Error, "`f` builds a client", place);
    let sources = sources(&[("src/宽.rs", code)]);
    insta::assert_snapshot!(text(Format::Human, &only(finding), &sources, &quiet(80)));
}

#[test]
fn overlong_lines_are_cut_around_the_construction() {
    let code = format!("fn f() {{ {} redis::Client::open(url) {} }}\n", "a();".repeat(100), "b();".repeat(100));
    let place = find("src/min.rs", &code, "redis::Client::open(url)");
    let mut finding = bare("client-per-call", Level::Error, "`f` builds a client", place.clone());
    finding.chain = vec![step(place, "f", "builds the client", Role::Construction)];
    let sources = sources(&[("src/min.rs", &code)]);
    insta::assert_snapshot!(text(Format::Human, &only(finding), &sources, &quiet(70)));
}

#[test]
fn missing_sources_and_places_outside_are_no_error() {
    let place = find("src/gone.rs", "a\n\n\nredis", "redis");
    let mut finding = bare("client-per-call", Level::Pedantic, "`f` builds a client", place.clone());
    finding.chain = vec![step(place, "f", "builds the client", Role::Construction)];
    let report = only(finding);
    let expected = text(Format::Human, &report, &Sources::default(), &quiet(80));
    insta::assert_snapshot!(expected);
    let sources = sources(&[("src/gone.rs", "a")]);
    assert_eq!(text(Format::Human, &report, &sources, &quiet(80)), expected);
}

#[test]
fn every_span_of_a_text_can_be_drawn() {
    use crate::source::{Pos, Span};
    let code = "\ta\u{301}日\r\n\r\n  b\n\nc\td\ne\nf\n\u{1b}[31mg\nh\r\ni\nj";
    let sources = sources(&[("a.rs", code)]);
    let spots: Vec<Pos> = (0..14).flat_map(|line| [0, 1, 3, 9].map(|column| Pos { line, column })).collect();
    for start in &spots {
        for end in spots.iter().filter(|end| *end >= start) {
            let span = Span { start: *start, end: *end };
            let place = crate::finding::Location { file: "a.rs".to_owned(), span };
            let finding = bare("client-per-call", Level::Error, "m", place);
            let drawn = text(Format::Human, &only(finding), &sources, &quiet(40));
            assert!(!drawn.contains(['\u{1b}', '\t', '\r']), "{span:?}");
            assert!(!drawn.contains("Failed"), "{drawn}");
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let (report, sources) = full();
    for width in [50, 60, 80, 120] {
        for line in text(Format::Human, &report, &sources, &quiet(width)).lines() {
            let wide = super::text::width(line);
            assert!(wide <= width || !line.trim().contains(' '), "{width}: {line}");
        }
    }
}
