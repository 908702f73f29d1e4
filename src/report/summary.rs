//! The line of totals that ends a report.
//!
//! In: a [`Report`]. Out: one sentence in which everything that was seen is counted.

use crate::finding::{Applicability, Report};

/// "4 errors, 1 warning; 37 constructions seen in 120 files of 3 packages, 0 suppressed".
#[must_use]
pub fn summary_line(report: &Report) -> String {
    let summary = &report.summary;
    let counts = [
        (summary.errors, "error", "errors"),
        (summary.warnings, "warning", "warnings"),
        (summary.pedantic, "pedantic finding", "pedantic findings"),
    ];
    let found: Vec<String> =
        counts.iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| count(*number, one, many)).collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let mut line = format!(
        "{found}; {} seen in {} of {}, {} suppressed",
        count(summary.constructions, "construction", "constructions"),
        count(summary.files, "file", "files"),
        count(summary.packages, "package", "packages"),
        summary.suppressed,
    );
    let withheld = [
        (summary.baselined, "in the baseline"),
        (summary.below_level, "of rules that are off or below the confidence asked for"),
        (summary.skipped, "outside of what was asked for"),
    ];
    for (number, what) in withheld.into_iter().filter(|(number, _)| *number > 0) {
        line.push_str(&format!(", {number} {what}"));
    }
    if summary.seen() > summary.reported() {
        line.push_str(&format!(": {} in all", count(summary.seen(), "finding", "findings")));
    }
    if let Some(mendable) = mendable(report) {
        line.push_str(&format!("; {mendable}"));
    }
    if summary.stale > 0 {
        let gone = count(summary.stale, "finding", "findings");
        line.push_str(&format!("; {gone} of the baseline gone: `connlint baseline prune`"));
    }
    if !report.problems.is_empty() {
        let problems = count(report.problems.len(), "problem", "problems");
        line.push_str(&format!("; {problems} with the input"));
    }
    line
}

/// "3 can be mended by `--fix`, 2 more with `--unsafe-fixes`"; none when there is no fix.
fn mendable(report: &Report) -> Option<String> {
    let of = |wanted: Applicability| {
        let fixes = report.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == wanted).count()
    };
    match (of(Applicability::Safe), of(Applicability::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} can be mended by `--fix`")),
        (0, more) => Some(format!("{more} can be mended by `--fix --unsafe-fixes`")),
        (safe, more) => Some(format!("{safe} can be mended by `--fix`, {more} more with `--unsafe-fixes`")),
    }
}

/// "1 file", "2 files".
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Problem, Summary};

    #[test]
    fn everything_is_counted() {
        let mut report = Report {
            summary: Summary {
                packages: 3,
                files: 120,
                constructions: 37,
                errors: 4,
                warnings: 1,
                ..Summary::default()
            },
            ..Report::default()
        };
        assert_eq!(
            summary_line(&report),
            "4 errors, 1 warning; 37 constructions seen in 120 files of 3 packages, 0 suppressed"
        );
        report.summary = Summary {
            packages: 1,
            files: 1,
            constructions: 1,
            suppressed: 1,
            baselined: 3,
            below_level: 2,
            skipped: 4,
            ..Summary::default()
        };
        report.problems.push(Problem {
            file: String::new(),
            line: 0,
            column: 0,
            message: "m".to_owned(),
            help: "h".to_owned(),
        });
        assert_eq!(
            summary_line(&report),
            "no findings; 1 construction seen in 1 file of 1 package, 1 suppressed, 3 in the baseline, 2 of rules that are \
             off or below the confidence asked for, 4 outside of what was asked for: 10 findings in all; 1 problem with \
             the input"
        );
    }
}
