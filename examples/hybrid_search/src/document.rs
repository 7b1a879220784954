//! A document is one file as the indexes see it: its text, a title, and a digest.
//!
//! The digest is what the file says about itself: path, title, prose and the heads of public items. It
//! is what gets embedded, because the one vector of a whole source file would be near to everything and
//! like nothing.

use std::fs;
use std::io;
use std::path::Path;

const TITLE_CHARS: usize = 80;
const DIGEST_BYTES: usize = 1_500;

/// One file as the indexes see it.
#[derive(Debug)]
pub struct Document {
    /// Relative to the corpus, with `/` on every platform.
    pub path: String,
    /// The first heading, or the first line that says something.
    pub title: String,
    /// What the file says about itself.
    pub digest: String,
    /// All of it.
    pub text: String,
}

impl Document {
    /// Reads `root/file`; a file that is not UTF-8 is an error of kind `InvalidData`.
    #[memprof::track("Read Document")]
    pub fn read(root: &Path, file: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(root.join(file))?;
        Ok(Self::new(file.to_string_lossy().replace('\\', "/"), text))
    }

    /// Makes a document of a text that was read elsewhere.
    pub fn new(path: String, text: String) -> Self {
        let prose = if path.ends_with(".rs") {
            rust_prose
        } else {
            plain_prose
        };
        let mut lines = prose(&text).peekable();
        let title = match lines.peek() {
            Some(line) => line.chars().take(TITLE_CHARS).collect(),
            None => path.rsplit('/').next().unwrap_or(&path).to_owned(),
        };
        let mut digest = String::with_capacity(DIGEST_BYTES + 200);
        digest.push_str(&path);
        for line in lines {
            digest.push('\n');
            digest.push_str(line);
            if digest.len() >= DIGEST_BYTES {
                break;
            }
        }
        Self {
            path,
            title,
            digest,
            text,
        }
    }
}

type Lines<'a> = Box<dyn Iterator<Item = &'a str> + 'a>;

/// Documentation comments without their code blocks, and the heads of public items.
fn rust_prose(text: &str) -> Lines<'_> {
    let mut is_code = false;
    Box::new(text.lines().map(str::trim).filter_map(move |line| {
        let Some(doc) = line
            .strip_prefix("//!")
            .or_else(|| line.strip_prefix("///"))
        else {
            return line
                .strip_prefix("pub ")
                .map(|item| item.trim_end_matches([' ', '{', ';']));
        };
        outside_code(doc, &mut is_code)
    }))
}

/// Paragraphs and headings without code blocks, badges and markup.
fn plain_prose(text: &str) -> Lines<'_> {
    let mut is_code = false;
    Box::new(
        text.lines()
            .filter_map(move |line| outside_code(line, &mut is_code)),
    )
}

fn outside_code<'a>(line: &'a str, is_code: &mut bool) -> Option<&'a str> {
    let line = line.trim();
    if line.starts_with("```") {
        *is_code = !*is_code;
        return None;
    }
    let is_markup = line.starts_with(['<', '[', '!', '|', '=', '-']);
    let line = line.trim_start_matches(['#', '/', '*', ' ']).trim();
    let is_prose = !*is_code && !is_markup && line.chars().any(char::is_alphanumeric);
    is_prose.then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_is_titled_by_its_heading_and_not_by_its_badges() {
        let text = "<div align=\"center\">\n[![build](x.svg)](y)\n\n# Serde\n\nA framework.\n```\nlet x = 1;\n```\nThe end.\n";
        let document = Document::new("serde/README.md".to_owned(), text.to_owned());
        assert_eq!(document.title, "Serde");
        assert_eq!(
            document.digest,
            "serde/README.md\nSerde\nA framework.\nThe end."
        );
    }

    #[test]
    fn a_source_file_is_digested_to_its_docs_and_public_items() {
        let text = "// Copyright\n//! Sorts things.\nuse x;\n/// Sorts.\npub fn sort(x: &mut [u8]) {\n    body();\n}\nfn private() {}\n";
        let document = Document::new("src/lib.rs".to_owned(), text.to_owned());
        assert_eq!(document.title, "Sorts things.");
        assert_eq!(
            document.digest,
            "src/lib.rs\nSorts things.\nSorts.\nfn sort(x: &mut [u8])"
        );
    }

    #[test]
    fn a_file_without_prose_is_titled_by_its_name() {
        let document = Document::new("src/empty.rs".to_owned(), "fn main() {}\n".to_owned());
        assert_eq!(document.title, "empty.rs");
    }
}
