//! Writes a report in every format that profile viewers open.
//!
//! ```sh
//! cargo run -p memprof-report --all-features --example write_formats -- memory_reports/REPORT.json FOLDER
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use memprof_report::formats::{self, Weight};
use memprof_report::{Report, formats::FormatError};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [report, folder] = arguments.as_slice() else {
        return Err("usage: write_formats REPORT FOLDER".into());
    };
    let report = Report::from_json(&fs::read_to_string(report)?)?;
    fs::create_dir_all(folder)?;
    write_all(&report, folder)
}

fn write_all(report: &Report, folder: &Path) -> Result<(), Box<dyn Error>> {
    let write = |name: String, content: Vec<u8>| fs::write(folder.join(name), content);
    write("report.pb.gz".into(), formats::pprof(report)?)?;
    let speedscope = formats::speedscope(report)?;
    write("report.speedscope.json".into(), speedscope.into())?;

    let weights = Weight::ALL.into_iter();
    for weight in weights.filter(|weight| weight.is_in(report)) {
        let name = weight.to_string().replace(' ', "-");
        write(
            format!("{name}.folded"),
            formats::folded(report, weight)?.into(),
        )?;
        write(
            format!("{name}.svg"),
            formats::flamegraph(report, weight)?.into(),
        )?;
        // DHAT's documents have blocks and bytes, which go together.
        if let Some(dhat) = dhat(report, weight)? {
            write(format!("{name}.dhat.json"), dhat.into())?;
        }
    }
    Ok(())
}

fn dhat(report: &Report, weight: Weight) -> Result<Option<String>, FormatError> {
    match weight {
        Weight::AllocatedBytes | Weight::RetainedBytes => formats::dhat(report, weight).map(Some),
        _ => Ok(None),
    }
}
