//! Tests of the library on the fixtures, and of the built binaries.

mod bad_input;
mod baseline;
mod changed;
mod cli;
mod commands;
mod common;
mod config;
mod config_effect;
mod consistency;
mod determinism;
mod fix_command;
mod fixes;
mod fixtures;
mod formats;
mod lsp;
mod matrix;
mod oracle;
mod output;
mod pages;
mod robustness;
mod security;
mod session;
mod suppressions;
mod versions;
