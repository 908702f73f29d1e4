//! Through code and all that it calls, in the order in which it runs.
//!
//! In: a stretch of code. Out: a [`Walk`] with what was met: the asks, the constructions, where the process begins to serve.
//! Functions and closures that a framework calls later are not entered, except those it runs at start-up.

use std::collections::BTreeSet;

use super::ask::{Ask, asked, is_awaited};
use crate::catalog::model::Runs;
use crate::facts::{Body, Expr, ExprId, LoopKind};
use crate::flow::{Frequency, HandOver, serves};
use crate::link::{Def, Program, Target, UnitId, UnitKind};
use crate::rules::context::Context;

/// Calls are followed this deep.
const MAX_DEPTH: usize = 24;

/// Code to walk through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) enum Code {
    /// A unit's body.
    Unit(UnitId),
    /// An expression: the body of a closure, a branch.
    Expr(UnitId, ExprId),
}

/// A call on the way: in which unit, where.
pub(in crate::rules) type Frame = (UnitId, ExprId);

/// What was met on the way.
pub(in crate::rules) struct Walk<'c, 'f> {
    context: Context<'c, 'f>,
    /// The first call from which on the process serves ends the walk.
    until_served: bool,
    /// What servers are asked, in order.
    pub(in crate::rules) asks: Vec<Ask>,
    /// Every call outside of tasks.
    pub(in crate::rules) calls: BTreeSet<Frame>,
    /// Units that were entered.
    pub(in crate::rules) units: BTreeSet<UnitId>,
    /// Where the process serves: the call, and those that lead there.
    pub(in crate::rules) served: Option<(Frame, Vec<Frame>)>,
    /// Something that is called for each request, message or event is handed to a framework.
    pub(in crate::rules) has_handlers: bool,
    /// A loop without an end is met: a worker.
    pub(in crate::rules) is_endless: bool,
    /// An awaited call of something that isn't known at all.
    pub(in crate::rules) unclear: Option<Frame>,
    frames: Vec<Frame>,
    tasks: usize,
    seen: BTreeSet<(UnitId, bool)>,
    is_over: bool,
}

impl<'c, 'f> Walk<'c, 'f> {
    pub(in crate::rules) fn new(context: Context<'c, 'f>, until_served: bool) -> Self {
        Walk {
            context,
            until_served,
            asks: Vec::new(),
            calls: BTreeSet::new(),
            units: BTreeSet::new(),
            served: None,
            has_handlers: false,
            is_endless: false,
            unclear: None,
            frames: Vec::new(),
            tasks: 0,
            seen: BTreeSet::new(),
            is_over: false,
        }
    }

    /// Walks through `code`.
    pub(in crate::rules) fn through(&mut self, code: Code) {
        match code {
            Code::Unit(unit) => self.unit(unit),
            Code::Expr(unit, expr) => {
                self.units.insert(unit);
                self.expr(unit, expr);
            }
        }
    }

    fn program(&self) -> &'c Program<'f> {
        self.context.program
    }

    fn unit(&mut self, unit: UnitId) {
        if self.is_over || self.frames.len() > MAX_DEPTH || !self.seen.insert((unit, self.tasks > 0)) {
            return;
        }
        self.units.insert(unit);
        if let Some(root) = self.program().body(unit).and_then(|body| body.root) {
            self.expr(unit, root);
        }
    }

    /// Enters the units that a call or path at `expr` reaches.
    fn enter(&mut self, unit: UnitId, expr: ExprId, units: &[UnitId]) {
        self.frames.push((unit, expr));
        for next in units.iter().filter(|next| self.context.flow.in_scope(**next)) {
            self.unit(*next);
        }
        self.frames.pop();
    }

    fn expr(&mut self, unit: UnitId, expr: ExprId) {
        let Some(body) = self.program().body(unit).filter(|_| !self.is_over) else { return };
        match body.expr(expr) {
            Expr::Closure(_) | Expr::Async(_) => self.deferred(unit, expr),
            Expr::Path(_) => self.path(unit, expr),
            Expr::Call { callee, args } => {
                if !matches!(body.expr(*callee), Expr::Path(_)) {
                    self.expr(unit, *callee);
                }
                args.iter().for_each(|arg| self.expr(unit, *arg));
                self.call(unit, expr);
            }
            Expr::Method { receiver, args, .. } => {
                self.expr(unit, *receiver);
                args.iter().for_each(|arg| self.expr(unit, *arg));
                self.call(unit, expr);
            }
            Expr::Loop { .. } => self.repeated(unit, expr),
            other => other.for_each_child(|child| self.expr(unit, child)),
        }
    }

    /// A loop: over what a framework delivers, which is serving; without an end, which makes a worker; or any other.
    fn repeated(&mut self, unit: UnitId, expr: ExprId) {
        let Some(body) = self.program().body(unit) else { return };
        let Expr::Loop { kind, head, body: inside, .. } = body.expr(expr) else { return };
        head.iter().for_each(|head| self.expr(unit, *head));
        match self.context.flow.context(unit, *inside).root {
            Some((hit, at)) if at == expr && hit.frequency == Some(Frequency::PerRequest) => self.serve(unit, expr),
            _ => {
                self.is_endless |= *kind == LoopKind::Loop && !leads_out(body, *inside);
                self.expr(unit, *inside);
            }
        }
    }

    /// A closure or async block: entered unless a framework calls it later.
    fn deferred(&mut self, unit: UnitId, expr: ExprId) {
        let Some(body) = self.program().body(unit) else { return };
        if self.runs(unit, expr) {
            let is_task = matches!(self.context.flow.hand_over(unit, expr), HandOver::Task);
            self.tasks += usize::from(is_task);
            body.expr(expr).for_each_child(|child| self.expr(unit, child));
            self.tasks -= usize::from(is_task);
        }
    }

    /// Whether what is handed on at `expr` runs with the code around it, or beside it.
    fn runs(&mut self, unit: UnitId, expr: ExprId) -> bool {
        match self.context.flow.hand_over(unit, expr) {
            HandOver::Root(hit) => {
                self.has_handlers |= hit.frequency == Some(Frequency::PerRequest);
                hit.frequency.is_some_and(|frequency| frequency <= Frequency::PerWorker)
            }
            HandOver::Callback => false,
            HandOver::Memo(_) | HandOver::PerItem | HandOver::Task | HandOver::Inline => true,
        }
    }

    /// A static is made when it is first looked at; a function's name may be handed on.
    fn path(&mut self, unit: UnitId, expr: ExprId) {
        let program = self.program();
        let types = program.types(unit);
        let units: &[UnitId] = match (types.values.get(&expr), types.functions.get(&expr)) {
            (Some(Def::Unit(found)), _) => std::slice::from_ref(found),
            (_, Some(Target::Units { units, .. })) => units,
            _ => return,
        };
        let is_function = units.iter().any(|found| matches!(program.unit(*found).kind, UnitKind::Function(_)));
        if is_function && !self.runs(unit, expr) {
            return;
        }
        let is_task = is_function && matches!(self.context.flow.hand_over(unit, expr), HandOver::Task);
        self.tasks += usize::from(is_task);
        self.enter(unit, expr, units);
        self.tasks -= usize::from(is_task);
    }

    fn call(&mut self, unit: UnitId, expr: ExprId) {
        if self.is_over {
            return;
        }
        let program = self.program();
        if self.tasks == 0 {
            self.calls.insert((unit, expr));
        }
        if serves(program, unit, expr) {
            self.serve(unit, expr);
            return;
        }
        if let Some(ask) = asked(program, unit, expr) {
            self.asks.push(Ask { frames: self.frames.clone(), in_task: self.tasks > 0, ..ask });
        }
        match program.types(unit).targets.get(&expr) {
            Some(Target::Units { units, .. }) => {
                let is_task = self.is_spawned(unit, expr);
                self.tasks += usize::from(is_task);
                self.enter(unit, expr, units);
                self.tasks -= usize::from(is_task);
            }
            None => self.unknown(unit, expr),
            Some(_) => {}
        }
    }

    fn serve(&mut self, unit: UnitId, expr: ExprId) {
        self.has_handlers = true;
        if self.served.is_none() {
            self.served = Some(((unit, expr), self.frames.clone()));
        }
        self.is_over = self.until_served && self.tasks == 0;
    }

    /// Whether the future that a call gives is run as a task.
    fn is_spawned(&self, unit: UnitId, expr: ExprId) -> bool {
        let program = self.program();
        let Some(body) = program.body(unit).filter(|body| !body.is_awaited(expr)) else { return false };
        let Some(parent) = body.parent(expr) else { return false };
        let Some(Target::Library { call, .. }) = program.types(unit).targets.get(&parent) else { return false };
        matches!(call.fact.runs, Some(Runs::Task | Runs::BlockingTask))
    }

    fn unknown(&mut self, unit: UnitId, expr: ExprId) {
        let Some(body) = self.program().body(unit) else { return };
        let Expr::Method { receiver, .. } = body.expr(expr) else { return };
        if self.program().types(unit).ty(*receiver).is_unknown() && is_awaited(body, expr) {
            self.unclear.get_or_insert((unit, expr));
        }
    }
}

/// Whether something within a loop's body ends it on purpose.
fn leads_out(body: &Body, expr: ExprId) -> bool {
    match body.expr(expr) {
        Expr::Break(_) | Expr::Return(_) => true,
        Expr::Closure(_) | Expr::Async(_) => false,
        inner => {
            let mut found = false;
            inner.for_each_child(|child| found = found || leads_out(body, child));
            found
        }
    }
}
