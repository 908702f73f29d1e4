//! For which server something is built.
//!
//! In: a construction with the way to it. Out: its [`Address`]: the origin of the setting that its innermost client, manager
//! or configuration is given, found back through builders, clients, managers and the functions that make them.

use super::origin::{behind, handed_on, origin};
use crate::catalog::CallRef;
use crate::catalog::model::TypeRole;
use crate::facts::{Expr, ExprId, Stmt};
use crate::link::{Program, Target, Ty, UnitId};
use crate::rules::context::Context;
use crate::rules::ways::Way;

/// Nothing is followed further than this.
const MAX_DEPTH: usize = 24;

/// The setting that says which server is meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// What it is made of.
    pub(super) text: String,
    /// The call that is given it, with the way to there.
    pub(super) made: Vec<(UnitId, ExprId)>,
}

/// The address of the construction at the end of a way.
pub(super) fn address_of(context: Context<'_, '_>, way: &Way) -> Option<Address> {
    let (_, expr) = *way.last()?;
    Tracer { context, program: context.program }.address(way, expr, 0)
}

struct Tracer<'t, 'c, 'f> {
    context: Context<'c, 'f>,
    program: &'t Program<'f>,
}

impl Tracer<'_, '_, '_> {
    /// The address of what `expr` makes or stands for, in the last unit of the way.
    fn address(&self, way: &Way, expr: ExprId, depth: usize) -> Option<Address> {
        let (unit, _) = *way.last()?;
        let body = self.program.body(unit).filter(|_| depth < MAX_DEPTH)?;
        let of = |expr: ExprId| self.address(way, expr, depth + 1);
        match body.expr(expr) {
            Expr::Ref(inner) | Expr::Deref(inner) | Expr::Try(inner) | Expr::Await(inner) => of(*inner),
            Expr::Path(_) => {
                let (way, expr) = behind(self.program, way, expr)?;
                self.address(&way, expr, depth + 1)
            }
            Expr::Block(stmts) => match stmts.last() {
                Some(Stmt::Tail(tail)) => of(*tail),
                _ => None,
            },
            Expr::Struct { fields, .. } => fields.iter().find_map(|(_, value)| self.of_part(way, *value, depth)),
            Expr::Method { .. } | Expr::Call { .. } => self.of_call(way, expr, depth),
            _ => None,
        }
    }

    fn of_call(&self, way: &Way, expr: ExprId, depth: usize) -> Option<Address> {
        let (unit, _) = *way.last()?;
        let body = self.program.body(unit)?;
        let (receiver, args) = match body.expr(expr) {
            Expr::Method { receiver, args, .. } => (Some(*receiver), args.as_slice()),
            Expr::Call { args, .. } => (None, args.as_slice()),
            _ => return None,
        };
        let of = |expr: ExprId| self.address(way, expr, depth + 1);
        match self.program.types(unit).targets.get(&expr) {
            Some(Target::Library { call, .. }) if self.program.catalog.is_client_file(call.file) => {
                self.of_step(way, expr, call, receiver, args, depth)
            }
            Some(Target::Fluent) => of(receiver?),
            Some(Target::Units { units, .. }) => match units.as_slice() {
                [callee] => {
                    self.of_function(way, expr, *callee, depth).or_else(|| self.of_args(way, expr, args, depth))
                }
                _ => None,
            },
            Some(Target::Constructor) => args.iter().find_map(|arg| self.of_part(way, *arg, depth)),
            _ => of(handed_on(self.program, unit, expr).or(receiver)?),
        }
    }

    /// A call of a client library.
    fn of_step(
        &self,
        way: &Way,
        expr: ExprId,
        call: &CallRef,
        receiver: Option<ExprId>,
        args: &[ExprId],
        depth: usize,
    ) -> Option<Address> {
        if let Some(from) = call.fact.from_arg.and_then(|index| args.get(index)) {
            return self.of_part(way, *from, depth).or_else(|| self.given(way, expr, &[*from]));
        }
        let of_receiver = receiver.and_then(|receiver| self.of_part(way, receiver, depth));
        of_receiver.or_else(|| self.of_args(way, expr, args, depth))
    }

    /// A function of the program: the construction in it, with what it is given here.
    fn of_function(&self, way: &Way, call: ExprId, callee: UnitId, depth: usize) -> Option<Address> {
        let (unit, _) = *way.last()?;
        let mut sites = self.context.analyses.iter().filter(|other| other.site.unit == callee && !other.site.as_value);
        let site = sites.next_back()?.site.expr;
        let mut inner = way[..way.len() - 1].to_vec();
        inner.extend([(unit, call), (callee, site)]);
        self.address(&inner, site, depth + 1)
    }

    /// The client or manager among the arguments; else the arguments are the address themselves.
    fn of_args(&self, way: &Way, call: ExprId, args: &[ExprId], depth: usize) -> Option<Address> {
        match args.iter().find(|arg| self.is_part(way, **arg)) {
            Some(part) => self.of_part(way, *part, depth),
            None => self.given(way, call, args),
        }
    }

    fn of_part(&self, way: &Way, expr: ExprId, depth: usize) -> Option<Address> {
        self.is_part(way, expr).then(|| self.address(way, expr, depth + 1)).flatten()
    }

    /// Whether an expression is something of a client library, or a manager, rather than a plain setting.
    fn is_part(&self, way: &Way, expr: ExprId) -> bool {
        let Some((unit, _)) = way.last() else { return false };
        let steps = self.program.autoderef(self.program.types(*unit).ty(expr));
        steps.into_iter().any(|ty| match &ty {
            Ty::External(path, _) => self.program.catalog.type_info(path).is_some_and(|info| {
                self.program.catalog.is_client_file(info.file)
                    && !matches!(info.fact.role, TypeRole::Wrapper | TypeRole::Outcome | TypeRole::Other)
            }),
            _ => self.program.pooled_by(&ty).is_some(),
        })
    }

    /// The address is what these arguments of a call are.
    fn given(&self, way: &Way, call: ExprId, args: &[ExprId]) -> Option<Address> {
        let (unit, _) = *way.last()?;
        let texts = args.iter().map(|arg| origin(self.program, way, *arg, 0)).collect::<Option<Vec<_>>>()?;
        let mut made = way[..way.len() - 1].to_vec();
        made.push((unit, call));
        (!texts.is_empty()).then(|| Address { text: texts.join(", "), made })
    }
}
