//! Makes a page of one report, or of an old and a new one:
//!
//! ```sh
//! cargo run -p memprof-report --features html --example page -- page.html report.json
//! cargo run -p memprof-report --features html --example page -- page.html old.json new.json
//! ```

use std::error::Error;
use std::{env, fs};

use memprof_report::{DiffOptions, Report, formats};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let read = |path: &String| -> Result<Report, Box<dyn Error>> {
        Ok(Report::from_json(&fs::read_to_string(path)?)?)
    };
    let (to, page) = match arguments.as_slice() {
        [to, report] => (to, formats::html(&read(report)?)?),
        [to, old, new] => (
            to,
            formats::html_diff(&read(old)?, &read(new)?, &DiffOptions::default())?,
        ),
        _ => return Err("usage: page PAGE.html [OLD.json] REPORT.json".into()),
    };
    fs::write(to, page)?;
    Ok(())
}
