//! The same construction, with timeouts.
//!
//! In: a construction and the timeouts that it lacks. Out: a fix that writes what the catalogue gives for the version in use. The
//! type stays what it is.

use super::case::extern_name;
use super::layout::indent_at;
use super::slice::{range_of, text_of};
use crate::catalog::model::{Timed, TimeoutKind};
use crate::facts::{Expr, ExprId};
use crate::finding::{Applicability, Edit, Fix, Location};
use crate::flow::Site;
use crate::link::{Program, UnitId};
use crate::rules::versions::{Holds, holds};
use crate::source::span_of;

/// Sets the timeouts of these kinds; none where the catalogue does not tell how, or the version is not certain.
pub(in crate::rules) fn timed(program: &Program<'_>, site: &Site, kinds: &[TimeoutKind]) -> Option<Fix> {
    if site.as_value {
        return None;
    }
    let fits = |one: &&Timed| {
        kinds.iter().all(|kind| one.kinds.contains(kind))
            && holds(program, site.unit, site.call.file, one.versions.as_deref()) == Holds::Always
    };
    let best = site.call.fact.timed.iter().filter(fits).min_by_key(|one| one.kinds.len())?;
    let file = &program.loaded.files[program.unit(site.unit).file];
    let range = range_of(program, site.unit, site.expr);
    let template = with_names(program, site.unit, best.code.trim())?;
    let template = template.replace('\n', &format!("\n{}", indent_at(&file.text, range.start)));
    let code = filled(program, site.unit, site.expr, &template)?;
    syn::parse_str::<syn::Expr>(&code).ok()?;
    let span = span_of(&file.text, range);
    let edit = Edit { location: Location { file: file.name.clone(), span }, replacement: code };
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let title = format!("set a {} timeout", names.join(" and "));
    Some(Fix { applicability: Applicability::Unsafe, title, edits: vec![edit] })
}

/// The code with what the call has.
fn filled(program: &Program<'_>, unit: UnitId, expr: ExprId, code: &str) -> Option<String> {
    let body = program.body(unit)?;
    let (receiver, args) = match body.expr(expr) {
        Expr::Method { receiver, args, .. } => (Some(*receiver), args),
        Expr::Call { args, .. } => (None, args),
        _ => return None,
    };
    let text = |at: ExprId| text_of(program, unit, at);
    let mut code = code.to_owned();
    if code.contains("{receiver}") {
        code = code.replace("{receiver}", text(receiver?));
    }
    if code.contains("{some}") {
        let [only] = args.as_slice() else { return None };
        let Expr::Call { callee, args } = body.expr(*only) else { return None };
        let is_some =
            matches!(body.expr(*callee), Expr::Path(path) if path.single().is_some_and(|name| name == "Some"));
        let [inner] = args.as_slice() else { return None };
        code = code.replace("{some}", Some(text(*inner)).filter(|_| is_some)?);
    } else if code.contains("{args}") {
        let args: Vec<&str> = args.iter().map(|arg| text(*arg)).collect();
        code = code.replace("{args}", &args.join(", "));
    } else if !args.is_empty() {
        return None;
    }
    Some(code)
}

/// The code with libraries named as the unit's crate names them.
fn with_names(program: &Program<'_>, unit: UnitId, code: &str) -> Option<String> {
    let of_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut result = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("::") {
        let before = &rest[..at];
        let start = before.rfind(|c: char| !of_word(c)).map_or(0, |index| index + 1);
        let word = &before[start..];
        let is_first = !before[..start].ends_with(':') && !result.ends_with("::");
        let is_library = is_first && word.starts_with(|c: char| c.is_ascii_lowercase());
        result.push_str(&before[..start]);
        if is_library {
            result.push_str(&extern_name(program, unit, word)?);
        } else {
            result.push_str(word);
        }
        result.push_str("::");
        rest = &rest[at + 2..];
    }
    result.push_str(rest);
    Some(result)
}
