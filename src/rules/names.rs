//! Names of rules as people write them.
//!
//! In: a name. Out: that it is a rule's, or the one that is nearest.

use thiserror::Error;

use crate::similar::nearest;

/// A name that is not a rule's: the user's mistake.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no rule `{name}`")]
pub struct UnknownRule {
    /// The name, as written.
    pub name: String,
    /// The rule with the most similar name, if one is similar.
    pub nearest: Option<String>,
}

impl UnknownRule {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`? `connlint rules` lists all rules"),
            None => "`connlint rules` lists all rules".to_owned(),
        }
    }
}

/// Whether `name` is one of `rules`.
///
/// # Errors
/// If it is not: the error names the nearest rule.
pub fn known_rule<'a>(name: &str, rules: impl IntoIterator<Item = &'a str>) -> Result<(), UnknownRule> {
    const SIMILAR: f64 = 0.7;
    let rules: Vec<&str> = rules.into_iter().collect();
    if rules.contains(&name) {
        return Ok(());
    }
    let nearest = nearest(name, rules, SIMILAR).map(str::to_owned);
    Err(UnknownRule { name: name.to_owned(), nearest })
}
