//! A report that a program left: found in its folder, and read.

use std::fs;
use std::path::{Path, PathBuf};

use memprof_report::Report;

use crate::Result;

/// The only report in `folder`.
pub(crate) fn read(folder: &Path) -> Result<Report> {
    let file = only(folder)?;
    Report::from_json(&fs::read_to_string(&file)?)
        .map_err(|err| format!("failed to read report `{}`: {err}", file.display()).into())
}

/// The file of the only report in `folder`.
pub(crate) fn only(folder: &Path) -> Result<PathBuf> {
    let mut reports = json_files(folder)?;
    match (reports.pop(), reports.len()) {
        (Some(file), 0) => Ok(file),
        (last, others) => {
            let number = others + usize::from(last.is_some());
            Err(format!("the example left {number} JSON reports, not one").into())
        }
    }
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .map_err(|err| format!("the example left no folder `{}`: {err}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    Ok(files)
}
