//! What is said to the person at the terminal: one line on stderr, and text at the end of the process.
//!
//! A stream that is closed is no error. None of this waits for the locks of `std::io`: a thread that holds
//! one for ever, while the process ends, must not keep it from ending.

use std::io::{self, Write};

/// Says one line on stderr, whatever is in it, in one write: lines of several processes do not mix.
pub(crate) fn say(line: &str) {
    let _ = write_past_locks(&io::stderr(), &format!("memprof: {}\n", one_line(line)));
}

/// `1 thread`, `2 threads`
pub(super) fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// `was` of one, `were` of others.
pub(super) fn were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

/// Prints to stdout when the process ends; the standard library has emptied its own buffer by then.
pub(super) fn print_at_end(text: &str) {
    let _ = write_past_locks(&io::stdout(), text);
}

/// The text with line breaks and other control characters turned into spaces.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(unix)]
fn write_past_locks(stream: &impl std::os::fd::AsFd, text: &str) -> io::Result<()> {
    let stream = stream.as_fd().try_clone_to_owned()?;
    std::fs::File::from(stream).write_all(text.as_bytes())
}

#[cfg(windows)]
fn write_past_locks(stream: &impl std::os::windows::io::AsHandle, text: &str) -> io::Result<()> {
    let stream = stream.as_handle().try_clone_to_owned()?;
    std::fs::File::from(stream).write_all(text.as_bytes())
}

#[cfg(not(any(unix, windows)))]
fn write_past_locks<S>(stream: &S, text: &str) -> io::Result<()>
where
    for<'a> &'a S: Write,
{
    let mut stream = stream;
    stream.write_all(text.as_bytes())
}
