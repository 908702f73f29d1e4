//! The walk from a value back to where it begins.

use rustc_hash::FxHashSet;

use super::fields::{Slot, owner_of, values_of, values_put};
use super::{Leg, Origin, Source};
use crate::catalog::model::Carry;
use crate::facts::{Body, Expr, ExprId, LoopKind, PatId, Stmt};
use crate::flow::query::Flow;
use crate::flow::roots::is_state_parameter;
use crate::link::{Def, ReferenceKind, Target, UnitId, UnitKind};

/// No way is followed further than this.
const MAX_LEGS: usize = 32;

/// No more origins than this are told.
const MAX_ORIGINS: usize = 64;

/// A value on its way back.
pub(super) struct Trace<'t, 'f> {
    flow: &'t Flow<'t, 'f>,
    pub(super) found: Vec<Origin>,
    way: Vec<Leg>,
    /// Places that were looked at: as the value, or as what holds it.
    seen: FxHashSet<(UnitId, ExprId, bool)>,
    /// What is followed is not the value but what holds it.
    holder: bool,
    sure: bool,
}

impl<'t, 'f> Trace<'t, 'f> {
    pub(super) fn new(flow: &'t Flow<'t, 'f>) -> Self {
        Trace { flow, found: Vec::new(), way: Vec::new(), seen: FxHashSet::default(), holder: false, sure: true }
    }

    fn begins(&mut self, source: Source) {
        // What makes the holder doesn't make the value: what is put into it does.
        let source = match source {
            Source::Made(..) | Source::CheckedOut(..) | Source::Unknown if self.holder => Source::Holder,
            other => other,
        };
        if self.found.len() < MAX_ORIGINS {
            self.found.push(Origin { source, way: self.way.clone(), sure: self.sure });
        }
    }

    /// Goes a step back, and returns when everything behind it has been followed.
    fn leg(&mut self, leg: Leg, further: impl FnOnce(&mut Self)) {
        if self.way.len() >= MAX_LEGS {
            self.begins(Source::Unknown);
            return;
        }
        self.way.push(leg);
        further(self);
        self.way.pop();
    }

    pub(super) fn value(&mut self, unit: UnitId, expr: ExprId) {
        if !self.seen.insert((unit, expr, self.holder)) || !self.flow.in_scope(unit) {
            return;
        }
        let Some(body) = self.flow.program.body(unit) else { return self.begins(Source::Unknown) };
        match body.expr(expr) {
            Expr::Ref(inner)
            | Expr::Deref(inner)
            | Expr::Await(inner)
            | Expr::Try(inner)
            | Expr::Cast(inner, _)
            | Expr::Async(inner) => self.value(unit, *inner),
            Expr::Path(_) => self.name(unit, body, expr),
            Expr::Field { .. } => self.field(unit, body, expr),
            Expr::Method { .. } | Expr::Call { .. } => self.call(unit, body, expr),
            Expr::Struct { .. } => self.begins(Source::Holder),
            _ => self.control(unit, body, expr),
        }
    }

    fn control(&mut self, unit: UnitId, body: &Body, expr: ExprId) {
        match body.expr(expr) {
            Expr::Block(stmts) => {
                if let Some(Stmt::Tail(tail)) = stmts.last() {
                    self.value(unit, *tail);
                }
            }
            Expr::If { then, otherwise, .. } => {
                self.value(unit, *then);
                otherwise.iter().for_each(|otherwise| self.value(unit, *otherwise));
            }
            Expr::Match { arms, .. } => arms.iter().for_each(|(_, _, arm)| self.value(unit, *arm)),
            Expr::Closure(closure) => self.value(unit, closure.body),
            // What leaves the function or loop gives no value here.
            Expr::Return(_) | Expr::Break(_) | Expr::Continue | Expr::Loop { kind: LoopKind::For, .. } => {}
            Expr::Macro(call) => match call.args.as_slice() {
                [only] => self.value(unit, *only),
                _ => self.begins(Source::Unknown),
            },
            _ => self.begins(Source::Unknown),
        }
    }

    /// A variable, a parameter, `self`, a static.
    fn name(&mut self, unit: UnitId, body: &Body, expr: ExprId) {
        let types = self.flow.program.types(unit);
        if let Some(variable) = types.locals.get(&expr).copied() {
            return self.leg(Leg::Variable(unit, expr, variable), |trace| trace.variable(unit, body, variable));
        }
        if body.is_self(expr) {
            return self.arguments(unit, None);
        }
        match types.values.get(&expr) {
            Some(Def::Unit(id)) if matches!(self.flow.program.unit(*id).kind, UnitKind::Static(_)) => {
                self.begins(Source::Static(*id));
                if let Some(root) = self.flow.program.body(*id).and_then(|body| body.root) {
                    self.value(*id, root);
                }
            }
            // `None`: nothing yet.
            Some(Def::External(_)) => {}
            _ => self.begins(Source::Unknown),
        }
    }

    fn variable(&mut self, unit: UnitId, body: &Body, variable: PatId) {
        let program = self.flow.program;
        let UnitKind::Function(function) = program.unit(unit).kind else { return self.begins(Source::Unknown) };
        let param = function.params.iter().position(|param| param.pat.is_some_and(|pat| body.binds(pat, variable)));
        if let Some(index) = param {
            if is_state_parameter(program, unit, &function.params[index].ty) {
                self.begins(Source::State(unit));
            } else {
                self.arguments(unit, Some(index));
            }
            return;
        }
        let assigned: Vec<ExprId> = values_assigned(body, program.types(unit).uses.get(&variable));
        let init = body.initialiser_of(variable);
        if init.is_none() && assigned.is_empty() {
            return self.begins(Source::Unknown);
        }
        for value in init.into_iter().chain(assigned) {
            self.value(unit, value);
        }
    }

    /// What callers give a function as a parameter; as its receiver, without `index`.
    fn arguments(&mut self, unit: UnitId, index: Option<usize>) {
        let program = self.flow.program;
        let has_receiver = program.unit(unit).function().is_some_and(|function| function.receiver.is_some());
        let mut is_called = false;
        for reference in program.references(unit) {
            if reference.kind != ReferenceKind::Call || !self.flow.in_scope(reference.unit) {
                continue;
            }
            let Some(body) = program.body(reference.unit) else { continue };
            let given = match body.expr(reference.expr) {
                Expr::Method { receiver, args, .. } => index.map_or(Some(*receiver), |index| args.get(index).copied()),
                Expr::Call { args, .. } => {
                    args.get(index.map_or(0, |index| index + usize::from(has_receiver))).copied()
                }
                _ => None,
            };
            let Some(given) = given else { continue };
            is_called = true;
            let sure = self.sure;
            self.sure &= reference.sure;
            self.leg(Leg::Argument(reference.unit, reference.expr), |trace| trace.value(reference.unit, given));
            self.sure = sure;
        }
        if !is_called {
            self.begins(Source::Unknown);
        }
    }

    /// What is put into the field, and who hands out what holds it.
    fn field(&mut self, unit: UnitId, body: &Body, expr: ExprId) {
        let Expr::Field { base, name } = body.expr(expr) else { return };
        let flow = self.flow;
        let Some(owner) = owner_of(flow, flow.program.types(unit).ty(*base), name) else {
            return self.begins(Source::Unknown);
        };
        self.leg(Leg::Field(unit, expr, owner), |trace| {
            let before = trace.found.len();
            let values = values_of(flow, owner, name);
            if values.is_empty() {
                trace.begins(Source::Unknown);
            }
            for (unit, value) in values {
                trace.value(unit, value);
            }
            // Of a container it doesn't matter how it is made, but what is put into it.
            let put = values_put(flow, &Slot::Field(owner, name.clone()));
            if !put.is_empty() {
                let made = trace.found.split_off(before);
                trace.found.extend(made.into_iter().filter(|origin| origin.source != Source::Unknown));
            }
            for (unit, value) in put {
                trace.value(unit, value);
            }
            let holder = std::mem::replace(&mut trace.holder, true);
            trace.value(unit, *base);
            trace.holder = holder;
        });
    }

    fn call(&mut self, unit: UnitId, body: &Body, expr: ExprId) {
        let (receiver, args) = match body.expr(expr) {
            Expr::Method { receiver, args, .. } => (Some(*receiver), args.as_slice()),
            Expr::Call { args, .. } => (None, args.as_slice()),
            _ => return,
        };
        match self.flow.program.types(unit).targets.get(&expr) {
            Some(Target::Units { units, sure }) => {
                let before = self.sure;
                self.sure &= *sure;
                for callee in units {
                    self.leg(Leg::Result(unit, expr, *callee), |trace| trace.results(*callee));
                }
                self.sure = before;
            }
            Some(Target::Constructor) => args.iter().for_each(|arg| self.value(unit, *arg)),
            Some(Target::Fluent) => receiver.into_iter().for_each(|receiver| self.value(unit, receiver)),
            Some(Target::Library { call, .. }) => {
                let fact = &call.fact;
                if fact.makes.is_some() {
                    self.begins(Source::Made(unit, expr));
                } else if fact.checkout {
                    self.begins(Source::CheckedOut(unit, expr));
                } else if fact.locks {
                    self.leg(Leg::Lock(unit, expr), |trace| trace.handed(unit, body, receiver, args));
                } else if fact.carry == Some(Carry::Same) || fact.runs.is_some() {
                    self.same(unit, body, expr);
                } else {
                    self.begins(Source::Unknown);
                }
            }
            Some(Target::Foreign(_)) | None => match receiver {
                Some(_) if self.flow.hands_on(unit, expr) => self.same(unit, body, expr),
                // A derived `clone` of the program's own type.
                Some(receiver) if is_clone(body, expr) => {
                    self.leg(Leg::Clone(unit, expr), |trace| trace.value(unit, receiver));
                }
                _ => self.begins(Source::Unknown),
            },
        }
    }

    /// A call that gives what it is called on, or given; a clone of it, perhaps.
    fn same(&mut self, unit: UnitId, body: &Body, expr: ExprId) {
        let (receiver, args) = match body.expr(expr) {
            Expr::Method { receiver, args, .. } => (Some(*receiver), args.as_slice()),
            Expr::Call { args, .. } => (None, args.as_slice()),
            _ => return,
        };
        if is_clone(body, expr) {
            self.leg(Leg::Clone(unit, expr), |trace| trace.handed(unit, body, receiver, args));
        } else {
            self.handed(unit, body, receiver, args);
        }
    }

    /// The receiver, and closures that make what it lacks; without a receiver, the arguments.
    fn handed(&mut self, unit: UnitId, body: &Body, receiver: Option<ExprId>, args: &[ExprId]) {
        match receiver {
            Some(receiver) => {
                self.value(unit, receiver);
                let closures = args.iter().filter(|arg| matches!(body.expr(**arg), Expr::Closure(_)));
                closures.for_each(|closure| self.value(unit, *closure));
            }
            None => args.iter().for_each(|arg| self.value(unit, *arg)),
        }
    }

    /// What a function gives: its last expression, and what it returns earlier.
    fn results(&mut self, unit: UnitId) {
        let Some(body) = self.flow.program.body(unit) else { return self.begins(Source::Unknown) };
        body.root.iter().for_each(|root| self.value(unit, *root));
        for id in body.ids() {
            if let Expr::Return(Some(value)) = body.expr(id) {
                self.value(unit, *value);
            }
        }
    }
}

/// What is assigned to a variable.
fn values_assigned(body: &Body, uses: Option<&Vec<ExprId>>) -> Vec<ExprId> {
    let of_use = |used: &ExprId| match body.expr(body.parent(*used)?) {
        Expr::Assign(left, value) if left == used => Some(*value),
        _ => None,
    };
    uses.into_iter().flatten().filter_map(of_use).collect()
}

fn is_clone(body: &Body, expr: ExprId) -> bool {
    match body.expr(expr) {
        Expr::Method { name, .. } => name == "clone" || name == "cloned" || name == "to_owned",
        Expr::Call { callee, .. } => {
            matches!(body.expr(*callee), Expr::Path(path) if path.last().is_some_and(|name| name == "clone"))
        }
        _ => false,
    }
}
