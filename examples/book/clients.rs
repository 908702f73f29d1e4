//! Client crates: which there are, and of each what builds, what waits, how large pools are, and where that was read.

use connlint::catalog::builtin_files;
use connlint::catalog::model::{
    CallFact, CatalogFile, CloneKind, CloseNeed, Network, ShareKind, SizeFact, TimeoutFact, TypeFact,
};

use super::markdown::{code, codes, packages, prose, section, table};
use super::{BookError, Generated, Page};

pub(crate) fn generated() -> Result<Generated, BookError> {
    let mut files: Vec<CatalogFile> = of("clients/")?;
    files.sort_by_key(|file| title(file).to_lowercase());
    let row = |file: &CatalogFile| {
        // Generic pools belong to the family of what they pool.
        let family = file.family.as_deref().map_or_else(|| "that of what is pooled".to_owned(), code);
        vec![format!("[{}](clients/{}.md)", title(file), file.name), family, packages(&file.packages)]
    };
    let text = table(&["catalogue", "family", "in force with"], &files.iter().map(row).collect::<Vec<_>>());
    Ok(Generated { text, below: files.iter().map(page).collect() })
}

/// The catalogues in a folder of `rules/`.
pub(crate) fn of(folder: &str) -> Result<Vec<CatalogFile>, BookError> {
    let files = builtin_files()?.into_iter().filter(|(name, _)| name.starts_with(folder));
    Ok(files.map(|(_, file)| file).collect())
}

/// The name for people.
pub(crate) fn title(file: &CatalogFile) -> &str {
    file.title.as_deref().unwrap_or(&file.name)
}

fn page(file: &CatalogFile) -> Page {
    let mut text = format!("# {}\n\nIn force with: {}\n\n", title(file), packages(&file.packages));
    text.push_str(&format!("Read in: {}\n\n", prose(&file.source)));
    text.push_str(&section("What builds something", &constructions(file)));
    text.push_str(&section("Clients, pools, connections", &types(file)));
    text.push_str(&section("Timeouts", &timeouts(file)));
    text.push_str(&section("Sizes of pools", &sizes(file)));
    text.push_str(&format!("The catalogue: [rules/clients/{0}.toml](clients/{0}.toml)\n", file.name));
    let path = format!("clients/{}.md", file.name);
    Page { name: title(file).to_owned(), path, origin: "rules/README.md".to_owned(), text }
}

fn constructions(file: &CatalogFile) -> String {
    let functions = file.function.iter().map(|fact| (fact.paths.clone(), &fact.call));
    let methods = file.method.iter().map(|fact| {
        let calls = fact.on.iter().flat_map(|on| fact.names.iter().map(move |name| format!("{on}::{name}")));
        (calls.collect(), &fact.call)
    });
    let all: Vec<(Vec<String>, &CallFact)> =
        functions.chain(methods).filter(|(_, call)| call.makes.is_some()).collect();
    let row = |(calls, call): &(Vec<String>, &CallFact)| {
        let network = match call.network {
            None => "",
            Some(Network::None) => "nothing",
            Some(Network::Connects) => "connects",
            Some(Network::Lazy) => "connects later",
        };
        vec![
            with_remarks(&codes(calls.iter().map(String::as_str)), call.note.as_deref(), call.source.as_deref()),
            call.makes.map(|makes| makes.name().to_owned()).unwrap_or_default(),
            network.to_owned(),
            optional_code(call.versions.as_deref()),
        ]
    };
    table(&["call", "makes", "on the network", "versions"], &all.iter().map(row).collect::<Vec<_>>())
}

fn types(file: &CatalogFile) -> String {
    let all: Vec<&TypeFact> = file.types.iter().filter(|fact| fact.role.resource().is_some()).collect();
    let row = |fact: &&TypeFact| {
        let clone = match fact.clone {
            None => "",
            Some(CloneKind::Shared) => "shares it",
            Some(CloneKind::Config) => "shares the settings only",
            Some(CloneKind::New) => "is a new one",
            Some(CloneKind::None) => "cannot be cloned",
        };
        let share = match fact.share {
            None => "",
            Some(ShareKind::Direct) => "by a clone or `Arc`",
            Some(ShareKind::Lock) => "behind a lock",
            Some(ShareKind::Owner) => "one owner, or a pool",
            Some(ShareKind::Thread) => "within its thread",
        };
        let close = fact.close.as_ref().map_or("", |close| match close.need {
            CloseNeed::Required => "required",
            CloseNeed::UnlessProcessWide => "required, unless there is one for the process",
            CloseNeed::Recommended => "recommended",
            CloseNeed::Optional => "optional",
            CloseNeed::None => "not needed",
        });
        vec![
            with_remarks(&code(&fact.path), fact.note.as_deref(), fact.source.as_deref()),
            fact.role.resource().map(|resource| resource.name().to_owned()).unwrap_or_default(),
            clone.to_owned(),
            share.to_owned(),
            close.to_owned(),
            optional_code(fact.versions.as_deref()),
        ]
    };
    let columns = ["type", "is a", "a clone", "is shared", "closing it", "versions"];
    table(&columns, &all.iter().map(row).collect::<Vec<_>>())
}

fn timeouts(file: &CatalogFile) -> String {
    let all = file.types.iter().flat_map(|fact| fact.timeout.iter().map(move |timeout| (fact, timeout)));
    let row = |(fact, timeout): (&TypeFact, &TimeoutFact)| {
        vec![
            with_remarks(&code(&fact.path), None, timeout.source.as_deref()),
            timeout.kind.name().to_owned(),
            timeout.default_ms.map_or_else(|| "none".to_owned(), milliseconds),
            optional_code(timeout.versions.as_deref()),
            setters(&timeout.set_by),
        ]
    };
    table(&["type", "timeout", "default", "versions", "set by"], &all.map(row).collect::<Vec<_>>())
}

fn milliseconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) { format!("{} s", ms / 1000) } else { format!("{ms} ms") }
}

fn sizes(file: &CatalogFile) -> String {
    let all = file.types.iter().flat_map(|fact| fact.size.iter().map(move |size| (fact, size)));
    let row = |(fact, size): (&TypeFact, &SizeFact)| {
        let default = match (size.default, size.per_logical_core, size.per_physical_core) {
            (Some(number), ..) => number.to_string(),
            (None, Some(number), _) => format!("{number} × logical cores"),
            (None, None, Some(number)) => format!("{number} × physical cores"),
            (None, None, None) => "none".to_owned(),
        };
        vec![
            with_remarks(&code(&fact.path), None, size.source.as_deref()),
            default,
            optional_code(size.versions.as_deref()),
            setters(&size.set_by),
        ]
    };
    table(&["pool", "default", "versions", "set by"], &all.map(row).collect::<Vec<_>>())
}

fn setters(paths: &[String]) -> String {
    if paths.is_empty() { "nobody can".to_owned() } else { codes(paths.iter().map(String::as_str)) }
}

fn optional_code(text: Option<&str>) -> String {
    text.map(code).unwrap_or_default()
}

/// A cell, and below it what to know, and where it was read when that is not what the file says of all.
pub(crate) fn with_remarks(cell: &str, note: Option<&str>, source: Option<&str>) -> String {
    let small = |class: &str, text: &str| format!("<br><span class=\"{class}\">{}</span>", prose(text));
    let note = note.map(|note| small("note", note)).unwrap_or_default();
    let source = source.map(|source| small("source", source)).unwrap_or_default();
    format!("{cell}{note}{source}")
}
