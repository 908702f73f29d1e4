//! Places in SARIF's terms.
//!
//! In: locations of the report. Out: physical and logical locations; URIs are relative to [`BASE`] where the file lies in
//! the repository, else absolute.

use super::model::{
    ArtifactChange, ArtifactLocation, InsertedContent, LogicalLocation, PhysicalLocation, Region, Replacement,
};
use super::{model, plain};
use crate::finding::{Fix, Location, Problem, Run};
use crate::report::text::tidy;
use crate::source::{file_url, url_path};

/// The name of the folder that relative URIs begin at; GitHub's and others' name for the checkout.
pub(super) const BASE: &str = "%SRCROOT%";

/// Writes the places of one run.
pub(super) struct Places<'a>(pub(super) &'a Run);

impl Places<'_> {
    pub(super) fn at(&self, location: &Location) -> model::Location {
        self.location(&location.file, Some(region(location)))
    }

    /// The edits of a fix, by file.
    pub(super) fn changes<'f>(&self, fix: &'f Fix) -> Vec<ArtifactChange<'f>> {
        let mut changes: Vec<(&str, ArtifactChange<'f>)> = Vec::new();
        for edit in &fix.edits {
            let replacement = Replacement {
                deleted_region: region(&edit.location),
                inserted_content: InsertedContent { text: &edit.replacement },
            };
            match changes.last_mut().filter(|(file, _)| *file == edit.location.file) {
                Some((_, change)) => change.replacements.push(replacement),
                None => {
                    let artifact_location = self.artifact(&edit.location.file);
                    let change = ArtifactChange { artifact_location, replacements: vec![replacement] };
                    changes.push((&edit.location.file, change));
                }
            }
        }
        changes.into_iter().map(|(_, change)| change).collect()
    }

    pub(super) fn saying(&self, location: &Location, message: &str) -> model::Location {
        model::Location { message: Some(plain(message)), ..self.at(location) }
    }

    pub(super) fn within(&self, location: &Location, name: &str) -> model::Location {
        model::Location { logical_locations: function(name), ..self.at(location) }
    }

    /// The place of a problem that has one.
    pub(super) fn of_problem(&self, problem: &Problem) -> Option<model::Location> {
        if problem.file.is_empty() {
            return None;
        }
        let region = (problem.line > 0).then_some(Region {
            start_line: problem.line,
            start_column: Some(problem.column).filter(|column| *column > 0),
            end_line: None,
            end_column: None,
        });
        Some(self.location(&problem.file, region))
    }

    fn artifact(&self, file: &str) -> ArtifactLocation {
        let name = self.0.in_repository(file);
        if std::path::Path::new(&name).is_absolute() {
            ArtifactLocation { uri: file_url(name.as_ref()), uri_base_id: None }
        } else {
            ArtifactLocation { uri: url_path(&name), uri_base_id: Some(BASE) }
        }
    }

    fn location(&self, file: &str, region: Option<Region>) -> model::Location {
        model::Location {
            id: None,
            physical_location: PhysicalLocation { artifact_location: self.artifact(file), region },
            logical_locations: Vec::new(),
            message: None,
        }
    }
}

fn region(location: &Location) -> Region {
    let (start, end) = (location.span.start, location.span.end);
    Region {
        start_line: start.line.max(1),
        start_column: Some(start.column.max(1)),
        end_line: Some(end.line.max(start.line).max(1)),
        end_column: Some(end.column.max(1)),
    }
}

/// The function of that name; none for what stands in no function.
pub(super) fn function(name: &str) -> Vec<LogicalLocation> {
    let named = (!name.is_empty()).then(|| LogicalLocation { fully_qualified_name: tidy(name), kind: "function" });
    named.into_iter().collect()
}
