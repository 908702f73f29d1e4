//! Checkstyle's XML, which Jenkins, reviewdog and many others read.
//!
//! In: a [`Report`]. Out: a `file` for each file with findings or problems, in the order of their names, an `error` for each
//! of these. Paths are relative to the repository's root.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::text::clean;
use super::xml::{Xml, document, value};
use crate::finding::{Level, Report};

/// An `error` of checkstyle: whatever its severity.
struct Entry {
    line: u32,
    column: u32,
    severity: &'static str,
    message: String,
    source: String,
}

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let files = files(report);
    document(out, |xml| {
        let root = xml.create_element("checkstyle").with_attribute(("version", "4.3"));
        if files.is_empty() {
            root.write_empty()?;
        } else {
            root.write_inner_content(|xml| files.iter().try_for_each(|(name, entries)| file(name, entries, xml)))?;
        }
        Ok(())
    })
}

fn file(name: &str, entries: &[Entry], xml: &mut Xml) -> io::Result<()> {
    xml.create_element("file").with_attribute(("name", value(name))).write_inner_content(|xml| {
        for entry in entries {
            let (line, column) = (entry.line.to_string(), entry.column.to_string());
            let mut element = xml.create_element("error");
            for (name, number) in [("line", &line), ("column", &column)] {
                if number != "0" {
                    element = element.with_attribute((name, number.as_str()));
                }
            }
            element
                .with_attribute(("severity", entry.severity))
                .with_attribute(("message", value(&entry.message)))
                .with_attribute(("source", entry.source.as_str()))
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn files(report: &Report) -> BTreeMap<String, Vec<Entry>> {
    let mut files: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for finding in &report.findings {
        let help = finding.help.iter().map(|help| format!("; help: {}", clean(help)));
        let start = finding.location.span.start;
        files.entry(report.run.in_repository(&finding.location.file)).or_default().push(Entry {
            line: start.line,
            column: start.column,
            severity: severity(finding.level),
            message: format!("{}{}", clean(&finding.message), help.collect::<String>()),
            source: format!("connlint.{}", finding.rule),
        });
    }
    for problem in &report.problems {
        // What concerns no file concerns the folder.
        let file = if problem.file.is_empty() { "." } else { problem.file.as_str() };
        files.entry(report.run.in_repository(file)).or_default().push(Entry {
            line: problem.line,
            column: problem.column,
            severity: "warning",
            message: format!("{}; help: {}", clean(&problem.message), clean(&problem.help)),
            source: "connlint.problem".to_owned(),
        });
    }
    files
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Pedantic | Level::Off => "info",
    }
}
