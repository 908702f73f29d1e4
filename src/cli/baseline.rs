//! `connlint baseline`: the file of known findings is written, pruned, shown.
//!
//! In: arguments, and the findings of a run as `check` makes it. Out: the file, and a line that says what became of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::Outcome;
use super::args::{BaselineCommand, BaselineWriteArgs, CheckArgs};
use super::run::{Failure, current_dir, in_pool, request_of, settings_of};
use super::settings::{Origin, Settings};
use crate::baseline::{Baseline, DEFAULT_NAME, Entry, Fresh};
use crate::check::{self, Checked, Known};
use crate::discover::{absolute, workspace_around};
use crate::finding::{Cause, Finding};
use crate::report::{Ink, Paint, Style};
use crate::source::shown_name;

/// A baseline's file.
struct Place {
    path: PathBuf,
    /// As it is shown.
    shown: PathBuf,
    /// From where it names files.
    folder: PathBuf,
    /// Somebody named it: it must be there.
    named: bool,
}

/// The file that is named, else the one beside the workspace of the first path, or of the current folder.
fn place(args: &CheckArgs, settings: &Settings, cwd: &Path) -> Place {
    Place::of(settings, args.paths.first().map_or(Path::new("."), PathBuf::as_path), cwd)
}

/// The baseline that `check` uses: none when it is not wanted, or not named and not there.
pub(super) fn known(args: &CheckArgs, settings: &Settings, cwd: &Path) -> Result<Option<Known>, Failure> {
    if args.no_baseline { Ok(None) } else { place(args, settings, cwd).read_if_there() }
}

/// The baseline that speaks of a file.
pub(super) fn known_of(file: &Path, settings: &Settings, cwd: &Path) -> Result<Option<Known>, Failure> {
    Place::of(settings, file, cwd).read_if_there()
}

impl Place {
    fn of(settings: &Settings, path: &Path, cwd: &Path) -> Place {
        let (path, named) = match &settings.baseline.value {
            Some(path) => (path.clone(), true),
            // In the root of the workspace that a file or folder is in.
            None => (workspace_around(&absolute(cwd, path)).join(DEFAULT_NAME), false),
        };
        let folder = match (&settings.config.file, settings.baseline.origin) {
            (Some(file), Origin::File(_)) => file.folder(),
            _ => path.parent().unwrap_or(cwd),
        };
        Place { shown: PathBuf::from(shown_name(&path, cwd)), folder: folder.to_owned(), path, named }
    }

    fn read_if_there(&self) -> Result<Option<Known>, Failure> {
        if self.named || self.path.exists() { self.read().map(Some) } else { Ok(None) }
    }

    fn read(&self) -> Result<Known, Failure> {
        Ok(Known { baseline: Baseline::read(&self.path, &self.shown)?, folder: self.folder.clone() })
    }
}

pub(super) fn baseline(command: &BaselineCommand, style: &Style, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let cwd = current_dir()?;
    match command {
        BaselineCommand::Write(args) => write(args, &cwd, out)?,
        BaselineCommand::Prune(args) => prune(&args.check, &cwd, out)?,
        BaselineCommand::Show(args) => show(&args.check, &cwd, style, out)?,
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// Adds what is found and not known.
fn write(args: &BaselineWriteArgs, cwd: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let settings = settings_of(&args.check, cwd)?;
    let place = place(&args.check, &settings, cwd);
    let known = match place.path.exists() {
        true if !args.update => return Err(Failure::BaselineExists(place.shown)),
        true => place.read()?,
        false => Known { baseline: Baseline::default(), folder: place.folder.clone() },
    };
    let checked = run(&args.check, &settings, cwd, Some(known.clone()))?;
    let fresh = Fresh { since: today(), reason: args.reason.clone() };
    let baselined = checked.report.withheld.iter().filter(|one| matches!(one.cause, Cause::Baselined { .. }));
    let all = checked.report.findings.iter().chain(baselined.map(|one| &one.finding));
    let entries = all.map(|finding| Entry::of(finding, file_of(finding, &checked, &known.folder), &fresh)).collect();
    let (baseline, added) = known.baseline.with(entries);
    baseline.write(&place.path, &place.shown)?;
    let kept = baseline.len() - added;
    writeln!(out, "{}: {added} added, {kept} kept", place.shown.display())?;
    stale_line(&checked, out)?;
    Ok(())
}

/// Takes out what matches nothing any more.
fn prune(args: &CheckArgs, cwd: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let settings = settings_of(args, cwd)?;
    let place = place(args, &settings, cwd);
    let known = place.read()?;
    let checked = run(args, &settings, cwd, Some(known.clone()))?;
    let baseline = known.baseline.without(&checked.stale);
    let removed = known.baseline.len() - baseline.len();
    if removed > 0 {
        baseline.write(&place.path, &place.shown)?;
    }
    writeln!(out, "{}: {removed} removed, {} left", place.shown.display(), baseline.len())?;
    Ok(())
}

/// Lists what the file says; nothing is analysed.
fn show(args: &CheckArgs, cwd: &Path, style: &Style, out: &mut dyn Write) -> Result<(), Failure> {
    let place = place(args, &settings_of(args, cwd)?, cwd);
    let baseline = place.read()?.baseline;
    let paint = Paint::new(style);
    for entry in &baseline.entries {
        let Entry { rule, file, function, message, count, since, reason, .. } = entry;
        let within = if function.is_empty() { String::new() } else { format!(" `{function}`") };
        let times = if *count > 1 { format!(" ({count} times)") } else { String::new() };
        let rule = paint.ink(Ink::Strong, rule);
        writeln!(out, "{since} {}{within}: {rule}: {message}{times}", paint.ink(Ink::Place, file))?;
        if let Some(reason) = reason {
            writeln!(out, "           {reason}")?;
        }
    }
    let oldest = baseline.entries.iter().map(|entry| entry.since).min();
    let oldest = oldest.map_or_else(String::new, |date| format!(", the oldest since {date}"));
    writeln!(out, "{}: {}{oldest}", place.shown.display(), counted(baseline.len()))?;
    Ok(())
}

fn run(args: &CheckArgs, settings: &Settings, cwd: &Path, known: Option<Known>) -> Result<Checked, Failure> {
    let mut request = request_of(args, settings, cwd);
    request.baseline = known;
    let threads = args.threads.map_or(0, std::num::NonZero::get);
    Ok(in_pool(threads, || check::run(&request))??)
}

/// The file of a finding, seen from the baseline's folder.
fn file_of(finding: &Finding, checked: &Checked, folder: &Path) -> String {
    let source = checked.sources.get(&finding.location.file);
    source.map_or_else(|| finding.location.file.clone(), |source| shown_name(&source.path, folder))
}

fn stale_line(checked: &Checked, out: &mut dyn Write) -> std::io::Result<()> {
    match checked.report.summary.stale {
        0 => Ok(()),
        stale => writeln!(out, "  {} gone: `connlint baseline prune` removes what is stale", counted(stale)),
    }
}

/// `1 finding`, `2 findings`.
fn counted(number: usize) -> String {
    format!("{number} finding{}", if number == 1 { "" } else { "s" })
}

/// The day, in UTC; `SOURCE_DATE_EPOCH` sets it where output is to be reproduced.
fn today() -> Date {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = told.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_else(Timestamp::now);
    Offset::UTC.to_datetime(now).date()
}
