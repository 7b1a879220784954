//! The engine: both indexes of a corpus, and the one question they answer together.
//!
//! The operations of a run nest as the calls do: `Indexing Operation` over what is done for each
//! document, on the writer's thread too; `Search Operation` over `Hybrid Search` over the two searches and
//! their fusion.

use std::sync::mpsc::{self, Receiver};

use crate::corpus::Corpus;
use crate::document::Document;
use crate::embed::embed;
use crate::error::{Error, Result};
use crate::fulltext::{TextIndex, TextWriter};
use crate::fuse::{Fused, fuse};
use crate::phase;
use crate::vector::VectorIndex;

/// How deep both rankings are looked into, at least: a document far down in both may still be the best
/// of all.
const CANDIDATES: usize = 50;

/// How many documents may wait for the writer of the full-text index.
const DOCUMENTS_IN_FLIGHT: usize = 64;

/// Both indexes of a corpus.
pub struct Engine {
    text: TextIndex,
    vectors: VectorIndex,
    entries: Vec<Entry>,
    text_bytes: usize,
    skipped: usize,
}

/// What is shown of a document that was found.
struct Entry {
    path: String,
    title: String,
}

/// A document that was found.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'a> {
    /// Relative to the corpus.
    pub path: &'a str,
    /// The first heading, or the first line that says something.
    pub title: &'a str,
    /// The sum of its reciprocal ranks.
    pub score: f32,
    /// Its rank by words, from 1.
    pub text_rank: Option<u32>,
    /// Its rank by likeness, from 1.
    pub vector_rank: Option<u32>,
}

impl Engine {
    /// Reads and indexes a corpus; `on_document` is called with the number of files done. Files that
    /// cannot be read or are not UTF-8 are counted and left out.
    ///
    /// Words are indexed on a thread of their own, under the path of this operation.
    #[memprof::track("Indexing Operation")]
    pub fn build(corpus: &Corpus, mut on_document: impl FnMut(usize)) -> Result<Self> {
        let files = corpus.files();
        let mut vectors = VectorIndex::new(files.len());
        let (mut documents, mut text_bytes, mut skipped) = (0, 0, 0);
        let (text, entries) = memprof::thread::scope(|threads| {
            let (sender, receiver) = mpsc::sync_channel(DOCUMENTS_IN_FLIGHT);
            let writer = threads.spawn(move || write_texts(receiver));
            for (done, file) in files.iter().enumerate() {
                on_document(done);
                let read = || Document::read(corpus.root(), file);
                let Ok(document) = phase::READ_DOCUMENT.time(read) else {
                    skipped += 1;
                    continue;
                };
                let vector = phase::EMBED.time(|| embed(&document.digest));
                phase::INSERT_VECTOR.time(|| vectors.insert(documents, vector));
                text_bytes += document.text.len();
                documents += 1;
                // The writer left early: with an error, which is what its thread gives back.
                if sender.send(document).is_err() {
                    break;
                }
            }
            drop(sender);
            let written = writer.join();
            written.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        if entries.is_empty() {
            return Err(Error::Empty(corpus.root().to_owned()));
        }
        on_document(files.len());
        Ok(Self {
            text,
            vectors,
            entries,
            text_bytes,
            skipped,
        })
    }

    /// The `count` documents that answer the query best, best first.
    #[memprof::track("Search Operation")]
    pub fn search(&self, query: &str, count: usize) -> Result<Vec<Hit<'_>>> {
        let fused = self.hybrid(query, count)?;
        Ok(fused.into_iter().map(|fused| self.hit(fused)).collect())
    }

    /// How many documents can be found.
    pub fn documents(&self) -> usize {
        self.entries.len()
    }

    /// How much text they have together.
    pub fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// How many files could not be read as text.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    #[memprof::track("Hybrid Search")]
    fn hybrid(&self, query: &str, count: usize) -> Result<Vec<Fused>> {
        let candidates = CANDIDATES.max(count);
        let by_text = phase::FULL_TEXT_SEARCH.time(|| self.text.search(query, candidates))?;
        let vector = phase::EMBED.time(|| embed(query));
        let by_vector = phase::VECTOR_SEARCH.time(|| self.vectors.search(&vector, candidates));
        Ok(phase::FUSE.time(|| fuse(&by_text, &by_vector, count)))
    }

    fn hit(&self, fused: Fused) -> Hit<'_> {
        let entry = &self.entries[fused.id as usize];
        Hit {
            path: &entry.path,
            title: &entry.title,
            score: fused.score,
            text_rank: fused.text_rank,
            vector_rank: fused.vector_rank,
        }
    }
}

/// Indexes the words of the documents that come, until no more do. They are numbered as they come.
#[memprof::track("Index Writer")]
fn write_texts(documents: Receiver<Document>) -> Result<(TextIndex, Vec<Entry>)> {
    let mut text = TextWriter::new()?;
    let mut entries = Vec::new();
    for document in documents {
        phase::INDEX_TEXT.time(|| text.add(&document))?;
        entries.push(Entry {
            path: document.path,
            title: document.title,
        });
    }
    Ok((phase::COMMIT_TEXT.time(|| text.finish())?, entries))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const TEXTS: &[(&str, &str)] = &[
        (
            "allocator.md",
            "# A bump allocator\n\nAllocates memory from a fixed region and frees all of it at once.\n",
        ),
        (
            "parser.rs",
            "//! Parses command line arguments.\n\n/// The arguments.\npub struct Arguments;\n\nfn main() {}\n",
        ),
        (
            "json.md",
            "# JSON for structs\n\nSerializes and deserializes data structures to and from JSON text.\n",
        ),
        (
            "soup.txt",
            "Boil the onions slowly, then add the stock, the potatoes and a little salt to taste.\n",
        ),
    ];

    fn tiny_engine() -> Engine {
        let dir = tempfile::tempdir().unwrap();
        for (file, text) in TEXTS {
            fs::write(dir.path().join(file), text).unwrap();
        }
        fs::write(dir.path().join("latin1.txt"), [0xe4; 100]).unwrap();
        let corpus = Corpus::folder(dir.path(), 100).unwrap();
        let mut calls = Vec::new();
        let engine = Engine::build(&corpus, |done| calls.push(done)).unwrap();
        assert_eq!(calls, [0, 1, 2, 3, 4, 5]);
        engine
    }

    #[test]
    fn the_expected_document_is_on_top() {
        let engine = tiny_engine();
        assert_eq!((engine.documents(), engine.skipped()), (4, 1));
        for (query, path, title) in [
            ("memory allocation", "allocator.md", "A bump allocator"),
            (
                "command line argument parser",
                "parser.rs",
                "Parses command line arguments.",
            ),
            ("JSON serialization", "json.md", "JSON for structs"),
            (
                "onoin soup",
                "soup.txt",
                "Boil the onions slowly, then add the stock, the potatoes and a little salt to ta",
            ),
        ] {
            let hits = engine.search(query, 3).unwrap();
            assert_eq!((hits[0].path, hits[0].title), (path, title), "{query}");
            assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
        }
    }

    #[test]
    fn likeness_finds_what_words_miss() {
        let engine = tiny_engine();
        let hits = engine.search("serializer", 1).unwrap();
        assert_eq!((hits[0].path, hits[0].vector_rank), ("json.md", Some(1)));
    }

    #[test]
    fn a_query_without_words_finds_nothing() {
        assert!(tiny_engine().search(" ?! ", 3).unwrap().is_empty());
    }

    #[test]
    fn a_corpus_without_any_text_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("latin1.txt"), [0xe4; 100]).unwrap();
        let corpus = Corpus::folder(dir.path(), 100).unwrap();
        assert!(matches!(
            Engine::build(&corpus, |_| ()),
            Err(Error::Empty(_))
        ));
    }
}
