//! The walk of a value outwards through a unit's expressions, and along the variables it is bound to.

use rustc_hash::FxHashSet;

use super::{Fate, Fates, Kept};
use crate::facts::{Body, Expr, ExprId, LoopKind, Pat, PatId, Stmt};
use crate::flow::context::{HandOver, hand_over};
use crate::link::{BodyTypes, Program, UnitId, UnitKind};

/// A value on its way through a unit.
pub(super) struct Walk<'w, 'a, 'f> {
    pub(super) fates: &'w Fates<'a, 'f>,
    pub(super) program: &'a Program<'f>,
    pub(super) unit: UnitId,
    pub(super) body: &'f Body,
    pub(super) types: &'a BodyTypes,
    pub(super) fate: Fate,
    pub(super) seen: FxHashSet<ExprId>,
    pub(super) seen_pats: FxHashSet<PatId>,
    pub(super) calls_left: usize,
}

/// How the value travels.
struct Way {
    /// Only a reference to it goes on.
    borrowed: bool,
    /// It has been taken in by something of a library that connlint doesn't know: an SDK's builder, a service.
    absorbed: bool,
}

/// Where a value goes on.
enum Next {
    /// As the expression around.
    Parent,
    /// As another expression.
    At(ExprId),
    /// Nowhere.
    Stop,
}

impl From<Option<ExprId>> for Next {
    fn from(next: Option<ExprId>) -> Self {
        next.map_or(Next::Stop, Next::At)
    }
}

impl<'w, 'a, 'f> Walk<'w, 'a, 'f> {
    pub(super) fn new(fates: &'w Fates<'a, 'f>, unit: UnitId, calls_left: usize) -> Option<Self> {
        let program = fates.program;
        let body = program.body(unit)?;
        Some(Walk {
            fates,
            program,
            unit,
            body,
            types: program.types(unit),
            fate: Fate::default(),
            seen: FxHashSet::default(),
            seen_pats: FxHashSet::default(),
            calls_left,
        })
    }

    pub(super) fn keep(&mut self, how: Kept, at: ExprId) {
        self.fate.kept.get_or_insert((how, at));
    }

    /// Follows the value of `expr` outwards. `borrowed`: only a reference to it goes on.
    pub(super) fn follow(&mut self, expr: ExprId, borrowed: bool) {
        let mut way = Way { borrowed, absorbed: false };
        let mut at = expr;
        while self.seen.insert(at) {
            let Some(parent) = self.body.parent(at) else {
                self.leaves_unit(at);
                return;
            };
            at = match self.step(at, parent, &mut way) {
                Next::Parent => parent,
                Next::At(next) => next,
                Next::Stop => return,
            };
        }
    }

    /// Where the value of `at` goes on from within `parent`.
    fn step(&mut self, at: ExprId, parent: ExprId, way: &mut Way) -> Next {
        match self.body.expr(parent) {
            Expr::Ref(_) => {
                way.borrowed = true;
                Next::Parent
            }
            Expr::Try(_)
            | Expr::Await(_)
            | Expr::Deref(_)
            | Expr::Cast(..)
            | Expr::Async(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Struct { .. } => Next::Parent,
            Expr::Method { .. } | Expr::Call { .. } => self.through_call(at, parent, way),
            Expr::Closure(_) => Next::from(self.closure_result(parent)),
            Expr::Return(_) => self.through_return(parent),
            Expr::Break(_) => {
                let around = self.enclosing_loop(parent);
                self.fate.outlives.extend(around);
                Next::from(around)
            }
            Expr::Assign(left, right) if *right == at => {
                self.assigned(*left, parent);
                Next::Stop
            }
            Expr::Macro(call) => {
                self.fate.used = true;
                let fact = call.path.last().and_then(|name| self.program.catalog.macro_fact(name));
                if fact.is_none_or(|fact| fact.carries) { Next::Parent } else { Next::Stop }
            }
            Expr::Field { name, .. } => {
                self.fate.used = true;
                // A part of a tuple is still the value; a field of a client is not.
                let is_part = name.starts_with(|first: char| first.is_ascii_digit());
                if is_part { Next::Parent } else { Next::Stop }
            }
            _ => self.through_control(at, parent),
        }
    }

    /// Blocks, branches, loops.
    fn through_control(&mut self, at: ExprId, parent: ExprId) -> Next {
        match self.body.expr(parent) {
            Expr::Block(stmts) => match stmt_of(stmts, at) {
                Some(Stmt::Tail(_)) => return Next::Parent,
                Some(Stmt::Let { pat, init: Some(init), .. }) if *init == at => {
                    self.fate.serves |= self.lives_through_loop(stmts, at);
                    self.follow_pat(*pat, Some(at));
                }
                _ => {}
            },
            Expr::Let(pat, _) => self.follow_pat(*pat, Some(at)),
            Expr::Match { scrutinee, arms } if *scrutinee == at => {
                arms.iter().for_each(|(pat, _, _)| self.follow_pat(*pat, Some(at)));
            }
            Expr::Match { arms, .. } if arms.iter().all(|(_, guard, _)| *guard != Some(at)) => return Next::Parent,
            Expr::Match { .. } => {}
            Expr::If { cond, .. } if *cond != at => return Next::Parent,
            Expr::If { .. } => {}
            Expr::Loop { pat: Some(pat), head, .. } if *head == Some(at) => self.follow_pat(*pat, Some(at)),
            _ => self.fate.used = true,
        }
        Next::Stop
    }

    /// The value is called, or the receiver or an argument of a call.
    fn through_call(&mut self, at: ExprId, call: ExprId, way: &mut Way) -> Next {
        let (receiver, args) = match self.body.expr(call) {
            Expr::Method { receiver, args, .. } => (Some(*receiver), args),
            Expr::Call { args, .. } => (None, args),
            _ => return Next::Stop,
        };
        let goes_on = match args.iter().position(|arg| *arg == at) {
            None if receiver == Some(at) => self.received(call) || (way.absorbed && self.is_opaque_step(call)),
            None => {
                self.fate.used = true;
                true
            }
            Some(index) => {
                let goes_on = self.given(call, receiver, index, way.borrowed);
                way.absorbed |= self.is_opaque(call);
                goes_on
            }
        };
        if goes_on { Next::Parent } else { Next::Stop }
    }

    fn through_return(&mut self, at: ExprId) -> Next {
        self.outlive_loops(at);
        match self.enclosing_function(at) {
            None => {
                self.fate.returned = true;
                Next::Stop
            }
            Some(inner) if matches!(self.body.expr(inner), Expr::Async(_)) => Next::At(inner),
            Some(closure) => Next::from(self.closure_result(closure)),
        }
    }

    pub(super) fn leaves_unit(&mut self, at: ExprId) {
        match self.program.unit(self.unit).kind {
            UnitKind::Function(_) => self.fate.returned = true,
            UnitKind::Static(value) if value.is_const => self.fate.returned = true,
            UnitKind::Static(_) => self.keep(Kept::Stored, at),
        }
    }

    /// A closure gives the value back: to whom? The call that it is given to, or nobody.
    pub(super) fn closure_result(&mut self, closure: ExprId) -> Option<ExprId> {
        let mut at = closure;
        loop {
            let parent = self.body.parent(at)?;
            match self.body.expr(parent) {
                Expr::Ref(_) | Expr::Try(_) | Expr::Await(_) => at = parent,
                Expr::Call { args, .. } | Expr::Method { args, .. } if args.contains(&at) => {
                    return match hand_over(self.program, self.unit, at) {
                        HandOver::Memo(_) => {
                            self.keep(Kept::Memoised, parent);
                            None
                        }
                        HandOver::Root(_) => None,
                        HandOver::Callback => {
                            self.fate.by_stored_closure = true;
                            None
                        }
                        HandOver::PerItem | HandOver::Inline | HandOver::Task => Some(parent),
                    };
                }
                Expr::Block(stmts) => {
                    // A closure in a variable: its calls give the value.
                    if let Some(Stmt::Let { pat, init, .. }) = stmt_of(stmts, at)
                        && *init == Some(at)
                        && let Pat::Bind(..) = self.body.pat(*pat)
                    {
                        self.follow_closure_variable(*pat);
                        return None;
                    }
                    if !matches!(stmt_of(stmts, at), Some(Stmt::Tail(_))) {
                        return None;
                    }
                    at = parent;
                }
                Expr::Struct { .. } | Expr::Tuple(_) | Expr::Array(_) | Expr::Closure(_) | Expr::Assign(..) => {
                    self.fate.by_stored_closure = true;
                    return None;
                }
                _ => return None,
            }
        }
    }

    pub(super) fn follow_closure_variable(&mut self, pat: PatId) {
        let uses = self.types.uses.get(&pat).cloned().unwrap_or_default();
        for used in uses {
            let Some(parent) = self.body.parent(used) else { continue };
            match self.body.expr(parent) {
                Expr::Call { callee, .. } if *callee == used => self.follow(parent, false),
                _ => {
                    if let Some(next) = self.closure_result(used) {
                        self.follow(next, false);
                    }
                }
            }
        }
    }

    /// Follows every variable of a pattern; `made` is the expression whose value it takes.
    pub(super) fn follow_pat(&mut self, pat: PatId, made: Option<ExprId>) {
        for bind in self.body.binds_of(pat) {
            if let Some(made) = made {
                self.mark_outlived(bind, made);
            }
            if !self.seen_pats.insert(bind) {
                continue;
            }
            let uses = self.types.uses.get(&bind).cloned().unwrap_or_default();
            for used in uses {
                self.follow_use(used, made);
            }
        }
    }

    pub(super) fn follow_use(&mut self, used: ExprId, made: Option<ExprId>) {
        for around in self.body.ancestors(used) {
            let made_within = made.is_some_and(|made| self.body.ancestors(made).any(|at| at == around));
            match self.body.expr(around) {
                Expr::Loop { kind: LoopKind::Loop | LoopKind::While, .. } if !made_within => self.fate.serves = true,
                Expr::Loop { kind: LoopKind::Loop | LoopKind::While, .. } => {
                    self.fate.replaces |= self.fate.outlives.contains(&around);
                }
                Expr::Closure(_) | Expr::Async(_)
                    if !made_within && matches!(hand_over(self.program, self.unit, around), HandOver::Task) =>
                {
                    self.fate.into_task = true;
                }
                _ => {}
            }
        }
        // Assigning to the variable is no use of its value.
        let is_target = self
            .body
            .parent(used)
            .is_some_and(|parent| matches!(self.body.expr(parent), Expr::Assign(left, _) if *left == used));
        if !is_target {
            self.follow(used, false);
        }
    }
}

/// The statement that an expression is, or is the initialiser of.
pub(super) fn stmt_of(stmts: &[Stmt], at: ExprId) -> Option<&Stmt> {
    stmts.iter().find(|stmt| match stmt {
        Stmt::Semi(expr) | Stmt::Tail(expr) => *expr == at,
        Stmt::Let { init, otherwise, .. } => *init == Some(at) || *otherwise == Some(at),
    })
}
