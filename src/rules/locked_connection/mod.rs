//! `locked-connection`: requests queue at a lock around a connection that everybody could have a clone of.
//!
//! In: every call that takes a lock for one holder alone (`taken`). Out: a finding at the lock's declaration (`declared`),
//! where what it guards is a handle of a client library (`guarded`) and a command on it is awaited while the lock is held
//! (`held`).

mod declared;
mod guarded;
mod held;
mod taken;

use declared::declaration;
use guarded::{Guarded, Handle, guarded};
use held::held_over;
use taken::{Taken, taken};

use super::context::{Context, confidence_by, family_title};
use super::fix;
use super::judge::{Draft, Judge, Place, Rule};
use crate::facts::ExprId;
use crate::finding::{Confidence, Related};
use crate::flow::Frequency;
use crate::link::{Ty, UnitId};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "locked-connection", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    let guilty = held_locks(context, judge);
    let known = context.flow.frequencies(guilty.iter().map(|(taken, ..)| taken.unit));
    for (taken, handle, at) in &guilty {
        let frequency = context.flow.frequency_at(&known, taken.unit, taken.expr);
        let is_once = frequency.is_none_or(|frequency| frequency <= Frequency::Once);
        if is_once && !context.flow.goes_on(taken.unit, taken.expr) {
            judge.acquit(|| Place::of_expr(program, taken.unit, taken.expr), || "only at start-up".to_owned());
        } else {
            let mut found = draft(context, taken, handle, *at, confidence_by(&known, taken.unit));
            // One finding speaks for all that take the lock, and one fix mends them.
            let of_same = guilty.iter().filter(|(other, ..)| declaration(context, other) == found.place);
            let locks: Option<Vec<(UnitId, ExprId)>> = of_same
                .map(|(other, handle, _)| is_bare(&other.inner, handle).then_some((other.unit, other.expr)))
                .collect();
            found.fix = locks.and_then(|locks| fix::unlocked(program, &locks, handle.resource.name()));
            judge.report(found);
        }
    }
}

/// Whether the very handle is locked, and a clone of it shares its connection.
fn is_bare(inner: &Ty, handle: &Handle) -> bool {
    handle.clones && matches!(inner, Ty::External(path, _) if *path == handle.path)
}

/// The locks around handles that are held while a command is awaited, and where it is.
fn held_locks(context: Context<'_, '_>, judge: &mut Judge) -> Vec<(Taken, Handle, ExprId)> {
    let program = context.program;
    let mut guilty = Vec::new();
    let may_lock = context.flow.units_mentioning(&program.catalog.locking_names());
    program.prepare(&may_lock);
    for unit in may_lock {
        let Some(body) = program.body(unit) else { continue };
        for taken in body.ids().filter_map(|expr| taken(program, unit, expr)) {
            let place = || Place::of_expr(program, unit, taken.expr);
            match guarded(program, &taken.inner, 0) {
                Guarded::Other => {}
                Guarded::Rightly(why) => judge.acquit(place, || why.to_owned()),
                Guarded::Handle(handle) => match held_over(program, &taken, &handle) {
                    None => judge.acquit(place, || "no command is awaited while it is held".to_owned()),
                    Some(at) => guilty.push((taken, handle, at)),
                },
            }
        }
    }
    guilty
}

fn draft(context: Context<'_, '_>, taken: &Taken, handle: &Handle, at: ExprId, confidence: Confidence) -> Draft {
    let program = context.program;
    let title = family_title(program, &handle.family, handle.file);
    let thing = handle.resource.name();
    let held = Place::of_expr(program, taken.unit, at).location;
    let locked = Place::of_expr(program, taken.unit, taken.expr).location;
    let help = if handle.clones {
        "keep it without the lock and give each user a clone: clones share the connection"
    } else {
        "replace it by a handle that multiplexes, cloned for each user, or by a pool"
    };
    Draft {
        place: declaration(context, taken),
        confidence,
        message: format!("every {title} command waits for a lock around one {thing}"),
        resource: handle.resource,
        family: handle.family.clone(),
        call: handle.path.to_string(),
        chain: Vec::new(),
        what: format!("a lock around `{}`", handle.path),
        related: vec![
            Related { location: locked, message: "it is locked here".to_owned() },
            Related { location: held, message: "and held while this is awaited".to_owned() },
        ],
        help: vec![help.to_owned()],
        example: None,
        fix: None,
    }
}
