//! `connlint check --fix` and `--diff`.
//!
//! In: the arguments and the request. Out: mended files, or a patch on standard output; what was done, and what was not, on
//! standard error, so that reports stay what they are.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use clap::Args;

use super::run::Failure;
use crate::check::{Checked, Request};
use crate::finding::Applicability;
use crate::fix::{Mended, Refusal, Untouched, Wanted, mend, save, unified_diff, untouchable};
use crate::source::shown_name;

/// Which fixes are made, and where they go.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Fixes")]
pub struct FixArgs {
    /// Mend what can be mended safely, and report the rest
    ///
    /// The sources are edited. Files that differ from the last commit are left alone.
    #[arg(long, group = "which_fixes")]
    pub fix: bool,
    /// Show what --fix would change, as a patch, and change nothing
    #[arg(long, group = "which_fixes", conflicts_with_all = ["fix", "format", "with_cargo"])]
    pub diff: bool,
    /// Make also those fixes that change what the program does in some case
    ///
    /// An error becomes a panic, a connection is opened earlier or lives longer. Look at them with --diff.
    #[arg(long, requires = "which_fixes")]
    pub unsafe_fixes: bool,
    /// Edit also files that differ from the last commit
    #[arg(long, requires = "fix")]
    pub allow_dirty: bool,
}

impl FixArgs {
    /// Whether fixes are asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.fix || self.diff
    }
}

/// Makes fixes; what there is to report afterwards.
pub(super) fn fixed(
    args: &FixArgs,
    request: &Request,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Checked, Failure> {
    let dirty = if args.fix && !args.allow_dirty { untouchable(&request.cwd)? } else { Untouched::None };
    let is_untouchable = |path: &Path| dirty.has(path);
    let least = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let mended = mend(request, Wanted { least, is_untouchable: &is_untouchable })?;
    if args.diff {
        write_diff(&mended, &request.cwd, out)?;
    } else {
        save(&mended.before, &mended.after)?;
    }
    for line in account(&mended, args, &request.cwd) {
        // Whoever closed standard error does not want to know.
        let _ = writeln!(err, "{line}");
    }
    Ok(mended.checked)
}

fn write_diff(mended: &Mended, cwd: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    for (path, before) in &mended.before {
        let after = mended.after.get(path).map_or(&**before, |text| &**text);
        out.write_all(unified_diff(&shown_name(path, cwd), before, after).as_bytes())?;
    }
    out.flush()
}

/// What was done, and what was not.
fn account(mended: &Mended, args: &FixArgs, cwd: &Path) -> Vec<String> {
    let (count, files) = (mended.mended.len(), mended.after.len());
    let verb = if args.diff { "can be mended" } else { "mended" };
    let mut lines = vec![format!("{} {verb} in {}", counted(count, "finding"), counted(files, "file"))];
    let mut dirty = BTreeSet::new();
    for (finding, refusal) in &mended.refused {
        let place = format!("{}:{}", finding.location.file, finding.location.span.start.line);
        match refusal {
            Refusal::Untouchable => dirty.extend(untouched_files(finding, &mended.checked, cwd)),
            Refusal::Syntax => lines.push(format!("{place}: its fix makes no valid Rust; please report this")),
            Refusal::Useless => lines.push(format!("{place}: its fix does not mend it; please report this")),
        }
    }
    if !dirty.is_empty() {
        let files = dirty.into_iter().collect::<Vec<_>>().join(", ");
        lines.push(format!("left alone, since git has no copy of what they say: {files}"));
        lines.push("  help: commit or stash the changes, or say `--allow-dirty`".to_owned());
    }
    let held_back = mended
        .checked
        .report
        .findings
        .iter()
        .filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Unsafe));
    let held_back = held_back.count();
    if held_back > 0 && !args.unsafe_fixes {
        lines.push(format!("{} more with `--unsafe-fixes`: look at them with `--diff`", counted(held_back, "finding")));
    }
    lines
}

/// The files of a finding's fix.
fn untouched_files(finding: &crate::finding::Finding, checked: &Checked, cwd: &Path) -> Vec<String> {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let files = edits.filter_map(|edit| checked.sources.get(&edit.location.file));
    files.map(|file| shown_name(&file.path, cwd)).collect()
}

fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
