//! The entry: what a baseline keeps of one operation, test or bench.
//!
//! Only figures that gate are kept, and nothing that an edit elsewhere changes: no line, no time, no
//! percentile. Hence an entry is as it was as long as its operation does the same.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::diff::figures::{Figure, Figures};
use crate::diff::{Item, Subject, SubjectKey, SubjectKind};
use crate::{Metric, UnknownName};

/// What a [`Baseline`](crate::Baseline) keeps of one operation, test or bench in one build.
///
/// ```
/// use memprof_report::{Baseline, Metric, OperationReport, Report};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.operations.push(OperationReport { name: "Search".into(), calls: 3, ..Default::default() });
/// let baseline = Baseline::of_report(&report)?;
/// let entry = &baseline.entries()[0];
/// assert_eq!(entry.name, "Search");
/// assert_eq!(entry.figures[&Metric::Calls], 3);
/// # Ok::<(), memprof_report::Refusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BaselineEntry {
    /// The source file; empty where that is not known.
    pub file: String,
    /// What it is.
    pub kind: SubjectKind,
    /// What the user called it; of a bench, with the size of its input: `build/1000`.
    pub name: String,
    /// The module that it stands in, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The function that it stands in, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Which of those that share everything above, in the order of their lines, from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub nth: u32,
    /// The build: profile, target and what the allocator keeps.
    pub build: String,
    /// The figures, all of them exact and within the bounds of a `u64` or `i64`.
    #[serde(deserialize_with = "figures")]
    pub figures: BTreeMap<Metric, i128>,
    /// The line in `file`; known of the current run only, never written.
    #[serde(skip)]
    pub line: Option<u32>,
}

/// Everything that tells entries apart, in the order of the file: what stands in one source file stays
/// together, so that branches that work on different files change different places.
pub(super) type Key<'a> = (SubjectKey<'a>, &'a str, u32);

impl BaselineEntry {
    /// The first of its name; of the figures, those that are kept.
    pub(super) fn new(item: Item, build: String) -> Self {
        let Item { subject, figures } = item;
        let kept = figures
            .iter()
            .filter(|(metric, _)| is_kept(**metric, &figures));
        Self {
            figures: kept
                .map(|(&metric, figure)| (metric, figure.value))
                .collect(),
            file: subject.file,
            kind: subject.kind,
            name: subject.name,
            module: subject.module,
            function: subject.function,
            nth: 1,
            build,
            line: subject.line,
        }
    }

    pub(super) fn key(&self) -> Key<'_> {
        (self.subject(), &self.build, self.nth)
    }

    /// What it shares with those of its name in any build.
    pub(super) fn subject(&self) -> SubjectKey<'_> {
        let (module, function) = (self.module.as_deref(), self.function.as_deref());
        (&self.file, self.kind, &self.name, module, function)
    }

    pub(super) fn item(&self) -> Item {
        Item {
            subject: Subject {
                kind: self.kind,
                name: self.name.clone(),
                module: self.module.clone(),
                function: self.function.clone(),
                file: self.file.clone(),
                line: self.line,
                column: None,
            },
            figures: self
                .figures
                .iter()
                .map(|(&metric, &number)| (metric, Figure::exact(number)))
                .collect(),
        }
    }
}

/// Whether a baseline keeps that figure.
fn is_kept(metric: Metric, figures: &Figures) -> bool {
    use Metric::*;
    match metric {
        Calls | Allocations | AllocatedBytes | NetBytes | PeakBytes | RetainedBlocks
        | RetainedBytes => true,
        // Of a single call these are the totals once more.
        MinCallAllocatedBytes | MaxCallAllocatedBytes | MinCallPeakBytes | MaxCallPeakBytes => {
            figures.get(&Calls).is_some_and(|calls| calls.value > 1)
        }
        _ => false,
    }
}

fn first() -> u32 {
    1
}

fn is_first(nth: &u32) -> bool {
    *nth == first()
}

/// Read with its line at hand, which an error in a number has to name.
fn figures<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Metric, i128>, D::Error> {
    struct Read;

    impl<'de> Visitor<'de> for Read {
        type Value = BTreeMap<Metric, i128>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("figures by their metric")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut figures = BTreeMap::new();
            while let Some(name) = map.next_key::<String>()? {
                let metric: Metric = name
                    .parse()
                    .map_err(|error: UnknownName| A::Error::custom(error))?;
                let written = map.next_value::<serde_json::Number>()?;
                let number = written
                    .as_u64()
                    .map(i128::from)
                    .or(written.as_i64().map(i128::from));
                let Some(number) = number else {
                    let error = format!("{metric} is {written}, which is no whole number");
                    return Err(A::Error::custom(error));
                };
                if number < 0 && !metric.is_signed() {
                    let error = format!("{metric} is {number} and cannot be below zero");
                    return Err(A::Error::custom(error));
                }
                if figures.insert(metric, number).is_some() {
                    let error = format!("{metric} stands there twice");
                    return Err(A::Error::custom(error));
                }
            }
            Ok(figures)
        }
    }

    from.deserialize_map(Read)
}
