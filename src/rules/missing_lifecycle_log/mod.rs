//! `missing-lifecycle-log`: a process whose log says nothing of a client that it builds at start-up.
//!
//! In: what is built at start-up for one server. Out: one finding per process and family, at its first construction, when
//! none of them is spoken of: neither where it is built, nor on the way from `main` to there, nor where it is used first
//! (`spoken`).

mod lines;
mod spoken;

use std::collections::BTreeMap;

use spoken::spoken_of;

use super::built::{Built, built};
use super::construction::thing;
use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use crate::facts::ExprId;
use crate::finding::{Confidence, Resource};
use crate::link::{CrateId, Program, UnitId};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "missing-lifecycle-log", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let program = context.program;
    let all = built(context);
    let mut by_family: BTreeMap<(CrateId, &str), Vec<&Built<'_>>> = BTreeMap::new();
    for built in all.iter().filter(|built| !program.catalog.file(built.analysis.site.call.file).no_server) {
        by_family.entry((built.process, built.family())).or_default().push(built);
    }
    for group in by_family.values() {
        let line = group.iter().find_map(|built| spoken_of(context, built));
        let silent = line.map(|(unit, log)| format!("the log speaks of it: {}", place(program, unit, log)));
        for (index, built) in group.iter().enumerate() {
            let site = &built.analysis.site;
            let at = || Place::in_unit(program, site.unit, site.span);
            match &silent {
                Some(why) => judge.acquit(at, || why.clone()),
                None if index == 0 => judge.report(draft(context, built)),
                None => judge.acquit(at, || "another construction of this process stands for it".to_owned()),
            }
        }
    }
}

fn place(program: &Program<'_>, unit: UnitId, log: ExprId) -> String {
    let location = Place::of_expr(program, unit, log).location;
    format!("{}:{}", location.file, location.span.start.line)
}

fn draft(context: Context<'_, '_>, built: &Built<'_>) -> Draft {
    let program = context.program;
    let site = &built.analysis.site;
    let what = thing(program, built.analysis);
    let confidence = if built.is_sure(context) { Confidence::High } else { Confidence::Medium };
    let opens = site.resource == Resource::Connection;
    let verb = if opens { "opened" } else { "built" };
    let message = format!("{what} is {verb} without a word in the log");
    let doing = format!("{} `{}`", super::help::makes_verb(site.resource), site.call.path);
    let mut draft = Draft::of_site(program, site, confidence, message, doing);
    let function = program.display_name(built.end.place().0);
    draft.help.push(format!(
        "log in `{function}` which server it is for and that it is there, and the error when it cannot be {verb}"
    ));
    draft
}
