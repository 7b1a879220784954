//! Indexes real documents, answers queries about them, and shows what every step of that did to memory.
//!
//! This file is only arguments, order of events and output; the engine is the library beside it. Run it
//! with `cargo run --release -p hybrid_search`.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use hybrid_search::allocator::{INNER, Inner};
use hybrid_search::progress::Progress;
use hybrid_search::recording::Recording;
use hybrid_search::{Corpus, Engine, Hit, corpus};

#[global_allocator]
static ALLOC: memprof::Allocator<Inner> = memprof::Allocator::new(INNER);

const QUERIES: &[&str] = &[
    "custom global memory allocator",
    "parse command line arguments",
    "serialize a struct to JSON",
    "lock-free concurrent queue",
    "compile a regular expression",
    "iterate over unicode characters of a string",
    "derive macro syntax tree",
    "approximate nearest neighbour search",
];

/// Search real documents by words and by likeness, and see what it costs in memory.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Folder of documents [default: the crates that cargo has downloaded for this workspace]
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,

    /// Query to answer after the built-in ones; may be repeated
    #[arg(long = "query", value_name = "Q")]
    queries: Vec<String>,

    /// Documents to index at most
    #[arg(long, value_name = "N", default_value = "4000", value_parser = positive)]
    limit: usize,

    /// Documents to show for each query
    #[arg(long, value_name = "N", default_value = "3", value_parser = positive)]
    top: usize,

    /// Folder for the memory report [default: what `memory_profiling.toml` says, else memory_reports]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Show only the memory report: no progress, no documents
    #[arg(long)]
    quiet: bool,
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("expected a whole number of at least 1".to_owned()),
    }
}

fn main() -> ExitCode {
    match run(&Args::parse(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe has seen enough.
        Err(err) if is_broken_pipe(err.as_ref()) => ExitCode::SUCCESS,
        Err(err) => {
            let _ = writeln!(io::stderr(), "error: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // Listed before the profiler starts: a run with nothing to index leaves no report behind.
    let corpus = list(args)?;
    let recording = Recording::start(args.output.as_deref())?;

    let engine = index(args, corpus, out)?;
    for query in QUERIES
        .iter()
        .copied()
        .chain(args.queries.iter().map(String::as_str))
    {
        let started = Instant::now();
        let hits = engine.search(query, args.top)?;
        if !args.quiet {
            show_hits(query, &hits, started, out)?;
        }
    }

    // Shown while the engine lives, so that what it keeps is seen; the report is written when it should
    // be gone, so that what is still there then is a leak.
    recording.show(out)?;
    drop(engine);
    recording.finish(out)
}

fn list(args: &Args) -> Result<Corpus, Box<dyn Error>> {
    let corpus = match &args.corpus {
        Some(folder) => Corpus::folder(folder, args.limit),
        None => {
            let home = corpus::cargo_home().unwrap_or_default();
            Corpus::cargo_registry(&home, &std::env::current_dir()?, args.limit)
        }
    };
    Ok(corpus?)
}

/// Takes the corpus, as its list of files is of no use afterwards.
fn index(args: &Args, corpus: Corpus, out: &mut impl Write) -> Result<Engine, Box<dyn Error>> {
    let started = Instant::now();
    let mut progress = Progress::new("Indexing", corpus.files().len(), args.quiet);
    let engine = Engine::build(&corpus, |done| progress.update(done))?;
    if !args.quiet {
        writeln!(
            out,
            "Indexed {} documents ({:.1} MB) of {} folders in `{}` in {:.1} s; {} files were not text, {} over the limit.",
            engine.documents(),
            engine.text_bytes() as f64 / 1e6,
            corpus.groups(),
            corpus.root().display(),
            started.elapsed().as_secs_f64(),
            engine.skipped(),
            corpus.found() - corpus.files().len(),
        )?;
    }
    Ok(engine)
}

fn show_hits(
    query: &str,
    hits: &[Hit<'_>],
    started: Instant,
    out: &mut impl Write,
) -> io::Result<()> {
    let milliseconds = started.elapsed().as_secs_f64() * 1e3;
    writeln!(out, "\n{query}  ({milliseconds:.1} ms)")?;
    if hits.is_empty() {
        writeln!(out, "   nothing found")?;
    }
    for (place, hit) in (1..).zip(hits) {
        let rank = |rank: Option<u32>| rank.map_or("-".to_owned(), |rank| rank.to_string());
        let (by_words, by_likeness) = (rank(hit.text_rank), rank(hit.vector_rank));
        writeln!(
            out,
            "  {place}. {:.4}  {}  [words {by_words}, likeness {by_likeness}]",
            hit.score, hit.path
        )?;
        writeln!(out, "             {}", hit.title)?;
    }
    Ok(())
}

fn is_broken_pipe(err: &(dyn Error + 'static)) -> bool {
    err.downcast_ref::<io::Error>()
        .is_some_and(|err| err.kind() == io::ErrorKind::BrokenPipe)
}
