//! What surrounds a finding: who needs the value, who calls whom, what the framework runs.
//!
//! In: an analysis with its deciding end. Out: [`Situation`], which the advice is made from.

use super::super::context::Context;
use crate::facts::{Expr, ExprId};
use crate::flow::{Analysis, End, Frequency, Via};
use crate::link::{ModuleId, Owner, Program, ReferenceKind, TypeId, UnitId};
use crate::source::byte_range;

/// No chain is followed further up.
const MAX_STEPS: usize = 32;

/// A finding and its surroundings.
pub(in crate::rules) struct Situation<'c, 'f> {
    pub(in crate::rules) program: &'c Program<'f>,
    pub(in crate::rules) analyses: &'c [Analysis],
    pub(in crate::rules) analysis: &'c Analysis,
    pub(in crate::rules) end: &'c End,
    pub(in crate::rules) frequency: Frequency,
    /// The function in which the value ends: it needs one.
    pub(in crate::rules) user: UnitId,
    /// The call in it that gives the value.
    pub(in crate::rules) at: ExprId,
    /// Units from `user` up to the root, with the call by which each is reached from the next.
    pub(in crate::rules) route: Vec<(UnitId, Option<ExprId>)>,
    /// The function of the project that the framework (or `main`'s surroundings) calls.
    pub(in crate::rules) handler: Option<UnitId>,
    /// The closure or loop that the framework runs.
    pub(in crate::rules) closure: Option<(UnitId, ExprId)>,
    /// The catalogue that tells the root; empty when none does.
    pub(in crate::rules) framework: String,
}

impl<'c, 'f> Situation<'c, 'f> {
    /// The situation of an analysis that broke a rule.
    pub(in crate::rules) fn of(context: Context<'c, 'f>, analysis: &'c Analysis, frequency: Frequency) -> Option<Self> {
        let end = analysis.ends.get(analysis.decisive?)?;
        let (user, at) = end.place();
        let mut situation = Situation {
            program: context.program,
            analyses: context.analyses,
            analysis,
            end,
            frequency,
            user,
            at,
            route: vec![(user, None)],
            handler: None,
            closure: None,
            framework: String::new(),
        };
        if let Some((hit, closure)) = &end.context.root {
            situation.framework.clone_from(&hit.catalog);
            situation.closure = Some((user, *closure));
        } else {
            situation.climb(context);
        }
        Some(situation)
    }

    /// From the user up to the root.
    fn climb(&mut self, context: Context<'c, 'f>) {
        let mut at = self.user;
        for _ in 0..MAX_STEPS {
            match context.known.of(at).map(|entry| &entry.via) {
                Some(Via::Reference(reference)) => {
                    self.route.push((reference.unit, Some(reference.expr)));
                    at = reference.unit;
                }
                Some(Via::Root(hit)) => {
                    self.framework.clone_from(&hit.catalog);
                    self.handler = Some(at);
                    return;
                }
                Some(Via::InnerRoot(from, hit, closure, reference)) => {
                    self.framework.clone_from(&hit.catalog);
                    if reference.kind == ReferenceKind::Value && reference.expr == *closure {
                        self.handler = Some(at);
                    } else {
                        self.closure = Some((*from, *closure));
                    }
                    self.route.push((*from, Some(reference.expr)));
                    return;
                }
                _ => return,
            }
        }
    }

    /// The function that makes the value for the user, when it isn't made there.
    pub(in crate::rules) fn factory(&self) -> Option<UnitId> {
        self.end.route.get(1).map(|(unit, _)| *unit)
    }

    /// The function that should have it at hand: the method that makes it, where the user calls one of the same struct.
    pub(in crate::rules) fn needy(&self) -> UnitId {
        let site = self.analysis.site.unit;
        if self.owner_of(site).is_some() { site } else { self.user }
    }

    /// The place of a unit: `` `Cache::open` (src/cache.rs:12)``.
    pub(in crate::rules) fn unit_place(&self, unit: UnitId) -> String {
        let line = self.program.unit(unit).span.start.line;
        format!("`{}` ({}:{line})", self.program.display_name(unit), self.program.file_name(unit))
    }

    /// The place of an expression: `src/cache.rs:12`.
    pub(in crate::rules) fn expr_place(&self, unit: UnitId, expr: ExprId) -> String {
        let line = self.program.body(unit).map_or(0, |body| body.node(expr).span.start.line);
        format!("{}:{line}", self.program.file_name(unit))
    }

    /// The place of a type: `` `AppState` (src/state.rs:8)``.
    pub(in crate::rules) fn type_place(&self, id: TypeId) -> String {
        let definition = &self.program.types[id.index()];
        let file = self.file_of(definition.module);
        format!("`{}` ({file}:{})", definition.name, definition.span.start.line)
    }

    /// Shown name of a module's file.
    pub(in crate::rules) fn file_of(&self, module: ModuleId) -> &'c str {
        &self.program.loaded.files[self.program.modules[module.index()].file].name
    }

    /// The text of an expression.
    pub(in crate::rules) fn text_of(&self, unit: UnitId, expr: ExprId) -> Option<&'c str> {
        let program: &'c Program<'f> = self.program;
        let span = program.body(unit)?.node(expr).span;
        let file = program.loaded.sources.get(program.file_name(unit))?;
        file.text.get(byte_range(&file.text, span))
    }

    /// Whether code in `from` sees private things of `module`: it stands in it or below.
    pub(in crate::rules) fn sees_private(&self, from: UnitId, module: ModuleId) -> bool {
        let mut at = Some(self.program.unit(from).module);
        while let Some(id) = at {
            if id == module {
                return true;
            }
            at = self.program.modules[id.index()].parent;
        }
        false
    }

    /// Whether code in `from` can name something public of `module`'s crate.
    pub(in crate::rules) fn sees_crate(&self, from: UnitId, module: ModuleId) -> bool {
        let own = self.program.crate_id_of(from);
        let other = self.program.modules[module.index()].krate;
        own == other || self.program.crates[own.index()].local_externs.values().any(|seen| *seen == other)
    }

    /// Whether the value is needed in asynchronous code.
    pub(in crate::rules) fn in_async(&self) -> bool {
        let by_signature = self.program.unit(self.user).function().is_some_and(|function| function.is_async);
        by_signature
            || self.program.body(self.user).is_some_and(|body| {
                body.ancestors(self.at).any(|at| match body.expr(at) {
                    Expr::Async(_) => true,
                    Expr::Closure(closure) => closure.is_async,
                    _ => false,
                })
            })
    }

    /// The struct whose method a unit is, when the method has a receiver.
    pub(in crate::rules) fn owner_of(&self, unit: UnitId) -> Option<crate::link::Ty> {
        self.program.unit(unit).function()?.receiver.as_ref()?;
        match self.program.unit(unit).owner {
            Owner::Impl(of) => Some(self.program.impls[of.index()].self_ty.clone()),
            Owner::Free | Owner::Trait(_) => None,
        }
    }

    /// The name of the type whose method a unit is.
    pub(in crate::rules) fn owner_name(&self, unit: UnitId) -> String {
        let name = self.program.display_name(unit);
        name.rsplit_once("::").map(|(owner, _)| owner.to_owned()).unwrap_or_default()
    }

    /// Whether a unit's signature is given by a trait.
    pub(in crate::rules) fn is_fixed(&self, unit: UnitId) -> bool {
        match self.program.unit(unit).owner {
            Owner::Free => false,
            Owner::Impl(of) => self.program.impls[of.index()].item.of_trait.is_some(),
            Owner::Trait(_) => true,
        }
    }
}
