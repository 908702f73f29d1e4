//! What an expression needs, so that it can be moved to another place.
//!
//! In: an expression of a unit, and which variables are there at the other place. Out: [`Slice`]: the `let` statements that it
//! needs, in order, and what stands in the way of running it elsewhere: `?`, `.await`. None when it needs more than that: a
//! parameter, `self`, the control flow around it, something that can't be read.

use std::ops::Range;

use crate::facts::{Body, Expr, ExprId, Pat, PatId, Stmt};
use crate::link::{BodyTypes, Def, Program, UnitId};
use crate::source::byte_range;

/// Statements on the way to a value are followed this far.
const MAX_LETS: usize = 8;

/// A statement that an expression needs.
#[derive(Debug, Clone)]
pub(super) struct Let {
    /// The variable.
    pub(super) variable: PatId,
    /// The value.
    pub(super) init: ExprId,
    /// The whole statement in the text of its file, with its semicolon.
    pub(super) range: Range<usize>,
}

/// An expression with what it needs.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    /// The unit.
    pub(super) unit: UnitId,
    /// Statements, in order.
    pub(super) lets: Vec<Let>,
    /// The expression.
    pub(super) value: ExprId,
    /// Each `e?` in it, outside of closures.
    pub(super) tries: Vec<ExprId>,
    /// It awaits something.
    pub(super) awaits: bool,
}

/// Macros whose tokens are no code, or code that is read, and that need nothing from where they stand.
const OPEN_MACROS: [&str; 6] = ["concat", "env", "option_env", "vec", "stringify", "include_str"];

impl Slice {
    /// What `value` needs. `is_there` tells whether a variable can be used at the other place.
    pub(super) fn of(
        program: &Program<'_>,
        unit: UnitId,
        value: ExprId,
        is_there: &dyn Fn(PatId) -> bool,
    ) -> Option<Slice> {
        let slicer = Slicer { program, unit, body: program.body(unit)?, types: program.types(unit), is_there };
        let mut slice = Slice { unit, lets: Vec::new(), value, tries: Vec::new(), awaits: false };
        slicer.expr(value, &mut slice, 0)?;
        slice.lets.sort_by_key(|one| one.range.start);
        Some(slice)
    }

    /// Whether every use of a statement's variable is in it.
    pub(super) fn has_all_uses(&self, program: &Program<'_>, one: &Let) -> bool {
        self.has_all_uses_but(program, one, self.value)
    }

    /// The same, but for uses in `other`.
    pub(super) fn has_all_uses_but(&self, program: &Program<'_>, one: &Let, other: ExprId) -> bool {
        let Some(body) = program.body(self.unit) else { return false };
        let roots: Vec<ExprId> = self.lets.iter().map(|one| one.init).chain([self.value, other]).collect();
        let uses = program.types(self.unit).uses.get(&one.variable);
        uses.is_none_or(|uses| uses.iter().all(|at| body.ancestors(*at).any(|above| roots.contains(&above))))
    }
}

struct Slicer<'s, 'f> {
    program: &'s Program<'f>,
    unit: UnitId,
    body: &'s Body,
    types: &'s BodyTypes,
    is_there: &'s dyn Fn(PatId) -> bool,
}

impl Slicer<'_, '_> {
    /// Goes through an expression outside of closures (`depth` 0) or in one.
    fn expr(&self, at: ExprId, slice: &mut Slice, depth: usize) -> Option<()> {
        match self.body.expr(at) {
            Expr::Path(path) => self.path(at, path, slice)?,
            Expr::Try(_) if depth == 0 => slice.tries.push(at),
            Expr::Await(_) if depth == 0 => slice.awaits = true,
            Expr::Return(_) | Expr::Break(_) | Expr::Continue if depth == 0 => return None,
            Expr::Unknown => return None,
            Expr::Macro(call) => {
                let name = call.path.last()?;
                let is_open = OPEN_MACROS.contains(&name.as_str()) && (name != "vec" || !call.opaque);
                if !is_open {
                    return None;
                }
            }
            _ => {}
        }
        let inside = match self.body.expr(at) {
            Expr::Closure(_) | Expr::Async(_) => depth + 1,
            _ => depth,
        };
        let mut fits = Some(());
        self.body.expr(at).for_each_child(|child| {
            if fits.is_some() {
                fits = self.expr(child, slice, inside);
            }
        });
        fits
    }

    fn path(&self, at: ExprId, path: &crate::facts::Path, slice: &mut Slice) -> Option<()> {
        let first = &path.segments.first()?.name;
        if let Some(variable) = self.types.locals.get(&at) {
            let roots: Vec<ExprId> = slice.lets.iter().map(|one| one.init).chain([slice.value]).collect();
            let declared = self.body.declared_in(*variable);
            let is_inside =
                declared.is_some_and(|declared| self.body.ancestors(declared).any(|above| roots.contains(&above)));
            if is_inside || (self.is_there)(*variable) || slice.lets.iter().any(|one| one.variable == *variable) {
                return Some(());
            }
            return self.statement(*variable, slice);
        }
        let is_own = matches!(first.as_str(), "self" | "Self") && (path.segments.len() == 1 || first == "Self");
        if is_own || self.is_parameter(first) {
            return None;
        }
        // What is declared within the body is not there elsewhere.
        let unit = self.program.unit(self.unit);
        let of_body = |name: &crate::facts::Name| {
            unit.scope != unit.module && {
                let scope = &self.program.modules[unit.scope.index()];
                scope.types.contains_key(name) || scope.values.contains_key(name) || scope.imports.contains_key(name)
            }
        };
        let is_of_body = of_body(first)
            || matches!(self.types.values.get(&at), Some(Def::Unit(id)) if self.program.unit(*id).module == unit.scope && unit.scope != unit.module);
        (!is_of_body).then_some(())
    }

    /// Whether a name is a type parameter of the function or of what is around it.
    fn is_parameter(&self, name: &str) -> bool {
        let unit = self.program.unit(self.unit);
        let of_function = unit.function().map(|function| &function.generics);
        let of_owner = match unit.owner {
            crate::link::Owner::Impl(id) => Some(&self.program.impls[id.index()].item.generics),
            _ => None,
        };
        of_function.into_iter().chain(of_owner).flat_map(|generics| &generics.params).any(|(known, _)| known == name)
    }

    /// Adds the statement that declares a variable: `let name = value;`, of which nothing is changed later.
    fn statement(&self, variable: PatId, slice: &mut Slice) -> Option<()> {
        if slice.lets.len() >= MAX_LETS || !self.is_steady(variable) {
            return None;
        }
        let Pat::Bind(_, None) = self.body.pat(variable) else { return None };
        let declared = self.body.declared_in(variable)?;
        let Expr::Block(stmts) = self.body.expr(declared) else { return None };
        let init = stmts.iter().find_map(|stmt| match stmt {
            Stmt::Let { pat, init, otherwise: None, .. } if self.is_bind(*pat, variable) => *init,
            _ => None,
        })?;
        let range = statement_range(self.program, self.unit, init)?;
        slice.lets.push(Let { variable, init, range });
        self.expr(init, slice, 0)
    }

    fn is_bind(&self, pat: PatId, variable: PatId) -> bool {
        match self.body.pat(pat) {
            Pat::Typed(inner, _) => self.is_bind(*inner, variable),
            _ => pat == variable,
        }
    }

    /// Whether a variable keeps the value that it is declared with, as far as can be seen: it is never assigned to.
    fn is_steady(&self, variable: PatId) -> bool {
        let uses = self.types.uses.get(&variable).map(Vec::as_slice).unwrap_or_default();
        uses.iter().all(|at| {
            !self
                .body
                .ancestors(*at)
                .zip(self.body.ancestors(*at).skip(1))
                .any(|(child, parent)| matches!(self.body.expr(parent), Expr::Assign(left, _) if *left == child))
        })
    }
}

/// The bytes of the `let` statement with this value, with its semicolon.
pub(super) fn statement_range(program: &Program<'_>, unit: UnitId, init: ExprId) -> Option<Range<usize>> {
    let text = text_of_file(program, unit);
    let value = byte_range(text, program.body(unit)?.node(init).span);
    let start = text[..value.start].rfind("let ")?;
    // Under an attribute it is there only sometimes.
    if text[..start].trim_end().ends_with(']') {
        return None;
    }
    let head = &text[start..value.start];
    let parses = |source: &str| {
        syn::parse_str::<syn::Block>(source).is_ok_and(|block| matches!(block.stmts.as_slice(), [syn::Stmt::Local(_)]))
    };
    if !parses(&format!("{{ {head} x; }}")) {
        return None;
    }
    let end = value.end + text[value.end..].find(';')? + 1;
    text[value.end..end - 1].trim().is_empty().then_some(start..end)
}

/// The text of the file that a unit stands in.
pub(super) fn text_of_file<'p>(program: &'p Program<'_>, unit: UnitId) -> &'p str {
    &program.loaded.files[program.unit(unit).file].text
}

/// The bytes of an expression.
pub(super) fn range_of(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Range<usize> {
    let text = text_of_file(program, unit);
    program.body(unit).map_or(0..0, |body| byte_range(text, body.node(expr).span))
}

/// The text of an expression.
pub(super) fn text_of<'p>(program: &'p Program<'_>, unit: UnitId, expr: ExprId) -> &'p str {
    let range = range_of(program, unit, expr);
    &text_of_file(program, unit)[range]
}

/// What stands in the place of the `?` of `std::env::var(..)?`: a program can't do without the variable.
pub(super) const NEEDS_VARIABLE: &str = ".expect(\"the environment variable is set\")";

/// A stretch of a text with other words for the stretches of it that are among `marks`.
pub(super) fn replaced(text: &str, range: Range<usize>, marks: &[(Range<usize>, &str)]) -> String {
    let mut inside: Vec<_> = marks.iter().filter(|(at, _)| range.start <= at.start && at.end <= range.end).collect();
    inside.sort_by_key(|(at, _)| at.start);
    let mut result = text[range.clone()].to_owned();
    for (at, new) in inside.into_iter().rev() {
        result.replace_range(at.start - range.start..at.end - range.start, new);
    }
    result
}
