//! `connlint why`: the reasoning about the constructions at a place.

use std::io::Write;

use super::Outcome;
use super::args::{TextFormat, WhyArgs};
use super::run::{Failure, current_dir, in_pool, pages};
use super::settings::{Asked, Origin, Settings};
use crate::check::{Request, assess, with_analysis};
use crate::config::{Config, PathLevels, PathSet};
use crate::finding::{Confidence, Level};
use crate::report::{Ink, Paint, Style, clean};
use crate::rules;
use crate::source::shown_name;
use crate::why::{self, EndReasoning, Reasoning, RuleReason, Silence};

/// What was found at the place.
#[derive(serde::Serialize)]
struct Answer {
    /// The constructions there.
    #[serde(rename = "constructions")]
    reasonings: Vec<Reasoning>,
    /// What the other rules say of the place.
    rules: Vec<RuleReason>,
    /// What is found here and not reported, because somebody said so.
    silenced: Vec<Silence>,
    /// Lines of the file that hold constructions.
    #[serde(skip)]
    others: Vec<u32>,
    /// Whether the file was analysed at all.
    #[serde(skip)]
    known: bool,
}

pub(super) fn why(args: &WhyArgs, style: &Style, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let place = &args.place;
    let cwd = current_dir()?;
    let paths = vec![place.file.clone()];
    let config = Config::load(&args.config.choice(), &paths, &cwd)?;
    let settings = Settings::new(&Asked::default(), config, pages()?, &cwd)?;
    let mut request = with_every_rule(settings.request(paths, &cwd), &settings);
    request.baseline = super::baseline::known_of(&place.file, &settings, &cwd)?;
    let absolute = std::path::absolute(&place.file).unwrap_or_else(|_| place.file.clone());
    let file = shown_name(&absolute, &request.cwd);
    let answer = in_pool(0, || {
        with_analysis(&request, |analysed| Answer {
            reasonings: why::at(analysed, &file, place.line, place.column),
            rules: why::rules_at(analysed, &file, place.line, place.column),
            silenced: why::silenced_at(&assess(&request, analysed).report, &file, place.line, place.column),
            others: why::lines_with_constructions(analysed, &file),
            known: analysed.program.loaded.sources.get(&file).is_some(),
        })
    })??;
    match args.format {
        TextFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &answer).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        TextFormat::Human if answer.is_empty() => nothing(&file, place.line, &answer, out)?,
        TextFormat::Human => {
            for reasoning in &answer.reasonings {
                human(reasoning, style, out)?;
            }
            rule_reasons(&answer.rules, style, out)?;
            silences(&answer.silenced, style, out)?;
        }
    }
    out.flush()?;
    Ok(if answer.is_empty() { Outcome::Failed } else { Outcome::Clean })
}

/// The request with everything said that could be; what the configuration turns off is told as silenced.
fn with_every_rule(request: Request, settings: &Settings) -> Request {
    let is_told = |origin| matches!(origin, Origin::File(_));
    let off = settings.levels.iter().filter(|(_, set)| is_told(set.origin) && set.value == Level::Off);
    let off = PathLevels { paths: PathSet::all(), levels: off.map(|(rule, set)| (rule.clone(), set.value)).collect() };
    Request {
        levels: rules::ids().into_iter().map(|rule| (rule.to_owned(), Level::Warning)).collect(),
        path_levels: [off].into_iter().chain(request.path_levels).collect(),
        pedantic: true,
        families: Vec::new(),
        min_confidence: Confidence::Low,
        ..request
    }
}

impl Answer {
    fn is_empty(&self) -> bool {
        self.reasonings.is_empty() && self.rules.is_empty() && self.silenced.is_empty()
    }
}

/// One line for each rule that looked at something here.
fn rule_reasons(rules: &[RuleReason], style: &Style, out: &mut dyn Write) -> std::io::Result<()> {
    let paint = Paint::new(style);
    for RuleReason { rule, line, column, reported, pedantic, reason } in rules {
        let verdict = match (reported, pedantic) {
            (true, true) => "reported with --pedantic",
            (true, false) => "reported",
            (false, _) => "not reported",
        };
        writeln!(out, "  {} at {line}:{column}: {verdict}: {}", paint.ink(Ink::Strong, rule), clean(reason))?;
    }
    Ok(())
}

/// One line for each finding that somebody has silenced.
fn silences(silenced: &[Silence], style: &Style, out: &mut dyn Write) -> std::io::Result<()> {
    let paint = Paint::new(style);
    for Silence { rule, line, column, by } in silenced {
        writeln!(out, "  {} at {line}:{column}: silenced: {}", paint.ink(Ink::Strong, rule), clean(by))?;
    }
    Ok(())
}

fn nothing(file: &str, line: u32, answer: &Answer, out: &mut dyn Write) -> std::io::Result<()> {
    let file = clean(file);
    if !answer.known {
        return writeln!(
            out,
            "{file} belongs to no target of its package: it is not in the module tree, or its package uses no catalogued client"
        );
    }
    writeln!(out, "no construction of a catalogued client, pool or connection at {file}:{line}")?;
    if !answer.others.is_empty() {
        let lines: Vec<String> = answer.others.iter().map(ToString::to_string).collect();
        writeln!(out, "  the file has some at line {}", lines.join(", "))?;
    }
    Ok(())
}

fn human(reasoning: &Reasoning, style: &Style, out: &mut dyn Write) -> std::io::Result<()> {
    let paint = Paint::new(style);
    let place = format!("{}:{}:{}", reasoning.file, reasoning.line, reasoning.column);
    writeln!(
        out,
        "{}  {} in `{}`",
        paint.ink(Ink::Place, &clean(&place)),
        paint.ink(Ink::Strong, &clean(&reasoning.call)),
        clean(&reasoning.function)
    )?;
    writeln!(out, "  {}", clean(&reasoning.verdict))?;
    for (index, end) in reasoning.ends.iter().enumerate() {
        if reasoning.ends.len() > 1 {
            writeln!(out, "  way {} of {}: ends in `{}`", index + 1, reasoning.ends.len(), clean(&end.function))?;
        }
        human_end(end, out)?;
    }
    Ok(())
}

fn human_end(end: &EndReasoning, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "    frequency  {}", clean(&end.frequency))?;
    writeln!(out, "    root       {}", clean(&end.root))?;
    for (index, step) in end.chain.iter().enumerate() {
        writeln!(out, "    {}  {}", if index == 0 { "chain    " } else { "         " }, clean(step))?;
    }
    writeln!(out, "    fate       {}", clean(&end.fate))?;
    writeln!(out, "    barrier    {}", clean(end.barrier.as_deref().unwrap_or("none")))?;
    if end.by_name_only {
        writeln!(out, "    note       a step of this rests on a name alone")?;
    }
    Ok(())
}
