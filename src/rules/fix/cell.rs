//! One connection for the whole process, in a cell that is filled when somebody first asks.
//!
//! In: a connection that is opened by an asynchronous call, alone or together with its client; or a client or pool that is built by
//! one. Out: a fix that writes the cell with a function that gives clones of what it holds, and asks that function instead. What
//! is put in is a connection that opens itself again: so the type changes, and the fix is made only where every use of the
//! connection takes any type.

use super::case::{Case, Draft, Names, around_all, function_name, has_comment, path_to, place_of, upwards};
use super::layout::Layout;
use super::slice::{NEEDS_VARIABLE, Slice, range_of, replaced, text_of, text_of_file};
use super::takers;
use super::value::{Made, made};
use crate::catalog::model::{CatalogFile, CloneKind, FillsFact, ShareKind, TypeFact, TypeRole};
use crate::catalog::{CallRef, FileId};
use crate::facts::{Expr, ExprId};
use crate::finding::{Applicability, Fix, Resource};
use crate::flow::{Analysis, Source};
use crate::link::{Def, ModuleId, Program, Reference, Target, Ty, UnitId};
use crate::rules::context::Context;
use crate::rules::help::handle::{in_force, result_text};
use crate::rules::processes::crates_beside;

/// A cell with the function that asks it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    /// The module that they stand in.
    home: ModuleId,
    /// The cell's type, as the crate names it.
    cell: String,
    /// How that is made and filled.
    fills: FillsFact,
    /// What is held, as written there.
    ty: String,
    /// The error of opening it.
    error: String,
    /// The type of the client that is handed in; none where the address is known.
    client: Option<String>,
    /// What opens it: an expression that gives a future of a `Result`.
    open: String,
    /// For people: `Redis`.
    title: String,
    /// The first part of its name.
    family: String,
    /// The function that it is for, as a part of its name where there are several.
    function: String,
    /// The address of the server, where a client is handed in: a cell is for one server only.
    server: Option<String>,
    /// Features of crates that it needs and that are not turned on: `sync` of tokio.
    missing: Vec<String>,
}

/// A connection that is opened.
pub(super) struct Opened {
    /// The call.
    expr: ExprId,
    call: std::sync::Arc<CallRef>,
    /// On what.
    pub(super) client: ExprId,
    pub(super) made: Made,
}

/// Asks a cell for the connection.
pub(super) fn asked(case: &Case<'_, '_>, cells: &[Asked]) -> Option<Fix> {
    let mut cell = cell_of(case)?;
    let opened = opened(case)?;
    let change = takers::change(case, &opened.made, &cell.ty)?;
    cell.home = home_of(case.program(), &cell, cells);
    let same = cells.iter().filter(|other| other.is_as(&cell) && home_of(case.program(), other, cells) == cell.home);
    cell.function = same.map(|other| other.function.clone()).min().unwrap_or(cell.function);
    let krate = |module: ModuleId| case.program().modules[module.index()].krate;
    let is_rival = |other: &&Asked| {
        let same = krate(other.home) == krate(cell.home) && other.client.is_some() && cell.client.is_some();
        same && other.server != cell.server
    };
    if cells.iter().any(|other| is_rival(&other)) {
        return None;
    }
    let mut draft = case.draft();
    let (home, name) = match existing(case, &cell, &opened) {
        Some(found) => found,
        None => (cell.home, declare(case.program(), &cell, cells, &mut draft)?),
    };
    let program = case.program();
    let unit = case.unit();
    let path = path_to(program, case.module(), home, &name);
    let argument = match &cell.client {
        Some(_) => format!("&{}", text_of(program, unit, opened.client)),
        None => String::new(),
    };
    draft.replace(unit, opened.made.call, format!("{path}({argument}).await"));
    if let Some((file, range)) = change {
        draft.replace_in(file, range, cell.ty.clone());
    }
    if cell.client.is_none() {
        let slice = Slice::of(program, unit, opened.client, &|_| false)?;
        for one in slice.lets.iter().filter(|one| slice.has_all_uses_but(program, one, opened.expr)) {
            draft.remove_statement(unit, one.range.clone());
        }
    }
    let title = format!("open it once, when it is first asked for, and share it by `{name}`");
    match cell.missing.as_slice() {
        [] => draft.finish(Applicability::Unsafe, title),
        missing => {
            let features = missing.join(" and ");
            draft.finish(Applicability::DisplayOnly, format!("{title}; needs the feature {features} turned on first"))
        }
    }
}

/// The cell for a finding, if this is a way to mend it.
pub(super) fn cell_of(case: &Case<'_, '_>) -> Option<Asked> {
    let program = case.program();
    let unit = case.unit();
    let opened = opened(case)?;
    let file = program.catalog.file(opened.call.file);
    let owner = owner_type(case, opened.client, opened.call.file)?;
    let (held, constructor) = reconnecting(case, file, &owner)?;
    let spelled = |path: &str| case.spelled(path);
    let ty = spelled(&held.path)?;
    let error = spelled(file.error.as_ref()?)?;
    let constructor = spelled(constructor)?;
    let mut server = None;
    let (home, client, open) = match Slice::of(program, unit, opened.client, &|_| false) {
        Some(slice) if !slice.awaits => {
            let block = opening(case, &slice, &constructor, &opened)?;
            (case.module(), None, block)
        }
        _ => {
            server = Some(server_of(case, &opened)?);
            (case.module(), Some(spelled(&owner)?), format!("{constructor}(client.clone())"))
        }
    };
    let client_is_known = client.is_none();
    let (cell, fills) = program.catalog.filled_cells().find(|(cell, _)| spelled(&cell.path).is_some())?;
    Some(Asked {
        home,
        cell: spelled(&cell.path)?,
        fills: fills.clone(),
        ty,
        error,
        client,
        open,
        title: crate::rules::context::family_title(program, &case.analysis().site.family, opened.call.file),
        family: case.analysis().site.family.replace('-', "_"),
        // Whoever has a client asks the same one.
        function: if client_is_known { function_name(case) } else { "shared".to_owned() },
        server,
        missing: missing(case, &[held, cell]),
    })
}

/// The asynchronous call that opens the connection: the construction itself, or the one that is made of the client.
pub(super) fn opened(case: &Case<'_, '_>) -> Option<Opened> {
    let program = case.program();
    let site = &case.analysis().site;
    let body = program.body(site.unit)?;
    let types = program.types(site.unit);
    let opens = |at: &ExprId| match types.targets.get(at) {
        Some(Target::Library { call, .. }) if call.fact.makes == Some(Resource::Connection) => {
            Some((*at, call.clone()))
        }
        _ => None,
    };
    let (expr, call) = if site.resource == Resource::Connection {
        (site.expr, site.call.clone())
    } else {
        let mut found = case.analysis().derived.iter().filter_map(opens);
        let first = found.next()?;
        if found.next().is_some() {
            return None;
        }
        first
    };
    let Expr::Method { receiver, args, .. } = body.expr(expr) else { return None };
    if !call.fact.is_async || call.fact.dedicated || !args.is_empty() || site.as_value || !body.is_awaited(expr) {
        return None;
    }
    let made = made(program, site.unit, expr)?;
    Some(Opened { expr, call, client: *receiver, made })
}

/// The connection of the same library that opens itself again and is shared by cloning, with the function that makes it of a
/// client.
fn reconnecting<'c>(case: &Case<'c, '_>, file: &'c CatalogFile, client: &str) -> Option<(&'c TypeFact, &'c str)> {
    file.types.iter().find_map(|fact| {
        let fits = fact.role == TypeRole::Connection
            && fact.multiplexes
            && fact.clone == Some(CloneKind::Shared)
            && fact.share == Some(ShareKind::Direct)
            && in_force(&case.situation, file, fact.versions.as_deref(), None)
            && file.method.iter().any(|method| {
                method.on.iter().any(|on| on == client)
                    && result_text(&method.call).is_some_and(|result| result == fact.path)
            });
        let maker = file.function.iter().find(|function| {
            let call = &function.call;
            call.from_arg == Some(0)
                && call.is_async
                && result_text(call).is_some_and(|result| result == fact.path)
                && in_force(&case.situation, file, call.versions.as_deref(), call.deprecated.as_deref())
        });
        let path = maker?.paths.first()?;
        fits.then_some((fact, path.as_str()))
    })
}

/// The client's type, seen through wrappers.
fn owner_type(case: &Case<'_, '_>, client: ExprId, file: FileId) -> Option<String> {
    let program = case.program();
    let steps = program.autoderef(program.types(case.unit()).ty(client));
    steps.iter().find_map(|step| {
        let Ty::External(path, args) = step else { return None };
        let info = program.catalog.type_info(path)?;
        (info.file == file && info.fact.role == TypeRole::Client && args.is_empty()).then(|| path.to_string())
    })
}

/// Features that types need and that the package's own manifest does not turn on: `` `sync` of tokio``.
fn missing(case: &Case<'_, '_>, types: &[&TypeFact]) -> Vec<String> {
    let package = case.program().package_of(case.unit());
    let lacks = |fact: &&&TypeFact| {
        let library = fact.path.split("::").next().unwrap_or_default();
        let own = package.dependencies.iter().filter(|one| one.package.replace('-', "_") == library);
        let mut features = own.flat_map(|one| &one.features);
        !fact.features.is_empty() && !features.any(|feature| fact.features.contains(feature))
    };
    let words = |fact: &&TypeFact| {
        let library = fact.path.split("::").next().unwrap_or_default();
        Some(format!("`{}` of {library}", fact.features.first()?))
    };
    types.iter().filter(lacks).filter_map(words).collect()
}

/// The address with which the client of an expression is built, as it is written there: by all constructions that it may come from,
/// else by every one that may run in its process. None where that is not known, or where there are several.
fn server(context: Context<'_, '_>, unit: UnitId, client: ExprId, file: FileId) -> Option<String> {
    let program = context.program;
    let origins = context.flow.origins(unit, client);
    let made: Vec<&Analysis> = origins
        .iter()
        .filter_map(|origin| match origin.source {
            Source::Made(unit, expr) => Some((unit, expr)),
            _ => None,
        })
        .filter_map(|place| context.analyses.iter().find(|one| (one.site.unit, one.site.expr) == place))
        .collect();
    let is_traced = !made.is_empty() && origins.iter().all(|origin| origin.source != Source::Unknown);
    let beside = crates_beside(program, program.crate_id_of(unit));
    let mut addresses: Vec<String> = if is_traced {
        made.into_iter().map(|one| address(program, one)).collect::<Option<_>>()?
    } else {
        let clients = context.analyses.iter().filter(|one| {
            one.site.resource == Resource::Client
                && one.site.call.file == file
                && beside.contains(&program.crate_id_of(one.site.unit))
        });
        clients.map(|one| address(program, one)).collect::<Option<_>>()?
    };
    addresses.sort();
    addresses.dedup();
    (addresses.len() == 1).then(|| addresses.remove(0))
}

/// The arguments of a construction, when they are the same whoever runs it: literals, constants, functions of nothing.
fn address(program: &Program<'_>, analysis: &Analysis) -> Option<String> {
    let site = &analysis.site;
    let body = program.body(site.unit)?;
    let (Expr::Call { args, .. } | Expr::Method { args, .. }) = body.expr(site.expr) else { return None };
    let mut texts = Vec::new();
    for arg in args {
        let slice = Slice::of(program, site.unit, *arg, &|_| false)?;
        let text = text_of_file(program, site.unit);
        let lets = slice.lets.iter().map(|one| &text[one.range.clone()]);
        let parts = lets.chain([text_of(program, site.unit, *arg)]).map(plain_path);
        texts.push(parts.collect::<Vec<_>>().join(" "));
    }
    Some(texts.join(", "))
}

/// A path without the modules in front of it.
fn plain_path(text: &str) -> &str {
    let text = text.trim_start_matches('&');
    let is_path = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '(' | ')'));
    if is_path { text.rsplit("::").next().unwrap_or(text) } else { text }
}

/// `|| async { let client = Client::open(..)?; Connection::new(client).await }`.
fn opening(case: &Case<'_, '_>, slice: &Slice, constructor: &str, opened: &Opened) -> Option<String> {
    let program = case.program();
    let unit = case.unit();
    let text = text_of_file(program, unit);
    let mut marks = Vec::new();
    for at in &slice.tries {
        marks.push(settled(case, *at)?);
    }
    let code = |range: std::ops::Range<usize>| replaced(text, range, &marks);
    let variable = program.types(unit).locals.get(&opened.client);
    // A client that has a name for the connection only needs none.
    if let [only] = slice.lets.as_slice()
        && Some(&only.variable) == variable
    {
        let client = code(range_of(program, unit, only.init));
        let block = format!("{constructor}({client}).await");
        return (!has_comment(&block)).then(|| format!("async {{ {block} }}"));
    }
    let mut block = String::new();
    for one in &slice.lets {
        block.push_str(&code(one.range.clone()));
        block.push('\n');
    }
    let client = code(range_of(program, unit, opened.client));
    let is_value = match program.body(unit)?.expr(opened.client) {
        Expr::Call { .. } | Expr::Try(_) | Expr::Method { .. } => true,
        Expr::Path(_) => slice.lets.iter().any(|one| {
            Some(&one.variable) == variable
                && !matches!(
                    program.body(unit).map(|body| body.expr(one.init)),
                    Some(Expr::Ref(_) | Expr::Path(_) | Expr::Field { .. })
                )
        }),
        _ => false,
    };
    let client = if is_value { client } else { format!("{client}.clone()") };
    block.push_str(&format!("{constructor}({client}).await"));
    (!has_comment(&block)).then(|| format!("async {{ {block} }}"))
}

/// How `e?` is written where the function's own error is the library's: the bytes that are replaced, and by what.
fn settled(case: &Case<'_, '_>, at: ExprId) -> Option<(std::ops::Range<usize>, &'static str)> {
    let program = case.program();
    let unit = case.unit();
    let body = program.body(unit)?;
    let types = program.types(unit);
    let Expr::Try(inner) = body.expr(at) else { return None };
    let mut inner = *inner;
    let end = range_of(program, unit, at).end;
    let library = case.analysis().site.call.path.split("::").next().unwrap_or_default();
    loop {
        let start = range_of(program, unit, inner).end;
        match types.targets.get(&inner) {
            Some(Target::Library { call, .. }) if call.path.split("::").next() == Some(library) => {
                return Some((start..end, "?"));
            }
            Some(Target::Foreign(path)) if path == "std::env::var" => {
                return Some((start..end, NEEDS_VARIABLE));
            }
            _ => {}
        }
        if let Expr::Call { callee, .. } = body.expr(inner)
            && let Expr::Path(path) = body.expr(*callee)
        {
            let full = program.full_path(program.unit(unit).scope, path)?;
            return (full == "std::env::var").then_some((start..end, NEEDS_VARIABLE));
        }
        let Expr::Method { receiver, .. } = body.expr(inner) else { return None };
        // `map_err`, `context`: what is a `Result` stays one.
        program.outcome_inner(types.ty(*receiver))?;
        inner = *receiver;
    }
}

/// The module around all that would ask the same cell, where that takes a client; else its own.
fn home_of(program: &Program<'_>, cell: &Asked, cells: &[Asked]) -> ModuleId {
    let krate = |module: ModuleId| program.modules[module.index()].krate;
    let same = cells
        .iter()
        .filter(|other| cell.client.is_some() && other.is_as(cell) && krate(other.home) == krate(cell.home));
    around_all(program, cell.home, same.map(|other| other.home))
}

/// The function that is there already: its module and name. One that is handed a client is asked by others with clients of the same
/// server only.
fn existing(case: &Case<'_, '_>, cell: &Asked, opened: &Opened) -> Option<(ModuleId, String)> {
    let program = case.program();
    let reach = if cell.client.is_some() { usize::MAX } else { 1 };
    let is_same =
        |layout: &Layout<'_>, name: &str| function(name, cell).is_some_and(|code| layout.has_function(name, &code));
    let (module, name) = upwards(program, case.module()).take(reach).find_map(|module| {
        let (file, inline) = place_of(program, module);
        let layout = Layout::of(&program.loaded.files[file].text, &inline)?;
        let known = layout.functions().find(|name| is_same(&layout, name))?;
        Some((module, known.to_owned()))
    })?;
    if cell.client.is_none() {
        return Some((module, name));
    }
    let Some(Def::Unit(unit)) = program.modules[module.index()].values.get(name.as_str()) else { return None };
    let is_of_server = |reference: &Reference| {
        let body = program.body(reference.unit)?;
        let call = body
            .parent(reference.expr)
            .filter(|_| matches!(body.expr(reference.expr), Expr::Path(_)))
            .unwrap_or(reference.expr);
        let Expr::Call { args, .. } = body.expr(call) else { return None };
        let mut client = *args.first()?;
        while let Expr::Ref(inner) = body.expr(client) {
            client = *inner;
        }
        server(case.context, reference.unit, client, opened.call.file)
    };
    let others = program.references(*unit);
    others.iter().all(|reference| is_of_server(reference) == cell.server).then_some((module, name))
}

fn server_of(case: &Case<'_, '_>, opened: &Opened) -> Option<String> {
    server(case.context, case.unit(), opened.client, opened.call.file)
}

/// `redis_connection` where there is one only; else it is called after the function, too.
fn name_of(program: &Program<'_>, cell: &Asked, cells: &[Asked], layout: &Layout<'_>) -> Option<String> {
    let rivals: Vec<&Asked> =
        cells.iter().filter(|other| !other.is_as(cell) && home_of(program, other, cells) == cell.home).collect();
    let namesakes = rivals.iter().filter(|other| other.function == cell.function);
    let names = Names {
        base: format!("{}_connection", cell.family),
        function: cell.function.clone(),
        is_only: rivals.is_empty() && !layout.has_static_of(&cell.ty),
        before: namesakes.filter(|other| ***other < *cell).count(),
    };
    names.first(|name| !layout.has(name) && !layout.has(&name.to_uppercase()))
}

/// Writes the cell, its function, and the import that they need; the function's name.
fn declare(program: &Program<'_>, cell: &Asked, cells: &[Asked], draft: &mut Draft<'_, '_>) -> Option<String> {
    let (file, inline) = place_of(program, cell.home);
    let layout = Layout::of(&program.loaded.files[file].text, &inline)?;
    let name = name_of(program, cell, cells, &layout)?;
    let (once, import) = layout.naming(&cell.cell);
    let (at, item) = layout.item(&name.to_uppercase(), &rendered(&name, cell, &once)?);
    draft.replace_in(file, at..at, item);
    if let Some((at, import)) = import {
        draft.replace_in(file, at..at, import);
    }
    Some(name)
}

impl Asked {
    /// Whether both hold the same.
    fn is_as(&self, other: &Asked) -> bool {
        (&self.ty, &self.error, &self.client, &self.open) == (&other.ty, &other.error, &other.client, &other.open)
    }
}

/// The items, formatted.
fn rendered(name: &str, cell: &Asked, once: &str) -> Option<String> {
    let upper = syn::parse_str::<syn::Ident>(&name.to_uppercase()).ok()?;
    let once = syn::parse_str::<syn::Path>(once).ok()?;
    let empty = syn::parse_str::<syn::Ident>(&cell.fills.empty).ok()?;
    let ty = syn::parse_str::<syn::Type>(&cell.ty).ok()?;
    let function = syn::parse_str::<syn::ItemFn>(&function(name, cell)?).ok()?;
    let tokens = quote::quote! {
        static #upper: #once<#ty> = #once::#empty();
        #function
    };
    let file: syn::File = syn::parse2(tokens).ok()?;
    let text = prettyplease::unparse(&file);
    Some(text.replacen(";\n", ";\n\n", 1))
}

/// The function that asks the cell.
fn function(name: &str, cell: &Asked) -> Option<String> {
    let upper = syn::parse_str::<syn::Ident>(&name.to_uppercase()).ok()?;
    let name = syn::parse_str::<syn::Ident>(name).ok()?;
    let ty = syn::parse_str::<syn::Type>(&cell.ty).ok()?;
    let error = syn::parse_str::<syn::Type>(&cell.error).ok()?;
    let open = syn::parse_str::<syn::Expr>(&cell.open).ok()?;
    let by = syn::parse_str::<syn::Ident>(&cell.fills.by).ok()?;
    let doc = format!(
        " The connection of this process to {}: opened when it is first asked for, shared by cloning.",
        cell.title
    );
    let client = match &cell.client {
        Some(client) => {
            let client = syn::parse_str::<syn::Type>(client).ok()?;
            Some(quote::quote!(client: &#client))
        }
        None => None,
    };
    let tokens = quote::quote! {
        #[doc = #doc]
        async fn #name(#client) -> Result<#ty, #error> {
            let connection = #upper.#by(|| #open).await?;
            Ok(connection.clone())
        }
    };
    Some(tokens.to_string())
}
