//! What is in force: the defaults, over them the configuration, over it the command line.
//!
//! In: what the command line asks for, and a [`Config`]. Out: [`Settings`], each value with its [`Origin`], and the [`Request`]
//! that follows from them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::CheckArgs;
use super::run::Failure;
use super::{LevelChange, levels};
use crate::check::{Heed, Request};
use crate::config::form::{RuleName, Told};
use crate::config::{Config, File, PathLevels};
use crate::discover::absolute;
use crate::finding::{Confidence, Level};
use crate::rules::MAX_CONNECTIONS;
use crate::rules::page::RulePage;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Nobody said anything.
    Default,
    /// A line of the file.
    File(u32),
    CommandLine,
}

/// A value in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Set<T> {
    /// The command line's value, else the file's, else the default.
    fn new<U: Clone + Into<T>>(asked: Option<T>, told: Option<&Told<U>>, file: Option<&File>, default: T) -> Set<T> {
        match (asked, told, file) {
            (Some(value), ..) => Set { value, origin: Origin::CommandLine },
            (None, Some(told), Some(file)) => {
                Set { value: U::clone(told).into(), origin: Origin::File(file.line_of(told)) }
            }
            _ => Set { value: default, origin: Origin::Default },
        }
    }
}

/// What the command line asks for, as far as a configuration may say it, too.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked<'a> {
    pub(super) pedantic: Option<bool>,
    pub(super) families: &'a [String],
    pub(super) min_confidence: Option<Confidence>,
    pub(super) max_connections: Option<u64>,
    pub(super) all_targets: Option<bool>,
    pub(super) require_reasons: Option<bool>,
    pub(super) baseline: Option<&'a Path>,
    pub(super) levels: &'a [LevelChange],
}

impl<'a> Asked<'a> {
    pub(super) fn of(args: &'a CheckArgs) -> Asked<'a> {
        Asked {
            pedantic: args.pedantic,
            families: &args.families,
            min_confidence: args.min_confidence.map(Confidence::from),
            max_connections: args.max_connections,
            all_targets: args.all_targets,
            require_reasons: args.require_reasons,
            baseline: args.baseline.as_deref(),
            levels: &args.levels.0,
        }
    }
}

/// Everything that is in force.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) pedantic: Set<bool>,
    /// None: all.
    pub(super) families: Set<Vec<String>>,
    pub(super) min_confidence: Set<Confidence>,
    pub(super) max_connections: Set<u64>,
    pub(super) all_targets: Set<bool>,
    pub(super) require_reasons: Set<bool>,
    /// None: the one beside the workspace, if it is there.
    pub(super) baseline: Set<Option<PathBuf>>,
    pub(super) levels: BTreeMap<String, Set<Level>>,
    /// Without what the command line says of a rule.
    pub(super) path_levels: Vec<PathLevels>,
    pub(super) config: Config,
}

impl Settings {
    /// Merges.
    ///
    /// # Errors
    /// When the command line names a rule or family that there is none of.
    pub(super) fn new(asked: &Asked<'_>, config: Config, pages: &[RulePage], cwd: &Path) -> Result<Settings, Failure> {
        let (form, file) = (&config.form, config.file.as_ref());
        let pedantic = Set::new(asked.pedantic, form.pedantic.as_ref(), file, false);
        let min_confidence = Set::new(asked.min_confidence, form.min_confidence.as_ref(), file, Confidence::Low);
        let max_connections = Set::new(asked.max_connections, form.max_connections.as_ref(), file, MAX_CONNECTIONS);
        let all_targets = Set::new(asked.all_targets, form.all_targets.as_ref(), file, false);
        let require_reasons = Set::new(asked.require_reasons, form.require_reasons.as_ref(), file, false);
        let mut settings = Settings {
            families: families(asked.families, &config)?,
            baseline: baseline(asked.baseline, &config, cwd),
            levels: BTreeMap::new(),
            path_levels: config.overrides.clone(),
            pedantic,
            min_confidence,
            max_connections,
            all_targets,
            require_reasons,
            config,
        };
        settings.levels(asked.levels, pages)?;
        Ok(settings)
    }

    /// The level of each rule: its default, the file's, the command line's; what is pedantic is off unless asked for.
    fn levels(&mut self, changes: &[LevelChange], pages: &[RulePage]) -> Result<(), Failure> {
        let form = &self.config.form;
        let told: BTreeMap<&str, (&Told<RuleName>, Level)> =
            form.rules.iter().map(|(rule, level)| (rule.0.as_str(), (rule, Level::from(**level)))).collect();
        let known = pages.iter().map(|page| {
            let id = page.id.as_str();
            (id, told.get(id).map_or(page.level, |(_, level)| *level))
        });
        let pedantic = self.pedantic.value;
        let is_changed = |rule: &str| changes.iter().any(|change| change.rule == rule);
        let origin = |rule: &str| match (told.get(rule), &self.config.file) {
            _ if is_changed(rule) => Origin::CommandLine,
            (Some((told, _)), Some(file)) => Origin::File(file.line_of(told)),
            _ => Origin::Default,
        };
        let in_force = levels(known, pedantic, changes)?;
        let sets = in_force.into_iter().map(|(rule, value)| {
            let origin = origin(&rule);
            (rule, Set { value, origin })
        });
        self.levels = sets.collect();
        for one in &mut self.path_levels {
            one.levels.retain(|rule, _| !is_changed(rule));
            one.levels.values_mut().filter(|level| **level == Level::Pedantic && !pedantic).for_each(|level| {
                *level = Level::Off;
            });
        }
        Ok(())
    }

    /// What to check: without baseline and changes, which are asked for elsewhere.
    pub(super) fn request(&self, paths: Vec<PathBuf>, cwd: &Path) -> Request {
        Request {
            paths,
            all_targets: self.all_targets.value,
            levels: self.levels.iter().map(|(rule, set)| (rule.clone(), set.value)).collect(),
            path_levels: self.path_levels.clone(),
            exclude: self.config.exclude.clone(),
            catalogs: self.config.catalogs.clone(),
            pedantic: self.pedantic.value,
            max_connections: self.max_connections.value,
            families: self.families.value.clone(),
            min_confidence: self.min_confidence.value,
            suppressions: if self.require_reasons.value { Heed::WithReasons } else { Heed::Heeded },
            ..Request::new(cwd.to_owned())
        }
    }
}

/// The families that are spoken of; none: all.
fn families(asked: &[String], config: &Config) -> Result<Set<Vec<String>>, Failure> {
    let Some(first) = asked.first() else {
        let told = config.form.families.as_ref().zip(config.file.as_ref());
        return Ok(match told {
            Some((told, file)) => Set {
                value: told.iter().map(|family| (**family).clone()).collect(),
                origin: Origin::File(file.line_of(told)),
            },
            None => Set { value: Vec::new(), origin: Origin::Default },
        });
    };
    if first == "all" && asked.len() == 1 {
        return Ok(Set { value: Vec::new(), origin: Origin::CommandLine });
    }
    let known = config.families().map_err(crate::check::CheckError::from)?;
    match asked.iter().find(|family| !known.contains(*family)) {
        Some(unknown) => Err(Failure::Family(unknown.clone(), known.into_iter().collect())),
        None => Ok(Set { value: asked.to_vec(), origin: Origin::CommandLine }),
    }
}

/// The baseline that somebody named, on disk.
fn baseline(asked: Option<&Path>, config: &Config, cwd: &Path) -> Set<Option<PathBuf>> {
    match (asked, &config.form.baseline, &config.file) {
        (Some(path), ..) => Set { value: Some(absolute(cwd, path)), origin: Origin::CommandLine },
        (None, Some(told), Some(file)) => Set {
            value: Some(absolute(file.folder(), Path::new(told.as_str()))),
            origin: Origin::File(file.line_of(told)),
        },
        _ => Set { value: None, origin: Origin::Default },
    }
}
