//! `missing-startup-check`: a process that begins to serve without having reached a server that it needs.
//!
//! In: what each process does before it serves. Out: a finding at a client or pool that is built there without opening a
//! connection, when nothing asks a server of its family before the process serves. Where something does, however often it
//! tries, this rule is silent: that is the matter of `missing-connect-retry`.

use super::context::{Context, family_title};
use super::judge::{Draft, Judge, Place, Rule};
use super::servers::{Process, Start, is_per_worker, opener, place_of, processes, start_of};
use crate::catalog::model::Network;
use crate::finding::{Confidence, Related, Resource};
use crate::flow::Analysis;
use crate::link::{Program, Target};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "missing-startup-check", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    let lazy: Vec<&Analysis> = context.analyses.iter().filter(|analysis| is_lazy(program, analysis)).collect();
    if lazy.is_empty() {
        return;
    }
    for process in &processes(context) {
        let own: Vec<&Analysis> = lazy.iter().copied().filter(|lazy| process.builds(program, lazy)).collect();
        if own.is_empty() {
            continue;
        }
        match start_of(context, process) {
            Some(start) if start.is_worker => acquit(context, judge, &own, "a worker asks as soon as it begins"),
            Some(start) => of_process(context, judge, &own, process, &start),
            None => acquit(context, judge, &own, "the program does its work and ends"),
        }
    }
}

/// Whether building it opens no connection to a server that is worth asking.
fn is_lazy(program: &Program<'_>, analysis: &Analysis) -> bool {
    let site = &analysis.site;
    let fact = &site.call.fact;
    let opens = fact.network == Some(Network::Connects) || site.momentary || fact.dedicated;
    !opens && program.catalog.ping_of(&site.family).is_some()
}

fn acquit(context: Context<'_, '_>, judge: &mut Judge, lazy: &[&Analysis], reason: &str) {
    for site in lazy.iter().map(|lazy| &lazy.site) {
        judge.acquit(|| Place::in_unit(context.program, site.unit, site.span), || reason.to_owned());
    }
}

/// Judges the clients that one process builds before it serves, family by family.
fn of_process(context: Context<'_, '_>, judge: &mut Judge, lazy: &[&Analysis], process: &Process, start: &Start) {
    let program = context.program;
    let (mut built, others): (Vec<&Analysis>, Vec<&Analysis>) =
        lazy.iter().copied().partition(|lazy| start.calls.contains(&(lazy.site.unit, lazy.site.expr)));
    acquit(context, judge, &others, "not built at start-up");
    let misplaced: Vec<&Analysis>;
    (misplaced, built) = built.into_iter().partition(|lazy| is_per_worker(lazy));
    acquit(context, judge, &misplaced, "another rule says that each worker builds its own");
    while let Some(first) = built.first() {
        let family = first.site.family.clone();
        let own: Vec<&Analysis>;
        (own, built) = built.into_iter().partition(|lazy| lazy.site.family == family);
        let is_asked = start.asks.iter().any(|ask| ask.family == family && !ask.in_task);
        if is_asked {
            acquit(context, judge, &own, "something reaches the server before the process serves");
        } else if own.iter().any(|lazy| is_prefilled(program, lazy)) {
            acquit(context, judge, &own, "the pool connects when it is built");
        } else if own.iter().any(|lazy| lazy.site.call.fact.deferred) {
            acquit(context, judge, &own, "it is told to connect later");
        } else if let Some(spokesman) = spokesman(&own) {
            judge.report(draft(context, spokesman, process, start));
        }
    }
}

/// Of what is built from one another the outermost: a pool rather than its client.
fn spokesman<'a>(own: &[&'a Analysis]) -> Option<&'a Analysis> {
    let rank = |lazy: &&&Analysis| match lazy.site.resource {
        Resource::Pool => 0,
        Resource::Connection => 1,
        Resource::Client => 2,
    };
    own.iter().min_by_key(rank).copied()
}

/// Whether a setting makes the pool connect when it is built.
fn is_prefilled(program: &Program<'_>, analysis: &Analysis) -> bool {
    let mut targets = program.types(analysis.site.unit).targets.values();
    targets.any(|target| matches!(target, Target::Library { call, .. } if call.fact.prefills))
}

fn draft(context: Context<'_, '_>, lazy: &Analysis, process: &Process, start: &Start) -> Draft {
    let program = context.program;
    let site = &lazy.site;
    let title = family_title(program, &site.family, site.call.file);
    let in_task = start.asks.iter().any(|ask| ask.family == site.family);
    let confidence = if site.sure && !in_task { Confidence::High } else { Confidence::Medium };
    let message = format!("the process serves before anything has reached {title}");
    let what = format!("builds a {} with `{}`, which opens no connection", site.resource.name(), site.call.path);
    let mut draft = Draft::of_site(program, site, confidence, message, what);
    if let Some((unit, expr)) = start.served {
        let location = Place::of_expr(program, unit, expr).location;
        draft.related.push(Related { location, message: "it serves from here on".to_owned() });
    }
    draft.help = vec![
        help(context, lazy, process, start),
        "make several attempts with growing pauses, so that the order in which services start does not matter"
            .to_owned(),
    ];
    draft
}

/// ``before it serves (src/main.rs:77), take a connection with `get().await`, send `PING`, and end `main` with the error``.
fn help(context: Context<'_, '_>, lazy: &Analysis, process: &Process, start: &Start) -> String {
    let program = context.program;
    let site = &lazy.site;
    let ping = program.catalog.ping_of(&site.family).unwrap_or_default();
    let main = program.display_name(process.main);
    let before = match start.served {
        Some((unit, expr)) => format!("before it serves ({})", place_of(program, unit, expr)),
        None => format!("in `{main}`"),
    };
    let send = match opener(program, site) {
        Some(call) => format!("get a connection with `{call}` and send `{ping}`"),
        None => format!("send `{ping}`"),
    };
    let through = match program.unit(site.unit).name.as_str() {
        name if name == program.unit(process.main).name => String::new(),
        _ => format!(" through what `{}` builds", program.display_name(site.unit)),
    };
    format!("{before}, {send}{through}; end `{main}` with the error when that fails")
}
