//! `client-never-closed`: a client whose drop loses something, and which nobody closes.
//!
//! In: the constructions, and what the catalogue says of how their types end. Out: a finding where one is made for each session
//! and let go without its closing call, or where one lives as long as the process and the way by which that ends (`shutdown`)
//! forgets it. Closing calls are traced back to what they close (`closing`), sessions by how they are kept (`session`).

mod closing;
mod session;
mod shutdown;

use closing::{Closings, loses, made_type};
use session::ends_with_session;
use shutdown::Shutdowns;

use super::chain;
use super::construction::thing;
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use crate::catalog::model::{CloseFact, CloseNeed};
use crate::finding::{Confidence, Related};
use crate::flow::{Analysis, End, Frequency, Innocent, Kept};
use crate::link::Program;

/// The rule.
pub(super) const RULE: Rule = Rule { id: "client-never-closed", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    let subjects: Vec<Subject<'_>> = context.analyses.iter().filter_map(|of| Subject::of(program, of)).collect();
    let wanted = subjects.iter().filter(|subject| subject.needs_closing()).map(|subject| subject.path.as_str());
    let closings = Closings::find(context, &wanted.collect());
    let mut shutdowns = Shutdowns::default();
    for subject in &subjects {
        match verdict(context, subject, &closings, &mut shutdowns) {
            Ok(draft) => judge.report(draft),
            Err(reason) => judge.acquit(
                || Place::in_unit(program, subject.analysis.site.unit, subject.analysis.site.span),
                || reason.to_owned(),
            ),
        }
    }
}

/// A construction of a type that has a closing call.
struct Subject<'s> {
    analysis: &'s Analysis,
    /// Canonical path of what is made.
    path: String,
    close: &'s CloseFact,
}

impl<'s> Subject<'s> {
    fn of(program: &Program<'s>, analysis: &'s Analysis) -> Option<Self> {
        let path = made_type(program, analysis.site.unit, analysis.site.expr)?;
        let close = program.catalog.type_info(&path)?.fact.close.as_ref()?;
        (!close.methods.is_empty()).then_some(Subject { analysis, path, close })
    }

    /// Whether a drop alone loses something.
    fn needs_closing(&self) -> bool {
        matches!(self.close.need, CloseNeed::Required | CloseNeed::UnlessProcessWide)
    }
}

fn verdict(
    context: Context<'_, '_>,
    subject: &Subject<'_>,
    closings: &Closings,
    shutdowns: &mut Shutdowns,
) -> Result<Draft, &'static str> {
    let Subject { analysis, path, close } = subject;
    if !subject.needs_closing() {
        return Err("dropping it loses nothing");
    }
    if analysis.decisive.is_some() {
        return Err("it is made again and again: that is the finding");
    }
    if !loses(context, path, close) {
        return Err("nothing is left behind in it: what is sent is awaited");
    }
    if closings.closes(analysis, path) {
        return Err("it is closed");
    }
    if let Some(end) = analysis.ends.iter().find(|end| ends_with_session(context, end)) {
        return Ok(of_session(context, subject, end));
    }
    if close.need == CloseNeed::UnlessProcessWide {
        return Err("it ends with the process, which loses nothing");
    }
    let end = analysis.ends.iter().find(|end| is_process_wide(end)).ok_or("it is not seen how long it lives")?;
    let shutdown = shutdowns.of(context, analysis.site.unit).ok_or("the process has no orderly end")?;
    Ok(of_process(context, subject, end, shutdown))
}

/// Whether what ends here lives as long as the process.
fn is_process_wide(end: &End) -> bool {
    let is_once = end.frequency.is_some_and(|frequency| frequency <= Frequency::PerWorker);
    match end.innocent {
        Some(Innocent::Kept(Kept::Memoised)) => true,
        None | Some(Innocent::Kept(Kept::Stored) | Innocent::Serves) => is_once,
        Some(_) => false,
    }
}

fn of_session(context: Context<'_, '_>, subject: &Subject<'_>, end: &End) -> Draft {
    let what = thing(context.program, subject.analysis);
    let mut draft = draft(context, subject, end, format!("{what} is made for each session and never closed"));
    if let Some((_, at)) = end.fate.kept {
        let location = Place::of_expr(context.program, end.place().0, at).location;
        draft.related.push(Related { location, message: "it is kept here until the session ends".to_owned() });
    }
    draft.help.push(format!("call `{}` on it when the session ends", subject.close.methods.join("` or `")));
    draft.help.extend(lost(subject.close));
    draft
}

fn of_process(context: Context<'_, '_>, subject: &Subject<'_>, end: &End, shutdown: Place) -> Draft {
    let what = thing(context.program, subject.analysis);
    let mut draft = draft(context, subject, end, format!("{what} is not closed when the process ends"));
    draft.help.push(format!(
        "call `{}` on it in `{}`, after the last user has stopped",
        subject.close.methods.join("` or `"),
        shutdown.function
    ));
    draft.help.extend(lost(subject.close));
    draft
        .related
        .push(Related { location: shutdown.location, message: "the end of the process begins here".to_owned() });
    draft
}

fn lost(close: &CloseFact) -> Option<String> {
    close.lost.as_ref().map(|lost| format!("without it: {lost}"))
}

fn draft(context: Context<'_, '_>, subject: &Subject<'_>, end: &End, message: String) -> Draft {
    let analysis = subject.analysis;
    let mut chain = chain::steps(context, analysis, end);
    let last = chain.pop().map(|step| step.what).unwrap_or_default();
    let above = end.context.root.is_some() || context.known.of(end.place().0).is_none_or(|entry| entry.sure);
    let sure = end.sure && analysis.site.sure && above;
    let confidence = if sure { Confidence::High } else { Confidence::Medium };
    let mut draft = Draft::of_site(context.program, &analysis.site, confidence, message, last);
    draft.chain = chain;
    draft
}
