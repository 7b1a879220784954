//! The bencher, when there is no harness.

/// Runs each routine once: memprof is switched off.
#[derive(Debug)]
pub struct Bencher(());

impl Bencher {
    /// Runs `routine`.
    pub fn iter<O>(&mut self, mut routine: impl FnMut() -> O) {
        drop(routine());
    }

    /// Runs `routine` on what `setup` gives.
    pub fn iter_with_setup<I, O>(
        &mut self,
        mut setup: impl FnMut() -> I,
        mut routine: impl FnMut(I) -> O,
    ) {
        drop(routine(setup()));
    }

    /// Runs `routine` on what `setup` gives.
    pub fn iter_with_setup_ref<I, O>(
        &mut self,
        mut setup: impl FnMut() -> I,
        mut routine: impl FnMut(&mut I) -> O,
    ) {
        drop(routine(&mut setup()));
    }
}
