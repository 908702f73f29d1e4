//! `client-leaked`: a client, pool or connection that is never dropped, more than once in a process's life.
//!
//! In: the fate of each construction. Out: a finding where its value is leaked (`mem::forget`, `Box::leak`, `ManuallyDrop`)
//! by code that runs again and again; leaking the one value of a process is a way to make a singleton.

use super::chain;
use super::construction::thing;
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use crate::finding::{Confidence, Related};
use crate::flow::{Analysis, End, Frequency, Innocent, Kept};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "client-leaked", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    for analysis in context.analyses {
        let leaks = |end: &&End| matches!(end.innocent, Some(Innocent::Kept(Kept::Leaked)));
        let Some(end) = analysis.ends.iter().filter(leaks).max_by_key(|end| end.frequency) else { continue };
        match end.frequency {
            Some(frequency) if frequency > Frequency::PerWorker => judge.report(draft(context, analysis, end)),
            _ => judge.acquit(
                || Place::in_unit(context.program, analysis.site.unit, analysis.site.span),
                || "leaked once, as the one value of the process".to_owned(),
            ),
        }
    }
}

fn draft(context: Context<'_, '_>, analysis: &Analysis, end: &End) -> Draft {
    let program = context.program;
    let what = thing(program, analysis);
    let mut chain = chain::steps(context, analysis, end);
    let last = chain.pop().map(|step| step.what).unwrap_or_default();
    let confidence =
        if analysis.site.sure && end.sure { context.confidence_in(end.place().0) } else { Confidence::Medium };
    let mut draft = Draft::of_site(program, &analysis.site, confidence, format!("{what} is leaked each time"), last);
    draft.chain = chain;
    if let Some((_, at)) = end.fate.kept {
        let location = Place::of_expr(program, end.place().0, at).location;
        draft.related.push(Related { location, message: "it is leaked here".to_owned() });
    }
    draft.help.push("build it once at start-up and hand out clones; let the last one be dropped".to_owned());
    draft
}
