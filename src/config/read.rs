//! Reading a configuration with all its mistakes.
//!
//! In: a text, and the table in it that is the configuration. Out: a [`Form`], and what is wrong. serde stops at the first
//! mistake; so what it names is taken out of the tree, and the rest is read again, until nothing is wrong any more.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use super::form::Form;
use super::mistake::{Mistake, Text, nearest};

/// As many mistakes are told; a file that has more is something else.
const MANY: usize = 100;

const DESCRIBED: &str = "docs/configuration.md describes the keys, and `connlint config schema` their form";

/// The table in which manifests keep it.
pub(super) const METADATA: [[&str; 3]; 2] =
    [["workspace", "metadata", "connlint"], ["package", "metadata", "connlint"]];

/// Reads the table at `within`, the whole text when that is empty.
pub(super) fn read(text: &Text, within: &[&str]) -> (Form, Vec<Mistake>) {
    let (tree, errors) = DeTable::parse_recoverable(&text.text);
    if !errors.is_empty() {
        let syntax = |error: &toml::de::Error| {
            text.mistake(error.span().unwrap_or_default(), error.message().trim_end(), "this is not TOML")
        };
        return (Form::default(), errors.iter().map(syntax).collect());
    }
    let span = tree.span();
    let mut value = Spanned::new(span, DeValue::Table(tree.into_inner()));
    for name in within {
        let DeValue::Table(table) = value.into_inner() else { return (Form::default(), Vec::new()) };
        match table.into_iter().find(|(key, _)| key.get_ref() == name) {
            Some((_, inner)) => value = inner,
            None => return (Form::default(), Vec::new()),
        }
    }
    let mut mistakes = Vec::new();
    while mistakes.len() < MANY {
        let error = match Form::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(form) => return (form, mistakes),
            Err(error) => error,
        };
        let range = error.span().unwrap_or_else(|| value.span());
        mistakes.push(told(text, &error, range.clone(), DESCRIBED));
        if !take_out(value.get_mut(), &range) {
            break;
        }
    }
    (Form::default(), mistakes)
}

/// The tables of a manifest that configure connlint; none when it is no TOML, which others tell.
pub(super) fn tables(manifest: &str) -> Vec<(&'static [&'static str], Range<usize>)> {
    let (tree, errors) = DeTable::parse_recoverable(manifest);
    if !errors.is_empty() {
        return Vec::new();
    }
    let there = METADATA.iter().filter_map(|path| {
        let mut table = tree.get_ref();
        let mut range = 0..0;
        for name in path {
            let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
            (table, range) = (value.get_ref().as_table()?, key.span());
        }
        Some((path.as_slice(), range))
    });
    there.collect()
}

/// A mistake in this program's words, as far as serde tells what it is.
pub(super) fn told(text: &Text, error: &toml::de::Error, range: Range<usize>, described: &str) -> Mistake {
    let message = error.message();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let help_with = |name: &str, known: &[&str], all: &str| match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{all} {}", known.join(", ")),
    };
    if let (Some(what), Some(name)) = (unknown(message), quoted.next()) {
        let known: Vec<&str> = quoted.collect();
        let (message, all) = match what {
            Unknown::Key => (format!("there is no key `{name}` here"), "the keys are"),
            Unknown::Word => (format!("`{name}` is none of the words that can stand here"), "the words are"),
        };
        return text.mistake(range, message, help_with(name, &known, all));
    }
    let message = message.trim_end();
    let (message, help) = match mistaken(message) {
        Some((found, wanted)) => (format!("{} cannot stand here", plain(found)), format!("write {}", plain(wanted))),
        None => (message.to_owned(), described.to_owned()),
    };
    text.mistake(range, message, help)
}

/// What stands in the place of what, if that is the mistake.
fn mistaken(message: &str) -> Option<(&str, &str)> {
    if message == "wanted string or table" {
        return Some(("this", "string"));
    }
    let rest = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    rest.split_once(", expected ")
}

/// What serde does not know.
enum Unknown {
    Key,
    Word,
}

fn unknown(message: &str) -> Option<Unknown> {
    if message.starts_with("unknown field") {
        Some(Unknown::Key)
    } else if message.starts_with("unknown variant") {
        Some(Unknown::Word)
    } else {
        None
    }
}

/// serde's words, in those of TOML.
fn plain(wanted: &str) -> &str {
    match wanted {
        "map" => "a table",
        "sequence" => "an array",
        "a boolean" => "true or false",
        "a sequence" => "an array: […], for tables [[…]]",
        "a nonzero u64" => "a number from 1 on",
        "a map" => "a table",
        "string" => "a string",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
}

/// Takes what stands at a range out of the tree: an entry by its key or value, an element; else the innermost around it.
fn take_out(value: &mut DeValue<'_>, range: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => {
            if let Some(key) = table.keys().find(|key| key.span() == *range).cloned() {
                table.remove(&key);
                return true;
            }
            if table.iter_mut().any(|(_, inner)| is_within(inner) && take_out(inner.get_mut(), range)) {
                return true;
            }
            let around = table.iter().find(|(_, inner)| holds(&inner.span(), range)).map(|(key, _)| key.clone());
            around.is_some_and(|key| table.remove(&key).is_some())
        }
        DeValue::Array(array) => {
            if array.iter_mut().any(|inner| is_within(inner) && take_out(inner.get_mut(), range)) {
                return true;
            }
            let around = array.iter().position(|inner| holds(&inner.span(), range));
            let Some(index) = around else { return false };
            let mut rest = DeArray::new();
            array.iter().enumerate().filter(|(at, _)| *at != index).for_each(|(_, inner)| rest.push(inner.clone()));
            *array = rest;
            true
        }
        _ => false,
    }
}

/// Whether there may be something within.
fn is_within(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_))
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
