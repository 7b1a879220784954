//! `report`: reports, as one, in a form.

use std::io::IsTerminal;

use super::named_or_last;
use crate::arguments::ReportOptions;
use crate::failure::{Done, Failure, Result};

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
    let report = options.input.merged(&named_or_last(&options.files)?)?;
    let bytes = format.render(&report, &options.view.view(), to)?;
    options.output.write(&bytes)?;
    Ok(Done::exceeded(!report.violations.is_empty()))
}
