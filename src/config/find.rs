//! Which file configures a run.
//!
//! In: the paths that are checked. Out: the text that speaks for them, if there is one: the nearest `connlint.toml` upwards
//! to the root of the repository, else the nearest manifest there that has the table.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::mistake::{ConfigError, Mistake, Text};
use super::read::tables;
use crate::discover::{absolute, workspace_around};
use crate::source::read::{Kind, read_text};
use crate::source::{Sources, shown_name};

/// The file's name.
pub const FILE_NAME: &str = "connlint.toml";

const MANIFEST: &str = "Cargo.toml";

/// A text that configures, and the table in it that does so; the whole of it when that is empty.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: Text,
    pub(super) within: &'static [&'static str],
}

/// The file that somebody named.
pub(super) fn named(path: &Path, cwd: &Path) -> Result<Found, ConfigError> {
    let path = absolute(cwd, path);
    let text = open(&path, cwd)?;
    let is_manifest = path.file_name().is_some_and(|name| name == MANIFEST);
    let within = match is_manifest {
        true => the_table(&text)?.ok_or_else(|| {
            let help = "add [workspace.metadata.connlint] to it, or name a connlint.toml";
            ConfigError::of_file(&text.name, format!("{} has no table for connlint", text.name), help)
        })?,
        false => &[],
    };
    Ok(Found { text, within })
}

/// The file that speaks for all of `paths`, or for the current folder.
pub(super) fn nearest(paths: &[PathBuf], cwd: &Path) -> Result<Option<Found>, ConfigError> {
    let mut starts: Vec<PathBuf> = paths.iter().map(|path| absolute(cwd, path)).collect();
    if starts.is_empty() {
        starts.push(cwd.to_owned());
    }
    let places: Vec<Option<PathBuf>> = starts.iter().map(|start| place(start)).collect();
    if let Some(at) = places.iter().position(|place| *place != places[0]) {
        let name = |index: usize| shown_name(&starts[index], cwd);
        let by = |place: &Option<PathBuf>| match place {
            Some(path) => format!(" is configured by {}", shown_name(path, cwd)),
            None => " has no configuration".to_owned(),
        };
        let message = format!("{}{}, and {}{}", name(0), by(&places[0]), name(at), by(&places[at]));
        let help = "check them in two runs, or name one file with --config";
        return Err(ConfigError::of_file("", message, help));
    }
    let Some(path) = places.into_iter().next().flatten() else { return Ok(None) };
    let text = open(&path, cwd)?;
    let manifest = path.with_file_name(MANIFEST);
    if path == manifest {
        return Ok(the_table(&text)?.map(|within| Found { text, within }));
    }
    if let Ok(beside) = open(&manifest, cwd)
        && let Some((table, range)) = tables(&beside.text).into_iter().next()
    {
        let message = format!("[{}] and {} configure one folder", table.join("."), text.name);
        return Err(both(&beside, range, message));
    }
    Ok(Some(Found { text, within: &[] }))
}

/// The nearest file upwards that configures.
pub(super) fn place(start: &Path) -> Option<PathBuf> {
    let folders: Vec<&Path> = folders(start);
    let file = folders.iter().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file());
    file.or_else(|| folders.iter().map(|folder| folder.join(MANIFEST)).find(|path| has_table(path)))
}

/// The folder of a path and those above it, up to the root of the repository; where there is none, of the workspace.
fn folders(start: &Path) -> Vec<&Path> {
    let first = if start.is_dir() { start } else { start.parent().unwrap_or(start) };
    let is_repository = |folder: &&Path| folder.join(".git").exists();
    let end = match first.ancestors().find(is_repository) {
        Some(root) => root.to_owned(),
        None => workspace_around(first),
    };
    first.ancestors().take_while(|folder| folder.starts_with(&end)).collect()
}

fn has_table(manifest: &Path) -> bool {
    // Few manifests mention it, and only these are parsed.
    read_text(manifest, Kind::Regular).is_ok_and(|text| text.contains("connlint") && !tables(&text).is_empty())
}

/// The one table of a manifest.
fn the_table(manifest: &Text) -> Result<Option<&'static [&'static str]>, ConfigError> {
    match tables(&manifest.text).as_slice() {
        [] => Ok(None),
        [(table, _)] => Ok(Some(table)),
        [(first, _), (second, range), ..] => {
            let message = format!("[{}] and [{}] configure one folder", first.join("."), second.join("."));
            Err(both(manifest, range.clone(), message))
        }
    }
}

fn both(text: &Text, range: std::ops::Range<usize>, message: String) -> ConfigError {
    let mistake: Mistake = text.mistake(range, message, "keep one of them, and move the rest there");
    let mut sources = Sources::default();
    sources.insert(text.source());
    ConfigError { mistakes: vec![mistake], sources }
}

fn open(path: &Path, cwd: &Path) -> Result<Text, ConfigError> {
    let name = shown_name(path, cwd);
    match read_text(path, Kind::Any) {
        Ok(text) => Ok(Text { path: path.to_owned(), name, text: Arc::from(text) }),
        Err(cause) => {
            let help = "name a file that can be read, or use --no-config";
            Err(ConfigError::of_file(&name, format!("{name}: {cause}"), help))
        }
    }
}
