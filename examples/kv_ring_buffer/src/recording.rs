//! A recording is what a run keeps of its memory: memprof's report, where the memory is, dhat's file; whichever of
//! them the features of this build have. All of memprof and dhat that is not an attribute is here.

use std::error::Error;
use std::io::Write;
use std::path::Path;

#[cfg(feature = "memory-profiling")]
use crate::add_up::Physical;
#[cfg(feature = "dhat")]
use kv_ring_buffer::allocator::dhat;

/// From its start to [`finish`](Self::finish) the run's memory is recorded.
pub(crate) struct Recording {
    profiler: memprof::Profiler,
    #[cfg(feature = "dhat")]
    dhat: (dhat::Profiler, std::path::PathBuf),
    /// Looked at last, since all of the above takes memory.
    #[cfg(feature = "memory-profiling")]
    before: Option<Physical>,
}

impl Recording {
    pub(crate) fn start(output: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            profiler: memprof::Profiler::builder()
                .name("kv_ring_buffer")
                .output_directory(output)
                .build()?,
            #[cfg(feature = "dhat")]
            dhat: start_dhat(output)?,
            #[cfg(feature = "memory-profiling")]
            before: Physical::now(),
        })
    }

    /// Shows where the memory is, after that many threads ran. Whether the parts are all of it; where that cannot
    /// be told, nothing says otherwise.
    #[cfg(feature = "memory-profiling")]
    pub(crate) fn show(
        &self,
        threads: usize,
        out: &mut impl Write,
    ) -> Result<bool, Box<dyn Error>> {
        let growth = self
            .before
            .zip(Physical::now())
            .map(|(before, now)| now.since(before, threads));
        match &growth {
            Some(growth) => write!(out, "{growth}")?,
            None => writeln!(out, "this system does not tell a program's physical memory")?,
        }
        write!(out, "\n{}", memprof::snapshot())?;
        Ok(growth.is_none_or(|growth| growth.adds_up()))
    }

    /// Says that there is nothing to show.
    #[cfg(not(feature = "memory-profiling"))]
    pub(crate) fn show(&self, _: usize, out: &mut impl Write) -> Result<bool, Box<dyn Error>> {
        writeln!(
            out,
            "memory is not counted: the feature `memory-profiling` is off"
        )?;
        Ok(true)
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
fn start_dhat(output: &Path) -> std::io::Result<(dhat::Profiler, std::path::PathBuf)> {
    std::fs::create_dir_all(output)?;
    let file = output.join("dhat-heap.json");
    let profiler = dhat::Profiler::builder().file_name(&file).build();
    Ok((profiler, file))
}
