//! Two profilers in one run: memprof's report by operation, and dhat's file by call stack.
//!
//! ```sh
//! cargo run --release --example memory_profile --features dhat-heap
//! ```
//!
//! It indexes the text files of a folder (the sources of memprof, unless another is named) and leaves
//! `dhat-heap.json` and memprof's report in `memory_reports/`, or in the folder that is the second argument.
//! Open the former in Valgrind's `dh_view.html`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, error, fs, io};

#[global_allocator]
static ALLOC: memprof::Allocator<memprof::dhat::Alloc> =
    memprof::Allocator::new(memprof::dhat::Alloc);

/// The lines that each word is on, by document.
type Index = BTreeMap<String, Vec<(usize, usize)>>;

fn main() -> Result<(), Box<dyn error::Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = arguments.next().unwrap_or(sources);
    let output = arguments.next().unwrap_or("memory_reports".into());
    fs::create_dir_all(&output)?;

    let profiler = memprof::Profiler::builder().name("memory_profile");
    let profiler = profiler.output_directory(&output).build()?;
    let dhat_file = output.join("dhat-heap.json");
    let dhat = memprof::dhat::Profiler::builder()
        .file_name(&dhat_file)
        .build();

    let mut index = Index::new();
    for (number, file) in text_files(&folder)?.iter().enumerate() {
        index_document(&mut index, number, &fs::read_to_string(file)?);
    }
    let found = search(&index, "memory");
    println!(
        "{} words; `memory` is on {} lines",
        index.len(),
        found.len()
    );

    println!("{}", memprof::snapshot());
    drop(dhat);
    println!("dhat's file is {}", dhat_file.display());
    if let Some(report) = profiler.finish()? {
        println!("memprof's report is {}", report.display());
    }
    Ok(())
}

#[memprof::track("List Files")]
fn text_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if name.ends_with(".rs") || name.ends_with(".md") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[memprof::track("Index Document")]
fn index_document(index: &mut Index, document: usize, text: &str) {
    for (line, words) in text.lines().enumerate() {
        for word in tokenize(words) {
            index.entry(word).or_default().push((document, line));
        }
    }
}

#[memprof::track("Tokenize")]
fn tokenize(line: &str) -> Vec<String> {
    line.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(str::to_lowercase)
        .collect()
}

#[memprof::track("Search")]
fn search(index: &Index, word: &str) -> Vec<(usize, usize)> {
    index.get(word).cloned().unwrap_or_default()
}
