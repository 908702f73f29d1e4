//! Bytes and JSON: how messages are framed.
//!
//! In: what the client writes. Out: [`Received`]s, in order; and the other way, JSON values that are written. A stretch that is no
//! message is one [`Received`], too: the protocol has an answer for it.

use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::Value;

use super::server::Input;

/// No message is longer, in bytes. It is read into memory.
const LONGEST: u64 = 512 << 20;

/// No line of a header is longer, in bytes.
const LONGEST_LINE: u64 = 4096;

/// What arrived.
#[derive(Debug, PartialEq)]
pub(super) enum Received {
    Message(Value),
    /// No JSON, or not framed as a message is; why.
    Broken(String),
}

/// Starts the threads that read, into `inputs`, and write. The receiver hears, by being closed, that everything is written once
/// the sender is dropped.
pub(super) fn start(
    mut input: impl BufRead + Send + 'static,
    mut output: impl Write + Send + 'static,
    inputs: Sender<Input>,
) -> io::Result<(Sender<Value>, Receiver<()>)> {
    let read = move || {
        while let Ok(Some(message)) = read(&mut input) {
            let is_exit = matches!(&message, Received::Message(message) if message["method"] == "exit");
            if inputs.send(Input::Client(message)).is_err() || is_exit {
                return;
            }
        }
        // Whoever isn't there to hear it has ended.
        let _ = inputs.send(Input::ClientGone);
    };
    std::thread::Builder::new().name("lsp-reader".to_owned()).spawn(read)?;
    // Without a bound: a client that writes and does not read must not make us wait, or both wait for ever.
    let (replies, to_write) = channel::<Value>();
    let (writing, written) = channel();
    let write = move || {
        let _writing: Sender<()> = writing;
        for message in to_write {
            if write(&mut output, &message).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().name("lsp-writer".to_owned()).spawn(write)?;
    Ok((replies, written))
}

/// The next message; none at the end.
fn read(input: &mut impl BufRead) -> io::Result<Option<Received>> {
    let length = match header(input)? {
        None => return Ok(None),
        Some(Ok(length)) => length,
        Some(Err(broken)) => return Ok(Some(Received::Broken(broken))),
    };
    if length > LONGEST {
        io::copy(&mut input.take(length), &mut io::sink())?;
        return Ok(Some(Received::Broken(format!("a message of {length} bytes; at most {LONGEST} are read"))));
    }
    let mut content = Vec::new();
    if input.take(length).read_to_end(&mut content)? as u64 != length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&content) {
        Ok(message) => Received::Message(message),
        Err(error) => Received::Broken(format!("not JSON: {error}")),
    }))
}

/// The length that the next header tells; none at the end of the input.
fn header(input: &mut impl BufRead) -> io::Result<Option<Result<u64, String>>> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        match (line.trim(), line.split_once(':')) {
            // Blank lines between messages are no harm.
            ("", _) if is_first => continue,
            ("", _) => return Ok(Some(length.ok_or_else(|| "a header without Content-Length".to_owned()))),
            (_, Some((name, value))) if name.trim().eq_ignore_ascii_case("content-length") => {
                match value.trim().parse() {
                    Ok(value) => length = Some(value),
                    Err(_) => return Ok(Some(Err("a Content-Length that is no number".to_owned()))),
                }
            }
            (_, Some(_)) => {}
            (_, None) => return Ok(Some(Err("a line that belongs to no header".to_owned()))),
        }
        is_first = false;
    }
}

fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let content = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{content}", content.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<Received> {
        std::iter::from_fn(|| read(&mut input).expect("memory can be read")).collect()
    }

    #[test]
    fn messages_are_told_apart() {
        let found = all(b"Content-Length: 2\r\n\r\n{}content-length:4\r\nContent-Type: x\r\n\r\nnull\r\n");
        assert_eq!(found, [Received::Message(serde_json::json!({})), Received::Message(Value::Null)]);
    }

    #[test]
    fn what_is_broken_costs_one_message() {
        let broken =
            |found: &[Received]| found.iter().map(|one| matches!(one, Received::Broken(_))).collect::<Vec<bool>>();
        let good = "Content-Length: 2\r\n\r\n{}";
        for bad in ["Content-Length: 3\r\n\r\n{{{", "Content-Length: many\r\n", "hello\r\n", "Content-Type: x\r\n\r\n"]
        {
            assert_eq!(broken(&all(format!("{bad}{good}").as_bytes())), [true, false], "{bad}");
        }
    }

    #[test]
    fn a_message_that_is_cut_off_is_the_end() {
        assert_eq!(all(b"Content-Length: 99\r\n\r\n{}"), []);
        assert_eq!(all(b"Content-Length: 99"), []);
        assert_eq!(all(b""), []);
    }
}
