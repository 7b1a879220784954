//! The machine that the figures are of: what tells how fast it is, and nothing that tells whose it is.

use std::fs;
use std::process::Command;

use crate::Result;
use crate::run::output;

pub(super) struct Machine {
    processor: String,
    kernel: String,
    memory: String,
    rustc: String,
}

impl Machine {
    pub(super) fn this() -> Result<Self> {
        let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
        let verbose = output(Command::new(rustc).arg("-vV"))?;
        let field = |name: &str| verbose.lines().find_map(|line| line.strip_prefix(name));
        let release = field("release: ").ok_or("rustc tells no release")?;
        let host = field("host: ").ok_or("rustc tells no host")?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let model = first_of("/proc/cpuinfo", "model name");
        Ok(Self {
            processor: format!("{}, {cores} cores", model.unwrap_or("not told".into())),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")
                .map_or("not told".into(), |text| format!("Linux {}", text.trim())),
            memory: memory().unwrap_or("not told".into()),
            rustc: format!("{release}, {host}"),
        })
    }

    /// The rows of a table.
    pub(super) fn rows(&self) -> String {
        format!(
            "| processor | {} |\n| memory | {} |\n| kernel | {} |\n{}",
            self.processor,
            self.memory,
            self.kernel,
            self.rustc_row(),
        )
    }

    /// Whether that page was made by this compiler, for this platform.
    pub(super) fn has_versions_of(&self, page: &str) -> bool {
        page.contains(&self.rustc_row())
    }

    fn rustc_row(&self) -> String {
        format!("| rustc | {} |\n", self.rustc)
    }
}

/// What stands behind the first `name :` of a file.
fn first_of(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory() -> Option<String> {
    let total = first_of("/proc/meminfo", "MemTotal")?;
    let kilobytes: f64 = total.strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{:.0} GiB", kilobytes / f64::from(1 << 20)))
}
