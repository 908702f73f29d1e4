//! `duplicate-client`: one process builds several clients, pools or connections for the same server, and keeps them.
//!
//! In: what is built at start-up. Out: one finding per process, family and server, at the second construction, where the
//! setting that names the server is the same (`address`, `origin`) and one run of the process comes to both (`ways`).

mod address;
mod origin;

use std::collections::BTreeMap;

use address::{Address, address_of};

use super::built::{Built, built, sends_exclusively};
use super::context::{Context, family_title};
use super::judge::{Draft, Judge, Place, Rule};
use super::ways::parting;
use crate::catalog::model::CloneKind;
use crate::finding::{Confidence, Related, Resource};
use crate::link::CrateId;

/// The rule.
pub(super) const RULE: Rule = Rule { id: "duplicate-client", judge };

/// Something that another one for its server would double.
struct Subject<'s> {
    built: &'s Built<'s>,
    address: Address,
}

/// What one process builds of one family for one server.
type Groups<'s> = BTreeMap<(CrateId, &'s str, String), Vec<Subject<'s>>>;

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    let all = built(context);
    let mut groups = Groups::new();
    for built in &all {
        let place = || Place::in_unit(program, built.analysis.site.unit, built.analysis.site.span);
        match server_of(context, built) {
            Err(why) => judge.acquit(place, || why.to_owned()),
            Ok(address) => {
                let key = (built.process, built.family(), address.text.clone());
                groups.entry(key).or_default().push(Subject { built, address });
            }
        }
    }
    for group in groups.values_mut() {
        group.sort_by(|one, other| one.built.way.cmp(&other.built.way));
        judge_group(context, group, judge);
    }
}

/// The server of a construction that another one for it would double; else why none would.
fn server_of(context: Context<'_, '_>, built: &Built<'_>) -> Result<Address, &'static str> {
    let catalog = context.program.catalog;
    let site = &built.analysis.site;
    let fate = &built.end.fate;
    let fact = catalog.made_type(&site.call).map(|info| &info.fact);
    let clone = fact.and_then(|fact| fact.clone);
    if catalog.file(site.call.file).no_server {
        Err("it is not made for one server")
    } else if clone == Some(CloneKind::Config) {
        Err("it is only an address")
    } else if clone != Some(CloneKind::Shared) {
        Err("its clones are not known to share anything")
    } else if fact.is_some_and(|fact| fact.keeps_to_itself) {
        Err("it has its connection for itself")
    } else if site.call.fact.dedicated || fate.dedicated {
        Err("it is dedicated to a subscription")
    } else if site.resource == Resource::Connection && (fate.into_task || fate.serves) {
        Err("a task or loop has it for itself")
    } else {
        address_of(context, &built.way).ok_or("its server cannot be told")
    }
}

/// Reports the second of those that one run builds for one server.
fn judge_group(context: Context<'_, '_>, group: &[Subject<'_>], judge: &mut Judge) {
    let program = context.program;
    let Some((Subject { built: first, address }, rest)) = group.split_first() else { return };
    let doubles: Vec<(&Built<'_>, usize)> = rest
        .iter()
        .filter(|other| other.address.made != address.made && !are_for_two_purposes(context, first, other.built))
        .filter_map(|other| Some((other.built, parting(program, &first.way, &other.built.way)?)))
        .collect();
    match doubles.first() {
        Some((second, at)) => judge.report(draft(context, first, second, *at, doubles.len() + 1)),
        None => judge.acquit(
            || Place::in_unit(program, first.analysis.site.unit, first.analysis.site.span),
            || "it is the only one for its server in a run of the process".to_owned(),
        ),
    }
}

/// A pool beside a shared connection, in a process that sends commands which need a connection for themselves.
fn are_for_two_purposes(context: Context<'_, '_>, one: &Built<'_>, other: &Built<'_>) -> bool {
    let is_pool = |built: &Built<'_>| built.analysis.site.resource == Resource::Pool;
    is_pool(one) != is_pool(other) && sends_exclusively(context, one.process)
}

/// `at`: the step of the second way where it parts from the first.
fn draft(context: Context<'_, '_>, first: &Built<'_>, second: &Built<'_>, at: usize, count: usize) -> Draft {
    let program = context.program;
    let site = &second.analysis.site;
    let title = family_title(program, &site.family, site.call.file);
    let thing = site.resource.name();
    let sure = first.is_sure(context) && second.is_sure(context);
    let confidence = if sure { Confidence::High } else { Confidence::Medium };
    let message = match count {
        2 => format!("a second {title} {thing} for the same server"),
        more => format!("the second of {more} {title} clients, pools and connections for the same server"),
    };
    let doing = format!("{} `{}`", super::help::makes_verb(site.resource), site.call.path);
    let mut draft = Draft::of_site(program, site, confidence, message, doing);
    draft.place = place_of(context, second, at);
    draft.related.push(Related {
        location: place_of(context, first, at).location,
        message: format!("the first one, {}, comes from here", super::construction::thing(program, first.analysis)),
    });
    let function = second.way.get(at).map_or_else(String::new, |(unit, _)| program.display_name(*unit));
    draft.help.push(format!("build one in `{function}` and hand each user a clone: clones share its connections"));
    draft
}

/// The call at a step of a way; at its last step the construction.
fn place_of(context: Context<'_, '_>, built: &Built<'_>, at: usize) -> Place {
    let site = &built.analysis.site;
    match built.way.get(at).filter(|_| at + 1 < built.way.len()) {
        Some((unit, expr)) => Place::of_expr(context.program, *unit, *expr),
        None => Place::in_unit(context.program, site.unit, site.span),
    }
}
