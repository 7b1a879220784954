//! The pairs: which of the new subjects is which of the old ones.
//!
//! Lines move with every edit above them, so a subject is known by what it is called and where that stands:
//! name, module, function and file. Of several that share all of these the order of their lines decides.
//! Where one was added or removed among them, only those on an unchanged line are sure.

use std::cmp::Ordering;

use super::figures::Figures;
use super::row::Subject;

/// A subject with what is compared of it.
pub(crate) struct Item {
    pub(crate) subject: Subject,
    pub(crate) figures: Figures,
}

/// What has become of a subject.
pub(crate) enum Pair {
    Both(Item, Item),
    Old(Item),
    New(Item),
    /// It could be any of several, or cannot be compared for another reason.
    Unsure(Item, String),
}

/// Pairs old and new, sorted by file, kind and name.
pub(crate) fn pairs(mut old: Vec<Item>, mut new: Vec<Item>) -> Vec<Pair> {
    // Stable, so that without lines those of one name stay in their order.
    let order = |a: &Item, b: &Item| {
        let keys = a.subject.key().cmp(&b.subject.key());
        keys.then_with(|| place(&a.subject).cmp(&place(&b.subject)))
    };
    old.sort_by(order);
    new.sort_by(order);

    let mut out = Vec::new();
    let (mut old, mut new) = (groups(old).peekable(), groups(new).peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return out,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old[0].subject.key().cmp(&new[0].subject.key()),
        };
        let old = old.next_if(|_| order != Ordering::Greater);
        let new = new.next_if(|_| order != Ordering::Less);
        namesakes(old.unwrap_or_default(), new.unwrap_or_default(), &mut out);
    }
}

/// Those of one name together; none is empty.
fn groups(sorted: Vec<Item>) -> impl Iterator<Item = Vec<Item>> {
    let mut rest = sorted.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut group = vec![rest.next()?];
        while let Some(item) = rest.next_if(|item| item.subject.key() == group[0].subject.key()) {
            group.push(item);
        }
        Some(group)
    })
}

fn place(subject: &Subject) -> (Option<u32>, Option<u32>) {
    (subject.line, subject.column)
}

/// Pairs what shares its name, in the order of lines.
fn namesakes(old: Vec<Item>, new: Vec<Item>, out: &mut Vec<Pair>) {
    if old.len() == new.len() {
        let both = old.into_iter().zip(new);
        out.extend(both.map(|(old, new)| Pair::Both(old, new)));
        return;
    }
    let (before, after) = (old.len(), new.len());
    let mut rest_old = old;
    let mut rest_new = Vec::new();
    for item in new {
        let stayed = |other: &Item| {
            item.subject.line.is_some() && place(&other.subject) == place(&item.subject)
        };
        match rest_old.iter().position(stayed) {
            Some(index) => out.push(Pair::Both(rest_old.remove(index), item)),
            None => rest_new.push(item),
        }
    }
    if rest_old.is_empty() || rest_new.is_empty() {
        out.extend(rest_new.into_iter().map(Pair::New));
        out.extend(rest_old.into_iter().map(Pair::Old));
        return;
    }
    // What is new among these and what has moved cannot be told.
    let reason = format!("{before} of this name became {after}, so that they cannot be told apart");
    let unsure = |item| Pair::Unsure(item, reason.clone());
    out.extend(rest_new.into_iter().map(unsure));
}
