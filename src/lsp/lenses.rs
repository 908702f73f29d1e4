//! How often each construction of a file runs, for the line above it.
//!
//! In: an analysis. Out: [`Lens`]es in the order of the file.

use crate::check::Analysed;
use crate::flow::{Analysis, Frequency};
use crate::source::Span;

/// What is said above a construction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lens {
    pub(super) span: Span,
    pub(super) title: String,
}

/// See the module.
pub(super) fn lenses(analysed: &Analysed<'_, '_>, file: &str) -> Vec<Lens> {
    let here = |analysis: &&Analysis| analysed.program.file_name(analysis.site.unit) == file;
    let all = analysed.flow.analyses.iter().filter(here).filter(|analysis| analysis.part_of.is_none());
    let lens = |analysis: &Analysis| Some(Lens { span: analysis.site.span, title: title(analysed, analysis)? });
    let mut lenses: Vec<Lens> = all.filter_map(lens).collect();
    lenses.sort_by_key(|lens| lens.span);
    // A file that two targets share is analysed in both.
    lenses.dedup();
    lenses
}

/// `how often: once per request (3 handlers)`; by the end that is reached most often.
fn title(analysed: &Analysed<'_, '_>, analysis: &Analysis) -> Option<String> {
    let decisive = analysis.decisive.map(|index| &analysis.ends[index]);
    let end = decisive.or_else(|| analysis.ends.iter().max_by_key(|end| end.frequency))?;
    let frequency = end.frequency?;
    let roots = analysed.flow.known.roots_above(end.place().0, frequency);
    let handlers = match (frequency, roots) {
        (Frequency::PerRequest, 1) => " (1 handler)".to_owned(),
        (Frequency::PerRequest, 2..) => format!(" ({roots} handlers)"),
        _ => String::new(),
    };
    Some(format!("how often: {}{handlers}", frequency.describe()))
}
