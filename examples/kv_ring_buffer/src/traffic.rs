//! The traffic: threads that put entries and threads that take them, until all are taken.

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use kv_ring_buffer::{Cache, PutError};

/// Who does how much.
pub(crate) struct Traffic {
    pub(crate) writers: usize,
    pub(crate) readers: usize,
    /// Of each writer.
    pub(crate) entries: u64,
}

/// What was done.
pub(crate) struct Done<'a> {
    traffic: &'a Traffic,
    taken: u64,
    seconds: f64,
    /// By all threads, from their first entry to their last.
    allocations: u64,
}

impl Traffic {
    pub(crate) fn run(&self, cache: &Cache) -> Done<'_> {
        let started = Instant::now();
        let (taken, allocations) = (AtomicU64::new(0), AtomicU64::new(0));
        let writing = AtomicUsize::new(self.writers);
        let counted = |work: &mut dyn FnMut()| {
            let used = memprof::measure(work);
            allocations.fetch_add(used.stats.allocations, Ordering::Relaxed);
        };
        std::thread::scope(|threads| {
            for writer in 0..self.writers {
                let (writing, counted) = (&writing, &counted);
                threads.spawn(move || {
                    let _gone = Gone(writing);
                    let value = vec![writer as u8; cache.layout().entry_bytes() - 8];
                    counted(&mut || self.write(cache, writer as u64, &value));
                });
            }
            for _ in 0..self.readers {
                let (writing, counted, taken) = (&writing, &counted, &taken);
                threads.spawn(move || {
                    let room = cache.layout().entry_bytes();
                    let mut entry = (Vec::with_capacity(room), Vec::with_capacity(room));
                    counted(&mut || {
                        taken.fetch_add(read(cache, writing, &mut entry), Ordering::Relaxed);
                    });
                });
            }
        });
        Done {
            traffic: self,
            taken: taken.into_inner(),
            seconds: started.elapsed().as_secs_f64(),
            allocations: allocations.into_inner(),
        }
    }

    fn write(&self, cache: &Cache, writer: u64, value: &[u8]) {
        for number in 0..self.entries {
            let key = (writer << 48 | number).to_le_bytes();
            while cache.put(&key, value) == Err(PutError::Full) {
                std::thread::yield_now();
            }
        }
    }
}

impl fmt::Display for Done<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Traffic {
            writers, readers, ..
        } = self.traffic;
        write!(
            f,
            "{} entries put by {writers} writers and taken by {readers} readers in {:.2} s",
            self.taken, self.seconds
        )?;
        // Not a zero that nobody counted.
        match cfg!(feature = "memory-profiling") {
            true => write!(f, "; {} allocations on the way", self.allocations),
            false => Ok(()),
        }
    }
}

/// Takes until there is nothing left and nobody who writes; how many.
fn read(cache: &Cache, writing: &AtomicUsize, (key, value): &mut (Vec<u8>, Vec<u8>)) -> u64 {
    let mut taken = 0;
    loop {
        // Acquire: with the Release of the last writer, so that its last entry is seen after it.
        let is_over = writing.load(Ordering::Acquire) == 0;
        if cache.take(key, value) {
            taken += 1;
        } else if is_over {
            return taken;
        } else {
            std::thread::yield_now();
        }
    }
}

/// A writer that is gone, also by a panic.
struct Gone<'a>(&'a AtomicUsize);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        // Release: with the Acquire of the readers.
        self.0.fetch_sub(1, Ordering::Release);
    }
}
