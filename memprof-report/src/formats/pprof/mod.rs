//! pprof: the report as a gzipped `perftools.profiles.Profile`.
//!
//! It has the sample types of a heap profile, in their order, as far as the report has the figures: allocated
//! objects and space, in use (that is, retained) objects and space, and space at peak. The same report gives
//! the same bytes. `profile.rs` declares the messages, `tables.rs` numbers what they refer to.

mod profile;
mod tables;

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;

use self::profile::{Label, Profile, Sample, ValueType};
use self::tables::Tables;
use super::error::Kind;
use super::samples::{self, Samples};
use super::{FormatError, Weight};
use crate::Report;

/// The sample types: their figures, names and units.
const TYPES: [(Weight, &str, &str); 5] = [
    (Weight::Allocations, "alloc_objects", "count"),
    (Weight::AllocatedBytes, "alloc_space", "bytes"),
    (Weight::RetainedBlocks, "inuse_objects", "count"),
    (Weight::RetainedBytes, "inuse_space", "bytes"),
    (Weight::AtPeakBytes, "peak_space", "bytes"),
];

/// The report as a gzipped profile, for `go tool pprof`, Parca, Pyroscope and their like.
///
/// Operations are the outermost frames; each sample also has the label `operation` with the current one and
/// `bytes` with the mean size of its allocations. What a viewer shows first is what is retained, or what was
/// allocated where the report has no ownership; types without figures are left out. Figures are as recorded
/// or already scaled up from their sample; the period is the sampling interval in bytes, 1 where there is none.
/// Figures beyond 2⁶³ − 1 stay there.
///
/// ```
/// use memprof_report::{PathReport, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.paths = vec![PathReport { path: vec!["Search".into()], allocated_bytes: 1024, ..Default::default() }];
///
/// let profile = formats::pprof(&report)?;
/// assert_eq!(profile[..2], [0x1f, 0x8b]); // gzip
/// # Ok::<(), formats::FormatError>(())
/// ```
///
/// # Errors
/// Where memprof's allocator was not installed, or a stack refers to a path or a frame that is not there.
pub fn pprof(report: &Report) -> Result<Vec<u8>, FormatError> {
    let types = TYPES.into_iter().filter(|(weight, ..)| {
        // What is always there says why where it is not.
        matches!(weight, Weight::Allocations | Weight::AllocatedBytes) || weight.is_in(report)
    });
    let types: Vec<(Weight, &str, &str)> = types.collect();
    let weights: Vec<Weight> = types.iter().map(|(weight, ..)| *weight).collect();
    let samples = Samples::new(report, &weights)?;

    let mut tables = Tables::new(executable(report));
    let sample_type = types
        .iter()
        .map(|(_, name, unit)| value_type(&mut tables, name, unit))
        .collect();
    let sample = samples.samples.iter();
    let sample = sample
        .map(|row| encoded(&mut tables, &samples, row))
        .collect();
    let default = if weights.contains(&Weight::RetainedBytes) {
        "inuse_space"
    } else {
        "alloc_space"
    };
    let run = &report.run;
    let profile = Profile {
        sample_type,
        sample,
        time_nanos: saturated(run.started_unix_ns.saturating_add(run.duration_ns)),
        duration_nanos: saturated(run.duration_ns),
        period_type: Some(value_type(&mut tables, "space", "bytes")),
        period: saturated(run.sample_interval_bytes.unwrap_or(1)),
        comment: comments(&mut tables, &samples, &weights),
        default_sample_type: tables.string(default),
        mapping: tables.mappings,
        location: tables.locations,
        function: tables.functions,
        string_table: tables.strings,
    };
    gzipped(&profile.encode_to_vec()).map_err(|error| {
        let to = "compress the profile";
        Kind::Failed { to, error }.into()
    })
}

fn encoded(tables: &mut Tables, samples: &Samples<'_>, row: &samples::Sample) -> Sample {
    let mut label = Vec::with_capacity(2);
    // There is one at least, the current one.
    if let Some(current) = row.operations.checked_sub(1) {
        label.push(Label {
            key: tables.string("operation"),
            str: tables.string(&samples.labels[row.chain[current]].name),
            ..Default::default()
        });
    }
    // In the order of the types: allocations, then their bytes.
    if let Some(mean_bytes) = row.figures[1].checked_div(row.figures[0]) {
        label.push(Label {
            key: tables.string("bytes"),
            num: saturated(mean_bytes),
            num_unit: tables.string("bytes"),
            ..Default::default()
        });
    }
    Sample {
        location_id: tables.locations_of(&samples.labels, &row.chain),
        value: row.figures.iter().copied().map(saturated).collect(),
        label,
    }
}

/// How exact the figures are. Viewers print this above all else, so what is the same is said once.
fn comments(tables: &mut Tables, samples: &Samples<'_>, weights: &[Weight]) -> Vec<i64> {
    let standing = samples.standing(Weight::AllocatedBytes);
    let mut comments = vec![tables.string(&format!("memprof: {standing}"))];
    if weights.contains(&Weight::AtPeakBytes) {
        let standing = samples.standing(Weight::AtPeakBytes);
        comments.push(tables.string(&format!("memprof: {}: {standing}", Weight::AtPeakBytes)));
    }
    comments
}

fn value_type(tables: &mut Tables, name: &str, unit: &str) -> ValueType {
    ValueType {
        r#type: tables.string(name),
        unit: tables.string(unit),
    }
}

fn executable(report: &Report) -> &str {
    match report.run.executable.as_str() {
        "" => &report.run.name,
        executable => executable,
    }
}

fn saturated(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}

/// Without a time or a name in the header, so that the same profile gives the same bytes.
fn gzipped(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}
