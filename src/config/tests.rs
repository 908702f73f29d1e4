//! Texts and what is wrong with them.

use std::path::PathBuf;

use super::form::Form;
use super::mistake::{Text, nearest, suggest};
use super::read::{read, tables};

fn text(text: &str) -> Text {
    Text { path: PathBuf::from("/w/connlint.toml"), name: "connlint.toml".to_owned(), text: text.into() }
}

/// What is wrong with a text: line, column, message.
fn wrong(source: &str) -> Vec<String> {
    let (_, mistakes) = read(&text(source), &[]);
    let shown = mistakes.iter().map(|mistake| {
        let start = mistake.location.span.start;
        format!("{}:{} {}; {}", start.line, start.column, mistake.message, mistake.help)
    });
    shown.collect()
}

fn right(source: &str) -> Form {
    let (form, mistakes) = read(&text(source), &[]);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    form
}

#[test]
fn values_know_where_they_stand() {
    let source = "pedantic = true\nfamilies = [\n  \"a\",\n  \"b\",\n]\n[rules]\nclient-in-loop = \"warn\"\n";
    let form = right(source);
    let pedantic = form.pedantic.expect("it is told");
    assert!(*pedantic && &source[pedantic.range()] == "true");
    let families = form.families.expect("they are told");
    assert_eq!(&source[families[1].range()], "\"b\"");
    let (rule, level) = form.rules.first_key_value().expect("there is a rule");
    assert_eq!((&source[rule.range()], &source[level.range()]), ("client-in-loop", "\"warn\""));
}

#[test]
fn tables_may_be_written_in_any_form() {
    for source in [
        "rules = { client-in-loop = \"off\" }",
        "rules.client-in-loop = \"off\"",
        "[rules]\nclient-in-loop = \"off\"",
        "\"rules\".'client-in-loop' = \"off\"",
    ] {
        assert_eq!(right(source).rules.len(), 1, "{source}");
    }
    assert_eq!(right("override = [{ paths = [\"a\"] }, {}]").overrides.len(), 2);
    assert_eq!(right("[frameworks]\nhandlers.functions = [\"a::b\"]").frameworks.handlers.functions.len(), 1);
}

#[test]
fn what_is_taken_out_hides_nothing() {
    let source = "pedantic = 1\nbaselin = { c = 2 }\nrules = 3\n[override]\nx = 1\n[clients]\n\
                  wrapper = [{ makes = 1, y = 2 }, 5]\nz.z = 1\nexclude = \"a\"";
    let mut wrong = wrong(source);
    wrong.sort();
    let expected = [
        "1:12 integer `1` cannot stand here; write true or false",
        "2:1 there is no key `baselin` here; did you mean `baseline`?",
        "3:9 integer `3` cannot stand here; write a table",
        "4:1 a table cannot stand here; write an array: […], for tables [[…]]",
        "7:22 this cannot stand here; write a string",
        "7:25 there is no key `y` here; the keys are functions, makes, family, returns, async, packages",
        "7:34 integer `5` cannot stand here; write a table",
        "8:1 there is no key `z` here; the keys are catalogs, wrapper",
        "9:1 there is no key `exclude` here; the keys are catalogs, wrapper",
    ];
    assert_eq!(wrong, expected);
}

#[test]
fn odd_texts_end() {
    for source in [
        "rules = []",
        "override = {}",
        "override = [1, 2, 3]",
        "clients = 1",
        "clients.wrapper = {}",
        "frameworks.handlers = [[[]]]",
        "exclude = [[\"a\"], {}, 1.5, 1979-05-27]",
        "pedantic = [true]",
        "max-connections = -1",
        "max-connections = 99999999999999999999",
        "baseline = {}",
        "[[rules]]\na = 1",
        "[pedantic]",
        "x",
        "= 1",
        "\u{0}",
        "[rules]\n[rules]\n",
        "é = \"ü\"",
    ] {
        assert!(!wrong(source).is_empty(), "{source}");
    }
    let many: String = (0..300).map(|number| format!("key{number} = 1\n")).collect();
    assert_eq!(wrong(&many).len(), 100);
}

#[test]
fn manifests_have_tables() {
    let names = |manifest: &str| tables(manifest).iter().map(|(path, _)| path[0]).collect::<Vec<_>>();
    assert!(names("[package]\nname = \"connlint\"").is_empty());
    assert_eq!(names("[package.metadata.connlint]"), ["package"]);
    assert_eq!(names("[workspace]\nmetadata.connlint.pedantic = true"), ["workspace"]);
    assert_eq!(names("[package.metadata.connlint]\n[workspace.metadata.connlint]"), ["workspace", "package"]);
    assert!(names("[package.metadata]\nconnlint = 1").is_empty());
    let manifest = text("[package]\nname = 1\n\n[package.metadata.connlint]\npedantic = 1\n");
    let (_, mistakes) = read(&manifest, &["package", "metadata", "connlint"]);
    let lines: Vec<u32> = mistakes.iter().map(|mistake| mistake.location.span.start.line).collect();
    assert_eq!(lines, [5], "the rest of the manifest is others' business");
}

#[test]
fn similar_names_are_suggested() {
    let known = ["pedantic", "families", "min-confidence"];
    assert_eq!(nearest("pendantic", known), Some("pedantic"));
    assert_eq!(nearest("min_confidence", known), Some("min-confidence"));
    assert_eq!(nearest("x", known), None);
    assert_eq!(suggest("x", known), "there are pedantic, families, min-confidence");
}
