//! Reading a configuration with all its mistakes.
//!
//! In: a text, and the table in it that is the configuration. Out: a [`Form`], and what is wrong. serde stops at the first
//! mistake; so what it names is taken out of the tree, and the rest is read again, until nothing is wrong any more.

use std::ops::Range;

use serde::de::DeserializeOwned;
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
    let mut value = match parse(text) {
        Ok(value) => value,
        Err(mistakes) => return (Form::default(), mistakes),
    };
    for name in within {
        let DeValue::Table(table) = value.into_inner() else { return (Form::default(), Vec::new()) };
        match table.into_iter().find(|(key, _)| key.get_ref() == name) {
            Some((_, inner)) => value = inner,
            None => return (Form::default(), Vec::new()),
        }
    }
    let (form, mistakes) = recover(value, text, DESCRIBED);
    (form.unwrap_or_default(), mistakes)
}

/// The tree of a text, or why it is no TOML.
fn parse(text: &Text) -> Result<Spanned<DeValue<'_>>, Vec<Mistake>> {
    let (tree, errors) = DeTable::parse_recoverable(&text.text);
    let syntax = |error: &toml::de::Error| {
        text.mistake(error.span().unwrap_or_default(), error.message().trim_end(), "this is not TOML")
    };
    match errors.is_empty() {
        true => Ok(Spanned::new(tree.span(), DeValue::Table(tree.into_inner()))),
        false => Err(errors.iter().map(syntax).collect()),
    }
}

/// Everything that is wrong with a text that should have some form.
pub(super) fn mistakes<T: DeserializeOwned>(text: &Text, described: &str) -> Vec<Mistake> {
    match parse(text) {
        Ok(value) => recover::<T>(value, text, described).1,
        Err(mistakes) => mistakes,
    }
}

/// Reads a value; what is wrong with it is taken out, until there is nothing or it cannot be read at all.
fn recover<T: DeserializeOwned>(
    mut value: Spanned<DeValue<'_>>,
    text: &Text,
    described: &str,
) -> (Option<T>, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    let mut taken = Vec::new();
    while mistakes.len() < MANY {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(form) => return (Some(form), mistakes),
            Err(error) => error,
        };
        let mut range = error.span().unwrap_or_else(|| value.span());
        if let Some((Unknown::Key, name)) = unknown(error.message())
            && !error.message().contains(", expected")
        {
            // Where keys are shared between forms of tables, serde gives the place of the table, and not the keys that there are.
            range = key_in(&value, &range, name).unwrap_or(range);
        }
        // What was taken out is missing now, but not for its author.
        let is_taken = missing(error.message()).is_some_and(|name| taken.contains(&(range.clone(), name.to_owned())));
        if !is_taken {
            mistakes.push(told(text, &error, range.clone(), described));
        }
        match take_out(&mut value, &range) {
            Some(key) => taken.push(key),
            None => break,
        }
    }
    (None, mistakes)
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
    let help_with = |name: &str, known: &[&str], all: &str| match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => described.to_owned(),
        None => format!("{all} {}", known.join(", ")),
    };
    if let Some((what, name)) = unknown(message) {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
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

/// The name that is unknown, if that is the mistake.
fn unknown(message: &str) -> Option<(Unknown, &str)> {
    let name = message.split('`').nth(1)?;
    if message.starts_with("unknown field") {
        Some((Unknown::Key, name))
    } else if message.starts_with("unknown variant") {
        Some((Unknown::Word, name))
    } else {
        None
    }
}

/// The key that is missing, if that is the mistake.
fn missing(message: &str) -> Option<&str> {
    message.starts_with("missing field").then(|| message.split('`').nth(1))?
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

/// The place of a key in the table at a range.
fn key_in(value: &Spanned<DeValue<'_>>, range: &Range<usize>, name: &str) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::Table(table) => {
            let own = table.keys().find(|key| key.get_ref() == name && value.span() == *range);
            own.map(Spanned::span).or_else(|| table.values().find_map(|inner| key_in(inner, range, name)))
        }
        DeValue::Array(array) => array.iter().find_map(|inner| key_in(inner, range, name)),
        _ => None,
    }
}

/// Takes what stands at a range out of the tree: an entry by its key or value, an element; else the innermost around it.
/// Returns the place of the table that it was in, and the key, empty for an element; none when nothing stands there.
fn take_out(value: &mut Spanned<DeValue<'_>>, range: &Range<usize>) -> Option<(Range<usize>, String)> {
    let own = value.span();
    match value.get_mut() {
        DeValue::Table(table) => {
            let mut key = table.keys().find(|key| key.span() == *range).cloned();
            if key.is_none() {
                let within = table.iter_mut().find_map(|(_, inner)| take_out(inner, range));
                if within.is_some() {
                    return within;
                }
                key = table.iter().find(|(_, inner)| holds(&inner.span(), range)).map(|(key, _)| key.clone());
            }
            let key = key?;
            table.remove(&key);
            Some((own, key.into_inner().into_owned()))
        }
        DeValue::Array(array) => {
            let within = array.iter_mut().find_map(|inner| take_out(inner, range));
            if within.is_some() {
                return within;
            }
            let index = array.iter().position(|inner| holds(&inner.span(), range))?;
            let mut rest = DeArray::new();
            array.iter().enumerate().filter(|(at, _)| *at != index).for_each(|(_, inner)| rest.push(inner.clone()));
            *array = rest;
            Some((own, String::new()))
        }
        _ => None,
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
