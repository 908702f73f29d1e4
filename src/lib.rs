//! connlint finds clients, pools and connections of networked services that are built in the wrong place.
//!
//! The pipeline, each stage handing on owned data to the next:
//!
//! ```text
//! discover ─► load (parse) ─► facts ─► link ─► flow ─► rules ─► triage ─► report
//! ```
//!
//! [`check::run`] is the whole of it; [`cli`] is the command around it.

pub mod baseline;
pub mod catalog;
pub mod changed;
pub mod check;
pub mod cli;
pub mod config;
pub mod discover;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod flow;
mod lexical;
pub mod link;
pub mod load;
pub mod lsp;
pub mod parse;
pub mod progress;
pub mod report;
pub mod rules;
pub mod session;
mod similar;
pub mod source;
pub mod suppress;
pub mod triage;
pub mod why;
