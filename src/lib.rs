//! connlint finds clients, pools and connections of networked services that are built in the wrong place.

pub mod catalog;
pub mod cli;
pub mod discover;
pub mod finding;
pub mod report;
pub mod rules;
pub mod source;
