//! What is wrong with a configuration.
//!
//! In: places in texts, and names. Out: [`Mistake`]s with place and remedy, all of them in one [`ConfigError`].

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::finding::Location;
use crate::similar;
use crate::source::{SourceFile, Sources, Span, span_of};

/// One mistake: the user's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Where it stands; at line 0 when the whole file, or none, is meant.
    pub location: Location,
    /// One phrase.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// A configuration that cannot be used: everything that is wrong with it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.summary())]
pub struct ConfigError {
    /// In the order of the places.
    pub mistakes: Vec<Mistake>,
    /// The texts that they stand in.
    pub sources: Sources,
}

impl ConfigError {
    /// A single mistake that concerns a whole file, or none.
    #[must_use]
    pub(super) fn of_file(file: &str, message: impl Into<String>, help: impl Into<String>) -> ConfigError {
        let location = Location { file: file.to_owned(), span: Span::default() };
        let mistake = Mistake { location, message: message.into(), help: help.into() };
        ConfigError { mistakes: vec![mistake], sources: Sources::default() }
    }

    /// `the configuration has 3 mistakes`.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.mistakes.len() {
            1 => "the configuration has 1 mistake".to_owned(),
            number => format!("the configuration has {number} mistakes"),
        }
    }
}

/// A text that is being read, and what is wrong with it.
#[derive(Debug)]
pub(super) struct Text {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// As shown.
    pub(super) name: String,
    /// The whole of it.
    pub(super) text: Arc<str>,
}

impl Text {
    pub(super) fn location(&self, range: Range<usize>) -> Location {
        Location { file: self.name.clone(), span: span_of(&self.text, range) }
    }

    pub(super) fn mistake(&self, range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Mistake {
        Mistake { location: self.location(range), message: message.into(), help: help.into() }
    }

    pub(super) fn source(&self) -> SourceFile {
        SourceFile { name: self.name.clone(), path: self.path.clone(), text: self.text.clone() }
    }
}

/// The name that is most like another, if one is.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const SIMILAR: f64 = 0.6;
    similar::nearest(name, known, SIMILAR)
}

/// `did you mean `x`?`, or what there is.
pub(super) fn suggest<'n>(name: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
