//! Rules as SARIF describes them: views of the rules' pages.

use std::collections::BTreeSet;

use super::model::{Configuration, Message, Rule, RuleProperties};
use super::{level, plain};
use crate::finding::{Level, Resource};
use crate::report::Style;
use crate::rules::page::{self, RulePage, render_page};

/// Characters that GitHub shows of a description.
const MAX_DESCRIPTION: usize = 1024;
/// Tags that GitHub shows of a rule.
const MAX_TAGS: usize = 10;
/// Columns of the help as plain text.
const WIDTH: usize = 100;

/// The rules with these ids, each once, sorted. Ids without a page are left out.
pub(super) fn rules<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<Rule<'static>> {
    let used: BTreeSet<&str> = ids.collect();
    let pages = page::pages().unwrap_or_default();
    pages.iter().filter(|page| used.contains(page.id.as_str())).map(rule).collect()
}

fn rule(page: &'static RulePage) -> Rule<'static> {
    Rule {
        id: &page.id,
        name: pascal_case(&page.id),
        short_description: plain(&cut(&page.summary)),
        full_description: plain(&cut(first_paragraph(page.section("Problem").unwrap_or(&page.summary)))),
        help: Message { text: render_page(page, &Style::plain(WIDTH)), markdown: Some(page.body.to_owned()) },
        help_uri: page::page_url(&page.id),
        default_configuration: Configuration { enabled: page.level != Level::Pedantic, level: level(page.level) },
        properties: RuleProperties { tags: tags(page), precision: "high", severity: severity(page.level) },
    }
}

/// GitHub's word for a level.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Pedantic | Level::Off => "recommendation",
    }
}

fn tags(page: &RulePage) -> Vec<&str> {
    let families = page.families.iter().map(String::as_str).filter(|family| *family != "any");
    let resources = page.resources.iter().map(|resource: &Resource| resource.name());
    ["reliability", "performance"].into_iter().chain(resources).chain(families).take(MAX_TAGS).collect()
}

/// `client-per-request` is `ClientPerRequest`.
fn pascal_case(id: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    id.split('-').map(word).collect()
}

/// The lines up to the first empty one, as one line.
fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or(text)
}

fn cut(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_DESCRIPTION - 1) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_descriptions() {
        assert_eq!(pascal_case("client-per-request"), "ClientPerRequest");
        assert_eq!(first_paragraph("a\nb\n\nc"), "a\nb");
        assert_eq!(cut(" a\n b"), "a b");
        assert_eq!(cut(&"ü".repeat(2000)).chars().count(), MAX_DESCRIPTION);
    }

    #[test]
    fn every_page_is_within_githubs_limits() {
        let pages = page::pages().expect("the pages are well-formed");
        let rules = rules(pages.iter().map(|page| page.id.as_str()));
        assert_eq!(rules.len(), pages.len());
        for rule in rules {
            assert!(rule.properties.tags.len() <= MAX_TAGS, "{}", rule.id);
            assert!(!rule.help.text.is_empty() && !rule.full_description.text.is_empty(), "{}", rule.id);
        }
    }
}
