//! Whether the log speaks of what is built.
//!
//! In: a construction at start-up with its way. Out: the log line that speaks of it, by one of these signs:
//!
//! - it is a line of the small function whose business the construction is;
//! - it stands where the construction's failure is handled, or in the function that tries again;
//! - it names what is built, along the way from `main`, or in what the functions there call beside it.

use super::lines::{goes_along, length, line_within, lines, phrase, split, words_of};
use crate::facts::{Body, Expr, ExprId, PatId, Stmt};
use crate::finding::Resource;
use crate::flow::Via;
use crate::link::{Owner, Program, Target, UnitId};
use crate::rules::built::{Built, name_of};
use crate::rules::context::Context;

/// A function of no more lines that gives back what it builds is about nothing else.
const SMALL: u32 = 30;

/// One that keeps it for itself may do other things, too.
const TINY: u32 = 15;

/// The log line that speaks of what is built.
pub(super) fn spoken_of(context: Context<'_, '_>, built: &Built<'_>) -> Option<(UnitId, ExprId)> {
    let program = context.program;
    by_constructor(context, built)
        .or_else(|| built.route().iter().find_map(|(unit, expr)| on_failure(program, *unit, *expr)))
        .or_else(|| by_name(context, built))
}

/// Any line of a small function that the value comes from. A root is about the whole process.
fn by_constructor(context: Context<'_, '_>, built: &Built<'_>) -> Option<(UnitId, ExprId)> {
    let program = context.program;
    let is_root = |unit| matches!(context.known.of(unit).map(|entry| &entry.via), Some(Via::Root(_)));
    let units = built.route().iter().enumerate().filter(|(_, (unit, _))| !is_root(*unit));
    units.into_iter().find_map(|(index, (unit, _))| {
        let most = if index == 0 { TINY } else { SMALL };
        let line = lines(program, *unit).first().copied()?;
        (length(program, *unit) <= most).then_some((*unit, line))
    })
}

/// A line where the failure of a call is handled: in an arm, a closure of its result, the function that it is given to.
fn on_failure(program: &Program<'_>, unit: UnitId, expr: ExprId) -> Option<(UnitId, ExprId)> {
    let body = program.body(unit)?;
    let mut at = expr;
    while let Some(parent) = body.parent(at) {
        let handled: Vec<ExprId> = match body.expr(parent) {
            Expr::Method { receiver, args, .. } if *receiver == at => args.to_vec(),
            Expr::Method { args, .. } | Expr::Call { args, .. } if args.contains(&at) => {
                let is_attempt = matches!(body.expr(at), Expr::Closure(_) | Expr::Path(_));
                if is_attempt && let Some(found) = within_callee(program, unit, parent) {
                    return Some(found);
                }
                Vec::new()
            }
            Expr::Match { scrutinee, arms } if *scrutinee == at => {
                arms.iter().filter(|(pat, ..)| !body.is_success(*pat)).map(|(_, _, arm)| *arm).collect()
            }
            Expr::Let(pat, _) => branch_of_failure(body, parent, *pat),
            Expr::Block(stmts) if stmts.contains(&Stmt::Tail(at)) => Vec::new(),
            Expr::Block(stmts) => {
                let otherwise = stmts.iter().find_map(|stmt| match stmt {
                    Stmt::Let { init, otherwise, .. } if *init == Some(at) => *otherwise,
                    _ => None,
                });
                return Some((unit, line_within(program, body, &[otherwise?])?));
            }
            _ => Vec::new(),
        };
        if let Some(line) = line_within(program, body, &handled) {
            return Some((unit, line));
        }
        at = parent;
    }
    None
}

/// Of `if let`, the branch that is not the success.
fn branch_of_failure(body: &Body, condition: ExprId, pat: PatId) -> Vec<ExprId> {
    let Some(Expr::If { then, otherwise, .. }) = body.parent(condition).map(|parent| body.expr(parent)) else {
        return Vec::new();
    };
    if body.is_success(pat) { otherwise.iter().copied().collect() } else { vec![*then] }
}

/// A line of the program's function that a call reaches. One of a package that was not read, because it has nothing to do
/// with clients, is believed to have one: it is there to try again.
fn within_callee(program: &Program<'_>, unit: UnitId, call: ExprId) -> Option<(UnitId, ExprId)> {
    match program.types(unit).targets.get(&call)? {
        Target::Units { units, .. } => units.iter().find_map(|unit| Some((*unit, *lines(program, *unit).first()?))),
        Target::Foreign(path) => {
            let library = path.split("::").next()?;
            let mut packages = program.discovery.packages.iter();
            packages.any(|package| package.name.replace('-', "_") == library).then_some((unit, call))
        }
        _ => None,
    }
}

/// A line that names what is built.
fn by_name(context: Context<'_, '_>, built: &Built<'_>) -> Option<(UnitId, ExprId)> {
    let program = context.program;
    let phrases = phrases(program, built);
    let along = built.way.iter().map(|(unit, expr)| (*unit, Some(*expr)));
    let mains = mains_of(context, built).into_iter().map(|unit| (unit, None));
    along.chain(mains).find_map(|(unit, on)| named_in(program, unit, on, &phrases))
}

/// In a unit, along with `on`; also in the functions that it calls on the way.
fn named_in(
    program: &Program<'_>,
    unit: UnitId,
    on: Option<ExprId>,
    phrases: &[Vec<String>],
) -> Option<(UnitId, ExprId)> {
    let body = program.body(unit)?;
    let names = |unit: UnitId, on: Option<ExprId>| {
        let body = program.body(unit)?;
        let mut found = lines(program, unit).into_iter();
        found.find(|line| goes_along(body, *line, on) && is_named(&words_of(body, *line), phrases))
    };
    if let Some(line) = names(unit, on) {
        return Some((unit, line));
    }
    let types = program.types(unit);
    let mut calls: Vec<(&ExprId, &Target)> = types.targets.iter().collect();
    calls.sort_unstable_by_key(|(call, _)| **call);
    calls.into_iter().filter(|(call, _)| goes_along(body, **call, on)).find_map(|(_, target)| match target {
        Target::Units { units, sure: true } => units.iter().find_map(|unit| Some((*unit, names(*unit, None)?))),
        _ => None,
    })
}

/// What a line must say to speak of it: a word for its family; the name of a type or variable that stands for it.
fn phrases(program: &Program<'_>, built: &Built<'_>) -> Vec<Vec<String>> {
    let site = &built.analysis.site;
    let mut phrases: Vec<Vec<String>> =
        program.catalog.family_words(&site.family).iter().map(|word| split(word)).collect();
    if site.resource == Resource::Pool {
        phrases.push(split(site.resource.name()));
    }
    let (unit, expr) = built.end.place();
    phrases.extend(phrase(&name_of(program, unit, expr, site.resource)));
    for (unit, _) in built.route().iter().skip(1) {
        phrases.extend(program.display_name(*unit).split_once("::").and_then(|(owner, _)| phrase(owner)));
    }
    phrases.retain(|phrase| !phrase.is_empty());
    phrases
}

/// Whether a text has all the words of one of the phrases; endings don't matter.
fn is_named(words: &[String], phrases: &[Vec<String>]) -> bool {
    phrases.iter().any(|phrase| phrase.iter().all(|part| words.iter().any(|word| word.starts_with(part.as_str()))))
}

/// For what has no way from `main`, because a static holds it: the `main`s of its package.
fn mains_of(context: Context<'_, '_>, built: &Built<'_>) -> Vec<UnitId> {
    let program = context.program;
    let package = program.crates[built.process.index()].package;
    let is_main = |unit: UnitId| {
        program.unit(unit).name == "main"
            && program.unit(unit).owner == Owner::Free
            && program.crate_of(unit).package == package
            && context.flow.in_scope(unit)
    };
    if built.way.first().is_some_and(|(root, _)| is_main(*root)) {
        return Vec::new();
    }
    program.unit_ids().filter(|unit| is_main(*unit)).collect()
}
