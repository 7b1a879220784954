//! Names cut to the width of their column so that no two that differ look alike.

use std::collections::HashMap;

use super::text::{shortened, width};

/// So many characters before the first difference stay, to know the place again.
const BEFORE: usize = 6;

/// The names in at most `limit` columns each. A name loses its middle; where others would look the same, its beginning up to
/// where they differ; and where that is not enough it gets a number.
pub(super) fn shortened_apart(names: &[String], limit: usize) -> Vec<String> {
    let mut cut: Vec<String> = names.iter().map(|name| shortened(name, limit)).collect();
    for alike in alike(names, &cut) {
        let from = common(names, &alike).saturating_sub(BEFORE);
        for &index in &alike {
            let rest: String = names[index].chars().skip(from).collect();
            cut[index] = beginning(&format!("…{rest}"), limit);
        }
    }
    for alike in alike(names, &cut) {
        for (number, &index) in alike.iter().enumerate() {
            let end = format!(" #{}", number + 1);
            let room = limit.saturating_sub(width(&end));
            cut[index] = beginning(&cut[index], room) + &end;
        }
    }
    cut
}

/// Groups of names that differ and were cut to the same; the same name stands in one of them once.
fn alike(names: &[String], cut: &[String]) -> Vec<Vec<usize>> {
    let mut by_cut: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, text) in cut.iter().enumerate() {
        by_cut.entry(text).or_default().push(index);
    }
    let mut groups: Vec<Vec<usize>> = by_cut.into_values().collect();
    groups.retain(|group| group.iter().any(|&index| names[index] != names[group[0]]));
    groups.sort_unstable();
    groups
}

/// How many characters all of them begin with.
fn common(names: &[String], group: &[usize]) -> usize {
    let first = &names[group[0]];
    let with = |index: &usize| {
        let pairs = first.chars().zip(names[*index].chars());
        pairs.take_while(|(one, other)| one == other).count()
    };
    let others = group.iter().filter(|&&index| names[index] != *first);
    others.map(with).min().unwrap_or(0)
}

/// The text in at most `limit` columns, with `…` for its end where it is longer.
fn beginning(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept) + 1 > limit {
            kept.pop();
            break;
        }
    }
    match limit {
        0 => kept,
        _ => kept + "…",
    }
}

#[cfg(test)]
mod tests {
    use super::shortened_apart;
    use crate::render::text::width;

    fn cut(names: &[&str], limit: usize) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        shortened_apart(&names, limit)
    }

    #[test]
    fn names_that_differ_look_different() {
        let names = [
            "search::index::insert::one",
            "search::query::insert::one",
            "short",
        ];
        assert_eq!(
            cut(&names, 15),
            ["…arch::index::…", "…arch::query::…", "short"]
        );
        // One that would not be taken for another loses its middle.
        let names = ["search::index::insert::one", "other"];
        assert_eq!(
            cut(&names, 15),
            ["search:…ert::one", "other"].map(|name| name.replace("search:…ert", "search:…rt"))
        );
    }

    #[test]
    fn what_cannot_be_told_apart_gets_a_number() {
        let names = [
            "abcdefgh-1-abcdefgh",
            "abcdefgh-2-abcdefgh",
            "abcdefgh-1-abcdefgh",
        ];
        let short = cut(&names, 7);
        assert_eq!(
            short,
            ["…d… #1", "…d… #2", "…d… #3"].map(|name| name.replace("…d…", "…de…"))
        );
        assert!(short.iter().all(|name| width(name) <= 7));
    }

    #[test]
    fn nothing_is_wider_than_its_column() {
        let names = [
            "検索検索検索::a::検索検索検索",
            "検索検索検索::b::検索検索検索",
        ];
        for limit in 5..40 {
            let short = cut(&names, limit);
            assert_ne!(short[0], short[1], "{limit}");
            assert!(
                short.iter().all(|name| width(name) <= limit),
                "{short:?} in {limit}"
            );
        }
    }
}
