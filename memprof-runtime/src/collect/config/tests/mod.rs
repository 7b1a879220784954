//! The promises of the configuration, each source in a file. No test reads or changes the
//! environment or the working directory of the process.

mod content;
mod effect;
mod environment;
mod file;
mod precedence;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Config, ConfigError, FILE_NAME, Overrides};

/// A directory of its own for one test, removed at its end.
struct Directory {
    path: PathBuf,
}

impl Directory {
    fn new() -> Directory {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let serial = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("memprof-config-{}-{serial}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Directory { path }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    let owned = |(name, value): &(&str, &str)| (OsString::from(name), OsString::from(value));
    pairs.iter().map(owned).collect()
}

fn load(start: &Path, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(&Overrides::default(), variables(environment), Some(start))
}

/// Loads a file of that content and nothing else.
fn load_text(content: impl AsRef<[u8]>) -> Result<Config, ConfigError> {
    let directory = Directory::new();
    directory.write(FILE_NAME, content);
    load(&directory.path, &[])
}

fn load_environment(environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(&Overrides::default(), variables(environment), None)
}

fn message(result: Result<Config, ConfigError>) -> String {
    result.unwrap_err().to_string()
}
