//! Rules: an overview, and each rule's page as `connlint explain` has it.

use connlint::finding::Level;
use connlint::rules;
use connlint::rules::page::{RulePage, pages};

use super::markdown::{prose, table};
use super::{BookError, Generated, Page};

pub(crate) fn generated() -> Result<Generated, BookError> {
    let pages = pages().map_err(BookError::Page)?;
    let mut text = String::new();
    for (level, heading) in
        [(Level::Error, "Errors"), (Level::Warning, "Warnings"), (Level::Pedantic, "Advice, with `--pedantic`")]
    {
        let of_level = pages.iter().filter(|page| page.level == level);
        let rows: Vec<Vec<String>> = of_level
            .map(|page| vec![format!("[`{0}`](rules/{0}.md)", page.id), prose(&page.summary), page.since.to_string()])
            .collect();
        text.push_str(&format!("## {heading}\n\n{}\n", table(&["rule", "what it finds", "since"], &rows)));
    }
    Ok(Generated { text, below: pages.iter().map(page).collect() })
}

fn page(rule: &RulePage) -> Page {
    let body = rule.body.trim_start().trim_start_matches(&format!("# {}", rule.id));
    let resources: Vec<String> = rule.resources.iter().map(|resource| format!("{}s", resource.name())).collect();
    let families = if rule.families.iter().any(|family| family == "any") {
        "clients of all families".to_owned()
    } else {
        rule.families.join(", ")
    };
    let about =
        if resources.is_empty() { String::new() } else { format!(" · {} · {families}", resources.join(", ")) };
    let text = format!(
        "# {}\n\n<p class=\"rule\"><span class=\"level level-{level}\">{level}</span> {}</p>\n\n\
         <p class=\"facts\">since {}{about}</p>\n{}",
        rule.id,
        prose(&rule.summary),
        rule.since,
        linked(body, &rule.id),
        level = rule.level.name(),
    );
    let path = format!("rules/{}.md", rule.id);
    Page { name: rule.id.clone(), origin: path.clone(), path, text }
}

/// The names of other rules become links to their pages; code in blocks stays.
fn linked(body: &str, own: &str) -> String {
    let ids: Vec<&str> = rules::ids().into_iter().filter(|id| *id != own).collect();
    let mut fenced = false;
    let mut text = String::new();
    for line in body.split_inclusive('\n') {
        fenced ^= line.starts_with("```");
        let mut line = line.to_owned();
        if !fenced {
            for id in &ids {
                line = line.replace(&format!("`{id}`"), &format!("[`{id}`]({id}.md)"));
            }
        }
        text.push_str(&line);
    }
    text
}
