//! One client for the whole process, in a static that is filled on first use.
//!
//! In: a client whose construction needs nothing from where it stands. Out: a fix that moves it into a `static LazyLock` and
//! takes a clone of that. It always compiles: what stands in the place of the construction has its very type.

use std::ops::Range;

use super::case::{Case, Draft, Names, around_all, function_name, has_comment, path_to, place_of, upwards};
use super::layout::Layout;
use super::slice::{NEEDS_VARIABLE, Slice, range_of, replaced, text_of, text_of_file};
use super::value::{Failing, Made, is_result, keeps_error_type};
use crate::facts::{Expr, ExprId};
use crate::finding::{Applicability, Fix, Resource};
use crate::link::{ModuleId, Program, Target, UnitId, UnitKind};

/// Since this version the standard library has `LazyLock`.
const LAZY_LOCK: semver::Version = semver::Version::new(1, 80, 0);

/// A static as it will be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// The module that it stands in.
    home: ModuleId,
    /// Its type, as written there.
    ty: String,
    /// What fills it: a path of a function, or a closure.
    init: String,
    /// It means the same in every module.
    is_plain: bool,
    /// The function that it is for, as part of its name.
    function: String,
}

/// Moves the construction into a static. `cells` are those of all findings.
pub(super) fn shared(case: &Case<'_, '_>, cells: &[Cell]) -> Option<Fix> {
    let mut draft = case.draft();
    let (path, name) = client_in(case, cell_of(case)?, cells, &mut draft)?;
    let site = &case.analysis().site;
    if site.as_value {
        draft.replace(case.unit(), site.expr, format!("|| {path}.clone()"));
        return draft.finish(Applicability::Safe, title(&name));
    }
    let made = case.made()?;
    draft.replace(case.unit(), made.whole, usage(case, &made, &path));
    remove_unused(case, &made, &mut draft)?;
    let applicability = if is_harmless(case, &made) { Applicability::Safe } else { Applicability::Unsafe };
    draft.finish(applicability, title(&name))
}

/// The static of a cell, written unless it is there: how the unit names it, and its name.
pub(super) fn client_in(
    case: &Case<'_, '_>,
    mut cell: Cell,
    cells: &[Cell],
    draft: &mut Draft<'_, '_>,
) -> Option<(String, String)> {
    cell.home = home_of(case, &cell, cells);
    let same = cells.iter().filter(|other| other.init == cell.init && home_of(case, other, cells) == cell.home);
    cell.function = same.map(|other| other.function.clone()).min().unwrap_or(cell.function);
    let (home, name) = match existing(case, &cell) {
        Some(found) => found,
        None => (cell.home, declare(case, &cell, cells, draft)?),
    };
    Some((path_to(case.program(), case.module(), home, &name), name))
}

/// A static that is filled by a function of no arguments, both as the unit's crate names them.
pub(super) fn plain_cell(case: &Case<'_, '_>, ty: &str, init: &str) -> Option<Cell> {
    let function = function_name(case);
    has_lazy_lock(case).then(|| Cell {
        home: case.module(),
        ty: ty.to_owned(),
        init: init.to_owned(),
        is_plain: true,
        function,
    })
}

fn title(name: &str) -> String {
    format!("build it once, in the static `{name}`, and use that")
}

/// Writes the static, and the import that it needs; its name.
fn declare(case: &Case<'_, '_>, cell: &Cell, cells: &[Cell], draft: &mut Draft<'_, '_>) -> Option<String> {
    let (file, inline) = place_of(case.program(), cell.home);
    let layout = Layout::of(&case.program().loaded.files[file].text, &inline)?;
    let name = name_of(case, cell, cells, &layout)?;
    let (lazy, import) = layout.naming("std::sync::LazyLock");
    let (at, item) = layout.item(&name, &rendered(&name, cell, &lazy)?);
    draft.replace_in(file, at..at, item);
    if let Some((at, import)) = import {
        draft.replace_in(file, at..at, import);
    }
    Some(name)
}

/// The module around all that would be filled by the same code, where that means the same everywhere.
fn home_of(case: &Case<'_, '_>, cell: &Cell, cells: &[Cell]) -> ModuleId {
    let program = case.program();
    let krate = |module: ModuleId| program.modules[module.index()].krate;
    let same = cells.iter().filter(|other| {
        cell.is_plain && other.is_plain && other.init == cell.init && krate(other.home) == krate(cell.home)
    });
    around_all(program, cell.home, same.map(|other| other.home))
}

/// The static for a finding, if this is a way to mend it.
pub(super) fn cell_of(case: &Case<'_, '_>) -> Option<Cell> {
    let program = case.program();
    let site = &case.analysis().site;
    let unit = case.unit();
    if site.resource == Resource::Connection || site.call.fact.is_async || site.momentary {
        return None;
    }
    if matches!(program.unit(unit).kind, UnitKind::Static(_)) || !has_lazy_lock(case) {
        return None;
    }
    let built = case.built().filter(|ty| case.is_shareable(ty))?;
    if site.as_value {
        return plain_cell(case, &case.name_of(&built)?, &case.spelled(&site.call.path)?);
    }
    let made = case.made()?;
    let body = program.body(unit)?;
    let is_lost = match made.failing {
        Failing::Open => !is_result(body, made.whole),
        Failing::Handed => !keeps_error_type(body, made.whole),
        Failing::Never | Failing::Settled => false,
    };
    if is_lost {
        return None;
    }
    let ty = case.name_of(&built)?;
    if let Some(init) = plain(case, &made) {
        return plain_cell(case, &ty, &init);
    }
    let slice = Slice::of(program, unit, initial(&made), &|_| false)?;
    if slice.awaits || slice.tries.iter().any(|at| !is_settled_env(program, unit, *at)) || names_parameter(case, &slice)
    {
        return None;
    }
    Some(Cell {
        home: case.module(),
        ty,
        init: initialiser(case, &made, &slice),
        is_plain: false,
        function: function_name(case),
    })
}

/// Whether the standard library of the oldest supported compiler has `LazyLock`.
fn has_lazy_lock(case: &Case<'_, '_>) -> bool {
    let package = case.program().package_of(case.unit());
    package.rust_version.as_ref().is_none_or(|version| *version >= LAZY_LOCK)
}

/// `Type::new` where that is all, by its canonical path.
fn plain(case: &Case<'_, '_>, made: &Made) -> Option<String> {
    let body = case.program().body(case.unit())?;
    match body.expr(case.analysis().site.expr) {
        Expr::Call { args, .. } if args.is_empty() && made.failing == Failing::Never => {
            case.spelled(&case.analysis().site.call.path)
        }
        _ => None,
    }
}

/// What is moved: the call alone where its failure is handed on, else with what settles it.
fn initial(made: &Made) -> ExprId {
    match made.failing {
        Failing::Settled | Failing::Never => made.whole,
        Failing::Handed | Failing::Open => made.call,
    }
}

/// A closure that builds it. Errors that were handed on end the program.
fn initialiser(case: &Case<'_, '_>, made: &Made, slice: &Slice) -> String {
    let program = case.program();
    let unit = case.unit();
    let site = &case.analysis().site;
    let title = crate::rules::context::family_title(program, &site.family, site.call.file);
    let value = expecting(program, unit, range_of(program, unit, initial(made)), &slice.tries);
    let value = match made.failing {
        Failing::Settled | Failing::Never => value,
        Failing::Handed | Failing::Open => format!("{value}.expect(\"the {title} client can be built\")"),
    };
    if slice.lets.is_empty() {
        return format!("|| {value}");
    }
    let mut block = String::from("|| {\n");
    for one in &slice.lets {
        let statement = expecting(program, unit, one.range.clone(), &slice.tries);
        block.push_str(&format!("{statement}\n"));
    }
    block.push_str(&format!("{value}\n}}"));
    block
}

/// The text of a stretch in which each of these `?` is an `expect`.
fn expecting(program: &Program<'_>, unit: UnitId, range: Range<usize>, tries: &[ExprId]) -> String {
    let mark = |at: &ExprId| {
        let end = range_of(program, unit, *at).end;
        (end - 1..end, NEEDS_VARIABLE)
    };
    replaced(text_of_file(program, unit), range, &tries.iter().map(mark).collect::<Vec<_>>())
}

/// Whether `e?` is about a variable of the environment: its error is known, and the program can't do without.
fn is_settled_env(program: &Program<'_>, unit: UnitId, at: ExprId) -> bool {
    let Some(body) = program.body(unit) else { return false };
    let Expr::Try(inner) = body.expr(at) else { return false };
    let Expr::Call { callee, .. } = body.expr(*inner) else { return false };
    let Expr::Path(path) = body.expr(*callee) else { return false };
    let scope = program.unit(unit).scope;
    program.full_path(scope, path).is_some_and(|path| path == "std::env::var")
}

/// Whether a type parameter of the function or of what is around it may be named.
fn names_parameter(case: &Case<'_, '_>, slice: &Slice) -> bool {
    let program = case.program();
    let unit = program.unit(case.unit());
    let of_owner = match unit.owner {
        crate::link::Owner::Impl(id) => Some(&program.impls[id.index()].item.generics),
        _ => None,
    };
    let all = unit.function().map(|function| &function.generics).into_iter().chain(of_owner);
    let names: Vec<&str> = all.flat_map(|generics| &generics.params).map(|(name, _)| name.as_str()).collect();
    let text = text_of_file(program, case.unit());
    let value = text_of(program, case.unit(), slice.value);
    let codes = slice.lets.iter().map(|one| &text[one.range.clone()]).chain([value]);
    codes
        .flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .any(|word| names.contains(&word) || word == "Self")
}

/// What stands in the place of the construction.
fn usage(case: &Case<'_, '_>, made: &Made, path: &str) -> String {
    if is_own_receiver(case, made.whole) {
        return path.to_owned();
    }
    match made.failing {
        Failing::Open => format!("Ok({path}.clone())"),
        _ => format!("{path}.clone()"),
    }
}

/// Whether a method of the client's own library is called on it, so that no clone is needed.
pub(super) fn is_own_receiver(case: &Case<'_, '_>, whole: ExprId) -> bool {
    let program = case.program();
    let Some(body) = program.body(case.unit()) else { return false };
    let Some(parent) = body.parent(whole) else { return false };
    let is_method =
        matches!(body.expr(parent), Expr::Method { receiver, name, .. } if *receiver == whole && name != "clone");
    let library = case.analysis().site.call.path.split("::").next().unwrap_or_default();
    let is_own = match program.types(case.unit()).targets.get(&parent) {
        Some(Target::Library { call, .. }) => call.path.split("::").next() == Some(library),
        Some(Target::Foreign(path)) => path.split("::").next() == Some(library),
        _ => false,
    };
    is_method && is_own
}

/// Takes away the statements that only the construction needed.
fn remove_unused(case: &Case<'_, '_>, made: &Made, draft: &mut Draft<'_, '_>) -> Option<()> {
    let program = case.program();
    if plain(case, made).is_some() {
        return Some(());
    }
    let slice = Slice::of(program, case.unit(), initial(made), &|_| false)?;
    for one in slice.lets.iter().filter(|one| slice.has_all_uses(program, one)) {
        draft.remove_statement(case.unit(), one.range.clone());
    }
    Some(())
}

/// Whether nothing but the number of clients changes: the client's library alone is called, with what never changes.
fn is_harmless(case: &Case<'_, '_>, made: &Made) -> bool {
    if plain(case, made).is_some() {
        return true;
    }
    let program = case.program();
    let Some(slice) = Slice::of(program, case.unit(), initial(made), &|_| false) else { return false };
    let Some(body) = program.body(case.unit()) else { return false };
    let types = program.types(case.unit());
    let library = case.analysis().site.call.path.split("::").next().unwrap_or_default();
    let is_own = |path: &str| path.split("::").next() == Some(library) || path.starts_with("std::time::Duration");
    let mut stack = vec![slice.value];
    while let Some(at) = stack.pop() {
        let harmless = match body.expr(at) {
            Expr::Call { .. } => match types.targets.get(&at) {
                Some(Target::Library { call, .. }) => is_own(&call.path),
                Some(Target::Foreign(path)) => is_own(path),
                _ => false,
            },
            Expr::Macro(_) | Expr::Closure(_) | Expr::Block(_) => false,
            _ => true,
        };
        if !harmless {
            return false;
        }
        body.expr(at).for_each_child(|child| stack.push(child));
    }
    slice.lets.is_empty() && matches!(made.failing, Failing::Never | Failing::Settled)
}

/// The static that is there already, from an earlier fix say: filled by the same code, in the module, or for code that means the
/// same everywhere in one around it. Its module and name.
fn existing(case: &Case<'_, '_>, cell: &Cell) -> Option<(ModuleId, String)> {
    let program = case.program();
    let reach = if cell.is_plain { usize::MAX } else { 1 };
    upwards(program, case.module()).take(reach).find_map(|module| {
        let (file, inline) = place_of(program, module);
        let layout = Layout::of(&program.loaded.files[file].text, &inline)?;
        Some((module, layout.lazy_static_of(&cell.init)?.to_owned()))
    })
}

/// `HTTP_CLIENT` where there is one only; else it is called after the function, too.
fn name_of(case: &Case<'_, '_>, cell: &Cell, cells: &[Cell], layout: &Layout<'_>) -> Option<String> {
    let site = &case.analysis().site;
    let family = if site.family.is_empty() { "shared" } else { &site.family };
    let kind = if site.resource == Resource::Pool { "pool" } else { "client" };
    let rivals: Vec<&Cell> =
        cells.iter().filter(|other| home_of(case, other, cells) == cell.home && other.init != cell.init).collect();
    let namesakes = rivals.iter().filter(|other| other.function == cell.function);
    let names = Names {
        base: format!("{family}_{kind}").replace('-', "_"),
        function: cell.function.clone(),
        is_only: rivals.is_empty() && !layout.has_static_of(&cell.ty),
        before: namesakes.filter(|other| ***other < *cell).count(),
    };
    names.first(|name| !layout.has(&name.to_uppercase())).map(|name| name.to_uppercase())
}

/// The item, formatted. Comments in the code that moves are kept, and its lines with them.
fn rendered(name: &str, cell: &Cell, lazy: &str) -> Option<String> {
    let Cell { ty, init, .. } = cell;
    if has_comment(init) {
        let init = init.strip_prefix("|| ").filter(|value| !value.starts_with('{')).map_or_else(
            || init.clone(),
            |value| format!("|| {{\n    {}\n}}", dedented(value).replace('\n', "\n    ")),
        );
        let text = format!("static {name}: {lazy}<{ty}> = {lazy}::new({init});");
        return syn::parse_str::<syn::Item>(&text).is_ok().then_some(text);
    }
    let name = syn::parse_str::<syn::Ident>(name).ok()?;
    let lazy = syn::parse_str::<syn::Path>(lazy).ok()?;
    let ty = syn::parse_str::<syn::Type>(ty).ok()?;
    let init = syn::parse_str::<syn::Expr>(init).ok()?;
    let file: syn::File = syn::parse2(quote::quote! { static #name: #lazy<#ty> = #lazy::new(#init); }).ok()?;
    Some(prettyplease::unparse(&file))
}

/// Code that stood deeper, with its first line in front.
fn dedented(code: &str) -> String {
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let least = code.lines().skip(1).filter(|line| !line.trim().is_empty()).map(blanks).min().unwrap_or(0);
    let least = least.saturating_sub(4);
    let mut lines = code.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| format!("{text}\n{}", line.get(least.min(blanks(line))..).unwrap_or_default()))
}
