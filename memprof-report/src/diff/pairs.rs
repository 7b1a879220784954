//! The pairs: which of the new subjects is which of the old ones.
//!
//! Lines move with every edit above them, so a subject is known by what it is called and where that stands:
//! name, module, function and file. Of several that share all of these the order of their lines decides.
//! Where one was added or removed among them, only those on an unchanged line are sure.

use std::collections::BTreeMap;

use super::figures::Figures;
use super::row::{Subject, SubjectKind};

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

/// Pairs old and new, sorted by kind, file and name.
pub(crate) fn pairs(old: Vec<Item>, new: Vec<Item>) -> Vec<Pair> {
    let mut groups: BTreeMap<Key, (Vec<Item>, Vec<Item>)> = BTreeMap::new();
    for item in old {
        groups.entry(key(&item.subject)).or_default().0.push(item);
    }
    for item in new {
        groups.entry(key(&item.subject)).or_default().1.push(item);
    }
    let mut out = Vec::new();
    for (mut old, mut new) in groups.into_values() {
        old.sort_by_key(|item| place(&item.subject));
        new.sort_by_key(|item| place(&item.subject));
        if old.len() == new.len() {
            let both = old.into_iter().zip(new);
            out.extend(both.map(|(old, new)| Pair::Both(old, new)));
        } else {
            unequal(old, new, &mut out);
        }
    }
    out
}

/// Everything that tells subjects apart and does not move. Kinds and files come first, as in a report.
type Key = (SubjectKind, String, String, Option<String>, Option<String>);

fn key(subject: &Subject) -> Key {
    let Subject {
        kind,
        name,
        module,
        function,
        file,
        ..
    } = subject.clone();
    (kind, file, name, module, function)
}

fn place(subject: &Subject) -> (Option<u32>, Option<u32>) {
    (subject.line, subject.column)
}

/// One name for a different number of subjects.
fn unequal(old: Vec<Item>, new: Vec<Item>, out: &mut Vec<Pair>) {
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
