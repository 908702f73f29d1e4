//! `blocking-command-on-shared`: a command that stops, or upsets, everybody on its connection, sent over one that others use.
//!
//! In: every such command of the program (`commands`). Out: a finding where its handle, followed back to where it begins, is
//! one that others have clones of (`sharing`).

mod commands;
mod sharing;

use commands::{Command, commands};
use sharing::{Shared, sharing};

use super::context::{Context, family_title};
use super::help;
use super::judge::{Draft, Judge, Place, Rule};
use crate::finding::{Confidence, Related, Resource};
use crate::link::Ty;

/// The rule.
pub(super) const RULE: Rule = Rule { id: "blocking-command-on-shared", judge };

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    for command in commands(context) {
        match sharing(context, &command) {
            Ok(shared) => judge.report(draft(context, &command, shared)),
            Err(why) => judge.acquit(|| place(context, &command), || why.to_owned()),
        }
    }
}

fn place(context: Context<'_, '_>, command: &Command<'_>) -> Place {
    Place::in_unit(context.program, command.unit, command.span)
}

fn draft(context: Context<'_, '_>, command: &Command<'_>, shared: Shared) -> Draft {
    let program = context.program;
    let ty = program.types(command.unit).ty(command.over);
    let steps = program.autoderef(ty);
    let family = steps.iter().find_map(|step| program.family_of(step));
    let family = family.or_else(|| program.catalog.file(command.file).family.clone()).unwrap_or_default();
    let title = family_title(program, &family, command.file);
    let article = help::article(&title);
    let handle = steps.iter().find_map(|step| match step {
        Ty::External(path, _) if command.fact.on.iter().any(|known| known == path.as_str()) => Some(path.to_string()),
        _ => None,
    });
    let name = &command.name;
    let krate = program.crate_id_of(command.unit);
    let remedy = command.fact.remedy.iter().find(|remedy| {
        remedy.versions.as_ref().is_none_or(|versions| program.has_version(krate, command.file, versions))
    });
    Draft {
        place: place(context, command),
        confidence: if shared.sure { Confidence::High } else { Confidence::Medium },
        message: format!("`{name}` is sent over {article} {title} connection that others share"),
        resource: Resource::Connection,
        family,
        call: handle.unwrap_or_else(|| command.fact.on[0].clone()),
        chain: Vec::new(),
        what: format!("sends `{name}`: {}", command.fact.effect),
        related: vec![Related { location: shared.place.location, message: shared.what.to_owned() }],
        help: remedy.iter().map(|remedy| remedy.text.clone()).collect(),
        example: None,
        fix: None,
    }
}
