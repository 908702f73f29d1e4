//! connlint finds clients, pools and connections of networked services that are built in the wrong place.

pub mod catalog;
pub mod discover;
pub mod facts;
pub mod finding;
pub mod flow;
pub mod link;
pub mod load;
pub mod parse;
pub mod source;
