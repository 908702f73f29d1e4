//! How to mend a finding in this very project.
//!
//! In: an analysis that broke a rule. Out: help lines that name the project's own places, and an example with its own names.
//! What is known of clients and frameworks comes from the catalogues; what is already there, from the program:
//!
//! 1. [`handle`]: what should be held instead: the client itself, a connection shared by cloning, a pool.
//! 2. [`reach`] and [`project`]: who holds one already, where state is kept and registered; [`startup`]: where the process starts.
//! 3. [`advice`], [`state`], [`statics`], [`repeat`]: the lines, in [`words`]. [`example`]: the code.

pub(super) mod advice;
mod example;
pub(super) mod handle;
pub(super) mod project;
pub(super) mod reach;
mod repeat;
pub(super) mod situation;
mod startup;
mod state;
mod statics;
mod template;
pub(super) mod types;
mod words;

use super::context::Context;
use crate::finding::Resource;
use crate::flow::{Analysis, Frequency};

pub(super) use project::Project;
pub(super) use types::plain_result;

/// No finding has more lines of help.
const MAX_LINES: usize = 4;

/// A longer line is split where it can be.
const MAX_COLUMNS: usize = 128;

/// `builds it with`, `opens it with`.
pub(super) fn makes_verb(resource: Resource) -> &'static str {
    if resource == Resource::Connection { "opens it with" } else { "builds it with" }
}

/// Help lines and an example. `project` is kept between findings.
pub(super) fn of<'c>(
    project: &Project<'c>,
    context: Context<'c, '_>,
    analysis: &'c Analysis,
    frequency: Frequency,
) -> (Vec<String>, Option<String>) {
    let Some(situation) = situation::Situation::of(context, analysis, frequency) else { return (Vec::new(), None) };
    let advice = advice::advise(&situation, project);
    let mut lines: Vec<String> = advice.lines.into_iter().flat_map(fitting).collect();
    lines.truncate(MAX_LINES);
    (lines, advice.example.and_then(|example| example::render(&example)))
}

/// A line, or two where one would be long.
fn fitting(line: String) -> Vec<String> {
    let joints = [" and hand ", " and use ", ": use ", ": callers ", " and keep ", " and give ", " and register "];
    let joint = joints
        .iter()
        .find_map(|joint| Some((line.find(joint)?, joint.trim_start_matches(" and").trim_start_matches(':'))));
    match joint {
        Some((at, joint)) if line.chars().count() > MAX_COLUMNS => {
            let rest = line[at..].find(joint).map_or("", |start| line[at + start..].trim());
            vec![line[..at].to_owned(), rest.to_owned()]
        }
        _ => vec![line],
    }
}

/// `a` or `an`: by the first letter; letters that are spelled out (`HTTP`, `SQL`) by their names.
pub(super) fn article(word: &str) -> &'static str {
    let is_vowel = |letter: char| "aeioAEIO".contains(letter);
    let spelled = word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() && !is_vowel(c) && c != 'U');
    let first = word.chars().find(|c| c.is_alphanumeric()).unwrap_or_default();
    if is_vowel(first) || (spelled && "FHLMNRSX".contains(first)) { "an" } else { "a" }
}

#[cfg(test)]
mod tests;
