//! `merge`: one report of those of several processes.

use crate::arguments::MergeOptions;
use crate::failure::{Done, Result, notice};
use crate::format::{Format, View};

pub(crate) fn merge(options: &MergeOptions) -> Result<Done> {
    options.output.check()?;
    let report = options.input.merged(&options.files)?;
    let to = options.output.path();
    options
        .output
        .write(&Format::Json.render(&report, &View::default(), to)?)?;
    if let Some(path) = to {
        notice(&format!("merged report written to {}", path.display()));
    }
    Ok(Done::Fine)
}
