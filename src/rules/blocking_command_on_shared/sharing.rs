//! Who else uses the handle over which a command is sent.
//!
//! In: a command and the origins of its handle. Out: [`Shared`]: where others get theirs from; or why it is alone.

use rustc_hash::FxHashSet;

use super::commands::{Command, is_handle};
use crate::facts::{Body, Expr, ExprId, Name, PatId};
use crate::flow::{Innocent, Kept, Leg, Origin, Source};
use crate::link::{Program, ReferenceKind, Ty, TypeId, UnitId};
use crate::rules::context::Context;
use crate::rules::judge::Place;

/// How a handle is shared.
pub(super) struct Shared {
    /// Where others get at it.
    pub(super) place: Place,
    /// What happens there, for people.
    pub(super) what: &'static str,
    /// Nothing on the way rests on a name alone.
    pub(super) sure: bool,
}

/// How the handle of a command is shared, if it is; else why not.
pub(super) fn sharing(context: Context<'_, '_>, command: &Command<'_>) -> Result<Shared, &'static str> {
    let origins = context.flow.origins(command.unit, command.over);
    let mut alone = None;
    let mut shared = Vec::new();
    for origin in &origins {
        let mut path = Path { context, command, clones: false, spawned: false, reads: Vec::new(), handed: false };
        match path.follow(origin) {
            Ok(found) => shared.push(found),
            Err(reason) => alone = alone.or(Some(reason)),
        }
    }
    // The surest; the origins are in a fixed order.
    let sure = shared.iter().position(|found: &Shared| found.sure).unwrap_or(0);
    if shared.is_empty() { Err(alone.unwrap_or(UNKNOWN)) } else { Ok(shared.swap_remove(sure)) }
}

const UNKNOWN: &str = "it is not seen where the connection comes from";
const OWN: &str = "the connection is its user's own";
const POOLED: &str = "the connection is checked out of a pool";
const LOCKED: &str = "the connection is behind a lock: the others wait for that";
const SOLE: &str = "nobody else is seen to use the connection";

/// The way of a handle, from the command backwards.
struct Path<'p, 'f> {
    context: Context<'p, 'f>,
    command: &'p Command<'p>,
    /// A clone, or a reference that several may have, has been made of it.
    clones: bool,
    /// The command is sent by a task that was started on the way.
    spawned: bool,
    /// Fields that it was read from: where, of which type, by which name.
    reads: Vec<(UnitId, TypeId, Name)>,
    /// A function that several call hands it out.
    handed: bool,
}

impl Path<'_, '_> {
    fn follow(&mut self, origin: &Origin) -> Result<Shared, &'static str> {
        for leg in &origin.way {
            if let Some((place, what)) = self.leg(leg)? {
                return Ok(Shared { place, what, sure: origin.sure });
            }
        }
        self.source(origin)
    }

    fn leg(&mut self, leg: &Leg) -> Result<Option<(Place, &'static str)>, &'static str> {
        let program = self.context.program;
        match *leg {
            Leg::Clone(..) => self.clones = true,
            Leg::Lock(..) => return Err(LOCKED),
            Leg::Argument(..) => {}
            Leg::Result(_, _, callee) => self.handed |= calls_of(self.context, callee) > 1,
            Leg::Field(unit, expr, owner) => {
                if !self.clones && is_exclusive(program, unit, expr) {
                    return Err(OWN);
                }
                self.clones = true;
                if let Some(Expr::Field { name, .. }) = program.body(unit).map(|body| body.expr(expr)) {
                    self.reads.push((unit, owner, name.clone()));
                }
            }
            Leg::Variable(unit, used, variable) => return Ok(self.variable(unit, used, variable)),
        }
        Ok(None)
    }

    /// Whether the variable gives others their handle, too: each of several tasks, or a use that goes elsewhere.
    fn variable(&mut self, unit: UnitId, used: ExprId, variable: PatId) -> Option<(Place, &'static str)> {
        let program = self.context.program;
        let body = program.body(unit)?;
        let declared = body.declared_in(variable);
        let around: Vec<ExprId> = body.ancestors(used).skip(1).take_while(|at| Some(*at) != declared).collect();
        self.spawned |= around.iter().any(|at| self.context.flow.starts_task(unit, *at));
        let again = around.iter().any(|at| runs_again(self.context, unit, body, used, *at));
        if self.clones && self.spawned && again {
            return Some((Place::of_expr(program, unit, used), "each of several tasks gets a clone"));
        }
        let uses = program.types(unit).uses.get(&variable)?;
        let other =
            uses.iter().copied().find(|other| *other != used && self.goes_elsewhere(unit, body, used, *other))?;
        let is_meant = self.reads.is_empty() || self.is_read_elsewhere();
        is_meant.then(|| (Place::of_expr(program, unit, other), "others use it from here on"))
    }

    /// Whether another use of the variable lives on beside this one.
    fn goes_elsewhere(&self, unit: UnitId, body: &Body, used: ExprId, other: ExprId) -> bool {
        let parent = body.parent(other);
        if parent.is_some_and(|parent| matches!(body.expr(parent), Expr::Assign(left, _) if *left == other)) {
            return false;
        }
        let fate = self.context.flow.fate(unit, other);
        let is_later = body.node(other).span.start > body.node(used).span.start;
        fate.kept.is_some() || fate.into_task || fate.returned || (self.spawned && is_later)
    }

    fn source(&self, origin: &Origin) -> Result<Shared, &'static str> {
        let program = self.context.program;
        let (place, what) = match origin.source {
            Source::CheckedOut(..) => return Err(POOLED),
            Source::Unknown => return Err(UNKNOWN),
            Source::Holder => return Err(OWN),
            Source::State(unit) => {
                (Place::in_unit(program, unit, program.unit(unit).span), "each request gets it from the state")
            }
            Source::Static(unit) => {
                if !self.handed && program.references(unit).len() < 2 && !self.is_read_elsewhere() {
                    return Err(SOLE);
                }
                (Place::in_unit(program, unit, program.unit(unit).span), "it is one for the whole process")
            }
            Source::Made(unit, expr) => {
                let made = program.types(unit).ty(expr);
                let made = program.awaited(made).unwrap_or_else(|| made.clone());
                let made = program.outcome_inner(&made).unwrap_or(made);
                if !self.clones || !is_kept(self.context, unit, expr) || !is_handle(program, &made, self.command.fact) {
                    return Err(OWN);
                }
                if !self.handed && !self.is_read_elsewhere() {
                    return Err(SOLE);
                }
                (Place::of_expr(program, unit, expr), "it is made once, for all")
            }
        };
        Ok(Shared { place, what, sure: origin.sure })
    }

    /// Whether a function off the way reads one of the fields that the handle was read from.
    fn is_read_elsewhere(&self) -> bool {
        if self.handed {
            return true;
        }
        let program = self.context.program;
        let on_way: FxHashSet<UnitId> = self.reads.iter().map(|(unit, ..)| *unit).chain([self.command.unit]).collect();
        program.unit_ids().filter(|unit| !on_way.contains(unit) && self.context.flow.in_scope(*unit)).any(|unit| {
            self.reads.iter().filter(|(_, _, name)| program.unit(unit).may_mention(name)).any(|(_, owner, name)| {
                let Some(body) = program.body(unit) else { return false };
                body.ids().any(|id| match body.expr(id) {
                    Expr::Field { base, name: read } if read == name => {
                        let steps = program.autoderef(program.types(unit).ty(*base));
                        steps.iter().any(|step| matches!(step, Ty::Local(id, _) if id == owner))
                    }
                    _ => false,
                })
            })
        })
    }
}

fn calls_of(context: Context<'_, '_>, unit: UnitId) -> usize {
    let references = context.program.references(unit);
    references.iter().filter(|of| of.kind == ReferenceKind::Call && context.flow.in_scope(of.unit)).count()
}

/// Whether a field is read of a `self` that nobody else has meanwhile.
fn is_exclusive(program: &Program<'_>, unit: UnitId, field: ExprId) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let Expr::Field { base, .. } = body.expr(field) else { return false };
    let receiver = program.unit(unit).function().and_then(|function| function.receiver.as_ref());
    body.is_self(*base) && receiver.is_some_and(|receiver| !receiver.by_ref || receiver.by_mut)
}

/// Whether the process keeps what is made at a place.
fn is_kept(context: Context<'_, '_>, unit: UnitId, expr: ExprId) -> bool {
    let of_site = context.analyses.iter().filter(|analysis| analysis.site.unit == unit && analysis.site.expr == expr);
    of_site
        .flat_map(|analysis| &analysis.ends)
        .any(|end| matches!(end.innocent, Some(Innocent::Kept(Kept::Stored | Kept::Memoised))))
}

/// Whether an expression runs what stands in it again and again.
fn runs_again(context: Context<'_, '_>, unit: UnitId, body: &Body, used: ExprId, at: ExprId) -> bool {
    match body.expr(at) {
        Expr::Loop { head, .. } => !head.is_some_and(|head| body.ancestors(used).any(|around| around == head)),
        Expr::Closure(_) => context.flow.is_per_item(unit, at),
        _ => false,
    }
}
