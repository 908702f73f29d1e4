//! What the client's user asks for.
//!
//! In: `initializationOptions`, or the section `connlint` of the client's settings. Out: [`Wishes`]. What is not there is as the
//! project's configuration says; what is odd is named.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

/// Settings; `docs/editor.md` describes them for users.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wishes {
    /// Says above each construction how often it runs.
    pub code_lens: bool,
    /// Advice, too.
    pub pedantic: Option<bool>,
    /// Tests, examples, benches and build scripts too.
    pub all_targets: Option<bool>,
    /// The file that configures, seen from the workspace's folder; else the nearest one.
    pub config: Option<PathBuf>,
    /// How diagnostics get to the client.
    pub diagnostics: Delivery,
}

/// How diagnostics get to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// Pushed; pulled by a client that takes no other ones.
    #[default]
    Push,
    /// Pulled.
    Pull,
}

impl Wishes {
    /// Reads a value; it may have the section's name around it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(value: &Value) -> Result<Wishes, String> {
        let section = value.get("connlint").unwrap_or(value);
        match section {
            Value::Null => Ok(Wishes::default()),
            // Settings of clients that write `null` for what is not set.
            Value::Object(fields) => {
                let set = fields.iter().filter(|(_, value)| !value.is_null());
                let set = set.filter(|(_, value)| **value != "").map(|(name, value)| (name.clone(), value.clone()));
                serde_json::from_value(Value::Object(set.collect()))
                    .map_err(|error| format!("connlint's settings: {error}"))
            }
            _ => Err("connlint's settings are an object".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_set_is_left_to_the_project() {
        assert_eq!(Wishes::read(&Value::Null), Ok(Wishes::default()));
        assert_eq!(Wishes::read(&json!({ "path": "x", "pedantic": null, "config": "" })), Ok(Wishes::default()));
        let lens = Wishes { code_lens: true, ..Wishes::default() };
        assert_eq!(Wishes::read(&json!({ "connlint": { "codeLens": true } })), Ok(lens));
        assert!(Wishes::read(&json!({ "codeLens": "yes" })).is_err_and(|error| error.contains("boolean")));
        assert!(Wishes::read(&json!(3)).is_err());
    }
}
