//! Code without its comments and strings.

/// `text` with every comment, string and character literal blanked; lines stay where they are.
pub(crate) fn only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let length = blank_length(&chars[at..], code.chars().next_back());
        for &char in &chars[at..at + length.max(1)] {
            let is_kept = length == 0 || char == '\n';
            code.push(if is_kept { char } else { ' ' });
        }
        at += length.max(1);
    }
    code
}

/// How long the comment, string or character literal is that `rest` begins with; 0 when it is code.
fn blank_length(rest: &[char], previous: Option<char>) -> usize {
    match rest {
        ['/', '/', ..] => until(rest, 0, '\n'),
        ['/', '*', ..] => block_comment(rest),
        ['"', ..] => quoted(rest, '"'),
        ['\'', '\\', ..] => quoted(rest, '\''),
        ['\'', _, '\'', ..] => 3,
        ['r', '"' | '#', ..] if !previous.is_some_and(is_word_part) => raw_string(rest, 1),
        ['b', 'r', '"' | '#', ..] if !previous.is_some_and(is_word_part) => raw_string(rest, 2),
        _ => 0,
    }
}

fn is_word_part(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn until(rest: &[char], from: usize, end: char) -> usize {
    let found = rest[from..].iter().position(|&char| char == end);
    found.map_or(rest.len(), |found| from + found)
}

/// Block comments nest.
fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    rest.len().min(at + 1)
}

/// `r#"…"#` with any number of `#`; 0 when it is a raw identifier. `prefix`: letters before the first `#`.
fn raw_string(rest: &[char], prefix: usize) -> usize {
    let hashes = rest[prefix..]
        .iter()
        .take_while(|&&char| char == '#')
        .count();
    let open = prefix + hashes;
    if rest.get(open) != Some(&'"') {
        return 0;
    }
    let mut at = open + 1;
    while at < rest.len() {
        at = until(rest, at, '"') + 1;
        let closing = rest.get(at..at + hashes);
        if closing.is_some_and(|closing| closing.iter().all(|&char| char == '#')) {
            return at + hashes;
        }
    }
    rest.len()
}

/// Whether `word` stands in `line` by itself, not as a part of a longer one; where.
pub(super) fn words<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    line.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |&at| {
            let before = line[..at].chars().next_back();
            let after = line[at + word.len()..].chars().next();
            !before.is_some_and(is_word_part) && !after.is_some_and(is_word_part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(text: &str) -> String {
        only(text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_literals_are_blank() {
        assert_eq!(squeezed("a // unsafe\nb /* x /* y */ z */ c"), "a b c");
        assert_eq!(
            squeezed(r#"f("uns\"afe", b"x", 'u', '\'', '"') g"#),
            "f( , b , , , ) g"
        );
        assert_eq!(
            squeezed("x r#\"un \" safe\"# y br\"z\" r#type"),
            "x y r#type"
        );
        assert_eq!(
            squeezed("fn f<'a>(x: &'a str) { for_r\"\" }"),
            "fn f<'a>(x: &'a str) { for_r }"
        );
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "a\n\"b\nc\"\n/* d\n\n*/ e\n";
        assert_eq!(only(text).lines().count(), text.lines().count());
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(
            words("unsafe_code unsafe", "unsafe").collect::<Vec<_>>(),
            [12]
        );
    }
}
