//! The settings that are in force: those of the profiler that is alive, else what environment and file say.
//!
//! Each is a leaked box, since a program has one profiler or a handful; so they can be handed out while the
//! lock is held for a moment only. The lock is held across `fork` too, so a snapshot in the child cannot
//! wait for a thread that is not there.

use super::config::{Config, Overrides};
use crate::record::lock::Lock;
use crate::record::pause::Pause;
use crate::record::switches::Switches;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, Ordering};

/// The settings of one run.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) config: Config,
    /// The run's name, when it was given one.
    pub(super) name: Option<String>,
    /// Why environment or file could not be used; the defaults then apply.
    pub(super) error: Option<String>,
}

#[derive(Clone, Copy)]
struct InForce {
    /// Of the profiler that was built last and is alive.
    of_profiler: Option<&'static Settings>,
    /// Without a profiler, once looked for.
    discovered: Option<&'static Settings>,
    /// What environment and file said when the process started; none where they were in error.
    at_start: Option<&'static Settings>,
    /// Those of all profilers that there were, so that leak checkers find what is kept for good.
    kept: Option<&'static Kept>,
}

struct Kept {
    _settings: &'static Settings,
    _before: Option<&'static Kept>,
}

static IN_FORCE: Lock<InForce> = Lock::new(InForce {
    of_profiler: None,
    discovered: None,
    at_start: None,
    kept: None,
});

/// Called before `main`: what environment and file ask to be recorded is recorded from the first event on. Never
/// unwinds; what is wrong with them is told by whoever reads them for a report.
pub(crate) fn process_starts() {
    // Else the defaults are followed.
    let _ = catch_unwind(|| {
        let _pause = Pause::new();
        if let Ok(config) = Config::discover(&Overrides::default()) {
            let settings: &'static Settings = Box::leak(Box::new(Settings {
                config,
                name: None,
                error: None,
            }));
            let mut in_force = IN_FORCE.lock();
            in_force.at_start = Some(settings);
            settings.follow();
        }
        super::note::begins();
        super::end::process_begins();
    });
}

impl Settings {
    /// Puts these in force until `retire`.
    pub(super) fn install(self) -> &'static Self {
        let settings: &'static Self = Box::leak(Box::new(self));
        // Held to the end: two that begin or end at once have their turn, and no fork comes between.
        let mut in_force = IN_FORCE.lock();
        in_force.of_profiler = Some(settings);
        in_force.kept = Some(Box::leak(Box::new(Kept {
            _settings: settings,
            _before: in_force.kept,
        })));
        settings.follow();
        settings
    }

    /// Has what they ask for recorded from now on.
    fn follow(&self) {
        super::stacks::begin(self);
        self.switches().set();
    }

    /// Takes these out of force, if they still are.
    pub(super) fn retire(&'static self) {
        let mut in_force = IN_FORCE.lock();
        if in_force
            .of_profiler
            .is_some_and(|others| std::ptr::eq(others, self))
        {
            in_force.of_profiler = None;
            match in_force.at_start {
                Some(settings) => settings.follow(),
                None => {
                    super::stacks::end();
                    Switches::default().set();
                }
            }
        }
    }

    /// What they ask of the recorder.
    pub(super) fn switches(&self) -> Switches {
        let analysis = &self.config.heap_analysis;
        Switches {
            peak: analysis.enabled && analysis.track_peak_usage,
            trends: analysis.enabled && analysis.detect_leaks,
            sizes: analysis.enabled && analysis.block_sizes,
            flow: analysis.enabled && analysis.flow,
        }
    }

    /// Whether these are of a profiler that is alive.
    pub(super) fn is_of_profiler(&'static self) -> bool {
        let of_profiler = IN_FORCE.lock().of_profiler;
        of_profiler.is_some_and(|others| std::ptr::eq(others, self))
    }

    /// Those in force now. Looks for the file at the first call without a profiler; when it or the
    /// environment is in error, says so once on stderr, and the defaults apply.
    pub(super) fn current() -> &'static Self {
        let in_force = *IN_FORCE.lock();
        if let Some(settings) = in_force.of_profiler.or(in_force.discovered) {
            return settings;
        }
        let found = Self::discover();
        let mut in_force = IN_FORCE.lock();
        in_force
            .discovered
            .get_or_insert_with(|| Box::leak(Box::new(found)))
    }

    fn discover() -> Self {
        match Config::discover(&Overrides::default()) {
            Ok(config) => Self {
                config,
                name: None,
                error: None,
            },
            Err(error) => {
                static IS_SAID: AtomicBool = AtomicBool::new(false);
                if !IS_SAID.swap(true, Ordering::Relaxed) {
                    super::say(&format!("{error}; the defaults apply"));
                }
                Self {
                    config: Config::default(),
                    name: None,
                    error: Some(error.to_string()),
                }
            }
        }
    }
}

pub(super) fn before_fork() {
    IN_FORCE.acquire();
}

pub(super) fn after_fork() {
    IN_FORCE.release();
}
