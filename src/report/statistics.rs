//! Counts per rule.
//!
//! In: a [`Report`]. Out: for each rule with findings, how many became what; and the table of `--statistics`. Each
//! finding is counted in one column, so the last one, and the last line, add up to everything seen.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::finding::{Cause, Report};

/// What became of the findings of one rule, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Reported.
    pub reported: usize,
    /// Silenced in the source.
    pub suppressed: usize,
    /// In the baseline.
    pub baselined: usize,
    /// Of a rule that is off, or less sure than asked for.
    pub below_level: usize,
    /// Outside of what was asked for.
    pub skipped: usize,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> usize {
        self.reported + self.suppressed + self.baselined + self.below_level + self.skipped
    }

    fn withheld(&mut self, cause: &Cause) {
        match cause {
            Cause::NotAsked | Cause::Unchanged => self.skipped += 1,
            Cause::Level | Cause::Confidence => self.below_level += 1,
            Cause::Suppressed { .. } => self.suppressed += 1,
            Cause::Baselined { .. } => self.baselined += 1,
        }
    }

    fn columns(&self) -> [usize; 6] {
        [self.reported, self.suppressed, self.baselined, self.below_level, self.skipped, self.total()]
    }
}

/// The counts of each rule that has findings, by rule.
#[must_use]
pub fn statistics(report: &Report) -> BTreeMap<&str, Counts> {
    let mut rules: BTreeMap<&str, Counts> = BTreeMap::new();
    for finding in &report.findings {
        rules.entry(finding.rule).or_default().reported += 1;
    }
    for withheld in &report.withheld {
        rules.entry(withheld.finding.rule).or_default().withheld(&withheld.cause);
    }
    rules
}

/// Writes the table: a line for each rule, the sums last. Columns of zeros are left out.
pub(super) fn table(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    const HEADS: [&str; 6] = ["reported", "suppressed", "baselined", "below level", "skipped", "all"];
    let rules = statistics(report);
    let rows: Vec<(&str, [usize; 6])> = rules.iter().map(|(rule, counts)| (*rule, counts.columns())).collect();
    let sums = std::array::from_fn(|column| rows.iter().map(|(_, counts)| counts[column]).sum());
    let shown: Vec<usize> = (0..HEADS.len()).filter(|column| *column == 0 || sums[*column] > 0).collect();
    let name = rows.iter().map(|(rule, _)| rule.len()).chain(["all".len()]).max().unwrap_or_default();
    let mut line = |first: &str, cell: &dyn Fn(usize) -> String| {
        let cells = shown.iter().map(|column| format!("  {:>1$}", cell(*column), HEADS[*column].len()));
        writeln!(out, "{first:name$}{}", cells.collect::<String>())
    };
    line("rule", &|column| HEADS[column].to_owned())?;
    for (rule, counts) in rows.iter().chain([&("all", sums)]) {
        line(rule, &|column| counts[column].to_string())?;
    }
    Ok(())
}
