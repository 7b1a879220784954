//! A recording is what a run keeps of its memory: memprof's report, dhat's file, the times of the phases; whichever
//! of them the features of this build have. All of memprof and dhat that is not an attribute is here.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

#[cfg(feature = "dhat")]
use crate::allocator::dhat;
use crate::phase::{self, Phase};

/// From its start to [`finish`](Self::finish) the run's memory is recorded.
pub struct Recording {
    profiler: memprof::Profiler,
    #[cfg(feature = "dhat")]
    dhat: (dhat::Profiler, std::path::PathBuf),
}

impl Recording {
    /// Begins. Reports go to `output`, or where the configuration says.
    pub fn start(output: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let mut builder = memprof::Profiler::builder().name("hybrid_search");
        if let Some(output) = output {
            builder = builder.output_directory(output);
        }
        Ok(Self {
            profiler: builder.build()?,
            #[cfg(feature = "dhat")]
            dhat: start_dhat(output.unwrap_or("memory_reports".as_ref()))?,
        })
    }

    /// Shows what the run did so far, and what every phase took of time and memory.
    pub fn show(&self, out: &mut impl Write) -> io::Result<()> {
        #[cfg(feature = "memory-profiling")]
        let bytes_of = {
            let report = memprof::snapshot();
            write!(out, "\nMemory, with both indexes loaded:\n\n{report}")?;
            move |phase: &Phase| {
                let calls = &report.operation(phase.name())?.per_call.as_ref()?;
                let bytes = &calls.allocated_bytes;
                Some((bytes.mean as u64, bytes.max))
            }
        };
        #[cfg(not(feature = "memory-profiling"))]
        let bytes_of = {
            writeln!(
                out,
                "\nMemory is not counted: the feature `memory-profiling` is off."
            )?;
            |_: &Phase| None
        };
        show_phases(out, bytes_of)
    }

    /// Ends, and tells which files there are now. What is still alive is a leak.
    pub fn finish(self, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        #[cfg(feature = "dhat")]
        {
            let (profiler, file) = self.dhat;
            drop(profiler);
            writeln!(
                out,
                "\nHeap profile of dhat, for dh_view.html: {}",
                file.display()
            )?;
        }
        if let Some(report) = self.profiler.finish()? {
            let report = report.display();
            writeln!(out, "\nReport, after the indexes were freed: {report}")?;
        }
        Ok(())
    }
}

#[cfg(feature = "dhat")]
fn start_dhat(output: &Path) -> io::Result<(dhat::Profiler, std::path::PathBuf)> {
    std::fs::create_dir_all(output)?;
    let file = output.join("dhat-heap.json");
    let profiler = dhat::Profiler::builder().file_name(&file).build();
    Ok((profiler, file))
}

/// A line for each phase: its time, and beside it the mean and the most bytes that a call allocated.
fn show_phases(
    out: &mut impl Write,
    bytes_of: impl Fn(&Phase) -> Option<(u64, u64)>,
) -> io::Result<()> {
    let bound = phase::BOUND.as_millis();
    writeln!(
        out,
        "\n{:<18}{:>7}{:>13}{:>15}{:>14}{:>14}  within {bound} ms",
        "allocation phase", "calls", "mean time", "longest time", "mean bytes", "most bytes"
    )?;
    for phase in phase::ALL {
        let (mean, most) = match bytes_of(phase) {
            Some((mean, most)) => (mean.to_string(), most.to_string()),
            None => ("-".to_owned(), "-".to_owned()),
        };
        let verdict = match phase.over_bound() {
            0 => "yes".to_owned(),
            over => format!("no: {over} over"),
        };
        writeln!(
            out,
            "{:<18}{:>7}{:>13}{:>15}{mean:>14}{most:>14}  {verdict}",
            phase.name(),
            phase.calls(),
            milliseconds(phase.mean()),
            milliseconds(phase.longest()),
        )?;
    }
    Ok(())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}
