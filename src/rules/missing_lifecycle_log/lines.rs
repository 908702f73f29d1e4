//! Log lines: where they stand and what they say.
//!
//! In: a body. Out: its log lines, each with its words; whether a line belongs to start-up or to what goes on later.

use crate::facts::{Body, Expr, ExprId};
use crate::link::{Program, UnitId};

/// Every log line of a unit.
pub(super) fn lines(program: &Program<'_>, unit: UnitId) -> Vec<ExprId> {
    let Some(body) = program.body(unit) else { return Vec::new() };
    body.ids().filter(|id| is_line(program, body, *id)).collect()
}

/// Whether one of these expressions holds a log line.
pub(super) fn line_within(program: &Program<'_>, body: &Body, roots: &[ExprId]) -> Option<ExprId> {
    let mut stack = roots.to_vec();
    while let Some(at) = stack.pop() {
        if is_line(program, body, at) {
            return Some(at);
        }
        body.expr(at).for_each_child(|child| stack.push(child));
    }
    None
}

/// A macro that logs, or one of the program's own that is given a text.
fn is_line(program: &Program<'_>, body: &Body, id: ExprId) -> bool {
    let Expr::Macro(call) = body.expr(id) else { return false };
    match call.path.last().and_then(|name| program.catalog.macro_fact(name)) {
        Some(fact) => fact.logs,
        None => call.args.iter().any(|arg| matches!(body.expr(*arg), Expr::Str(_))),
    }
}

/// The words of a line, lower case: of its texts, and the names of what it shows.
pub(super) fn words_of(body: &Body, line: ExprId) -> Vec<String> {
    let mut words = Vec::new();
    let mut stack = vec![line];
    while let Some(at) = stack.pop() {
        match body.expr(at) {
            Expr::Str(text) => words.extend(split(text)),
            Expr::Path(path) => words.extend(path.last().into_iter().flat_map(|name| split(name))),
            Expr::Field { name, .. } => words.extend(split(name)),
            _ => {}
        }
        body.expr(at).for_each_child(|child| stack.push(child));
    }
    words
}

/// `RedisCache`, `redis_cache`, "Redis cache": `redis`, `cache`.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for letter in text.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a line is written along with `on`: nothing that runs at another time, or again and again, stands between.
pub(super) fn goes_along(body: &Body, line: ExprId, on: Option<ExprId>) -> bool {
    body.ancestors(line).all(|at| match body.expr(at) {
        Expr::Loop { .. } | Expr::Closure(_) => on.is_some_and(|on| body.ancestors(on).any(|around| around == at)),
        Expr::Async(_) => on.is_none_or(|on| body.ancestors(on).any(|around| around == at)),
        _ => true,
    })
}

/// How many lines a unit's body has.
pub(super) fn length(program: &Program<'_>, unit: UnitId) -> u32 {
    let span = program.body(unit).and_then(|body| Some(body.node(body.root?).span));
    span.map_or(0, |span| span.end.line.saturating_sub(span.start.line) + 1)
}

/// The name of a type or variable as a phrase, if it says more than one word.
pub(super) fn phrase(name: &str) -> Option<Vec<String>> {
    Some(split(name)).filter(|words| words.len() > 1)
}
