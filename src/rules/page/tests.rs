//! That the embedded pages are complete, and how they look.

use super::*;
use crate::report::Style;

const CONSTRUCTION: [&str; 7] = [
    "client-in-loop",
    "client-per-call",
    "client-per-request",
    "client-per-worker",
    "connection-in-loop",
    "connection-per-call",
    "connection-per-request",
];

fn page(id: &str) -> &'static RulePage {
    let pages = pages().expect("the pages are well-formed");
    pages.iter().find(|page| page.id == id).expect("there is such a page")
}

#[test]
fn the_construction_rules_have_pages() {
    for id in CONSTRUCTION {
        assert_eq!(page(id).level, Level::Error, "{id}");
    }
}

#[test]
fn pages_keep_the_form() {
    for page in pages().expect("the pages are well-formed") {
        let id = &page.id;
        assert!(page.body.starts_with(&format!("\n# {id}\n")), "{id}: title");
        assert!(!page.summary.contains('\n') && !page.summary.ends_with('.'), "{id}: summary");
        assert!(page.summary.starts_with(char::is_lowercase), "{id}: summary");
        // Rules about comments are about no client.
        let is_about_comments = crate::suppress::RULES.contains(&id.as_str());
        assert_eq!(page.resources.is_empty(), is_about_comments, "{id}: resources");
        assert_eq!(page.families.is_empty(), is_about_comments, "{id}: families");
        for section in &page.sections {
            assert!(!section.text.is_empty(), "{id}: {} is empty", section.heading);
            assert!(section.text.lines().all(|line| line.chars().count() <= 120), "{id}: long line");
        }
    }
}

#[test]
fn programs_parse() {
    for page in pages().expect("the pages are well-formed") {
        for heading in ["Wrong", "Right"] {
            let programs = page.programs(heading);
            assert!(!programs.is_empty(), "{}: {heading}", page.id);
            for program in programs {
                let file = syn::parse_file(&program).expect("the program parses");
                let is_main = |item: &syn::Item| matches!(item, syn::Item::Fn(f) if f.sig.ident == "main");
                assert!(file.items.iter().any(is_main), "{}: {heading}: main", page.id);
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_page_is_said() {
    let parse = |text: &'static str| match RulePage::parse("a-b.md", text) {
        Ok(_) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(parse("# a-b"), "rules/a-b.md: no front matter between `+++` lines");
    assert_eq!(parse("+++\nid = 1\n+++\n"), "rules/a-b.md: the front matter cannot be read");
    let front =
        "+++\nid = \"c\"\nsummary = \"s\"\nlevel = \"error\"\nsince = \"0.1.0\"\nresources = []\nfamilies = []\n+++\n";
    assert_eq!(parse(front), "rules/a-b.md: the id `c` differs from the file's name");
    let text = front.replace("\"c\"", "\"a-b\"") + "## Problem\n```\n## Symptom\n```\n## Impact\n";
    assert_eq!(parse(text.leak()), "rules/a-b.md: expected the section `Symptom`, found `Impact`");
}

#[test]
fn page_in_a_terminal() {
    insta::assert_snapshot!(render_page(page("client-per-worker"), &Style::plain(80)));
}

#[test]
fn page_in_color_and_ascii() {
    let color = Style { color: true, unicode: false, ..Style::plain(60) };
    let text = render_page(page("connection-in-loop"), &color);
    insta::assert_snapshot!(text.replace('\u{1b}', "^["));
    let ascii = Style { unicode: false, ..Style::plain(60) };
    assert!(render_page(page("connection-in-loop"), &ascii).is_ascii());
}

#[test]
fn table_of_rules() {
    let rules: Vec<RulePage> = CONSTRUCTION.iter().map(|id| page(id).clone()).collect();
    insta::assert_snapshot!("table", rules_table(&rules, &Style::plain(80)));
    insta::assert_snapshot!("json", rules_json(&rules[..1]));
}
