//! Promise: a signal handler may free blocks while it interrupts a snapshot of its own thread, also blocks of operations that
//! this thread never freed one of. Nothing waits for what it interrupted, and the report says what counts less.
//!
//! It runs without the test harness: a timer's signal goes to the first thread, and that one has to take the snapshots.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[path = "alone/mod.rs"]
mod alone;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[allow(dead_code)]
#[path = "interrupted/allocator.rs"]
mod allocator;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[allow(dead_code)]
#[path = "interrupted/stepping.rs"]
mod stepping;

fn main() {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    alone::run("snapshots_are_interrupted_by_frees", frees::run);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod frees {
    use super::stepping;
    use std::ptr::null_mut;
    use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

    /// A block of each path, made by a thread that has ended.
    const PATHS: usize = 8 + 8 * 7 + 8 * 7 * 6;
    static BLOCKS: [AtomicPtr<u64>; PATHS] = [const { AtomicPtr::new(null_mut()) }; PATHS];
    static MADE: AtomicUsize = AtomicUsize::new(0);
    /// How many the signals took.
    static TAKEN: AtomicUsize = AtomicUsize::new(0);

    fn keep() {
        let block = Box::into_raw(Box::new(1_u64));
        BLOCKS[MADE.fetch_add(1, Relaxed)].store(block, Relaxed);
    }

    macro_rules! operations {
        ($($name:ident $bit:literal)*) => {
            $(
                #[memprof::track("Made")]
                fn $name(depth: u32, open: u32) {
                    keep();
                    each(depth, open | 1 << $bit);
                }
            )*
            fn each(depth: u32, open: u32) {
                if depth > 0 {
                    $(
                        if open & 1 << $bit == 0 {
                            $name(depth - 1, open);
                        }
                    )*
                }
            }
        };
    }

    operations! { a 0 b 1 c 2 d 3 e 4 f 5 g 6 h 7 }

    extern "C" fn handle(_: i32) {
        let Some(block) = BLOCKS.get(TAKEN.fetch_add(1, Relaxed)) else {
            return;
        };
        let block = block.swap(null_mut(), Relaxed);
        // SAFETY: made by `Box::into_raw`, and taken out of the list by this alone.
        drop(unsafe { Box::from_raw(block) });
    }

    pub(super) fn run() {
        std::thread::spawn(|| each(3, 0)).join().expect("no panic");
        assert_eq!(MADE.load(Relaxed), PATHS);
        stepping::install(handle);
        while TAKEN.load(Relaxed) < PATHS {
            stepping::interrupt_often(|| drop(memprof::snapshot()));
        }
        let report = memprof::snapshot();
        let row = report.operation("Made").expect("an operation");
        let retained = row.retained_blocks.expect("ownership");
        // What could not be booked is retained still, and told of.
        let is_told = report.warnings.iter().any(|it| it.code == "signal-handler");
        assert!(
            is_told || retained == 0,
            "{retained}: {:?}",
            report.warnings
        );
        assert!(retained < PATHS as u64, "{retained}");
        assert!(report.process.live_bytes < 1 << 30, "{:?}", report.process);
    }
}
