//! Promise: every link from one of our Markdown files to another file, or to a heading, leads there; and every guide
//! is in the index.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use docs::{guides, repository};

/// Beside the guides.
const OTHERS: [&str; 6] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "page/README.md",
    "viewers/README.md",
    "docs/README.md",
];

/// The text outside of fenced blocks and code spans.
fn prose(text: &str) -> String {
    let mut is_fenced = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            // What a span hides may not end the link that it is in.
            let parts = line.split('`').enumerate();
            parts.for_each(|(number, part)| prose += if number % 2 == 0 { part } else { "code" });
            prose.push('\n');
        }
    }
    prose
}

/// Where the links of a text lead.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let ends = prose.split("](").skip(1);
    ends.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// The anchors of a text's headings, as GitHub and rustdoc make them.
fn anchors(text: &str) -> Vec<String> {
    let mut is_fenced = false;
    let mut anchors = Vec::new();
    for line in text.lines() {
        is_fenced ^= line.trim_start().starts_with("```");
        if let (false, Some(heading)) = (is_fenced, line.strip_prefix('#')) {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
            anchors.push(
                heading
                    .chars()
                    .filter(kept)
                    .collect::<String>()
                    .replace(' ', "-"),
            );
        }
    }
    anchors
}

fn texts() -> Vec<(String, String)> {
    let mut files: Vec<String> = guides().into_iter().map(|guide| guide.file).collect();
    files.extend(OTHERS.map(str::to_owned));
    files.sort();
    files.dedup();
    let read = |file: String| {
        let text = fs::read_to_string(repository().join(&file)).ok()?;
        Some((file, text))
    };
    files.into_iter().filter_map(read).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut seen = 0;
    for (file, text) in texts() {
        let folder = repository().join(&file);
        let folder = folder.parent().unwrap();
        for link in links(&text).iter().filter(|link| !link.contains("://")) {
            seen += 1;
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match target {
                "" => repository().join(&file),
                target => folder.join(target),
            };
            assert!(target.exists(), "{file}: {link}");
            if !anchor.is_empty() {
                let anchors = anchors(&fs::read_to_string(target).unwrap());
                assert!(
                    anchors.iter().any(|known| known == anchor),
                    "{file}: {link}: {anchors:?}"
                );
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_index_has_every_guide() {
    let index = links(&fs::read_to_string(repository().join("docs/README.md")).unwrap());
    for entry in fs::read_dir(repository().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_guide = Path::new(&name).extension().is_some_and(|end| end == "md");
        if is_guide && name != "README.md" {
            assert!(index.contains(&name), "{name}");
        }
    }
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    assert!(links(&readme).contains(&"docs/README.md".to_owned()));
}
