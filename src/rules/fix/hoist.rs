//! Once, in front of the loop, or of the closure that runs once per worker.
//!
//! In: a value that a loop or a worker's closure makes again and again. Out: a fix that makes it in the statement before, and
//! takes a clone inside; what can't be cloned is used there as it is.

use super::case::{Case, Draft};
use super::layout::indent_at;
use super::slice::{Slice, range_of, statement_range, text_of, text_of_file};
use super::value::{Failing, Made, bound_to, made};
use crate::catalog::model::{CloneKind, TypeRole};
use crate::facts::{Body, Expr, ExprId, LoopKind, Pat, PatId, Stmt};
use crate::finding::{Applicability, Fix, Resource};
use crate::flow::Frequency;
use crate::link::{Program, UnitId};
use crate::rules::help::types::plain_result;

/// What goes where.
struct Hoist<'b> {
    unit: UnitId,
    body: &'b Body,
    /// The loop or closure.
    around: ExprId,
    made: Made,
    /// The byte in front of which it is made: where the statement with the loop or closure begins.
    before: usize,
}

/// Makes the value in front of the loop or closure.
pub(super) fn hoisted(case: &Case<'_, '_>) -> Option<Fix> {
    let hoist = place(case)?;
    let program = case.program();
    let Hoist { unit, body, around, made, before } = hoist;
    let indent = indent_at(text_of_file(program, unit), before);
    let slice = Slice::of(program, unit, made.whole, &|variable| is_there(case, &hoist, variable))?;
    let crosses = crosses_function(body, made.whole, around);
    if crosses && (slice.awaits || !slice.tries.is_empty() || made.failing == Failing::Handed) {
        return None;
    }
    if made.failing == Failing::Open {
        return None;
    }
    let ty = plain_result(program, program.types(unit).ty(made.call));
    let shared = case.fact(&ty).is_some_and(|fact| fact.clone == Some(CloneKind::Shared));
    let is_loop = matches!(body.expr(around), Expr::Loop { .. });
    if case.analysis().site.resource == Resource::Connection && is_endless(body, around) && !reconnects(case, &ty) {
        return None;
    }
    let text = text_of_file(program, unit);
    let mut draft = case.draft();
    let mut lines: Vec<String> = slice.lets.iter().map(|one| text[one.range.clone()].to_owned()).collect();
    for one in &slice.lets {
        if !slice.has_all_uses(program, one) {
            return None;
        }
        draft.remove_statement(unit, one.range.clone());
    }
    let value = text_of(program, unit, made.whole);
    let bound = bound_by(body, made.whole);
    let name = match bound {
        Some((name, variable)) if !is_taken(case, unit, name, Some(variable)) => name.to_owned(),
        Some(_) => return None,
        None => new_name(case, unit)?,
    };
    let moves = bound.is_some_and(|(_, variable)| is_loop && !crosses && is_only_borrowed(case, unit, body, variable));
    if shared && !moves {
        lines.push(format!("let {name} = {value};"));
        let usage = if is_method_receiver(body, made.whole) { name.clone() } else { format!("{name}.clone()") };
        draft.replace(unit, made.whole, usage);
    } else {
        if !moves {
            return None;
        }
        let statement = statement_range(program, unit, made.whole)?;
        lines.push(text[statement.clone()].to_owned());
        draft.remove_statement(unit, statement);
    }
    if lines.iter().any(|line| super::case::has_comment(line)) {
        return None;
    }
    let before = among_others(case, &hoist, lines.first()?);
    let made_before = lines.iter().map(|line| format!("{line}\n{indent}")).collect::<String>();
    let file = program.unit(unit).file;
    draft.replace_in(file, before..before, made_before);
    if !is_loop {
        move_into(case, unit, around, &mut draft);
    }
    let harmless = !slice.awaits && slice.tries.is_empty() && made.failing == Failing::Never && slice.lets.is_empty();
    let applicability = if harmless { Applicability::Safe } else { Applicability::Unsafe };
    let what = if is_loop { "loop" } else { "closure" };
    let verb = if case.analysis().site.resource == Resource::Connection { "open" } else { "build" };
    draft.finish(applicability, format!("{verb} it once, before the {what}"))
}

/// The loop or closure, and where to make the value instead.
fn place<'c>(case: &Case<'c, '_>) -> Option<Hoist<'c>> {
    let s = &case.situation;
    let (unit, at) = s.end.place();
    let body: &'c Body = case.program().body(unit)?;
    let around = match s.frequency {
        Frequency::PerWorker => s.closure.filter(|(owner, _)| *owner == unit)?.1,
        Frequency::PerIteration => *s.end.context.loops.last()?,
        _ => return None,
    };
    if !body.ancestors(at).any(|above| above == around) || s.analysis.site.as_value {
        return None;
    }
    let made = made(case.program(), unit, at)?;
    let before = statement_start(case.program(), unit, body, around)?;
    Some(Hoist { unit, body, around, made, before })
}

/// Where a statement goes among those of its kind in front of the loop or closure: in the order of their texts, so that the same comes
/// out whichever is made first.
fn among_others(case: &Case<'_, '_>, hoist: &Hoist<'_>, line: &str) -> usize {
    let program = case.program();
    let text = text_of_file(program, hoist.unit);
    let mut before = hoist.before;
    let block = hoist.body.ancestors(hoist.around).skip(1).find_map(|at| match hoist.body.expr(at) {
        Expr::Block(stmts) => Some(stmts),
        _ => None,
    });
    let is_used = |name: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    for stmt in block.into_iter().flatten().rev() {
        let Stmt::Let { pat, init: Some(init), .. } = stmt else { continue };
        let Some(range) = statement_range(program, hoist.unit, *init).filter(|range| range.end <= hoist.before) else {
            continue;
        };
        let ty = plain_result(program, program.types(hoist.unit).ty(*init));
        let is_resource = case
            .fact(&ty)
            .is_some_and(|fact| matches!(fact.role, TypeRole::Client | TypeRole::Pool | TypeRole::Connection));
        let is_next = text[range.end..before].trim().is_empty();
        let is_free = matches!(hoist.body.pat(*pat), Pat::Bind(name, None) if !is_used(name));
        if !is_next || !is_resource || !is_free || text[range.clone()] <= *line {
            break;
        }
        before = range.start;
    }
    before
}

/// The byte at which the statement begins that an expression stands in.
pub(super) fn statement_start(program: &Program<'_>, unit: UnitId, body: &Body, expr: ExprId) -> Option<usize> {
    let text = text_of_file(program, unit);
    let mut at = expr;
    loop {
        let parent = body.parent(at)?;
        if let Expr::Block(stmts) = body.expr(parent) {
            let stmt = stmts.iter().find(|stmt| match stmt {
                Stmt::Let { init, otherwise, .. } => *init == Some(at) || *otherwise == Some(at),
                Stmt::Semi(found) | Stmt::Tail(found) => *found == at,
            })?;
            return match stmt {
                Stmt::Let { .. } => Some(statement_range(program, unit, at)?.start),
                Stmt::Semi(_) | Stmt::Tail(_) => labelled(text, range_of(program, unit, at).start),
            };
        }
        at = parent;
    }
}

/// In front of the label of a loop; none below an attribute.
fn labelled(text: &str, start: usize) -> Option<usize> {
    let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let head = text[line..start].trim_start();
    let is_label = head.starts_with('\'') && head.trim_end().ends_with(':');
    let start = if is_label { start - head.len() } else { start };
    let is_first = text[line..start].trim().is_empty();
    let above = text[..line].trim_end();
    (is_first && !above.ends_with(']')).then_some(start)
}

/// Whether a variable is there in front of the statement: a parameter, or declared before it in a block around it.
fn is_there(case: &Case<'_, '_>, hoist: &Hoist<'_>, variable: PatId) -> bool {
    let Some(declared) = hoist.body.declared_in(variable) else { return true };
    let encloses = hoist.body.ancestors(hoist.around).skip(1).any(|above| above == declared);
    let init = hoist.body.initialiser_of(variable);
    let is_before = match hoist.body.expr(declared) {
        Expr::Block(_) => init.is_some_and(|init| range_of(case.program(), hoist.unit, init).end <= hoist.before),
        _ => range_of(case.program(), hoist.unit, declared).start < hoist.before,
    };
    encloses && is_before
}

/// Whether an expression stands in a function or future of its own within `around`.
fn crosses_function(body: &Body, expr: ExprId, around: ExprId) -> bool {
    body.ancestors(expr)
        .skip(1)
        .take_while(|at| *at != around)
        .chain([around])
        .any(|at| matches!(body.expr(at), Expr::Closure(_) | Expr::Async(_)))
}

/// The variable that a value is bound to, with its name.
fn bound_by(body: &Body, value: ExprId) -> Option<(&str, PatId)> {
    let variable = bound_to(body, value)?;
    match body.pat(variable) {
        Pat::Bind(name, _) => Some((name, variable)),
        _ => None,
    }
}

/// A name that nothing in the function has: `http_client`.
fn new_name(case: &Case<'_, '_>, unit: UnitId) -> Option<String> {
    let base = format!("{}_{}", family_of(case), case.analysis().site.resource.name()).replace('-', "_");
    let names = (1..9).map(|number| if number == 1 { base.clone() } else { format!("{base}_{number}") });
    names.into_iter().find(|name| !word_in_use(case.program(), unit, name))
}

/// Whether a name stands anywhere in a unit.
pub(super) fn word_in_use(program: &Program<'_>, unit: UnitId, name: &str) -> bool {
    let Some(body) = program.body(unit) else { return true };
    let is_bound = |pat: &Pat| matches!(pat, Pat::Bind(known, _) if known == name);
    body.words.iter().any(|word| word == name) || body.pats.iter().any(is_bound)
}

/// Whether something else in the function has this name.
fn is_taken(case: &Case<'_, '_>, unit: UnitId, name: &str, own: Option<PatId>) -> bool {
    let Some(body) = case.program().body(unit) else { return true };
    let types = case.program().types(unit);
    types
        .binds
        .keys()
        .any(|variable| Some(*variable) != own && matches!(body.pat(*variable), Pat::Bind(known, _) if known == name))
}

fn is_method_receiver(body: &Body, value: ExprId) -> bool {
    let parent = body.parent(value);
    parent.is_some_and(
        |at| matches!(body.expr(at), Expr::Method { receiver, name, .. } if *receiver == value && !consumes(name)),
    )
}

/// Whether a method's name says that it takes the value.
fn consumes(name: &str) -> bool {
    name.starts_with("into") || name == "clone"
}

/// Whether a variable is only lent: to methods, or by `&` and `&mut`.
fn is_only_borrowed(case: &Case<'_, '_>, unit: UnitId, body: &Body, variable: PatId) -> bool {
    let uses = case.program().types(unit).uses.get(&variable);
    uses.is_none_or(|uses| {
        uses.iter().all(|at| match body.parent(*at).map(|parent| body.expr(parent)) {
            Some(Expr::Ref(_)) => true,
            Some(Expr::Method { receiver, name, .. }) => receiver == at && !consumes(name),
            _ => false,
        })
    })
}

/// Whether a loop goes on until something stops it, longer than a connection may live.
fn is_endless(body: &Body, around: ExprId) -> bool {
    matches!(body.expr(around), Expr::Loop { kind: LoopKind::Loop | LoopKind::While, .. })
}

/// Whether it is no bare connection: a client or pool opens connections again by itself.
fn reconnects(case: &Case<'_, '_>, ty: &crate::link::Ty) -> bool {
    case.fact(ty).is_some_and(|fact| fact.role != TypeRole::Connection)
}

/// `move` in front of a closure that has none.
fn move_into(case: &Case<'_, '_>, unit: UnitId, closure: ExprId, draft: &mut Draft<'_, '_>) {
    let program = case.program();
    let start = range_of(program, unit, closure).start;
    let text = text_of_file(program, unit);
    let is_moving = text[start..].starts_with("move") || text[..start].trim_end().ends_with("move");
    if !is_moving {
        draft.replace_in(program.unit(unit).file, start..start, "move ".to_owned());
    }
}

fn family_of<'c>(case: &Case<'c, '_>) -> &'c str {
    let family = &case.analysis().site.family;
    if family.is_empty() { "shared" } else { family }
}
