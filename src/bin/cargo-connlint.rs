//! `cargo connlint`: the same command, called by cargo.

use std::io::{BufWriter, stderr, stdout};
use std::process::ExitCode;

use connlint::cli;
use mimalloc::MiMalloc;

/// Parsing makes and drops very many small values.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match cli::parse_cargo(std::env::args_os()) {
        Ok(cli) => {
            let mut out = BufWriter::new(stdout());
            cli::run(&cli, &cli::Environment::of_stdout(), &mut out, &mut stderr()).into()
        }
        Err(error) => {
            // Nothing can be done if even the help can't be written.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}
