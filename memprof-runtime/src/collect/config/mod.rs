//! The configuration: what the user asked of a run, from four sources, checked.
//!
//! The builder stands above the environment, the environment above the file, the file above the
//! defaults. Every source yields a `Layer` of only what it sets; the layers are merged,
//! checked and laid over the defaults. A key that does not exist and a value that cannot be are
//! errors which name their place; nothing is ever skipped in silence.
//!
//! Nothing here touches the environment or the working directory but [`Config::discover`].
//!
//! ```
//! use memprof_runtime::config::{Config, Overrides};
//!
//! let overrides = Overrides { sample_rate: Some(100), ..Default::default() };
//! let environment = [("MEMPROF_MEMORY_SAMPLE_RATE".into(), "1".into())];
//! let config = Config::load(&overrides, environment, None)?;
//! assert_eq!(config.memory.sample_rate, 100, "the builder stands above the environment");
//! # Ok::<(), memprof_runtime::config::ConfigError>(())
//! ```

mod effect;
mod environment;
mod error;
mod field;
mod file;
mod format;
mod keys;
mod layer;
mod nearest;
mod overrides;
mod settings;
mod size;
mod value;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use self::effect::WithoutEffect;
pub use self::environment::OTHER_VARIABLES;
pub use self::error::ConfigError;
pub use self::file::{FILE_NAME, MAX_FILE_BYTES};
pub use self::format::Format;
pub use self::keys::{Key, keys};
pub use self::overrides::Overrides;
pub use self::settings::{HeapAnalysis, Memory, Reporting, Thresholds};
pub use self::size::parse_size;

use self::error::{Fault, FaultKind};
use self::layer::{Layer, Place};

/// Everything that the user can ask of a run, resolved and checked.
///
/// `Config::default()` is what holds when no source sets anything. The fields may be read and
/// changed freely; what was set where is remembered apart, for [`Config::origin`] and
/// [`Config::without_effect_yet`].
///
/// ```
/// use memprof_runtime::config::Config;
///
/// let config = Config::default();
/// assert!(config.heap_analysis.enabled && config.file().is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What is recorded while the program runs.
    pub memory: Memory,
    /// What is made of the records.
    pub heap_analysis: HeapAnalysis,
    /// In what form the report is written, and where.
    pub reporting: Reporting,
    /// What the run must not exceed.
    pub thresholds: Thresholds,
    set: Layer,
    file: Option<PathBuf>,
}

impl Config {
    /// Resolves the configuration of this process: its environment, and the file found from its
    /// working directory upward, both below `overrides`.
    ///
    /// ```
    /// use memprof_runtime::config::{Config, Overrides};
    ///
    /// let config = Config::discover(&Overrides { stack_trace_depth: Some(32), ..Default::default() })?;
    /// assert_eq!(config.memory.stack_trace_depth, 32);
    /// # Ok::<(), memprof_runtime::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Config::load`].
    pub fn discover(overrides: &Overrides) -> Result<Config, ConfigError> {
        // A process whose working directory was removed has no file above it; that is no reason
        // to keep it from running.
        let start = std::env::current_dir().ok();
        Config::load(overrides, std::env::vars_os(), start.as_deref())
    }

    /// Resolves the configuration from the given sources: `overrides` over `environment` over the
    /// file over the defaults.
    ///
    /// The file is the one that `MEMPROF_CONFIG` of `environment` names, relative to `start`; else
    /// the nearest [`FILE_NAME`] in `start` or a directory above it. `start` should be absolute.
    /// Without it only an absolute `MEMPROF_CONFIG` is sure to be found.
    ///
    /// ```
    /// use memprof_runtime::config::{Config, Overrides};
    ///
    /// let environment = [("MEMPROF_MEMORY_SAMPLE_INTERVAL".into(), "512 KiB".into())];
    /// let config = Config::load(&Overrides::default(), environment, None)?;
    /// assert_eq!(config.memory.sample_interval, Some(524_288));
    /// # Ok::<(), memprof_runtime::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// On an unknown key or variable, a value of the wrong type or out of range, a file that is
    /// missing (where it was named), unreadable, longer than [`MAX_FILE_BYTES`] or no TOML, and
    /// when both `sample_rate` and `sample_interval` end up set. The error tells of the first, in
    /// the order file (by line), environment (by name), builder, and how many more there are.
    pub fn load(
        overrides: &Overrides,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        start: Option<&Path>,
    ) -> Result<Config, ConfigError> {
        let environment = environment::relevant(environment);
        let mut faults = Vec::new();
        let mut set = Layer::default();
        let mut path = None;

        match file::find(environment::config_path(&environment), start) {
            Ok(Some(found)) => {
                set.put_over(file::layer(&found, &mut faults));
                path = Some(found.path);
            }
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
        set.put_over(environment::layer(&environment, &mut faults));
        set.put_over(overrides::layer(overrides, &mut faults));

        Config::resolve(set, path, faults)
    }

    fn resolve(
        set: Layer,
        file: Option<PathBuf>,
        mut faults: Vec<Fault>,
    ) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        for key in keys() {
            if let Some(setting) = set.get(key.path) {
                (key.write)(&mut config, &setting.value);
            }
        }
        config.set = set;
        config.file = file;
        // A value that was refused may have let one of a lower source through: no second error.
        let both = config.memory.sample_rate != 0 && config.memory.sample_interval.is_some();
        if both && faults.is_empty() {
            faults.push(config.both_samplings());
        }
        match ConfigError::first_of(faults) {
            Some(error) => Err(error),
            None => Ok(config),
        }
    }

    fn both_samplings(&self) -> Fault {
        let (one, other) = ("memory.sample_rate", "memory.sample_interval");
        let place = self.set.get(one).map(|setting| setting.place.clone());
        Fault {
            place: place.unwrap_or(Place::Builder),
            kind: FaultKind::Exclusive {
                one,
                other,
                other_place: self.origin(other),
            },
        }
    }

    /// Where the value of `key`, such as `"memory.sample_rate"`, comes from: `file:line`, the
    /// environment variable, `builder`, or `default`, in words for a message.
    ///
    /// ```
    /// use memprof_runtime::config::{Config, Overrides};
    ///
    /// let environment = [("MEMPROF_MEMORY_SAMPLE_RATE".into(), "1".into())];
    /// let config = Config::load(&Overrides::default(), environment, None)?;
    /// assert!(config.origin("memory.sample_rate").contains("MEMPROF_MEMORY_SAMPLE_RATE"));
    /// assert_eq!(config.origin("memory.stack_trace_depth"), "default");
    /// # Ok::<(), memprof_runtime::config::ConfigError>(())
    /// ```
    pub fn origin(&self, key: &str) -> String {
        match self.set.get(key) {
            Some(setting) => setting.place.to_string(),
            None => "default".to_owned(),
        }
    }

    /// The file that was read, if there was one.
    ///
    /// ```
    /// assert!(memprof_runtime::config::Config::default().file().is_none());
    /// ```
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}
