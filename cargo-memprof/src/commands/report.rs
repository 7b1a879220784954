//! `report`: reports, as one, in a form.

use std::io::IsTerminal;

use super::{Use, named_or_last};
use crate::arguments::ReportOptions;
use crate::failure::{Done, Failure, Result, notice};

pub(crate) fn report(options: &ReportOptions) -> Result<Done> {
    let format = options.format;
    options.view.check(&[format])?;
    options.output.check()?;
    let to = options.output.path();
    if format.is_binary() && to.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::usage(format!(
            "{format} is not for a terminal: give `--output FILE`"
        )));
    }
    let report = named_or_last(&options.files, options.input, Use::Show)?;
    let bytes = format.render(&report, &options.view.view(), to)?;
    options.output.write(&bytes)?;
    if let Some(path) = to {
        notice(&format!("report written to {}", path.display()));
    }
    // What was exceeded is in it. `check` judges.
    Ok(Done::Fine)
}
