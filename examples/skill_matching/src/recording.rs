//! A recording is what a run keeps of its memory: memprof's report and dhat's file, whichever of them the features of
//! this build have. All of memprof and dhat that is not an attribute is here and in `compare`.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

#[cfg(feature = "dhat")]
use skill_matching::allocator::dhat;

/// The name of dhat's file, beside memprof's reports.
#[cfg(any(feature = "dhat", feature = "memory-profiling"))]
pub(crate) const DHAT_FILE: &str = "dhat-heap.json";

/// From its start to [`finish`](Self::finish) the run's memory is recorded.
pub(crate) struct Recording {
    profiler: memprof::Profiler,
    #[cfg(feature = "dhat")]
    dhat: (dhat::Profiler, std::path::PathBuf),
}

impl Recording {
    pub(crate) fn start(output: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            profiler: memprof::Profiler::builder()
                .name("skill_matching")
                .output_directory(output)
                .build()?,
            #[cfg(feature = "dhat")]
            dhat: start_dhat(output)?,
        })
    }

    /// Shows what the run did so far.
    pub(crate) fn show(&self, out: &mut impl Write) -> io::Result<()> {
        #[cfg(feature = "memory-profiling")]
        write!(out, "\n{}", memprof::snapshot())?;
        #[cfg(not(feature = "memory-profiling"))]
        writeln!(
            out,
            "\nmemory is not counted: the feature `memory-profiling` is off"
        )?;
        Ok(())
    }

    /// Ends, and tells which files there are now.
    pub(crate) fn finish(self, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        #[cfg(feature = "dhat")]
        {
            let (profiler, file) = self.dhat;
            drop(profiler);
            writeln!(out, "\nHeap profile of dhat: {}", file.display())?;
        }
        if let Some(report) = self.profiler.finish()? {
            writeln!(out, "\nReport: {}", report.display())?;
        }
        Ok(())
    }
}

#[cfg(feature = "dhat")]
fn start_dhat(output: &Path) -> io::Result<(dhat::Profiler, std::path::PathBuf)> {
    std::fs::create_dir_all(output)?;
    let file = output.join(DHAT_FILE);
    let profiler = dhat::Profiler::builder().file_name(&file).build();
    Ok((profiler, file))
}
