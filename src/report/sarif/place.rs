//! Places in SARIF's terms.
//!
//! In: locations of the report. Out: physical and logical locations; URIs are relative to [`BASE`] where the file lies in
//! the repository, else absolute.

use super::model::{ArtifactLocation, LogicalLocation, PhysicalLocation, Region};
use super::{model, plain};
use crate::finding::{Location, Problem, Run};
use crate::report::text::tidy;
use crate::source::{file_url, url_path};

/// The name of the folder that relative URIs begin at; GitHub's and others' name for the checkout.
pub(super) const BASE: &str = "%SRCROOT%";

/// Writes the places of one run.
pub(super) struct Places<'a>(pub(super) &'a Run);

impl Places<'_> {
    pub(super) fn at(&self, location: &Location) -> model::Location {
        let (start, end) = (location.span.start, location.span.end);
        let region = Region {
            start_line: start.line.max(1),
            start_column: Some(start.column.max(1)),
            end_line: Some(end.line.max(start.line).max(1)),
            end_column: Some(end.column.max(1)),
        };
        self.location(&location.file, Some(region))
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

    fn location(&self, file: &str, region: Option<Region>) -> model::Location {
        let name = self.0.in_repository(file);
        let artifact_location = if std::path::Path::new(&name).is_absolute() {
            ArtifactLocation { uri: file_url(name.as_ref()), uri_base_id: None }
        } else {
            ArtifactLocation { uri: url_path(&name), uri_base_id: Some(BASE) }
        };
        model::Location {
            id: None,
            physical_location: PhysicalLocation { artifact_location, region },
            logical_locations: Vec::new(),
            message: None,
        }
    }
}

/// The function of that name; none for what stands in no function.
pub(super) fn function(name: &str) -> Vec<LogicalLocation> {
    let named = (!name.is_empty()).then(|| LogicalLocation { fully_qualified_name: tidy(name), kind: "function" });
    named.into_iter().collect()
}
