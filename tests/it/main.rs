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
mod fixtures;
mod formats;
mod matrix;
mod oracle;
mod output;
mod pages;
mod robustness;
mod security;
mod suppressions;
mod versions;
