//! What becomes of a value.
//!
//! In: an expression in a unit. Out: [`Fate`]: whether its value leaves the unit, is stored, serves a loop, or ends here.
//! The value is followed outwards through `?`, `.await`, wrappers, literals and branches, along the variables it is bound
//! to, and into the functions of the program that it is given to.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::{HandOver, hand_over};
use crate::catalog::model::{Carry, Runs};
use crate::facts::{Body, Expr, ExprId, LoopKind, Pat, PatId, Stmt};
use crate::link::{BodyTypes, Owner, Program, Target, Ty, UnitId, UnitKind};

/// How a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kept {
    /// In something that lives longer than the unit's call: a field, static, map, cell.
    Stored,
    /// By a form whose initialiser runs at most once.
    Memoised,
    /// For ever.
    Leaked,
}

/// What becomes of a value within a unit.
#[derive(Debug, Clone, Default)]
pub struct Fate {
    /// It leaves as, or within, the unit's result.
    pub returned: bool,
    /// It is kept, and by which expression.
    pub kept: Option<(Kept, ExprId)>,
    /// It is moved into a task or thread of its own.
    pub into_task: bool,
    /// It is used over and over by a loop that begins after it was made.
    pub serves: bool,
    /// Loops that it outlives: it leaves their bodies by a variable from outside, `break` or `return`.
    pub outlives: FxHashSet<ExprId>,
    /// A closure that makes it is put away, to be called by nobody knows whom.
    pub by_stored_closure: bool,
    /// It is turned into a subscription or another stream of its own.
    pub dedicated: bool,
    /// Something is done with it.
    pub used: bool,
    /// Constructions made from it within the unit.
    pub derived: FxHashSet<ExprId>,
}

impl Fate {
    fn add(&mut self, other: &Fate) {
        self.kept = self.kept.or(other.kept);
        self.into_task |= other.into_task;
        self.serves |= other.serves;
        self.dedicated |= other.dedicated;
        self.by_stored_closure |= other.by_stored_closure;
        self.used |= other.used;
    }
}

/// Values given to functions that give them to functions … are followed this far.
const MAX_CALLS: usize = 6;

/// Follows values; keeps what it found for parameters.
pub(super) struct Fates<'a, 'f> {
    program: &'a Program<'f>,
    params: RefCell<FxHashMap<(UnitId, ParamKey), Fate>>,
}

/// A parameter: `self`, or by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ParamKey {
    This,
    At(usize),
}

impl<'a, 'f> Fates<'a, 'f> {
    pub(super) fn new(program: &'a Program<'f>) -> Self {
        Self { program, params: RefCell::default() }
    }

    /// The fate of an expression's value.
    pub(super) fn of(&self, unit: UnitId, expr: ExprId) -> Fate {
        self.of_within(unit, expr, MAX_CALLS)
    }

    fn of_within(&self, unit: UnitId, expr: ExprId, calls_left: usize) -> Fate {
        let Some(mut walk) = Walk::new(self, unit, calls_left) else { return Fate::default() };
        walk.follow(expr, false);
        walk.fate
    }

    /// The fate of what a unit is given.
    fn of_param(&self, unit: UnitId, key: ParamKey, calls_left: usize) -> Fate {
        if calls_left == 0 {
            return Fate { used: true, ..Fate::default() };
        }
        if let Some(known) = self.params.borrow().get(&(unit, key)) {
            return known.clone();
        }
        // Recursive functions find this while their own answer is being worked out.
        self.params.borrow_mut().insert((unit, key), Fate { used: true, ..Fate::default() });
        let fate = self.param_fate(unit, key, calls_left - 1);
        self.params.borrow_mut().insert((unit, key), fate.clone());
        fate
    }

    fn param_fate(&self, unit: UnitId, key: ParamKey, calls_left: usize) -> Fate {
        let Some(mut walk) = Walk::new(self, unit, calls_left) else { return Fate { used: true, ..Fate::default() } };
        match key {
            ParamKey::This => {
                for id in walk.body.ids() {
                    if matches!(walk.body.expr(id), Expr::Path(path) if path.single().is_some_and(|name| name == "self"))
                    {
                        walk.follow_use(id, None);
                    }
                }
            }
            ParamKey::At(index) => {
                let UnitKind::Function(function) = self.program.unit(unit).kind else { return Fate::default() };
                if let Some(pat) = function.params.get(index).and_then(|param| param.pat) {
                    walk.follow_pat(pat, None);
                }
            }
        }
        walk.fate
    }
}

struct Walk<'w, 'a, 'f> {
    fates: &'w Fates<'a, 'f>,
    program: &'a Program<'f>,
    unit: UnitId,
    body: &'f Body,
    types: &'a BodyTypes,
    fate: Fate,
    seen: FxHashSet<ExprId>,
    seen_pats: FxHashSet<PatId>,
    calls_left: usize,
}

/// Where a place expression (`self.cell`, `*guard`, `map`) begins.
enum PlaceRoot {
    /// Outside the unit's call: `self`, a parameter, a static.
    Outside,
    /// A variable of the unit.
    Local(PatId),
}

impl<'w, 'a, 'f> Walk<'w, 'a, 'f> {
    fn new(fates: &'w Fates<'a, 'f>, unit: UnitId, calls_left: usize) -> Option<Self> {
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

    fn keep(&mut self, how: Kept, at: ExprId) {
        self.fate.kept.get_or_insert((how, at));
    }

    /// Follows the value of `expr` outwards. `borrowed`: only a reference to it goes on.
    fn follow(&mut self, expr: ExprId, borrowed: bool) {
        let mut at = expr;
        let mut borrowed = borrowed;
        // It has been taken in by something of a library that connlint doesn't know: an SDK's builder, a service.
        let mut absorbed = false;
        while self.seen.insert(at) {
            let Some(parent) = self.body.parent(at) else {
                self.leaves_unit(at);
                return;
            };
            match self.body.expr(parent) {
                Expr::Ref(_) => borrowed = true,
                Expr::Try(_)
                | Expr::Await(_)
                | Expr::Deref(_)
                | Expr::Cast(..)
                | Expr::Async(_)
                | Expr::Tuple(_)
                | Expr::Array(_)
                | Expr::Struct { .. } => {}
                Expr::Method { receiver, .. } if *receiver == at => {
                    let goes_on = self.received(parent) || (absorbed && self.is_opaque_step(parent));
                    if !goes_on {
                        return;
                    }
                }
                Expr::Method { receiver, args, .. } => {
                    let index = args.iter().position(|arg| *arg == at).unwrap_or(0);
                    if !self.given(parent, Some(*receiver), index, borrowed) {
                        return;
                    }
                    absorbed |= self.is_opaque(parent);
                }
                Expr::Call { callee, .. } if *callee == at => self.fate.used = true,
                Expr::Call { args, .. } => {
                    let index = args.iter().position(|arg| *arg == at).unwrap_or(0);
                    if !self.given(parent, None, index, borrowed) {
                        return;
                    }
                    absorbed |= self.is_opaque(parent);
                }
                Expr::Block(stmts) => match stmt_of(stmts, at) {
                    Some(Stmt::Tail(_)) => {}
                    Some(Stmt::Let { pat, init: Some(init), .. }) if *init == at => {
                        self.fate.serves |= self.lives_through_loop(stmts, at);
                        self.follow_pat(*pat, Some(at));
                        return;
                    }
                    _ => return,
                },
                Expr::Let(pat, _) => {
                    self.follow_pat(*pat, Some(at));
                    return;
                }
                Expr::Match { scrutinee, arms } if *scrutinee == at => {
                    for (pat, _, _) in arms {
                        self.follow_pat(*pat, Some(at));
                    }
                    return;
                }
                Expr::Match { arms, .. } if arms.iter().any(|(_, guard, _)| *guard == Some(at)) => return,
                Expr::Match { .. } => {}
                Expr::If { cond, .. } if *cond == at => return,
                Expr::If { .. } => {}
                Expr::Closure(_) => match self.closure_result(parent) {
                    Some(next) => {
                        at = next;
                        continue;
                    }
                    None => return,
                },
                Expr::Return(_) => {
                    self.outlive_loops(parent, None);
                    match self.enclosing_function(parent) {
                        None => {
                            self.fate.returned = true;
                            return;
                        }
                        Some(inner) if matches!(self.body.expr(inner), Expr::Async(_)) => {
                            at = inner;
                            continue;
                        }
                        Some(closure) => match self.closure_result(closure) {
                            Some(next) => {
                                at = next;
                                continue;
                            }
                            None => return,
                        },
                    }
                }
                Expr::Break(_) => match self.enclosing_loop(parent) {
                    Some(around) => {
                        self.fate.outlives.insert(around);
                        at = around;
                        continue;
                    }
                    None => return,
                },
                Expr::Assign(left, right) if *right == at => {
                    self.assigned(*left, parent);
                    return;
                }
                Expr::Loop { pat: Some(pat), head, .. } if *head == Some(at) => {
                    self.follow_pat(*pat, Some(at));
                    return;
                }
                Expr::Macro(call) => {
                    let carries = call
                        .path
                        .last()
                        .and_then(|name| self.program.catalog.macro_fact(name))
                        .is_none_or(|fact| fact.carries);
                    self.fate.used = true;
                    if !carries {
                        return;
                    }
                }
                Expr::Field { name, .. } => {
                    self.fate.used = true;
                    // A part of a tuple is still the value; a field of a client is not.
                    if !name.starts_with(|first: char| first.is_ascii_digit()) {
                        return;
                    }
                }
                _ => {
                    self.fate.used = true;
                    return;
                }
            }
            at = parent;
        }
    }

    /// Whether an endless loop runs between the statement that binds the value and the end of the block.
    fn lives_through_loop(&self, stmts: &[Stmt], at: ExprId) -> bool {
        let after = stmts.iter().skip_while(|stmt| stmt_of(std::slice::from_ref(*stmt), at).is_none()).skip(1);
        after.into_iter().any(|stmt| match stmt {
            Stmt::Semi(expr) | Stmt::Tail(expr) => self.is_endless(*expr, 0),
            Stmt::Let { init, .. } => init.is_some_and(|init| self.is_endless(init, 0)),
        })
    }

    /// `loop { .. }` or a loop over what comes in, outside of closures and tasks.
    fn is_endless(&self, expr: ExprId, depth: usize) -> bool {
        match self.body.expr(expr) {
            Expr::Closure(_) | Expr::Async(_) => false,
            Expr::Loop { kind: LoopKind::Loop, .. } => true,
            Expr::Loop { kind: LoopKind::While, head: Some(head), .. } => {
                matches!(self.body.expr(*head), Expr::Let(..))
            }
            inner if depth < 12 => {
                let mut found = false;
                inner.for_each_child(|child| found = found || self.is_endless(child, depth + 1));
                found
            }
            _ => false,
        }
    }

    fn leaves_unit(&mut self, at: ExprId) {
        match self.program.unit(self.unit).kind {
            UnitKind::Function(_) => self.fate.returned = true,
            UnitKind::Static(value) if value.is_const => self.fate.returned = true,
            UnitKind::Static(_) => self.keep(Kept::Stored, at),
        }
    }

    /// A closure gives the value back: to whom? The call that it is given to, or nobody.
    fn closure_result(&mut self, closure: ExprId) -> Option<ExprId> {
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

    fn follow_closure_variable(&mut self, pat: PatId) {
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

    /// `outcome.and_then(|value| ..)`: the value goes into the closure.
    fn enter_closures(&mut self, args: &'f [ExprId]) {
        for arg in args {
            if let Expr::Closure(closure) = self.body.expr(*arg)
                && let [param] = closure.params.as_slice()
            {
                self.follow_pat(*param, None);
            }
        }
    }

    /// A call of which nothing is known but that it is a library's.
    fn is_opaque(&self, call: ExprId) -> bool {
        matches!(self.types.targets.get(&call), None | Some(Target::Foreign(_)))
    }

    /// A call on an opaque value that gives something that may hold it: not one that is awaited, which does something.
    fn is_opaque_step(&self, call: ExprId) -> bool {
        let awaited = self.body.parent(call).is_some_and(|parent| matches!(self.body.expr(parent), Expr::Await(_)));
        self.is_opaque(call) && !awaited
    }

    /// The value is the receiver of a call. Whether the call's result goes on carrying it.
    fn received(&mut self, call: ExprId) -> bool {
        let Expr::Method { name, args, .. } = self.body.expr(call) else { return false };
        match self.types.targets.get(&call) {
            Some(Target::Fluent) => true,
            Some(Target::Library { call: facts, .. }) => {
                self.fate.dedicated |= facts.fact.dedicated;
                if facts.fact.runs.is_some() && facts.fact.carry == Some(Carry::Same) {
                    self.enter_closures(args);
                }
                // What is made from it stands for it: a client may go when its connection is there.
                if facts.fact.makes.is_some() {
                    self.fate.derived.insert(call);
                    self.fate.used = true;
                    return true;
                }
                match facts.fact.carry {
                    Some(Carry::Same) => true,
                    Some(Carry::Leaks) => {
                        self.keep(Kept::Leaked, call);
                        false
                    }
                    _ => {
                        self.fate.used = true;
                        false
                    }
                }
            }
            Some(Target::Units { units, .. }) => self.received_by_units(&units.clone(), call),
            Some(Target::Foreign(_) | Target::Constructor) => {
                self.fate.used = true;
                false
            }
            None => {
                // Unknown receiver: names that only hand on, such as `unwrap`.
                let hands_on =
                    ["std::result::Result", "std::option::Option", "std::iter::Iterator", "futures::stream::Stream"]
                        .iter()
                        .any(|owner| {
                            self.program
                                .catalog
                                .method(owner, name)
                                .iter()
                                .any(|call| call.fact.carry == Some(Carry::Same))
                        })
                        || self
                            .program
                            .catalog
                            .trait_method(name)
                            .is_some_and(|call| call.fact.carry == Some(Carry::Same));
                self.fate.used |= !hands_on;
                hands_on
            }
        }
    }

    fn received_by_units(&mut self, units: &[UnitId], call: ExprId) -> bool {
        let mut goes_on = false;
        for unit in units {
            let Some(function) = self.program.unit(*unit).function() else { continue };
            let fate = self.fates.of_param(*unit, ParamKey::This, self.calls_left);
            self.fate.serves |= fate.serves;
            self.fate.used = true;
            // `client.with_token(..)`: a copy that shares what the original holds.
            goes_on |= self.gives_own_type(*unit);
            let by_value = function.receiver.as_ref().is_some_and(|receiver| !receiver.by_ref);
            if by_value {
                self.fate.add(&Fate { kept: fate.kept.map(|(how, _)| (how, call)), ..fate });
                goes_on |= fate.returned;
            }
        }
        goes_on
    }

    /// Whether a method's result is of the type that it is a method of.
    fn gives_own_type(&self, unit: UnitId) -> bool {
        let Owner::Impl(of) = self.program.unit(unit).owner else { return false };
        let Ty::Local(own, _) = &self.program.impls[of.index()].self_ty else { return false };
        let result = self.program.result_type(unit);
        let result = self.program.awaited(&result).unwrap_or(result);
        let result = self.program.outcome_inner(&result).unwrap_or(result);
        matches!(&result, Ty::Local(made, _) if made == own)
    }

    /// The value is an argument of a call. Whether the call's result goes on carrying it.
    fn given(&mut self, call: ExprId, receiver: Option<ExprId>, index: usize, borrowed: bool) -> bool {
        match self.types.targets.get(&call) {
            Some(Target::Constructor) => true,
            Some(Target::Units { units, .. }) => {
                self.given_to_units(&units.clone(), call, index, receiver.is_some(), borrowed)
            }
            Some(Target::Library { call: facts, .. }) => {
                let facts = facts.clone();
                self.given_to_library(&facts.fact, call, receiver, borrowed)
            }
            Some(Target::Fluent) => !borrowed,
            Some(Target::Foreign(_)) => {
                self.fate.used = true;
                !borrowed
            }
            None => {
                self.fate.used = true;
                let Expr::Method { name, .. } = self.body.expr(call) else { return !borrowed };
                if borrowed {
                    return false;
                }
                match receiver {
                    Some(receiver) if self.program.catalog.is_keeper_name(name) => {
                        self.kept_by(receiver, call);
                        false
                    }
                    _ => true,
                }
            }
        }
    }

    fn given_to_library(
        &mut self,
        fact: &crate::catalog::model::CallFact,
        call: ExprId,
        receiver: Option<ExprId>,
        borrowed: bool,
    ) -> bool {
        self.fate.used = true;
        self.fate.dedicated |= fact.dedicated;
        if fact.makes.is_some() {
            self.fate.derived.insert(call);
            return true;
        }
        match (fact.carry, fact.runs) {
            (Some(Carry::Leaks), _) => {
                self.keep(Kept::Leaked, call);
                false
            }
            (Some(Carry::Ends), _) => false,
            (Some(Carry::Nothing), _) => false,
            (Some(Carry::Keeps), _) if !borrowed => match receiver {
                // `App::new().app_data(value)`: what keeps it is the value of the call.
                Some(receiver) if self.is_chained(call) && self.is_fresh(receiver) => true,
                Some(receiver) => {
                    self.kept_by(receiver, call);
                    false
                }
                None => {
                    self.keep(Kept::Stored, call);
                    false
                }
            },
            (_, Some(Runs::Task | Runs::BlockingTask)) => {
                self.fate.into_task = true;
                !borrowed
            }
            _ => !borrowed,
        }
    }

    fn given_to_units(
        &mut self,
        units: &[UnitId],
        call: ExprId,
        index: usize,
        is_method: bool,
        borrowed: bool,
    ) -> bool {
        let mut goes_on = false;
        for unit in units {
            let has_receiver = self.program.unit(*unit).function().is_some_and(|function| function.receiver.is_some());
            let key = match (has_receiver && !is_method, index) {
                (true, 0) => ParamKey::This,
                (true, index) => ParamKey::At(index - 1),
                (false, index) => ParamKey::At(index),
            };
            let fate = self.fates.of_param(*unit, key, self.calls_left);
            self.fate.used = true;
            self.fate.serves |= fate.serves;
            if !borrowed {
                goes_on |= fate.returned;
                self.fate.add(&Fate { kept: fate.kept.map(|(how, _)| (how, call)), ..fate });
            }
        }
        goes_on
    }

    /// The result of the call is made use of.
    fn is_chained(&self, call: ExprId) -> bool {
        let Some(parent) = self.body.parent(call) else { return true };
        match self.body.expr(parent) {
            Expr::Block(stmts) => !matches!(stmt_of(stmts, call), Some(Stmt::Semi(_))),
            _ => true,
        }
    }

    /// A value made on the spot, by a function called by its path, rather than a place.
    fn is_fresh(&self, expr: ExprId) -> bool {
        match self.body.expr(expr) {
            Expr::Call { .. } | Expr::Struct { .. } | Expr::Macro(_) => true,
            Expr::Method { receiver, .. } => self.is_fresh(*receiver),
            Expr::Try(inner) | Expr::Await(inner) => self.is_fresh(*inner),
            _ => false,
        }
    }

    /// The value is put into what `receiver` names.
    fn kept_by(&mut self, receiver: ExprId, call: ExprId) {
        match self.place_root(receiver, 0) {
            PlaceRoot::Outside => self.keep(Kept::Stored, call),
            PlaceRoot::Local(pat) => self.follow_pat(pat, Some(call)),
        }
    }

    fn assigned(&mut self, left: ExprId, at: ExprId) {
        match self.place_root(left, 0) {
            PlaceRoot::Outside => self.keep(Kept::Stored, at),
            PlaceRoot::Local(pat) => self.follow_pat(pat, Some(at)),
        }
    }

    /// Where a place begins: through fields, derefs, locks and the variables that hold guards.
    fn place_root(&self, expr: ExprId, depth: usize) -> PlaceRoot {
        let mut at = expr;
        loop {
            at = match self.body.expr(at) {
                Expr::Field { base, .. } | Expr::Index { base, .. } => *base,
                Expr::Deref(inner) | Expr::Ref(inner) | Expr::Try(inner) | Expr::Await(inner) => *inner,
                Expr::Method { receiver, .. } => *receiver,
                Expr::Path(_) => break,
                // A call that gives a place: `registry().insert(..)`, `State::get(..)`.
                _ => return PlaceRoot::Outside,
            };
        }
        let Some(pat) = self.types.locals.get(&at).copied() else { return PlaceRoot::Outside };
        if self.is_param(pat) {
            return PlaceRoot::Outside;
        }
        // A guard or reference: go on from what it was made of.
        match self.init_of(pat) {
            Some(init) if depth < 6 && self.is_borrow(init) => self.place_root(init, depth + 1),
            _ => PlaceRoot::Local(pat),
        }
    }

    /// Whether an initialiser only borrows a place: `&x`, `x.lock()`, `x.entry(k)`, but not `HashMap::new()` or a literal.
    fn is_borrow(&self, init: ExprId) -> bool {
        match self.body.expr(init) {
            Expr::Ref(_) | Expr::Field { .. } | Expr::Index { .. } | Expr::Path(_) => true,
            Expr::Method { receiver, .. } => self.is_borrow(*receiver),
            Expr::Try(inner) | Expr::Await(inner) | Expr::Deref(inner) => self.is_borrow(*inner),
            _ => false,
        }
    }

    fn is_param(&self, pat: PatId) -> bool {
        let UnitKind::Function(function) = self.program.unit(self.unit).kind else { return false };
        function.params.iter().filter_map(|param| param.pat).any(|param| contains_pat(self.body, param, pat))
    }

    /// The initialiser of a variable.
    fn init_of(&self, pat: PatId) -> Option<ExprId> {
        self.body.exprs.iter().find_map(|node| match &node.expr {
            Expr::Block(stmts) => stmts.iter().find_map(|stmt| match stmt {
                Stmt::Let { pat: bound, init, .. } if contains_pat(self.body, *bound, pat) => *init,
                _ => None,
            }),
            Expr::Let(bound, value) if contains_pat(self.body, *bound, pat) => Some(*value),
            Expr::Match { scrutinee, arms } => {
                arms.iter().any(|(bound, _, _)| contains_pat(self.body, *bound, pat)).then_some(*scrutinee)
            }
            _ => None,
        })
    }

    /// Follows every variable of a pattern; `made` is the expression whose value it takes.
    fn follow_pat(&mut self, pat: PatId, made: Option<ExprId>) {
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

    /// Loops around `made` but not around the variable's declaration: the value outlives their turns.
    fn mark_outlived(&mut self, bind: PatId, made: ExprId) {
        let declared = self.declared_in(bind);
        for around in self.body.ancestors(made) {
            if let Expr::Loop { .. } = self.body.expr(around) {
                let inside = declared.is_some_and(|declared| self.body.ancestors(declared).any(|at| at == around));
                if !inside {
                    self.fate.outlives.insert(around);
                }
            }
        }
    }

    /// The block, match or condition that declares a variable; none for parameters.
    fn declared_in(&self, pat: PatId) -> Option<ExprId> {
        self.body.ids().find(|id| match self.body.expr(*id) {
            Expr::Block(stmts) => stmts
                .iter()
                .any(|stmt| matches!(stmt, Stmt::Let { pat: bound, .. } if contains_pat(self.body, *bound, pat))),
            Expr::Let(bound, _) => contains_pat(self.body, *bound, pat),
            Expr::Match { arms, .. } => arms.iter().any(|(bound, _, _)| contains_pat(self.body, *bound, pat)),
            Expr::Closure(closure) => closure.params.iter().any(|bound| contains_pat(self.body, *bound, pat)),
            Expr::Loop { pat: Some(bound), .. } => contains_pat(self.body, *bound, pat),
            _ => false,
        })
    }

    fn follow_use(&mut self, used: ExprId, made: Option<ExprId>) {
        for around in self.body.ancestors(used) {
            if made.is_some_and(|made| self.body.ancestors(made).any(|at| at == around)) {
                break;
            }
            match self.body.expr(around) {
                Expr::Loop { kind: LoopKind::Loop | LoopKind::While, .. } => self.fate.serves = true,
                Expr::Closure(_) | Expr::Async(_)
                    if matches!(hand_over(self.program, self.unit, around), HandOver::Task) =>
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

    /// Loops that a `return` or `break` at `at` leaves, up to the closure around it.
    fn outlive_loops(&mut self, at: ExprId, until: Option<ExprId>) {
        for around in self.body.ancestors(at) {
            match self.body.expr(around) {
                Expr::Loop { .. } => {
                    self.fate.outlives.insert(around);
                    if until == Some(around) {
                        return;
                    }
                }
                Expr::Closure(_) | Expr::Async(_) => return,
                _ => {}
            }
        }
    }

    /// The closure or async block that a `return` at `at` belongs to.
    fn enclosing_function(&self, at: ExprId) -> Option<ExprId> {
        self.body.ancestors(at).find(|around| matches!(self.body.expr(*around), Expr::Closure(_) | Expr::Async(_)))
    }

    fn enclosing_loop(&self, at: ExprId) -> Option<ExprId> {
        self.body.ancestors(at).find(|around| matches!(self.body.expr(*around), Expr::Loop { .. }))
    }
}

fn stmt_of(stmts: &[Stmt], at: ExprId) -> Option<&Stmt> {
    stmts.iter().find(|stmt| match stmt {
        Stmt::Semi(expr) | Stmt::Tail(expr) => *expr == at,
        Stmt::Let { init, otherwise, .. } => *init == Some(at) || *otherwise == Some(at),
    })
}

fn contains_pat(body: &Body, outer: PatId, wanted: PatId) -> bool {
    outer == wanted || body.binds_of(outer).contains(&wanted)
}
