//! `connlint config` and `connlint init`.
//!
//! In: arguments, and the files of the project. Out: the configuration in force as TOML, in which each value says where it comes
//! from; the schema of the file; a file for the project.

use std::fs::OpenOptions;
use std::io::{self, Write};

use super::Outcome;
use super::args::{ConfigCommand, ConfigShowArgs};
use super::run::{Failure, current_dir, settings_of};
use super::settings::{Origin, Set, Settings};
use crate::baseline::DEFAULT_NAME;
use crate::check::CheckError;
use crate::config::form::{Levels, Roots, Told};
use crate::config::{Config, FILE_NAME, File, Project, is_in_manifest, nearest_file, schema};
use crate::discover::{Options, discover, workspace_around};
use crate::finding::Level;
use crate::source::shown_name;

pub(super) fn config(command: &ConfigCommand, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match command {
        ConfigCommand::Show(args) => show(args, out)?,
        ConfigCommand::Schema => {
            serde_json::to_writer_pretty(&mut *out, &schema()).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// Writes a file for the project of the current folder.
pub(super) fn init(out: &mut dyn Write) -> Result<Outcome, Failure> {
    let cwd = current_dir()?;
    let root = workspace_around(&cwd);
    let path = root.join(FILE_NAME);
    let manifest = root.join("Cargo.toml");
    if path.exists() {
        return Err(Failure::ConfigExists(shown_name(&path, &cwd).into()));
    }
    if std::fs::read_to_string(&manifest).is_ok_and(|text| is_in_manifest(&text)) {
        return Err(Failure::MetadataExists(shown_name(&manifest, &cwd).into()));
    }
    let above = nearest_file(&root);
    let discovery = discover(&[], &root, &Options::default()).map_err(CheckError::from)?;
    let text = Project::seen(&root, &discovery).and_then(|project| project.file()).map_err(CheckError::from)?;
    let shown = shown_name(&path, &cwd);
    // Should somebody have made it meanwhile, it is not touched.
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|cause| Failure::Write(shown.clone().into(), cause))?;
    writeln!(out, "{shown}: written; nothing is set in it yet")?;
    if let Some(above) = above {
        writeln!(out, "  in this folder it counts in the place of {}", shown_name(&above, &cwd))?;
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// What is in force.
fn show(args: &ConfigShowArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let cwd = current_dir()?;
    let settings = settings_of(&args.check, &cwd)?;
    let page = Page { out, file: settings.config.file.as_ref() };
    Ok(page.write(&settings, &cwd)?)
}

/// Lines with their origins.
struct Page<'p> {
    out: &'p mut dyn Write,
    file: Option<&'p File>,
}

impl Page<'_> {
    fn write(mut self, settings: &Settings, cwd: &std::path::Path) -> io::Result<()> {
        match self.file {
            Some(file) => writeln!(self.out, "# {}\n", file.name)?,
            None => writeln!(self.out, "# no connlint.toml, no table in a Cargo.toml\n")?,
        }
        let Settings { pedantic, families, min_confidence, max_connections, all_targets, require_reasons, .. } =
            settings;
        self.set("pedantic", pedantic, &pedantic.value.to_string())?;
        self.set("families", families, &array(&families.value))?;
        self.set("min-confidence", min_confidence, &text(min_confidence.value.name()))?;
        self.set("max-connections", max_connections, &max_connections.value.to_string())?;
        self.set("all-targets", all_targets, &all_targets.value.to_string())?;
        self.told("exclude", settings.config.form.exclude.as_ref())?;
        self.set("require-reasons", require_reasons, &require_reasons.value.to_string())?;
        let baseline = settings.baseline.value.as_ref().map(|path| shown_name(path, cwd));
        self.set("baseline", &settings.baseline, &text(baseline.as_deref().unwrap_or(DEFAULT_NAME)))?;
        writeln!(self.out, "\n[rules]")?;
        for (rule, set) in &settings.levels {
            self.set(rule, set, &text(set.value.name()))?;
        }
        self.overrides(settings)?;
        self.knowledge(&settings.config)
    }

    fn overrides(&mut self, settings: &Settings) -> io::Result<()> {
        let told = settings.config.form.overrides.iter().zip(&settings.path_levels);
        for (told, in_force) in told {
            let Some(first) = told.paths.first() else { continue };
            writeln!(self.out, "\n[[override]]")?;
            self.line("paths", &array(&plain(&told.paths)), &self.place(first))?;
            let levels = inline(&told.rules, |rule| in_force.levels.get(rule).copied());
            self.line("rules", &levels, &self.place(first))?;
        }
        Ok(())
    }

    fn knowledge(&mut self, config: &Config) -> io::Result<()> {
        let form = &config.form;
        let sections = [("clients", &form.clients.catalogs), ("frameworks", &form.frameworks.catalogs)];
        for (section, catalogs) in sections {
            if let Some(first) = catalogs.first() {
                writeln!(self.out, "\n[{section}]")?;
                self.line("catalogs", &array(&plain(catalogs)), &self.place(first))?;
            }
        }
        for wrapper in &form.clients.wrapper {
            writeln!(self.out, "\n[[clients.wrapper]]")?;
            self.list("functions", &wrapper.functions)?;
            if let Some(makes) = &wrapper.makes {
                self.line("makes", &text(makes.name()), &self.place(makes))?;
            }
            for (key, value) in [("family", &wrapper.family), ("returns", &wrapper.returns)] {
                if let Some(value) = value {
                    self.line(key, &text(value), &self.place(value))?;
                }
            }
            if wrapper.is_async {
                writeln!(self.out, "async = true")?;
            }
            self.list("packages", &wrapper.packages)?;
        }
        for (section, roots) in [("handlers", &form.frameworks.handlers), ("startup", &form.frameworks.startup)] {
            let Roots { attributes, functions, traits } = roots;
            if attributes.is_empty() && functions.is_empty() && traits.is_empty() {
                continue;
            }
            writeln!(self.out, "\n[frameworks.{section}]")?;
            self.list("attributes", attributes)?;
            self.list("functions", functions)?;
            self.list("traits", traits)?;
        }
        Ok(())
    }

    fn set<T>(&mut self, key: &str, set: &Set<T>, value: &str) -> io::Result<()> {
        let origin = match set.origin {
            Origin::Default => "default".to_owned(),
            Origin::CommandLine => "command line".to_owned(),
            Origin::File(line) => format!("{}:{line}", self.name()),
        };
        self.line(key, value, &origin)
    }

    /// A list that only the file can say.
    fn told(&mut self, key: &str, told: Option<&Told<Vec<Told<String>>>>) -> io::Result<()> {
        let origin = told.map_or_else(|| "default".to_owned(), |told| self.place(told));
        self.line(key, &array(&told.map(|told| plain(told)).unwrap_or_default()), &origin)
    }

    fn list(&mut self, key: &str, list: &[Told<String>]) -> io::Result<()> {
        match list.first() {
            Some(first) => self.line(key, &array(&plain(list)), &self.place(first)),
            None => Ok(()),
        }
    }

    fn line(&mut self, key: &str, value: &str, origin: &str) -> io::Result<()> {
        writeln!(self.out, "{:<40} # {origin}", format!("{key} = {value}"))
    }

    fn place<T>(&self, told: &Told<T>) -> String {
        self.file.map(|file| format!("{}:{}", file.name, file.line_of(told))).unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.file.map_or("", |file| file.name.as_str())
    }
}

/// Rules with the levels that are in force; without those that the command line speaks of.
fn inline(levels: &Levels, in_force: impl Fn(&str) -> Option<Level>) -> String {
    let levels = levels.keys().filter_map(|rule| Some(format!("{} = {}", rule.0, text(in_force(&rule.0)?.name()))));
    let levels: Vec<String> = levels.collect();
    if levels.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", levels.join(", ")) }
}

fn plain(list: &[Told<String>]) -> Vec<String> {
    list.iter().map(|item| (**item).clone()).collect()
}

fn array(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| text(item)).collect();
    format!("[{}]", items.join(", "))
}

/// A string of TOML.
fn text(value: &str) -> String {
    toml::Value::from(value).to_string()
}
