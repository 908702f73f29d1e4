//! `--with-cargo`: a cargo command beside the analysis, its messages passed on.
//!
//! In: `check` or `clippy`, and its arguments. Out: the lines that it writes with `--message-format=json`, unchanged, but
//! for `build-finished`, which is said once at the end for both. Cargo's progress goes to standard error as ever.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use thiserror::Error;

use super::output::CargoCommand;

/// What cargo is asked for when nothing is said: all that an editor may have open.
const USUAL: [&str; 2] = ["--workspace", "--all-targets"];

/// Cargo cannot be run.
#[derive(Debug, Error)]
#[error("cannot run `{program} {command}`: {cause}")]
pub struct CargoError {
    program: String,
    command: &'static str,
    cause: io::Error,
}

/// A running cargo; it is stopped when it is dropped.
pub(super) struct Cargo {
    child: Child,
    lines: Receiver<io::Result<Vec<u8>>>,
}

impl Cargo {
    /// Starts `cargo COMMAND --message-format=json ARGS`.
    pub(super) fn start(command: CargoCommand, args: &[OsString]) -> Result<Cargo, CargoError> {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let error =
            |cause| CargoError { program: program.to_string_lossy().into_owned(), command: command.name(), cause };
        let mut cargo = Command::new(&program);
        cargo.arg(command.name());
        if !args.iter().any(|arg| arg.to_string_lossy().starts_with("--message-format")) {
            cargo.arg("--message-format=json");
        }
        if args.is_empty() {
            cargo.args(USUAL)
        } else {
            cargo.args(args)
        };
        let mut child = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(error)?;
        let stdout = child.stdout.take().ok_or_else(|| error(io::ErrorKind::BrokenPipe.into()))?;
        let lines = read(stdout).map_err(error)?;
        Ok(Cargo { child, lines })
    }

    /// Writes what cargo says until it ends; whether it succeeded.
    pub(super) fn pass_on(mut self, out: &mut dyn Write) -> io::Result<bool> {
        for line in &self.lines {
            let line = line?;
            if !is_end(&line) {
                out.write_all(&line)?;
                out.flush()?; // editors show messages as they come
            }
        }
        Ok(self.child.wait()?.success())
    }
}

impl Drop for Cargo {
    fn drop(&mut self) {
        // It may be over already, and nothing depends on it any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the lines on a thread of their own, so that cargo never waits for the analysis.
fn read(stdout: ChildStdout) -> io::Result<Receiver<io::Result<Vec<u8>>>> {
    let (sender, lines) = channel();
    std::thread::Builder::new().spawn(move || {
        let mut stdout = BufReader::new(stdout);
        loop {
            let mut line = Vec::new();
            let read = stdout.read_until(b'\n', &mut line);
            let is_over = matches!(read, Ok(0) | Err(_));
            // At the end the line is empty, and nobody minds. Whoever listened may be gone.
            if sender.send(read.map(|_| line)).is_err() || is_over {
                return;
            }
        }
    })?;
    Ok(lines)
}

/// Whether this is cargo's last message.
fn is_end(line: &[u8]) -> bool {
    line.starts_with(br#"{"reason":"build-finished""#)
}
