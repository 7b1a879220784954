//! Reports and baselines that were damaged at random: whatever is read is shown, compared and merged, and
//! nothing panics. Seeded, so that a failure names what failed and is the same the next time.
//!
//! `MEMPROF_FUZZ_ROUNDS` sets another number of rounds, `MEMPROF_FUZZ_SEED` another beginning.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::full_report;
use memprof_report::formats::{self, Weight};
use memprof_report::{Baseline, Diff, DiffOptions, Report, Selection, Table, TableOptions, Tree};
use serde_json::{Value, json};

const ROUNDS: u64 = 1_500;

/// A generator of numbers: Weyl's sequence, mixed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        mixed ^ (mixed >> 32)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn one_of<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// Damages text: bytes that are changed, lost, repeated or swapped, and an end that comes early.
fn damaged_text(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len());
        let end = bytes.len().min(at + 1 + random.below(40));
        match random.below(6) {
            0 => bytes[at] = random.one_of(b"{}[]\",:0-9.eE \\\0\xff"),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => bytes.swap(at, end - 1),
            _ => bytes[at] ^= 1 << random.below(8),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Damages a document and leaves it one: values at their limits and of other types, rows lost and repeated.
fn damaged_document(document: &Value, random: &mut Random) -> String {
    let mut document = document.clone();
    for _ in 0..=random.below(6) {
        damage(&mut document, random);
    }
    document.to_string()
}

/// Walks down at random, and damages what it comes to.
fn damage(value: &mut Value, random: &mut Random) {
    let is_here = random.below(5) == 0;
    match value {
        Value::Array(items) if !items.is_empty() && !is_here => {
            let at = random.below(items.len());
            damage(&mut items[at], random);
        }
        Value::Object(fields) if !fields.is_empty() && !is_here => {
            let at = random.below(fields.len());
            let field = fields.values_mut().nth(at);
            damage(field.unwrap(), random);
        }
        Value::Array(items) if !items.is_empty() && random.below(4) > 0 => {
            let (from, to) = (random.below(items.len()), random.below(items.len()));
            match random.below(3) {
                0 => drop(items.remove(from)),
                1 => items.insert(to, items[from].clone()),
                _ => items.swap(from, to),
            }
        }
        Value::Number(_) => {
            *value = random.one_of(&[
                json!(0),
                json!(1),
                json!(u64::MAX),
                json!(u64::MAX - 1),
                json!(i64::MAX),
                json!(i64::MIN),
                json!(u32::MAX),
                json!(1_000),
                json!(1e300),
                json!(-1.5),
            ]);
        }
        Value::String(_) => {
            *value = random.one_of(&[
                json!(""),
                json!("\u{202e}\0\n</script>|`@x`"),
                json!("é".repeat(300)),
                json!("Index"),
            ]);
        }
        _ => *value = random.one_of(&[Value::Null, json!([]), json!({}), json!(true), json!(7)]),
    }
}

/// All that can be done with a report.
fn exercise(report: &Report, sound: &Report) {
    let selection = Selection::default();
    for width in [0, 40, 200] {
        let options = TableOptions::for_terminal(true, None, Some(width));
        let _ = Table::new(report)
            .options(options)
            .selection(&selection)
            .to_string();
        let _ = Tree::new(report).options(options).to_string();
    }
    for weight in Weight::ALL {
        let _ = formats::folded(report, weight);
        let _ = formats::dhat(report, weight);
        #[cfg(feature = "flamegraph")]
        let _ = formats::flamegraph(report, weight);
    }
    let _ = formats::speedscope(report);
    #[cfg(feature = "pprof")]
    let _ = formats::pprof(report);
    let _ = formats::markdown(report, &selection);
    let _ = (formats::github(report), formats::junit(report));
    let _ = (formats::bencher(report), formats::benchmark(report));

    let again = Report::from_json(&report.to_json_pretty().unwrap()).unwrap();
    assert_eq!(again, *report, "what was read is what is written");

    for (old, new) in [(sound, report), (report, sound), (report, report)] {
        if let Ok(diff) = Diff::between(old, new, &DiffOptions::default()) {
            let _ = diff.to_text(TableOptions::default());
            let _ = (
                formats::markdown_diff(&diff),
                formats::github_diff(&diff),
                formats::junit_diff(&diff),
            );
        }
        let mut merged = old.clone();
        if merged.merge(new).is_ok() {
            let _ = Table::new(&merged).to_string();
        }
    }
    if let Ok(baseline) = Baseline::of_report(report) {
        exercise_baseline(&baseline, sound);
        let text = baseline.to_json().unwrap();
        assert!(
            Baseline::from_json(&text).is_ok(),
            "a baseline that is written is read: {text}"
        );
    }
}

fn exercise_baseline(baseline: &Baseline, sound: &Report) {
    let mut of_sound = Baseline::of_report(sound).unwrap();
    let _ = baseline.check(&of_sound, &DiffOptions::default());
    of_sound.accept(baseline);
    let _ = of_sound.to_json();
}

/// Runs the rounds; how many were read.
fn rounds(mut round: impl FnMut(&mut Random) -> bool) -> u64 {
    let variable = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed: u64 = variable("MEMPROF_FUZZ_SEED").unwrap_or(0);
    let number = variable("MEMPROF_FUZZ_ROUNDS").unwrap_or(ROUNDS);
    let mut read = 0;
    for at in seed..seed.saturating_add(number) {
        let result = catch_unwind(AssertUnwindSafe(|| round(&mut Random(at))));
        match result {
            Ok(is_read) => read += u64::from(is_read),
            Err(_) => panic!(
                "round {at}: set MEMPROF_FUZZ_SEED={at} and MEMPROF_FUZZ_ROUNDS=1 to see it alone"
            ),
        }
    }
    read
}

#[test]
fn no_report_makes_it_panic() {
    let sound = full_report();
    let text = sound.to_json_pretty().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let read = rounds(|random| {
        let damaged = match random.below(3) {
            0 => damaged_text(&text, random),
            _ => damaged_document(&document, random),
        };
        let read = Report::from_json(&damaged);
        match &read {
            Ok(report) => exercise(report, &sound),
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
        read.is_ok()
    });
    // If none were read, nothing was tried.
    assert!(read > 0);
}

#[test]
fn no_baseline_makes_it_panic() {
    let sound = full_report();
    let text = Baseline::of_report(&sound).unwrap().to_json().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let read = rounds(|random| {
        let damaged = match random.below(2) {
            0 => damaged_text(&text, random),
            _ => damaged_document(&document, random),
        };
        let read = Baseline::from_json(&damaged);
        if let Err(error) = &read {
            assert!(!error.to_string().contains('\n'), "{error}");
        }
        if let Ok(baseline) = &read {
            exercise_baseline(baseline, &sound);
        }
        read.is_ok()
    });
    assert!(read > 0);
}
