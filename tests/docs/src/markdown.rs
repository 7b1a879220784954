//! As much of Markdown as the guides use: fenced blocks, the line above each, and code spans.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Fence<'a> {
    /// What stands behind the opening fence, up to the first comma or space: `sh`, `rust`, or nothing.
    pub language: &'a str,
    /// The last line above the block that is not empty.
    pub above: &'a str,
    /// The number of its first line in the file, from 1.
    pub line: usize,
    /// Its lines, without the indentation of the fence.
    pub text: String,
}

/// The fenced blocks of a text, in their order.
pub fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut fences = Vec::new();
    let mut above = "";
    let mut open: Option<(Fence<'_>, usize)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let mark = line.trim_start().strip_prefix("```");
        match (mark, open.take()) {
            (Some(info), None) => {
                let language = info.split([',', ' ']).next().unwrap_or_default().trim();
                let indentation = line.len() - line.trim_start().len();
                let fence = Fence {
                    language,
                    above,
                    line: number + 1,
                    text: String::new(),
                };
                open = Some((fence, indentation));
            }
            (Some(_), Some((fence, _))) => {
                fences.push(fence);
                above = "";
            }
            (None, Some((mut fence, indentation))) => {
                fence.text += line.get(indentation..).unwrap_or_default();
                fence.text.push('\n');
                open = Some((fence, indentation));
            }
            (None, None) if !line.trim().is_empty() => above = line.trim(),
            (None, None) => {}
        }
    }
    fences
}

/// The code spans outside of fenced blocks, with the numbers of their lines.
pub fn spans(text: &str) -> Vec<(usize, String)> {
    let mut is_fenced = false;
    let mut spans = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            let inside = line.split('`').skip(1).step_by(2);
            spans.extend(inside.map(|span| (number, span.to_owned())));
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::{fences, spans};

    const TEXT: &str = "Do `this`:\n\n```sh\ncargo run\n```\n- `a` and `b`:\n  ```rust,no_run\n  fn main() {\n  }\n  ```\n";

    #[test]
    fn blocks_have_their_language_their_line_and_what_stands_above() {
        let fences = fences(TEXT);
        let [shell, rust] = &fences[..] else {
            panic!("{fences:?}");
        };
        assert_eq!(
            (shell.language, shell.above, shell.line),
            ("sh", "Do `this`:", 4)
        );
        assert_eq!(shell.text, "cargo run\n");
        assert_eq!((rust.language, rust.above), ("rust", "- `a` and `b`:"));
        assert_eq!(rust.text, "fn main() {\n}\n");
    }

    #[test]
    fn spans_are_outside_of_blocks() {
        let spans = spans(TEXT);
        let words: Vec<_> = spans
            .iter()
            .map(|(line, span)| (*line, span.as_str()))
            .collect();
        assert_eq!(words, [(1, "this"), (6, "a"), (6, "b")]);
    }
}
