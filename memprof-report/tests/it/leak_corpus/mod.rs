//! Promise: of a corpus of labelled histories, each at ten lengths, every leak is called one, nothing else is, and what is called
//! a cache has stopped to grow.
//!
//! A history is what a path holds after each of its calls; `recorder` reads it at the calls at which memprof would.

mod caches;
mod leaks;
mod others;
mod random;
mod recorder;

use self::recorder::Looks;
use memprof_report::{Judgement, LeakClass};

/// Blocks and bytes that are held after each call, the first call first.
type Held = Vec<(u64, u64)>;

/// What may be said of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// A leak, and nothing else.
    Leak,
    /// It has stopped to grow: a cache, or left open.
    Full,
    /// Nobody can tell, or it is in use: anything but a leak or a cache.
    Open,
    /// It rises and falls, or was made once: anything but a leak.
    InUse,
    /// A leak that began lately: anything but a cache.
    New,
}

impl Label {
    fn allows(self, class: LeakClass) -> bool {
        match self {
            Self::Leak => class == LeakClass::Growing,
            Self::Full => matches!(class, LeakClass::Saturating | LeakClass::Undetermined),
            Self::Open => matches!(class, LeakClass::Undetermined | LeakClass::Recent),
            Self::InUse => class != LeakClass::Growing,
            Self::New => class != LeakClass::Saturating,
        }
    }
}

struct History {
    name: &'static str,
    label: Label,
    /// So many calls at least until the label is true.
    least_calls: u64,
    held: fn(u64) -> Held,
}

const fn history(
    name: &'static str,
    label: Label,
    least_calls: u64,
    held: fn(u64) -> Held,
) -> History {
    History {
        name,
        label,
        least_calls,
        held,
    }
}

/// What a figure of the calls alone holds.
fn each(calls: u64, held: impl Fn(u64) -> (u64, u64)) -> Held {
    (1..=calls).map(held).collect()
}

fn histories() -> Vec<&'static History> {
    [leaks::ALL, caches::ALL, others::ALL]
        .into_iter()
        .flatten()
        .collect()
}

/// Ten lengths from the least on: powers of two and of ten among them, for steps fall on these.
fn lengths(least: u64) -> [u64; 10] {
    [100, 128, 157, 200, 333, 512, 1_000, 2_049, 3_001, 4_096].map(|part| least * part / 100)
}

#[test]
fn every_label_is_met_at_ten_lengths() {
    let mut wrong = Vec::new();
    for history in histories() {
        for calls in lengths(history.least_calls) {
            let held = (history.held)(calls);
            for looks in [Looks::Each, Looks::Changes] {
                let class = Judgement::of(&recorder::trend(&held, looks)).class;
                if !history.label.allows(class) {
                    wrong.push(format!(
                        "{} of {calls} calls, {looks:?}: {class:?}",
                        history.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

#[test]
fn the_corpus_has_all_kinds() {
    let of = |label| histories().iter().filter(|it| it.label == label).count();
    assert!(of(Label::Leak) >= 15);
    assert!(of(Label::Full) >= 10);
    assert!(of(Label::Open) + of(Label::InUse) >= 15);
}

/// A list that takes eight bytes a call, wherever the run ends.
#[test]
fn a_list_that_doubles_is_a_leak_at_any_length() {
    for calls in (64..400).chain((1..97).map(|it| it * 1_031)) {
        let trend = recorder::trend(&leaks::doubling(calls), Looks::Changes);
        let class = Judgement::of(&trend).class;
        assert_eq!(class, LeakClass::Growing, "{calls}");
    }
}
