//! A framework's way of keeping state, as its catalogue writes it.
//!
//! In: a [`StateFact`]. Out: [`Template`]: parameters, accesses and registrations filled in with the project's names.

use crate::catalog::last_segment;
use crate::catalog::model::StateFact;

/// The facts with what follows from them.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Template<'c> {
    fact: &'c StateFact,
}

impl<'c> Template<'c> {
    /// The template of a fact.
    pub(in crate::rules) fn of(fact: &'c StateFact) -> Self {
        Self { fact }
    }

    /// Canonical path of the extractor.
    pub(in crate::rules) fn extractor(&self) -> &'c str {
        &self.fact.extractor
    }

    /// The extractor's name.
    pub(in crate::rules) fn extractor_name(&self) -> &'c str {
        last_segment(&self.fact.extractor)
    }

    /// Whether the parameter names the state's type.
    pub(in crate::rules) fn takes_type(&self) -> bool {
        self.fact.parameter.contains("{T}")
    }

    /// `.with_state({value})` → `with_state`; none for what is no plain call (`ctx.store.insert({value})`).
    pub(in crate::rules) fn register_name(&self) -> Option<&'c str> {
        let (before, _) = self.fact.register.trim_start_matches('.').split_once('(')?;
        if before.contains('.') {
            return None;
        }
        let name = before.rsplit(['.', ':']).next()?;
        (!name.is_empty()).then_some(name)
    }

    /// Whether the value is wrapped before it is registered: `.app_data(web::Data::new({value}))`.
    pub(in crate::rules) fn wraps(&self) -> bool {
        self.fact.register.matches('(').count() > 1
    }

    /// `.with_state(..)`, for people.
    pub(in crate::rules) fn register_short(&self) -> Option<String> {
        let (before, _) = self.fact.register.split_once('(')?;
        Some(format!("{before}(..)"))
    }

    /// The registration of a value.
    pub(in crate::rules) fn register(&self, value: &str) -> String {
        self.fact.register.replace("{value}", value)
    }

    /// The parameter that takes state of a type, under its own name or another.
    pub(in crate::rules) fn parameter(&self, ty: &str, variable: Option<&str>) -> String {
        let text = self.fact.parameter.replace("{T}", ty);
        match (variable, text.split_once(": ")) {
            (Some(variable), Some((pattern, rest))) => {
                format!("{}: {rest}", rename(pattern, self.variable(), variable))
            }
            _ => text,
        }
    }

    /// Whether the parameter's pattern takes the state out of the extractor: `State(state)`.
    pub(in crate::rules) fn unwraps(&self) -> bool {
        self.fact.parameter.split_once(": ").is_some_and(|(pattern, _)| pattern.contains('('))
    }

    /// The variable of the parameter: `State(state): State<T>` → `state`.
    fn variable(&self) -> &'c str {
        let pattern = self.fact.parameter.split_once(": ").map_or("", |(pattern, _)| pattern);
        pattern.rsplit('(').next().unwrap_or(pattern).trim_end_matches(')')
    }

    /// The expression that gives the state itself, read from `variable` (else the template's own).
    pub(in crate::rules) fn base(&self, ty: &str, variable: Option<&str>) -> String {
        let access = self.fact.access.replace("{T}", ty);
        let base = access.split(".{field}").next().unwrap_or(&access).to_owned();
        match variable {
            Some(variable) => rename(&base, self.variable(), variable),
            None => base,
        }
    }
}

/// Replaces a whole word.
fn rename(text: &str, from: &str, to: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from).filter(|_| !from.is_empty()) {
        let (before, tail) = rest.split_at(at);
        let after = &tail[from.len()..];
        let whole = !before.chars().next_back().is_some_and(is_word) && !after.chars().next().is_some_and(is_word);
        out.push_str(before);
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out + rest
}
