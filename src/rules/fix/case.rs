//! A finding that is to be mended: the analysis, with what every way of mending asks.
//!
//! In: an analysis that broke a rule. Out: [`Case`], and edits gathered in a [`Draft`].

use std::ops::Range;

use super::slice::{range_of, text_of_file};
use super::value::{Made, made};
use crate::catalog::model::{CloneKind, ShareKind, TypeFact};
use crate::facts::Name;
use crate::finding::{Applicability, Edit, Fix, Location};
use crate::flow::Analysis;
use crate::link::{ModuleId, Program, Ty, UnitId};
use crate::rules::context::Context;
use crate::rules::help::situation::Situation;
use crate::rules::help::types::plain_result;
use crate::source::span_of;

/// A finding about a construction.
pub(super) struct Case<'c, 'f> {
    pub(super) context: Context<'c, 'f>,
    pub(super) situation: Situation<'c, 'f>,
}

impl<'c, 'f> Case<'c, 'f> {
    /// The program.
    pub(super) fn program(&self) -> &'c Program<'f> {
        self.context.program
    }

    /// The analysis.
    pub(super) fn analysis(&self) -> &'c Analysis {
        self.situation.analysis
    }

    /// The unit of the construction.
    pub(super) fn unit(&self) -> UnitId {
        self.analysis().site.unit
    }

    /// The construction as it is used.
    pub(super) fn made(&self) -> Option<Made> {
        made(self.program(), self.unit(), self.analysis().site.expr)
    }

    /// The type that is built, if it is a library's and known for sure.
    pub(super) fn built(&self) -> Option<Ty> {
        let site = &self.analysis().site;
        if site.as_value {
            let made = self.context.program.catalog.made_type(&site.call)?;
            return Some(Ty::External(made.fact.path.as_str().into(), Vec::new()));
        }
        let ty = plain_result(self.program(), self.program().types(self.unit()).ty(self.analysis().site.expr));
        matches!(ty, Ty::External(..)).then_some(ty)
    }

    /// What the catalogue says of a library's type.
    pub(super) fn fact(&self, ty: &Ty) -> Option<&'c TypeFact> {
        let Ty::External(path, _) = ty else { return None };
        Some(&self.context.program.catalog.type_info(path)?.fact)
    }

    /// Whether one value of a type does for everybody: its clones share what it holds, and any thread may use it.
    pub(super) fn is_shareable(&self, ty: &Ty) -> bool {
        let direct = |fact: &TypeFact| {
            fact.clone == Some(CloneKind::Shared) && matches!(fact.share, None | Some(ShareKind::Direct))
        };
        !self.analysis().site.per_thread && !self.analysis().site.distinguished && self.fact(ty).is_some_and(direct)
    }

    /// A library's type as the unit's crate can name it: by the name under which it depends on the library.
    pub(super) fn name_of(&self, ty: &Ty) -> Option<String> {
        let code = crate::rules::help::types::as_code(self.program(), ty)?;
        self.spelled(&code)
    }

    /// See [`spelled`].
    pub(super) fn spelled(&self, path: &str) -> Option<String> {
        spelled(self.program(), self.unit(), path)
    }

    /// The module that the unit stands in.
    pub(super) fn module(&self) -> ModuleId {
        self.program().unit(self.unit()).module
    }

    /// Edits in the unit's file, none yet.
    pub(super) fn draft(&self) -> Draft<'c, 'f> {
        Draft::new(self.program())
    }
}

/// A canonical path (with the arguments of a type) as the crate of a unit can name it.
pub(super) fn spelled(program: &Program<'_>, unit: UnitId, path: &str) -> Option<String> {
    let (first, rest) = path.split_once("::")?;
    let name = extern_name(program, unit, first)?;
    // Arguments of other libraries would have to be spelled, too.
    let is_plain = !rest.contains('<') || rest.matches("::").count() == 0;
    is_plain.then(|| format!("{name}::{rest}"))
}

/// The name by which the crate of a unit knows a library.
pub(super) fn extern_name(program: &Program<'_>, unit: UnitId, library: &str) -> Option<String> {
    if library == "std" {
        return Some(library.to_owned());
    }
    let krate = program.crate_of(unit);
    let names = krate.externs.iter().filter(|(_, real)| real.replace('-', "_") == library).map(|(name, _)| name);
    let first = names.clone().min()?;
    Some(names.into_iter().find(|name| *name == library).unwrap_or(first).to_string())
}

/// The file of a module, and the inline modules around it there, outermost first.
pub(super) fn place_of(program: &Program<'_>, module: ModuleId) -> (usize, Vec<Name>) {
    let mut inline = Vec::new();
    let file = program.modules[module.index()].file;
    let mut at = module;
    while let Some(parent) = program.modules[at.index()].parent {
        if program.modules[parent.index()].file != file {
            break;
        }
        inline.push(program.modules[at.index()].name.clone());
        at = parent;
    }
    inline.reverse();
    (file, inline)
}

/// A module and those around it, from the inside out.
pub(super) fn upwards<'p>(program: &'p Program<'_>, module: ModuleId) -> impl Iterator<Item = ModuleId> + 'p {
    std::iter::successors(Some(module), |at| program.modules[at.index()].parent)
}

/// The innermost module that holds `home` and all `others`.
pub(super) fn around_all(program: &Program<'_>, home: ModuleId, others: impl Iterator<Item = ModuleId>) -> ModuleId {
    let holds = |around: ModuleId, module: ModuleId| upwards(program, module).any(|above| above == around);
    others.fold(home, |home, other| upwards(program, home).find(|around| holds(*around, other)).unwrap_or(home))
}

/// How code in `from` names what is called `name` in a module around it.
pub(super) fn path_to(program: &Program<'_>, from: ModuleId, home: ModuleId, name: &str) -> String {
    if from == home {
        return name.to_owned();
    }
    let mut names: Vec<&str> = upwards(program, home).map(|id| program.modules[id.index()].name.as_str()).collect();
    names.retain(|name| !name.is_empty());
    names.push("crate");
    names.reverse();
    format!("{}::{name}", names.join("::"))
}

/// Edits being gathered.
pub(super) struct Draft<'c, 'f> {
    program: &'c Program<'f>,
    edits: Vec<Edit>,
}

impl<'c, 'f> Draft<'c, 'f> {
    /// None yet.
    pub(super) fn new(program: &'c Program<'f>) -> Self {
        Draft { program, edits: Vec::new() }
    }

    /// Other text for some bytes of a file, by its index.
    pub(super) fn replace_in(&mut self, file: usize, range: Range<usize>, replacement: String) {
        let found = &self.program.loaded.files[file];
        // Lines end as the others of the file do.
        let replacement = match found.text.contains("\r\n") {
            true => replacement.replace("\r\n", "\n").replace('\n', "\r\n"),
            false => replacement,
        };
        let location = Location { file: found.name.clone(), span: span_of(&found.text, range) };
        self.edits.push(Edit { location, replacement });
    }

    /// Other text for an expression.
    pub(super) fn replace(&mut self, unit: UnitId, expr: crate::facts::ExprId, replacement: String) {
        let range = range_of(self.program, unit, expr);
        self.replace_in(self.program.unit(unit).file, range, replacement);
    }

    /// Takes away a statement, with its line when nothing else stands on that.
    pub(super) fn remove_statement(&mut self, unit: UnitId, range: Range<usize>) {
        let text = text_of_file(self.program, unit);
        self.replace_in(self.program.unit(unit).file, whole_lines(text, range), String::new());
    }

    /// The fix; none without edits.
    pub(super) fn finish(mut self, applicability: Applicability, title: String) -> Option<Fix> {
        self.edits.sort_by(|one, other| one.location.cmp(&other.location));
        (!self.edits.is_empty()).then_some(Fix { applicability, title, edits: self.edits })
    }
}

/// A range, with the rest of its lines when that is blank.
pub(super) fn whole_lines(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |newline| range.end + newline + 1);
    let is_alone = text[start..range.start].trim().is_empty() && text[range.end..end].trim().is_empty();
    if is_alone {
        return start..end;
    }
    // A comment behind it moves up.
    let blanks = text[range.end..].len() - text[range.end..].trim_start_matches([' ', '\t']).len();
    range.start..range.end + blanks
}

/// Whether a comment stands in some code: what is moved or taken away must not lose one.
pub(super) fn has_comment(text: &str) -> bool {
    !crate::lexical::scan(text).comments.is_empty()
}

/// The name of the function that a case stands in, with its type's, as part of other names.
pub(super) fn function_name(case: &Case<'_, '_>) -> String {
    let name = case.program().display_name(case.unit()).replace("::", "_");
    crate::rules::help::handle::snake_case(&name).replace("__", "_")
}

/// Names for something that is written for several places: the same whichever of them is mended first.
pub(super) struct Names {
    /// What it is called where there is one of its kind only.
    pub(super) base: String,
    /// What stands in front of that else.
    pub(super) function: String,
    /// There is one of its kind only.
    pub(super) is_only: bool,
    /// How many of the same function come before it.
    pub(super) before: usize,
}

impl Names {
    /// The first name that is free.
    pub(super) fn first(&self, is_free: impl Fn(&str) -> bool) -> Option<String> {
        if self.is_only && is_free(&self.base) {
            return Some(self.base.clone());
        }
        let longer = format!("{}_{}", self.function, self.base);
        let numbered = |number: usize| if number == 0 { longer.clone() } else { format!("{longer}_{}", number + 1) };
        let found = (self.before..self.before + 9).map(numbered).find(|name| is_free(name))?;
        syn::parse_str::<syn::Ident>(&found).is_ok().then_some(found)
    }
}
