//! Round after round: apply what can be applied, analyse the result, until nothing is left.
//!
//! In: a request, which fixes are wanted, which files must not be touched. Out: [`Mended`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::merge::{Merged, merge};
use crate::check::{CheckError, Checked, Request, run};
use crate::finding::{Applicability, Finding, Fix};
use crate::source::{Overlay, Sources};

/// Fixes lead to no more rounds than this. Each round applies whatever does not overlap, so that more than three are rare.
const MAX_ROUNDS: usize = 12;

/// A finding is given up when it is there still after so many fixes.
const MAX_TRIES: usize = 4;

/// Which fixes are wanted.
#[derive(Clone, Copy)]
pub struct Wanted<'w> {
    /// The least applicability.
    pub least: Applicability,
    /// Whether a file must stay as it is.
    pub is_untouchable: &'w (dyn Fn(&Path) -> bool + Sync),
}

/// What fixes make of the sources.
#[derive(Debug)]
pub struct Mended {
    /// What is still to be said, over the new texts.
    pub checked: Checked,
    /// The texts as they were, by path, of the files that change.
    pub before: Overlay,
    /// The texts as they would be, by path: the same files.
    pub after: Overlay,
    /// Findings that were mended, as they were reported.
    pub mended: Vec<Finding>,
    /// Findings that have a wanted fix which is not made, with the reason.
    pub refused: Vec<(Finding, Refusal)>,
}

/// Why a wanted fix is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A file that it would change must stay as it is.
    Untouchable,
    /// The result could not be parsed.
    Syntax,
    /// The finding was still there afterwards.
    Useless,
}

/// Applies fixes in memory; nothing is written.
///
/// # Errors
/// When there is nothing to check.
pub fn mend(request: &Request, wanted: Wanted<'_>) -> Result<Mended, CheckError> {
    let mut request = request.clone();
    let mut before = Overlay::new();
    let mut mended = Vec::new();
    let mut refusals: BTreeMap<Kind, Refusal> = BTreeMap::new();
    let mut tries: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut checked = run(&request)?;
    for _ in 0..MAX_ROUNDS {
        let candidates: Vec<(&Finding, &Fix)> = wanted_fixes(&checked, wanted, &mut refusals);
        let fixes: Vec<&Fix> = candidates.iter().map(|(_, fix)| *fix).collect();
        let merged = parsing(&fixes, &checked.sources, |index| {
            refusals.insert(kind(candidates[index].0), Refusal::Syntax);
        });
        if merged.applied.is_empty() {
            break;
        }
        let applied: Vec<Finding> = merged.applied.iter().map(|index| candidates[*index].0.clone()).collect();
        let known = counts(&checked);
        let mut made: BTreeMap<Kind, usize> = BTreeMap::new();
        for finding in &applied {
            *made.entry(kind(finding)).or_default() += 1;
        }
        let overlay = Arc::make_mut(&mut request.overlay);
        for (name, text) in merged.texts {
            let Some(file) = checked.sources.get(&name) else { continue };
            before.entry(file.path.clone()).or_insert_with(|| file.text.clone());
            overlay.insert(file.path.clone(), text.into());
        }
        checked = run(&request)?;
        let left = counts(&checked);
        for finding in applied {
            // Of what is alike, all or nothing: which one is which can't be told any more.
            let kind = kind(&finding);
            let expected = known.get(&kind).copied().unwrap_or_default().saturating_sub(made[&kind]);
            if left.get(&kind).copied().unwrap_or_default() <= expected {
                mended.push(finding);
                continue;
            }
            // What is built in several places is mended place by place.
            let tries = tries.entry(kind.clone()).or_insert(0);
            *tries += 1;
            if *tries >= MAX_TRIES {
                refusals.insert(kind, Refusal::Useless);
            }
        }
    }
    let after: Overlay =
        before.keys().filter_map(|path| Some((path.clone(), request.overlay.get(path)?.clone()))).collect();
    let refused = checked.report.findings.iter();
    let refused = refused.filter_map(|finding| Some((finding.clone(), *refusals.get(&kind(finding))?))).collect();
    Ok(Mended { checked, before, after, mended, refused })
}

/// What a finding is known by from round to round: rule, file, function, call. Fingerprints also count what is alike within a
/// function, and so change when one of it is mended.
type Kind = (&'static str, String, String, String);

fn kind(finding: &Finding) -> Kind {
    (finding.rule, finding.location.file.clone(), finding.function.clone(), finding.call.clone())
}

/// How many findings of each kind are reported.
fn counts(checked: &Checked) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for finding in &checked.report.findings {
        *counts.entry(kind(finding)).or_default() += 1;
    }
    counts
}

/// The fixes that may be made.
fn wanted_fixes<'c>(
    checked: &'c Checked,
    wanted: Wanted<'_>,
    refusals: &mut BTreeMap<Kind, Refusal>,
) -> Vec<(&'c Finding, &'c Fix)> {
    let mut found = Vec::new();
    for finding in &checked.report.findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.applicability >= wanted.least) else { continue };
        if refusals.contains_key(&kind(finding)) {
            continue;
        }
        let mut files = fix.edits.iter().filter_map(|edit| checked.sources.get(&edit.location.file));
        if files.any(|file| (wanted.is_untouchable)(&file.path)) {
            refusals.insert(kind(finding), Refusal::Untouchable);
        } else {
            found.push((finding, fix));
        }
    }
    found
}

/// The fixes put together. When a file can't be parsed afterwards, they are tried one by one, and `refuse` is told which of them
/// do that.
fn parsing(fixes: &[&Fix], sources: &Sources, mut refuse: impl FnMut(usize)) -> Merged {
    let merged = merge(fixes, sources);
    if parses(&merged) {
        return merged;
    }
    let mut good: Vec<usize> = Vec::new();
    for index in merged.applied {
        let together: Vec<&Fix> = good.iter().chain([&index]).map(|index| fixes[*index]).collect();
        if parses(&merge(&together, sources)) {
            good.push(index);
        } else {
            refuse(index);
        }
    }
    let together: Vec<&Fix> = good.iter().map(|index| fixes[*index]).collect();
    let merged = merge(&together, sources);
    Merged { texts: merged.texts, applied: merged.applied.into_iter().map(|index| good[index]).collect() }
}

/// Whether every Rust file can still be parsed as a whole. A file that could not be before has no fixes: its items are mended only
/// where they parse.
fn parses(merged: &Merged) -> bool {
    let is_rust = |name: &&String| Path::new(name).extension().is_some_and(|extension| extension == "rs");
    merged.texts.iter().filter(|(name, _)| is_rust(name)).all(|(_, text)| syn::parse_file(text).is_ok())
}
