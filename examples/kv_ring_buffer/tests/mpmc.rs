//! Many writers and many readers: every entry is taken once, whole, and each writer's in their order, and none of
//! them allocates on the way. With the feature `dhat` the dhat crate profiles the same run, into
//! `tmp/kv_ring_buffer-dhat-heap.json` of cargo's target directory, and no figure of memprof's is another.

use kv_ring_buffer::{Cache, Layout, PutError, allocator};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

const WRITERS: u64 = 4;
const TAKERS: usize = 3;

/// How many entries each writer puts. Who runs this a hundred times slower, under Valgrind say, asks for fewer.
fn entries() -> u64 {
    match std::env::var("MPMC_ENTRIES") {
        Ok(number) => number.parse().expect("MPMC_ENTRIES is a number"),
        Err(_) => 20_000,
    }
}

/// A value that tells its writer, its number and whether it is whole; of different lengths.
fn value_of(writer: u64, number: u64, value: &mut Vec<u8>) {
    value.clear();
    let seed = writer << 32 | number;
    let words = 1 + number as usize % 5;
    value.extend((0..words as u64).flat_map(|word| (seed ^ word << 56).to_le_bytes()));
}

#[test]
fn every_entry_is_taken_once_and_whole() {
    #[cfg(feature = "dhat")]
    let dhat = underneath::Profile::start();
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(64, 8 + 40).unwrap();
    let path = dir.path().join("cache");
    let cache = Cache::create(&path, layout).unwrap();
    let entries = entries();
    let (is_over, found) = (AtomicBool::new(false), AtomicU64::new(0));

    let taken: Vec<Vec<u64>> = std::thread::scope(|threads| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let cache = &cache;
                threads.spawn(move || {
                    let mut value = Vec::with_capacity(64);
                    memprof::assert_no_allocations!(|| write(cache, writer, entries, &mut value));
                })
            })
            .collect();
        let takers: Vec<_> = (0..TAKERS)
            .map(|_| {
                let (cache, is_over) = (&cache, &is_over);
                threads.spawn(move || {
                    let mut taken = Vec::with_capacity((WRITERS * entries) as usize);
                    let mut room = [(); 3].map(|()| Vec::with_capacity(64));
                    memprof::assert_no_allocations!(|| take(cache, is_over, &mut taken, &mut room));
                    taken
                })
            })
            .collect();
        // One looks keys up meanwhile: whatever it finds is whole, and of that key.
        let looker = threads.spawn(|| {
            let mut room = [(); 2].map(|()| Vec::with_capacity(64));
            memprof::assert_no_allocations!(|| look_up(
                &cache, &is_over, &found, entries, &mut room
            ));
        });
        let written: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        // Before anything may panic: the others wait for it.
        is_over.store(true, Ordering::Release);
        written.into_iter().for_each(|writer| writer.unwrap());
        looker.join().unwrap();
        takers
            .into_iter()
            .map(|taker| taker.join().unwrap())
            .collect()
    });

    for own in &taken {
        for writer in 0..WRITERS {
            let numbers = own.iter().filter(|seed| *seed >> 32 == writer);
            assert!(numbers.is_sorted(), "writer {writer}");
        }
    }
    let mut all: Vec<u64> = taken.concat();
    all.sort_unstable();
    let expected =
        (0..WRITERS).flat_map(|writer| (0..entries).map(move |number| writer << 32 | number));
    assert!(all.into_iter().eq(expected));
    println!("{} look-ups found their key", found.into_inner());
    #[cfg(feature = "memory-profiling")]
    figures::are_exact(&path, entries);
    #[cfg(feature = "dhat")]
    dhat.finish(entries);
}

/// What memprof says of the run, whatever is underneath.
#[cfg(feature = "memory-profiling")]
mod figures {
    use super::WRITERS;

    pub(super) fn are_exact(path: &std::path::Path, entries: u64) {
        let report = memprof::snapshot();
        for name in ["Put", "Take", "Get"] {
            let row = report.operation(name).unwrap();
            let figures = (row.allocations, row.deallocations, row.peak_bytes);
            assert_eq!(figures, (0, 0, 0), "{name}");
            // Each entry, and who found the ring full or empty.
            assert!(name == "Get" || row.calls >= WRITERS * entries, "{name}");
        }
        // Making the cache keeps one block: its path.
        let made = report.operation("Create Cache").unwrap();
        let retained = (made.calls, made.retained_blocks, made.retained_bytes);
        let length = path.as_os_str().len() as u64;
        assert_eq!(retained, (1, Some(1), Some(length)));
    }
}

/// dhat, underneath or by itself.
#[cfg(feature = "dhat")]
mod underneath {
    use super::{TAKERS, WRITERS};
    use kv_ring_buffer::allocator::dhat;

    const FILE: &str = concat!(
        env!("CARGO_TARGET_TMPDIR"),
        "/kv_ring_buffer-dhat-heap.json"
    );

    pub(super) struct Profile(dhat::Profiler);

    impl Profile {
        pub(super) fn start() -> Self {
            let _ = std::fs::remove_file(FILE);
            Self(dhat::Profiler::builder().file_name(FILE).build())
        }

        /// dhat knows what the takers took their entries into, all of one place.
        pub(super) fn finish(self, entries: u64) {
            drop(self.0);
            // What memprof keeps behind each block.
            let footer = if cfg!(feature = "memory-profiling") {
                4
            } else {
                0
            };
            let bytes = TAKERS as u64 * (8 * WRITERS * entries + footer);
            let profile = std::fs::read_to_string(FILE).unwrap();
            let profile = profile.split_whitespace().collect::<String>();
            assert!(profile.contains("\"dhatFileVersion\":2"));
            let place = format!("{{\"tb\":{bytes},\"tbk\":{TAKERS},");
            assert!(profile.contains(&place), "no {place} in {FILE}");
        }
    }
}

fn write(cache: &Cache, writer: u64, entries: u64, value: &mut Vec<u8>) {
    for number in 0..entries {
        value_of(writer, number, value);
        let key = (writer << 32 | number).to_le_bytes();
        while cache.put(&key, value) == Err(PutError::Full) {
            std::thread::yield_now();
        }
    }
}

fn take(cache: &Cache, is_over: &AtomicBool, taken: &mut Vec<u64>, room: &mut [Vec<u8>; 3]) {
    let [key, value, expected] = room;
    loop {
        // Acquire: with the Release after the writers; looked at before the cache is.
        let was_over = is_over.load(Ordering::Acquire);
        if cache.take(key, value) {
            let seed = u64::from_le_bytes(key[..].try_into().unwrap());
            value_of(seed >> 32, seed & 0xFFFF_FFFF, expected);
            assert_eq!(value, expected);
            taken.push(seed);
        } else if was_over {
            return;
        } else {
            std::thread::yield_now();
        }
    }
}

fn look_up(
    cache: &Cache,
    is_over: &AtomicBool,
    found: &AtomicU64,
    entries: u64,
    [value, expected]: &mut [Vec<u8>; 2],
) {
    let mut round = 0_u64;
    while !is_over.load(Ordering::Acquire) {
        round += 1;
        let (writer, number) = (round % WRITERS, round.wrapping_mul(7) % entries);
        if cache.get(&(writer << 32 | number).to_le_bytes(), value) {
            value_of(writer, number, expected);
            assert_eq!(value, expected);
            found.fetch_add(1, Ordering::Relaxed);
        }
    }
}
