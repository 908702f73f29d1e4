//! The commands that need a connection of their own, as the program sends them.
//!
//! In: units. Out: [`Command`]s: a method of a handle (`connection.blpop(..)`), a function given one, or a command that is
//! named (`cmd("BLPOP")`), followed to where it is sent.

use rustc_hash::FxHashSet;

use crate::catalog::FileId;
use crate::catalog::model::ExclusiveFact;
use crate::facts::{Body, Expr, ExprId, Name, Stmt};
use crate::link::{BodyTypes, Program, Target, Ty, UnitId};
use crate::rules::context::Context;
use crate::source::Span;

/// Variables that hold a command are followed this far.
const MAX_DEPTH: usize = 4;

/// A command that is sent.
pub(super) struct Command<'c> {
    pub(super) unit: UnitId,
    /// The call that sends or names it.
    pub(super) span: Span,
    /// As written: `brpop`, `BRPOP`.
    pub(super) name: Name,
    /// The handle over which it is sent.
    pub(super) over: ExprId,
    pub(super) fact: &'c ExclusiveFact,
    pub(super) file: FileId,
}

/// Every such command of the program.
pub(super) fn commands<'c>(context: Context<'c, '_>) -> Vec<Command<'c>> {
    let program = context.program;
    let catalog = program.catalog;
    let mut names: FxHashSet<Name> = catalog.command_namers();
    for (_, fact) in catalog.exclusives() {
        names.extend(fact.methods.iter().map(|name| Name::from(name.as_str())));
        names.extend(fact.functions.iter().map(|path| Name::from(crate::catalog::last_segment(path))));
    }
    let mut found = Vec::new();
    let units = context.flow.units_mentioning(&names);
    program.prepare(&units);
    for unit in units {
        let Some(body) = program.body(unit) else { continue };
        let sender = Sender { program, unit, body, types: program.types(unit) };
        for (file, fact) in catalog.exclusives() {
            found.extend(body.ids().filter_map(|id| sender.command(id, file, fact)));
        }
    }
    found
}

struct Sender<'s, 'f> {
    program: &'s Program<'f>,
    unit: UnitId,
    body: &'f Body,
    types: &'s BodyTypes,
}

impl<'s> Sender<'s, '_> {
    fn command(&self, expr: ExprId, file: FileId, fact: &'s ExclusiveFact) -> Option<Command<'s>> {
        let node = self.body.node(expr);
        let (over, name, span) = match &node.expr {
            Expr::Method { receiver, name, name_span, args, .. } => {
                let is_meant = fact.methods.iter().any(|known| known == name) && self.counts(fact, args);
                (is_meant && is_handle(self.program, self.types.ty(*receiver), fact)).then_some(())?;
                (*receiver, name.clone(), Span { start: name_span.start, end: node.span.end })
            }
            Expr::Call { args, .. } => match self.types.targets.get(&expr)? {
                Target::Foreign(path) if fact.functions.iter().any(|known| known == path.as_str()) => {
                    (*args.first()?, crate::catalog::last_segment(path).into(), node.span)
                }
                Target::Library { call, .. } => {
                    let Expr::Str(text) = self.body.expr(*args.get(call.fact.names_command?)?) else { return None };
                    (self.named(fact, text, expr)?, text.clone(), node.span)
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(Command { unit: self.unit, span, name, over, fact, file })
    }

    /// Over what a command that is named at `at` is sent, when it is one of `fact`.
    fn named(&self, fact: &ExclusiveFact, text: &str, at: ExprId) -> Option<ExprId> {
        let command = text.split_whitespace().next()?.to_uppercase();
        fact.commands.contains(&command).then_some(())?;
        let mut words: Vec<Name> = text.split_whitespace().skip(1).map(Name::from).collect();
        let over = self.sent(at, &mut words, 0)?;
        let has_word = |wanted: &String| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
        let ty = self.types.ty(over);
        let is_open = ty.is_nameless() || matches!(ty, Ty::Param(..) | Ty::Object(_));
        let is_meant = fact.word.as_ref().is_none_or(has_word) && (is_open || is_handle(self.program, ty, fact));
        is_meant.then_some(over)
    }

    /// Over what the command that is the value at `at` is sent; `words` takes its arguments.
    fn sent(&self, at: ExprId, words: &mut Vec<Name>, depth: usize) -> Option<ExprId> {
        let mut at = at;
        loop {
            let parent = self.body.parent(at)?;
            match self.body.expr(parent) {
                Expr::Method { receiver, args, .. } if *receiver == at => {
                    if let Some(Target::Library { call, .. }) = self.types.targets.get(&parent)
                        && let Some(index) = call.fact.sends_over
                    {
                        return args.get(index).copied();
                    }
                    words.extend(args.iter().filter_map(|arg| self.word(*arg)));
                }
                Expr::Ref(_) | Expr::Deref(_) => {}
                Expr::Block(stmts) if depth < MAX_DEPTH => return self.through(stmts, at, words, depth),
                _ => return None,
            }
            at = parent;
        }
    }

    /// The same, by the variable that a statement of the block puts the command into.
    fn through(&self, stmts: &[Stmt], at: ExprId, words: &mut Vec<Name>, depth: usize) -> Option<ExprId> {
        let variable = stmts.iter().find_map(|stmt| match stmt {
            Stmt::Let { pat, init, .. } if *init == Some(at) => self.body.binds_of(*pat).first().copied(),
            _ => None,
        })?;
        let uses = self.types.uses.get(&variable)?;
        // Each use may add an argument; one sends it.
        uses.iter().filter_map(|used| self.sent(*used, words, depth + 1)).last()
    }

    fn word(&self, arg: ExprId) -> Option<Name> {
        match self.body.expr(arg) {
            Expr::Str(text) => Some(text.clone()),
            Expr::Ref(inner) => self.word(*inner),
            _ => None,
        }
    }

    /// Whether a method's arguments make it such a command.
    fn counts(&self, fact: &ExclusiveFact, args: &[ExprId]) -> bool {
        let Some(index) = fact.arg else { return true };
        let Some(arg) = args.get(index) else { return false };
        let is_none =
            matches!(self.body.expr(*arg), Expr::Path(path) if path.last().is_some_and(|name| name == "None"));
        !is_none && fact.setter.as_ref().is_none_or(|setter| self.is_made_with(*arg, setter, 0))
    }

    /// Whether a method of this name is called in making a value.
    fn is_made_with(&self, expr: ExprId, setter: &str, depth: usize) -> bool {
        match self.body.expr(expr) {
            Expr::Method { name, .. } if name == setter => true,
            Expr::Path(_) => {
                let variable = self.types.locals.get(&expr).filter(|_| depth < MAX_DEPTH);
                let init = variable.and_then(|variable| self.body.initialiser_of(*variable));
                init.is_some_and(|init| self.is_made_with(init, setter, depth + 1))
            }
            inner => {
                let mut found = false;
                inner.for_each_child(|child| found = found || self.is_made_with(child, setter, depth));
                found
            }
        }
    }
}

/// Whether a type is, or dereferences to, a handle of `fact`.
pub(super) fn is_handle(program: &Program<'_>, ty: &Ty, fact: &ExclusiveFact) -> bool {
    program.autoderef(ty).iter().any(|step| match step {
        Ty::External(path, _) => fact.on.iter().any(|known| known == path.as_str()),
        _ => false,
    })
}
