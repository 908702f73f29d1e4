//! Frameworks: which there are, and of each what it calls, how often, and how it keeps state.

use connlint::catalog::model::{CatalogFile, RootFact, RootFrequency};

use super::clients::{of, title, with_remarks};
use super::markdown::{code, codes, packages, prose, section, table};
use super::{BookError, Generated, Page};

pub(crate) fn generated() -> Result<Generated, BookError> {
    let mut files = of("frameworks/")?;
    files.sort_by_key(|file| title(file).to_lowercase());
    let row = |file: &CatalogFile| {
        let mut roles: Vec<String> = Vec::new();
        for root in &file.root {
            let role = plain(&root.role);
            if root.frequency != RootFrequency::OutOfScope && !roles.contains(&role) {
                roles.push(role);
            }
        }
        vec![
            format!("[{}](frameworks/{}.md)", title(file), file.name),
            packages(&file.packages),
            prose(&roles.join(", ")),
        ]
    };
    let text = table(&["framework", "in force with", "what it calls"], &files.iter().map(row).collect::<Vec<_>>());
    Ok(Generated { text, below: files.iter().map(page).collect() })
}

/// A role without what is filled in at the place: `handler of {method} {arg}` is `handler`.
fn plain(role: &str) -> String {
    let text = role.split('{').next().unwrap_or_default().trim_end();
    text.strip_suffix(" of").unwrap_or(text).trim_end_matches([' ', '`', '(']).to_owned()
}

fn page(file: &CatalogFile) -> Page {
    let mut text = format!("# {}\n\nIn force with: {}\n\n", title(file), packages(&file.packages));
    text.push_str(&format!("Read in: {}\n\n", prose(&file.source)));
    text.push_str(&section("What it calls", &roots(file)));
    text.push_str(&section("How it keeps state", &states(file)));
    text.push_str(&format!("The catalogue: [rules/frameworks/{0}.toml](frameworks/{0}.toml)\n", file.name));
    let path = format!("frameworks/{}.md", file.name);
    Page { name: title(file).to_owned(), path, origin: "rules/README.md".to_owned(), text }
}

fn roots(file: &CatalogFile) -> String {
    let row = |root: &RootFact| {
        let frequency = match root.frequency {
            RootFrequency::Once => "once",
            RootFrequency::PerWorker => "per worker",
            RootFrequency::PerIteration => "per turn of a loop",
            RootFrequency::PerRequest => "per request",
            RootFrequency::OutOfScope => "not looked at",
        };
        let role = root.role.replace('{', "<var>").replace('}', "</var>");
        let ways = with_remarks(&ways(root), root.note.as_deref(), root.source.as_deref());
        vec![role, frequency.to_owned(), ways]
    };
    let rows: Vec<Vec<String>> = file.root.iter().map(row).collect();
    table(&["what", "how often", "known by"], &rows)
}

/// How code becomes this root, a line each.
fn ways(root: &RootFact) -> String {
    let mut ways = Vec::new();
    let mut way = |what: &str, texts: Vec<&str>| {
        if !texts.is_empty() {
            let texts: Vec<String> = texts.into_iter().map(code).collect();
            ways.push(format!("{what} {}", texts.join(", ")));
        }
    };
    way("attribute", words(&root.attributes));
    way("attribute of a block", words(&root.impl_attributes));
    way("given to", words(&root.functions));
    way("given to method", words(&root.methods));
    way("of", words(&root.on));
    way("trait", root.traits.keys().map(String::as_str).collect());
    way("parameter", words(&root.parameters));
    way("macro", words(&root.macros));
    way("loop over", words(&root.loop_over));
    way("calls", words(&root.callers_of));
    ways.join("<br>")
}

fn words(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn states(file: &CatalogFile) -> String {
    let row = |state: &connlint::catalog::model::StateFact| {
        vec![codes([state.extractor.as_str()]), code(&state.parameter), code(&state.access), code(&state.register)]
    };
    let rows: Vec<Vec<String>> = file.state.iter().map(row).collect();
    table(&["taken by", "as a parameter", "used", "registered"], &rows)
}
