//! The error: why a report cannot be shown in a format.

use std::fmt;

use super::Weight;

/// Why a report could not be brought into a format.
///
/// ```
/// use memprof_report::{Report, formats};
///
/// let error = formats::speedscope(&Report::default()).unwrap_err();
/// assert!(error.to_string().contains("allocator"), "{error}");
/// ```
#[derive(Debug)]
pub struct FormatError(Kind);

#[derive(Debug)]
pub(super) enum Kind {
    /// The figures mean nothing.
    NotInstalled,
    /// The report lacks the weight.
    NoData(Weight),
    /// The format cannot hold the weight.
    NotHeld {
        format: &'static str,
        weight: Weight,
    },
    /// The format cannot be without a row.
    Empty,
    /// A stack points to what is not there.
    Dangling {
        stack: usize,
        to: &'static str,
        index: usize,
        len: usize,
    },
    /// All figures together are more than the format's numbers hold.
    #[cfg(feature = "flamegraph")]
    TooLarge(Weight),
    /// What cannot fail in memory has failed all the same.
    #[cfg(any(feature = "flamegraph", feature = "pprof"))]
    Failed {
        to: &'static str,
        error: std::io::Error,
    },
    /// The encoding failed.
    Json(serde_json::Error),
}

impl From<Kind> for FormatError {
    fn from(kind: Kind) -> Self {
        Self(kind)
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::NotInstalled => write!(
                f,
                "the report has no figures: memprof's allocator was not installed"
            ),
            Kind::NoData(weight @ (Weight::RetainedBytes | Weight::RetainedBlocks)) => write!(
                f,
                "the report has no {weight}: it was recorded without ownership"
            ),
            Kind::NoData(weight) => write!(
                f,
                "the report has no {weight}: what lived at the peak was not recorded"
            ),
            Kind::NotHeld { format, weight } => write!(f, "{format} cannot hold {weight}"),
            Kind::Empty => f.write_str("no operation was called, and a benchmark cannot be empty"),
            Kind::Dangling {
                stack,
                to,
                index,
                len,
            } => write!(
                f,
                "stack {stack} of the report refers to {to} {index}, and there are {len}"
            ),
            #[cfg(feature = "flamegraph")]
            Kind::TooLarge(weight) => {
                write!(f, "the report's {weight} add up to more than 64 bits hold")
            }
            #[cfg(any(feature = "flamegraph", feature = "pprof"))]
            Kind::Failed { to, error } => write!(f, "failed to {to}: {error}"),
            Kind::Json(error) => write!(f, "failed to write json: {error}"),
        }
    }
}

impl std::error::Error for FormatError {}
