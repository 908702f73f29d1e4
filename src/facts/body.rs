//! Function bodies as arenas of expressions and patterns.
//!
//! Every expression knows its parent, so that the analysis can ask both what a value is made of and where it goes.

use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::{Item, Name, Path, SyntaxProblem, TypeRef};
use crate::source::{Pos, Span};

/// Index of an expression in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExprId(pub u32);

/// Index of a pattern in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PatId(pub u32);

/// A function body, a static's initialiser.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Body {
    /// All expressions; children stand before their parents.
    pub exprs: Vec<ExprNode>,
    /// All patterns.
    pub pats: Vec<Pat>,
    /// The outermost expression.
    pub root: Option<ExprId>,
    /// Items declared within it, wherever in it.
    pub items: Vec<Item>,
    /// The search index (see [`FnBody::words`]).
    pub words: Vec<Name>,
}

/// Whether a literal is in the search index of the body that it stands in.
#[must_use]
pub fn is_word(literal: &str) -> bool {
    const LONGEST: usize = 64;
    !literal.is_empty() && literal.len() <= LONGEST && !literal.contains(|c: char| c.is_whitespace() || c == '\\')
}

/// A function's body: parsed with its file, or as text that is parsed when somebody first asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FnBody {
    /// The search index, sorted, each once: every segment of a path, method, field, and every string literal that is one
    /// word ([`is_word`]). Other identifiers may be among them.
    pub words: Vec<Name>,
    /// Where it is.
    pub source: BodySource,
}

/// Where a function's body is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BodySource {
    /// Here.
    Parsed(Box<Body>),
    /// In the file's text.
    Text(Box<Unparsed>),
}

/// A body that is text as yet. It declares no items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unparsed {
    /// Where its opening brace stands.
    pub start: Pos,
    /// Its bytes in the file's text, with the braces.
    pub range: Range<usize>,
    /// The patterns of the function's parameters, with which the body's patterns begin.
    pub params: Vec<Pat>,
    /// What it was found to be.
    #[serde(skip)]
    parsed: OnceLock<ParsedBody>,
}

/// A body that was text.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedBody {
    /// The body; nothing but the parameters' patterns when it can't be parsed.
    pub body: Body,
    /// Why it can't be parsed.
    pub problem: Option<SyntaxProblem>,
}

impl Unparsed {
    /// A body that nobody has asked for.
    #[must_use]
    pub fn new(start: Pos, range: Range<usize>, params: Vec<Pat>) -> Unparsed {
        Unparsed { start, range, params, parsed: OnceLock::new() }
    }
}

impl FnBody {
    /// A body that was parsed with its file.
    #[must_use]
    pub fn of(body: Body) -> FnBody {
        FnBody { words: body.words.clone(), source: BodySource::Parsed(Box::new(body)) }
    }

    /// The body; `parse` is called the first time that somebody asks, if it is text.
    pub fn get(&self, parse: impl FnOnce(&Unparsed) -> ParsedBody) -> &Body {
        match &self.source {
            BodySource::Parsed(body) => body,
            BodySource::Text(text) => &text.parsed.get_or_init(|| parse(text)).body,
        }
    }

    /// What was found wrong with it when somebody asked for it.
    #[must_use]
    pub fn problem(&self) -> Option<&SyntaxProblem> {
        match &self.source {
            BodySource::Parsed(_) => None,
            BodySource::Text(text) => text.parsed.get()?.problem.as_ref(),
        }
    }
}

/// An expression with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExprNode {
    /// What it is.
    pub expr: Expr,
    /// Where it stands.
    pub span: Span,
    /// The expression it is part of.
    pub parent: Option<ExprId>,
}

/// Kinds of loops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopKind {
    /// `loop`.
    Loop,
    /// `while`, `while let`.
    While,
    /// `for`.
    For,
}

/// A closure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosureExpr {
    /// Parameters.
    pub params: Vec<PatId>,
    /// Body.
    pub body: ExprId,
    /// `async ||`.
    pub is_async: bool,
}

/// A macro call whose tokens were read as code, as far as they could be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MacroExpr {
    /// Its path.
    pub path: Path,
    /// The code found within it.
    pub args: ThinVec<ExprId>,
    /// Some of its tokens could not be read as code.
    pub opaque: bool,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// A variable, function, constant, unit struct.
    Path(Path),
    /// A string literal.
    Str(Name),
    /// A whole number that is not too large.
    Int(u64),
    /// Any other literal.
    Lit,
    /// `f(args)`.
    Call {
        /// What is called.
        callee: ExprId,
        /// Arguments.
        args: ThinVec<ExprId>,
    },
    /// `receiver.name(args)`.
    Method {
        /// On what.
        receiver: ExprId,
        /// Which method.
        name: Name,
        /// Where the name stands.
        name_span: Span,
        /// `::<T>`.
        turbofish: ThinVec<TypeRef>,
        /// Arguments.
        args: ThinVec<ExprId>,
    },
    /// `base.name`.
    Field {
        /// Of what.
        base: ExprId,
        /// Which, or the index.
        name: Name,
    },
    /// `base[index]`.
    Index {
        /// Of what.
        base: ExprId,
        /// At which.
        index: ExprId,
    },
    /// `e.await`.
    Await(ExprId),
    /// `e?`.
    Try(ExprId),
    /// `&e`, `&mut e`.
    Ref(ExprId),
    /// `*e`.
    Deref(ExprId),
    /// `!e`, `-e`.
    Unary(ExprId),
    /// `a + b`, `a += b`, ranges: a use of both.
    Binary(ThinVec<ExprId>),
    /// `e as T`.
    Cast(ExprId, Box<TypeRef>),
    /// `left = right`.
    Assign(ExprId, ExprId),
    /// `(a, b)`.
    Tuple(ThinVec<ExprId>),
    /// `[a, b]`, `[a; n]`.
    Array(ThinVec<ExprId>),
    /// `Path { fields, ..base }`.
    Struct {
        /// Which.
        path: Box<Path>,
        /// Names and values.
        fields: Vec<(Name, ExprId)>,
        /// After `..`.
        base: Option<ExprId>,
    },
    /// `{ .. }`, also `unsafe`, `const`.
    Block(Vec<Stmt>),
    /// `async { .. }`: the block.
    Async(ExprId),
    /// A closure.
    Closure(ClosureExpr),
    /// `if cond { then } else { otherwise }`.
    If {
        /// Condition.
        cond: ExprId,
        /// Then.
        then: ExprId,
        /// Else.
        otherwise: Option<ExprId>,
    },
    /// `let pat = value` as a condition.
    Let(PatId, ExprId),
    /// `match`.
    Match {
        /// On what.
        scrutinee: ExprId,
        /// Pattern, guard, body.
        arms: Vec<(PatId, Option<ExprId>, ExprId)>,
    },
    /// A loop.
    Loop {
        /// Which.
        kind: LoopKind,
        /// Pattern of a `for`.
        pat: Option<PatId>,
        /// Condition of a `while`, iterator of a `for`.
        head: Option<ExprId>,
        /// Body.
        body: ExprId,
    },
    /// `return e`.
    Return(Option<ExprId>),
    /// `break e`.
    Break(Option<ExprId>),
    /// `continue`.
    Continue,
    /// A macro call.
    Macro(Box<MacroExpr>),
    /// What isn't code to us.
    Unknown,
}

/// A statement of a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Stmt {
    /// `let pat: ty = init else { otherwise };`.
    Let {
        /// Pattern.
        pat: PatId,
        /// Type, when written.
        ty: Option<Box<TypeRef>>,
        /// Value.
        init: Option<ExprId>,
        /// Else block.
        otherwise: Option<ExprId>,
    },
    /// `e;`: its value ends here.
    Semi(ExprId),
    /// The block's value.
    Tail(ExprId),
}

/// A pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Pat {
    /// `name`, `ref mut name`, `name @ sub`; a unit variant or constant looks the same.
    Bind(Name, Option<PatId>),
    /// `(a, b)`.
    Tuple(Vec<PatId>),
    /// `Path(a, b)`.
    TupleStruct(Box<Path>, Vec<PatId>),
    /// `Path { name: pat, .. }`.
    Struct(Box<Path>, Vec<(Name, PatId)>),
    /// `&p`, `box p`.
    Ref(PatId),
    /// `a | b`.
    Or(Vec<PatId>),
    /// `[a, b]`.
    Slice(Vec<PatId>),
    /// `p: T`.
    Typed(PatId, Box<TypeRef>),
    /// A string literal.
    Str(Name),
    /// `..`.
    Rest,
    /// `_`, other literals, paths, ranges.
    Other,
}

impl Body {
    /// The node of `id`.
    #[must_use]
    pub fn node(&self, id: ExprId) -> &ExprNode {
        &self.exprs[id.0 as usize]
    }

    /// The expression of `id`.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize].expr
    }

    /// The expression that `id` is part of.
    #[must_use]
    pub fn parent(&self, id: ExprId) -> Option<ExprId> {
        self.exprs[id.0 as usize].parent
    }

    /// The pattern of `id`.
    #[must_use]
    pub fn pat(&self, id: PatId) -> &Pat {
        &self.pats[id.0 as usize]
    }

    /// The variables that a pattern binds.
    #[must_use]
    pub fn binds_of(&self, pat: PatId) -> Vec<PatId> {
        let mut binds = Vec::new();
        self.collect_binds(pat, &mut binds);
        binds
    }

    /// Whether a pattern is, or binds, a variable.
    #[must_use]
    pub fn binds(&self, pat: PatId, variable: PatId) -> bool {
        // Most patterns are one name: no list is made for them.
        pat == variable
            || !matches!(self.pat(pat), Pat::Bind(_, None) | Pat::Rest | Pat::Other)
                && self.binds_of(pat).contains(&variable)
    }

    /// What a variable of `let`, `if let`, `match` is taken from; none for parameters and items of loops.
    #[must_use]
    pub fn initialiser_of(&self, variable: PatId) -> Option<ExprId> {
        self.exprs.iter().find_map(|node| match &node.expr {
            Expr::Block(stmts) => stmts.iter().find_map(|stmt| match stmt {
                Stmt::Let { pat, init, .. } if self.binds(*pat, variable) => *init,
                _ => None,
            }),
            Expr::Let(pat, value) if self.binds(*pat, variable) => Some(*value),
            Expr::Match { scrutinee, arms } => {
                arms.iter().any(|(pat, _, _)| self.binds(*pat, variable)).then_some(*scrutinee)
            }
            _ => None,
        })
    }

    /// The block, match, closure, loop or condition that declares a variable; none for parameters.
    #[must_use]
    pub fn declared_in(&self, variable: PatId) -> Option<ExprId> {
        let binds = |pat: &PatId| self.binds(*pat, variable);
        self.ids().find(|id| match self.expr(*id) {
            Expr::Block(stmts) => stmts.iter().any(|stmt| matches!(stmt, Stmt::Let { pat, .. } if binds(pat))),
            Expr::Let(pat, _) => binds(pat),
            Expr::Match { arms, .. } => arms.iter().any(|(pat, _, _)| binds(pat)),
            Expr::Closure(closure) => closure.params.iter().any(binds),
            Expr::Loop { pat: Some(pat), .. } => binds(pat),
            _ => false,
        })
    }

    fn collect_binds(&self, pat: PatId, into: &mut Vec<PatId>) {
        match self.pat(pat) {
            Pat::Bind(_, sub) => {
                into.push(pat);
                sub.iter().for_each(|sub| self.collect_binds(*sub, into));
            }
            Pat::Tuple(parts) | Pat::TupleStruct(_, parts) | Pat::Or(parts) | Pat::Slice(parts) => {
                parts.iter().for_each(|part| self.collect_binds(*part, into));
            }
            Pat::Struct(_, fields) => fields.iter().for_each(|(_, field)| self.collect_binds(*field, into)),
            Pat::Ref(inner) | Pat::Typed(inner, _) => self.collect_binds(*inner, into),
            Pat::Str(_) | Pat::Rest | Pat::Other => {}
        }
    }

    /// Whether an expression is `self`.
    #[must_use]
    pub fn is_self(&self, id: ExprId) -> bool {
        matches!(self.expr(id), Expr::Path(path) if path.single().is_some_and(|name| name == "self"))
    }

    /// Whether a pattern is `Ok(..)` or `Some(..)`.
    #[must_use]
    pub fn is_success(&self, pat: PatId) -> bool {
        matches!(self.pat(pat), Pat::TupleStruct(path, _) if path.last().is_some_and(|name| name == "Ok" || name == "Some"))
    }

    /// Whether an expression is awaited as it stands.
    #[must_use]
    pub fn is_awaited(&self, id: ExprId) -> bool {
        self.parent(id).is_some_and(|parent| matches!(self.expr(parent), Expr::Await(_)))
    }

    /// Every expression.
    pub fn ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (0..u32::try_from(self.exprs.len()).unwrap_or(u32::MAX)).map(ExprId)
    }

    /// `id` and what it is part of, outwards.
    pub fn ancestors(&self, id: ExprId) -> impl Iterator<Item = ExprId> + '_ {
        std::iter::successors(Some(id), |at| self.parent(*at))
    }
}

impl Expr {
    /// Calls `visit` for every direct part.
    pub fn for_each_child(&self, mut visit: impl FnMut(ExprId)) {
        match self {
            Expr::Path(_) | Expr::Str(_) | Expr::Int(_) | Expr::Lit | Expr::Continue | Expr::Unknown => {}
            Expr::Return(value) | Expr::Break(value) => value.iter().copied().for_each(visit),
            Expr::Call { callee, args } => {
                visit(*callee);
                args.iter().copied().for_each(visit);
            }
            Expr::Method { receiver, args, .. } => {
                visit(*receiver);
                args.iter().copied().for_each(visit);
            }
            Expr::Field { base, .. } => visit(*base),
            Expr::Index { base, index } => {
                visit(*base);
                visit(*index);
            }
            Expr::Await(e)
            | Expr::Try(e)
            | Expr::Ref(e)
            | Expr::Deref(e)
            | Expr::Unary(e)
            | Expr::Cast(e, _)
            | Expr::Async(e)
            | Expr::Let(_, e) => visit(*e),
            Expr::Assign(left, right) => {
                visit(*left);
                visit(*right);
            }
            Expr::Binary(parts) | Expr::Tuple(parts) | Expr::Array(parts) => parts.iter().copied().for_each(visit),
            Expr::Macro(call) => call.args.iter().copied().for_each(visit),
            Expr::Struct { fields, base, .. } => {
                fields.iter().for_each(|(_, value)| visit(*value));
                base.iter().copied().for_each(visit);
            }
            Expr::Block(stmts) => stmts.iter().for_each(|stmt| match stmt {
                Stmt::Let { init, otherwise, .. } => init.iter().chain(otherwise).for_each(|e| visit(*e)),
                Stmt::Semi(e) | Stmt::Tail(e) => visit(*e),
            }),
            Expr::Closure(closure) => visit(closure.body),
            Expr::If { cond, then, otherwise } => {
                visit(*cond);
                visit(*then);
                otherwise.iter().copied().for_each(visit);
            }
            Expr::Match { scrutinee, arms } => {
                visit(*scrutinee);
                for (_, guard, body) in arms {
                    guard.iter().copied().for_each(&mut visit);
                    visit(*body);
                }
            }
            Expr::Loop { head, body, .. } => {
                head.iter().copied().for_each(&mut visit);
                visit(*body);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expr, ExprNode, Pat};

    #[test]
    fn nodes_stay_small() {
        // There are millions of them: to write them to memory is a good part of a run.
        assert!(size_of::<Expr>() <= 72, "{}", size_of::<Expr>());
        assert!(size_of::<ExprNode>() <= 96, "{}", size_of::<ExprNode>());
        assert!(size_of::<Pat>() <= 40, "{}", size_of::<Pat>());
    }
}
