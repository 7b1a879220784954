//! The full-text index: words with their postings, asked for the best by BM25.
//!
//! It is written as one segment on the calling thread, and documents keep the numbers in which they were
//! added. Only postings are kept: titles and paths live in the engine.

use tantivy::collector::TopDocs;
use tantivy::directory::RamDirectory;
use tantivy::query::{Query, QueryParser};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{
    Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, SingleSegmentIndexWriter,
    TantivyDocument,
};

use crate::document::Document;
use crate::error::Result;
use crate::fuse::DocumentId;

/// The writer sizes its first tables by this; it is no limit, as a single segment is never flushed
/// early.
const WRITER_BYTES: usize = 64 << 20;
/// A word in the title tells more than one in the text.
const TITLE_BOOST: f32 = 3.0;

/// A full-text index being written.
pub struct TextWriter {
    writer: SingleSegmentIndexWriter,
    fields: Fields,
    documents: DocumentId,
}

#[derive(Clone, Copy)]
struct Fields {
    title: Field,
    text: Field,
}

impl TextWriter {
    /// An empty index in memory.
    pub fn new() -> Result<Self> {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let mut schema = Schema::builder();
        let fields = Fields {
            title: schema.add_text_field("title", options.clone()),
            text: schema.add_text_field("text", options),
        };
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let writer = Index::builder()
            .schema(schema.build())
            .settings(settings)
            .single_segment_index_writer(RamDirectory::create(), WRITER_BYTES)?;
        Ok(Self {
            writer,
            fields,
            documents: 0,
        })
    }

    /// Adds a document and gives its number: they are counted up from 0.
    #[memprof::track("Index Text")]
    pub fn add(&mut self, document: &Document) -> Result<DocumentId> {
        let mut fields = TantivyDocument::new();
        fields.add_text(self.fields.title, &document.title);
        fields.add_text(self.fields.title, &document.path);
        fields.add_text(self.fields.text, &document.text);
        self.writer.add_document(fields)?;
        let id = self.documents;
        self.documents += 1;
        Ok(id)
    }

    /// Writes the segment and opens it for searching.
    #[memprof::track("Commit Text")]
    pub fn finish(self) -> Result<TextIndex> {
        let index = self.writer.finalize()?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let mut parser = QueryParser::for_index(&index, vec![self.fields.title, self.fields.text]);
        parser.set_field_boost(self.fields.title, TITLE_BOOST);
        Ok(TextIndex { reader, parser })
    }
}

/// A full-text index that can be searched.
pub struct TextIndex {
    reader: IndexReader,
    parser: QueryParser,
}

impl TextIndex {
    /// The `count` best documents, best first. Quotes, `AND`, `OR`, `+` and `-` mean what they do
    /// elsewhere; a query that is no well-formed one is searched for its words.
    #[memprof::track("Full Text Search")]
    pub fn search(&self, query: &str, count: usize) -> Result<Vec<DocumentId>> {
        let query = self.parse(query);
        let searcher: Searcher = self.reader.searcher();
        let best = searcher.search(&query, &TopDocs::with_limit(count).order_by_score())?;
        // One segment: a number in the segment is the number of the document.
        Ok(best
            .into_iter()
            .map(|(_, address)| address.doc_id)
            .collect())
    }

    fn parse(&self, query: &str) -> Box<dyn Query> {
        let _scope = memprof::scope!("Parse Query");
        self.parser.parse_query(query).unwrap_or_else(|_| {
            let words = query
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty());
            let words = words.map(str::to_lowercase).collect::<Vec<_>>().join(" ");
            self.parser.parse_query_lenient(&words).0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(texts: &[&str]) -> TextIndex {
        let mut writer = TextWriter::new().unwrap();
        for (n, text) in texts.iter().enumerate() {
            let document = Document::new(format!("{n}.txt"), (*text).to_owned());
            assert_eq!(writer.add(&document).unwrap() as usize, n);
        }
        writer.finish().unwrap()
    }

    #[test]
    fn the_document_with_the_rare_word_is_first() {
        let index = index(&["the cat sat", "the dog ran home", "allocators ran"]);
        assert_eq!(index.search("allocating memory", 10).unwrap(), [2]);
        assert_eq!(index.search("dog ran", 10).unwrap(), [1, 2]);
        assert_eq!(index.search("dog ran", 1).unwrap(), [1]);
        assert_eq!(index.search("\"ran home\"", 10).unwrap(), [1]);
    }

    #[test]
    fn a_malformed_query_is_searched_for_its_words() {
        let index = index(&["the cat sat", "vec of bytes", "the dog"]);
        for query in [
            "std::vec",
            "fn f(x: &Vec<u8>) -> \"",
            "vec:",
            "(vec AND",
            "^vec~ [",
            "-- vec?!",
            "vec *",
        ] {
            assert!(index.search(query, 10).unwrap().contains(&1), "{query}");
        }
        for query in ["", "  ", "()", "\"\"", "AND", "::", "*:"] {
            index.search(query, 10).unwrap();
        }
    }
}
