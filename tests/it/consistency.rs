//! That the parts agree: rules, pages and fixtures; catalogues among themselves; the README with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use connlint::catalog::model::{CallFact, CatalogFile};
use connlint::catalog::{Catalog, builtin_files};
use connlint::facts::TypeRef;
use connlint::facts::ty::Path as TypePath;
use connlint::finding::Role;
use connlint::parse::parse_type;
use connlint::rules::page::pages;
use connlint::rules::{self, CONSTRUCTION_RULES};
use proc_macro2::{TokenStream, TokenTree};

use super::common::annotations::{in_repository, limits};
use super::common::binary::connlint;
use super::common::library::{self, PROJECTS};
use super::common::{files, root, shown};

#[test]
fn rules_pages_and_fixtures_are_the_same_set() {
    let rules: BTreeSet<String> = rules::ids().iter().map(ToString::to_string).collect();
    assert_eq!(rules.len(), rules::ids().len(), "a rule is listed twice");
    let pages: BTreeSet<String> =
        pages().expect("the pages are well-formed").iter().map(|page| page.id.clone()).collect();
    assert_eq!(rules, pages, "rules and pages");
    let annotated = |folder: &str| -> BTreeSet<String> {
        let expectations = in_repository(&root().join(folder));
        expectations.into_iter().filter(|expected| !expected.known_miss).map(|expected| expected.rule).collect()
    };
    let (construction, practice): (BTreeSet<String>, BTreeSet<String>) =
        rules.into_iter().partition(|rule| CONSTRUCTION_RULES.contains(&rule.as_str()));
    assert_eq!(construction, annotated("fixtures/rules"), "rules and fixtures/rules");
    assert!(construction.is_subset(&annotated("fixtures/projects/shop")), "rules and fixtures/projects/shop");
    for rule in &practice {
        let found = annotated(&format!("fixtures/practice/{rule}"));
        assert_eq!(found, BTreeSet::from([rule.clone()]), "fixtures/practice/{rule}");
    }
    assert_eq!(practice, annotated("fixtures/practice"), "rules and fixtures/practice");
    assert!(annotated("fixtures/projects/shop-mended").is_empty());
}

/// One phrase that stands alone: it begins in lower case or with a name, has no full stop and does not plead.
fn is_phrase(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let name = first.chars().skip(1).any(|c| c.is_uppercase() || c == '_' || c == ':') || first.starts_with('`');
    let lower = first.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
    let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let pleads = words.iter().any(|word| ["please", "try", "sorry"].contains(&word.as_str()));
    (lower || name) && !text.ends_with(['.', '!', ' ']) && !text.contains('\n') && !pleads && !text.contains("  ")
}

#[test]
fn messages_keep_the_convention() {
    let broken = library::check(&[root().join("fixtures/broken")], root());
    let mut texts = BTreeSet::new();
    for checked in [&*library::RULES, &*library::PRACTICE, &*PROJECTS, &broken] {
        for finding in &checked.report.findings {
            texts.insert(finding.message.clone());
            texts.extend(finding.help.iter().cloned());
            texts.extend(finding.chain.iter().map(|step| step.what.clone()));
            texts.extend(finding.related.iter().map(|related| related.message.clone()));
            assert!(!finding.message.is_empty(), "{finding:?}");
            assert_eq!(finding.chain.is_empty(), finding.resource.is_none(), "{finding:?}");
        }
        for problem in &checked.report.problems {
            texts.insert(problem.message.clone());
            texts.insert(problem.help.clone());
        }
    }
    let odd: Vec<&String> = texts.iter().filter(|text| !is_phrase(text)).collect();
    assert!(odd.is_empty(), "not terse phrases:\n{odd:#?}");
}

/// A chain begins at a root, goes on by calls, and ends at the construction; every place in it is in a file that was read.
#[test]
fn chains_lead_from_a_root_to_the_construction() {
    for checked in [&*library::RULES, &*PROJECTS] {
        let findings = checked.report.findings.iter().filter(|finding| CONSTRUCTION_RULES.contains(&finding.rule));
        for finding in findings {
            let place = format!("{}:{}", finding.location.file, finding.location.span.start.line);
            let roles: Vec<Role> = finding.chain.iter().map(|step| step.role).collect();
            let (first, rest) = roles.split_first().expect("a chain has steps");
            let (last, calls) = rest.split_last().unwrap_or_else(|| panic!("{place}: a chain of one step"));
            assert_eq!((*first, *last), (Role::Root, Role::Construction), "{place}");
            assert!(calls.iter().all(|role| *role == Role::Call), "{place}: {roles:?}");
            assert_eq!(finding.chain.last().map(|step| &step.location), Some(&finding.location), "{place}");
            for step in &finding.chain {
                let source = checked.sources.get(&step.location.file);
                let lines = source.map_or(0, |source| source.text.lines().count());
                assert!((1..=lines).contains(&(step.location.span.start.line as usize)), "{place}: {step:?}");
            }
        }
    }
}

#[test]
fn fingerprints_are_unique() {
    for checked in [&*library::RULES, &*library::PRACTICE, &*PROJECTS] {
        let mut seen = BTreeMap::new();
        for finding in &checked.report.findings {
            let before = seen.insert(&finding.fingerprint, &finding.location);
            assert!(before.is_none(), "{before:?} and {:?} have the same fingerprint", finding.location);
        }
    }
}

#[test]
fn catalogues_are_named_as_their_files_and_have_sources() {
    let mut names = BTreeSet::new();
    for (file, catalog) in builtin_files().expect("every catalogue can be read") {
        let stem = Path::new(&file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        assert_eq!(stem.as_deref(), Some(catalog.name.as_str()), "{file}: `name`");
        assert!(names.insert(catalog.name.clone()), "{file}: the name is used twice");
        assert!(!catalog.source.trim().is_empty(), "{file}: `source`");
        assert!(sources(&catalog).into_iter().flatten().all(|source| !source.trim().is_empty()), "{file}: a source");
        let generic =
            catalog.function.iter().map(|fact| &fact.call).chain(catalog.method.iter().map(|fact| &fact.call));
        let has_family = catalog.family.is_some() || generic.into_iter().any(|call| call.family_of_arg);
        assert!(!file.starts_with("clients/") || has_family, "{file}: a client has a family, or that of its manager");
        assert!(file.starts_with("runtime/") || !catalog.packages.is_empty(), "{file}: `packages`");
    }
    let on_disk = ["runtime", "clients", "frameworks"].map(|folder| files(&root().join("rules").join(folder), "toml"));
    assert_eq!(names.len(), on_disk.iter().map(Vec::len).sum::<usize>(), "every file is carried");
}

/// The sources that entries name for themselves.
fn sources(file: &CatalogFile) -> Vec<Option<&str>> {
    let mut sources: Vec<Option<&str>> = Vec::new();
    sources.extend(file.reexport.iter().map(|fact| fact.source.as_deref()));
    sources.extend(file.types.iter().map(|fact| fact.source.as_deref()));
    sources.extend(file.function.iter().map(|fact| fact.call.source.as_deref()));
    sources.extend(file.method.iter().map(|fact| fact.call.source.as_deref()));
    sources.extend(file.root.iter().map(|fact| fact.source.as_deref()));
    sources.extend(file.memo.iter().map(|fact| fact.source.as_deref()));
    sources.extend(file.macros.iter().map(|fact| fact.source.as_deref()));
    sources.extend(file.state.iter().map(|fact| fact.source.as_deref()));
    sources
}

#[test]
fn catalogues_speak_of_known_types() {
    let catalog = Catalog::builtin().expect("every catalogue can be read");
    let mut unknown = BTreeSet::new();
    for (file, facts) in builtin_files().expect("every catalogue can be read") {
        let mut written: Vec<&String> = facts.types.iter().filter_map(|fact| fact.inner.as_ref()).collect();
        let calls = facts.function.iter().map(|fact| &fact.call).chain(facts.method.iter().map(|fact| &fact.call));
        for CallFact { returns, closure_param, .. } in calls {
            written.extend(returns.iter().chain(closure_param));
        }
        for text in written {
            let parsed = parse_type(text).unwrap_or_else(|cause| panic!("{file}: `{text}`: {cause}"));
            let mut paths = BTreeSet::new();
            paths_of(&parsed, &mut paths);
            unknown.extend(paths.into_iter().filter(|path| !is_known(&catalog, path)).map(|path| (file.clone(), path)));
        }
    }
    assert!(unknown.is_empty(), "types that no catalogue knows:\n{unknown:#?}");
}

/// Paths of more than one name; single names are type parameters, primitives and what the prelude has.
fn paths_of(ty: &TypeRef, found: &mut BTreeSet<String>) {
    let of_path = |path: &TypePath, found: &mut BTreeSet<String>| {
        if path.segments.len() > 1 {
            found.insert(path.text());
        }
        for segment in &path.segments {
            segment.args.iter().chain(segment.assoc.iter().map(|(_, ty)| ty)).for_each(|ty| paths_of(ty, found));
        }
    };
    match ty {
        TypeRef::Path(path) => of_path(path, found),
        TypeRef::Ref(inner) | TypeRef::Slice(inner) | TypeRef::Fn(inner) => paths_of(inner, found),
        TypeRef::Tuple(parts) => parts.iter().for_each(|part| paths_of(part, found)),
        TypeRef::Impl(bounds) | TypeRef::Dyn(bounds) => bounds.iter().for_each(|path| of_path(path, found)),
        TypeRef::Unknown => {}
    }
}

fn is_known(catalog: &Catalog, path: &str) -> bool {
    let crate_name = path.split("::").next().unwrap_or_default();
    ["std", "core", "alloc"].contains(&crate_name) || catalog.type_info(&catalog.canonical(path)).is_some()
}

/// Words in strings of the program that are also names of crates: where, which, why they may stand there.
const ALLOWED: [(&str, &str, &str); 3] = [
    ("src/", "worker", "a worker thread, not the crate"),
    ("src/rules/construction.rs", "redis", "the family, and how it is spelt for people"),
    ("src/rules/construction.rs", "mongodb", "the family, and how it is spelt for people"),
];

#[test]
fn no_client_or_framework_is_named_in_the_program() {
    let mut crates = BTreeSet::new();
    for (file, facts) in builtin_files().expect("every catalogue can be read") {
        if !file.starts_with("runtime/") {
            crates.extend(facts.packages.iter().flat_map(|name| [name.clone(), name.replace('-', "_")]));
        }
    }
    let mut found = BTreeSet::new();
    for path in files(&root().join("src"), "rs") {
        let name = shown(&path);
        if ["tests", "samples"].iter().any(|part| name.contains(&format!("/{part}"))) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        let mut literals = Vec::new();
        literals_of(text.parse().expect("the program is Rust"), &mut literals);
        for literal in literals {
            let words = literal.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
            let allowed =
                |word: &str| ALLOWED.iter().any(|(place, known, _)| *known == word && name.starts_with(place));
            let named = words.filter(|word| crates.contains(*word) && !allowed(word));
            found.extend(named.map(|word| format!("{name}: {word} in {literal}")));
        }
    }
    assert!(found.is_empty(), "crates named in the program, not in the catalogues:\n{found:#?}");
}

/// String literals; those of attributes (documentation among them) and of test modules are left out.
fn literals_of(tokens: TokenStream, found: &mut Vec<String>) {
    let mut trees = tokens.into_iter().peekable();
    let mut skip_next_block = false;
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if matches!(trees.peek(), Some(TokenTree::Punct(bang)) if bang.as_char() == '!') {
                    trees.next();
                }
                if let Some(TokenTree::Group(attribute)) = trees.peek() {
                    skip_next_block |= attribute.stream().to_string().replace(' ', "") == "cfg(test)";
                    trees.next();
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => skip_next_block = false,
            TokenTree::Group(group) => {
                let skipped = skip_next_block && group.delimiter() == proc_macro2::Delimiter::Brace;
                if skipped {
                    skip_next_block = false;
                } else {
                    literals_of(group.stream(), found);
                }
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('"') {
                    found.push(text);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("there is a README")
}

/// The contents of the README's fenced blocks in `language`.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(found) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if found == language {
                blocks.push(block.join("\n"));
            }
        }
    }
    blocks
}

/// The finding that the README shows, by its place.
const SHOWN: &str = "fixtures/projects/shop/storage/src/search.rs";

/// Between parts of an excerpt.
const CUT: &str = "[…]";

/// The README shows what the program says. `CONNLINT_BLESS=1 cargo test readme` writes it anew.
#[test]
fn readme_shows_real_output() {
    let real = connlint(&["check", "fixtures/projects/shop"]).exits(1).out;
    let paragraphs: Vec<&str> = real.trim_end().split("\n\n").collect();
    let shown = paragraphs.iter().find(|text| text.contains(SHOWN)).expect("the finding is made");
    let summary = paragraphs.last().expect("there is a summary");
    let expected = format!("{shown}\n\n{CUT}\n\n{summary}");
    let readme = readme();
    let excerpt = blocks(&readme, "text").into_iter().next().expect("the README has an excerpt");
    if std::env::var_os("CONNLINT_BLESS").is_some() {
        let text = readme.replace(&excerpt, &expected);
        std::fs::write(root().join("README.md"), text).expect("the README can be written");
        return;
    }
    assert_eq!(excerpt, expected, "CONNLINT_BLESS=1 cargo test readme_shows_real_output");
}

/// Every connlint command that a document shows is one that the program accepts.
#[test]
fn documented_commands_exist() {
    let mut wrong = String::new();
    let mut count = 0;
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "rules/README.md",
        "docs/architecture.md",
        "docs/output.md",
        "docs/editor.md",
        "docs/suppressions.md",
        "docs/baseline.md",
        "docs/configuration.md",
    ] {
        let text = std::fs::read_to_string(root().join(document)).expect("the document can be read");
        let fenced: Vec<String> =
            ["console", "sh", "yaml"].iter().flat_map(|language| blocks(&text, language)).collect();
        for line in fenced.iter().flat_map(|block| block.lines()) {
            let line = line.trim_start().trim_start_matches("$ ").trim_start_matches("- run: ");
            let line = line.trim_start_matches("entry: ").replace("cargo run --release -- ", "connlint ");
            let line = line.split(" #").next().unwrap_or_default();
            let args: Vec<std::ffi::OsString> = line.split_whitespace().map(Into::into).collect();
            let parsed = if line.starts_with("connlint ") {
                connlint::cli::parse(args)
            } else if line.starts_with("cargo connlint") {
                let args = args.into_iter().skip(1);
                connlint::cli::parse_cargo(["cargo-connlint".into()].into_iter().chain(args))
            } else {
                continue;
            };
            count += 1;
            if let Err(error) = parsed
                && error.exit_code() != 0
            {
                let _ = writeln!(wrong, "{document}: {line}\n{error}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 5, "only {count} commands were found");
}

/// Every key of the catalogues' format is explained.
#[test]
fn catalogue_format_is_documented() {
    let model = std::fs::read_to_string(root().join("src/catalog/model.rs")).expect("the model can be read");
    let document = std::fs::read_to_string(root().join("rules/README.md")).expect("the document can be read");
    let names = [("is_async", "async"), ("types", "type"), ("macros", "macro")];
    let mut missing = BTreeSet::new();
    for line in model.lines() {
        let Some((field, _)) = line.strip_prefix("    pub ").and_then(|rest| rest.split_once(": ")) else { continue };
        // A flattened struct, whose keys are counted where they are declared.
        if line.ends_with(": CallFact,") {
            continue;
        }
        let key = names.iter().find(|(field_name, _)| *field_name == field).map_or(field, |(_, key)| key);
        let written = [format!("`{key}`"), format!("`{key},"), format!("\n{key} = "), format!("[[{key}]]")];
        if !written.iter().any(|form| document.contains(form)) {
            missing.insert(key.to_owned());
        }
    }
    assert!(missing.is_empty(), "rules/README.md says nothing of {missing:?}");
}

/// The misses that `docs/limits.md` names are those of the fixtures: `[…](../path): **mechanism**`.
#[test]
fn limits_are_those_of_the_fixtures() {
    let text = std::fs::read_to_string(root().join("docs/limits.md")).expect("the document can be read");
    let mut named = BTreeSet::new();
    for entry in text.split("\n- [").skip(1) {
        let Some((_, entry)) = entry.split_once("](../") else { continue };
        let (path, entry) = entry.split_once("):").expect("a link ends");
        let mechanism = entry.split("**").nth(1).unwrap_or_else(|| panic!("no mechanism is named of {path}"));
        assert!(named.insert((path.to_owned(), mechanism.to_owned())), "{path}: {mechanism} is named twice");
    }
    assert_eq!(named, limits(&root().join("fixtures")), "docs/limits.md and the marks `//~?`");
}
