//! Reading catalogue files.
//!
//! In: TOML texts. Out: [`CatalogFile`]s, or an error that names the file and the place.

use super::model::CatalogFile;

/// The carried files: name within `rules/` and text.
const BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogs.rs"));

/// The form that this program reads.
const SCHEMA: u32 = 1;

/// A catalogue that can't be used; its author is at fault.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Not the form of a catalogue.
    #[error("{file}: {cause}")]
    Form {
        /// Which file.
        file: String,
        /// What TOML says, with place.
        cause: Box<toml::de::Error>,
    },
    /// Another version of the form.
    #[error("{file}: schema {found} is not known, write 1")]
    Schema {
        /// Which file.
        file: String,
        /// The version found.
        found: u32,
    },
    /// A type that is none.
    #[error("{file}: `{text}` is no type: {cause}")]
    Type {
        /// Which file.
        file: String,
        /// As written.
        text: String,
        /// Why.
        cause: String,
    },
    /// A version requirement that is none.
    #[error("{file}: `{text}` is no version requirement: {cause}")]
    Version {
        /// Which file.
        file: String,
        /// As written.
        text: String,
        /// Why.
        cause: semver::Error,
    },
}

/// Reads one catalogue.
///
/// # Errors
/// When it doesn't have the form of [`CatalogFile`].
pub fn parse_catalog(file: &str, text: &str) -> Result<CatalogFile, CatalogError> {
    let parsed: CatalogFile =
        toml::from_str(text).map_err(|cause| CatalogError::Form { file: file.to_owned(), cause: Box::new(cause) })?;
    if parsed.schema != SCHEMA {
        return Err(CatalogError::Schema { file: file.to_owned(), found: parsed.schema });
    }
    Ok(parsed)
}

/// The catalogues that the program carries.
///
/// # Errors
/// When one of them is broken, which a test rules out.
pub fn builtin_files() -> Result<Vec<(String, CatalogFile)>, CatalogError> {
    BUILTIN.iter().map(|(name, text)| Ok(((*name).to_owned(), parse_catalog(name, text)?))).collect()
}
