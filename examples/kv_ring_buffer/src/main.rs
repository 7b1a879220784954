//! Puts entries into a cache in shared memory in some threads, takes them out in others, and shows where the
//! program's memory is: on the heap, in the shared ring, and whether both are all of it.
//!
//! This file is only arguments, order of events and output; the cache is the library beside it. Run it with
//! `cargo run --release -p kv_ring_buffer`.

#![forbid(unsafe_code)]

#[cfg(feature = "memory-profiling")]
mod add_up;
mod recording;
mod traffic;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kv_ring_buffer::{Cache, Layout, allocator};
use recording::Recording;
use traffic::Traffic;

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

/// The exit code where heap and shared memory are not what is resident.
const EXCEEDED: u8 = 3;

/// Send entries through a cache in shared memory, and see where the memory is; exits with 3 where the parts are not
/// all of it.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// File of the shared memory, which must not be there yet [default: one in /dev/shm or the temporary folder]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Entries that the cache has room for; rounded up to a power of two
    #[arg(long, value_name = "N", default_value = "65536")]
    slots: usize,

    /// Bytes that a key and its value have room for
    #[arg(long, value_name = "N", default_value = "240")]
    entry_bytes: usize,

    /// Threads that put entries
    #[arg(long, value_name = "N", default_value = "2", value_parser = positive)]
    writers: usize,

    /// Threads that take them out
    #[arg(long, value_name = "N", default_value = "2", value_parser = positive)]
    readers: usize,

    /// Entries that each writer puts
    #[arg(long, value_name = "N", default_value = "500000")]
    entries: u64,

    /// Folder for the memory report
    #[arg(long, value_name = "DIR", default_value = "memory_reports")]
    output: PathBuf,
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (1..=1024).contains(&number) => Ok(number),
        _ => Err("expected a whole number from 1 to 1024".to_owned()),
    }
}

fn main() -> ExitCode {
    match run(&Args::parse(), &mut io::stdout().lock()) {
        Ok(code) => code,
        // The reader of a pipe has seen enough.
        Err(err) if is_broken_pipe(err.as_ref()) => ExitCode::SUCCESS,
        Err(err) => {
            let _ = writeln!(io::stderr(), "error: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    let layout = Layout::new(args.slots, args.entry_bytes)?;
    let recording = Recording::start(&args.output)?;

    let file = args.file.clone().unwrap_or_else(default_file);
    let cache = Cache::create(&file, layout)?;
    let _removed = Removed(&file);
    let traffic = Traffic {
        writers: args.writers,
        readers: args.readers,
        entries: args.entries,
    };
    writeln!(out, "{}", traffic.run(&cache))?;

    let adds_up = recording.show(args.writers + args.readers, out)?;
    drop(cache);
    recording.finish(out)?;
    Ok(match adds_up {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(EXCEEDED),
    })
}

/// Memory that is a file, where the system has it.
fn default_file() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    let folder = if shared.is_dir() {
        shared
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("kv_ring_buffer-{}", std::process::id()))
}

/// Removes the file in the end; who has it mapped still has it.
struct Removed<'a>(&'a std::path::Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.0);
    }
}

fn is_broken_pipe(err: &(dyn Error + 'static)) -> bool {
    err.downcast_ref::<io::Error>()
        .is_some_and(|err| err.kind() == io::ErrorKind::BrokenPipe)
}
