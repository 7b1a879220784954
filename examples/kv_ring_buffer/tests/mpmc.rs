//! Many writers and many readers: every entry is taken once, whole, and each writer's in their order.

use kv_ring_buffer::{Cache, Layout, PutError};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

const WRITERS: u64 = 4;
const TAKERS: usize = 3;
const ENTRIES: u64 = 20_000;

/// A value that tells its writer, its number and whether it is whole; of different lengths.
fn value_of(writer: u64, number: u64, value: &mut Vec<u8>) {
    value.clear();
    let seed = writer << 32 | number;
    let words = 1 + number as usize % 5;
    value.extend((0..words as u64).flat_map(|word| (seed ^ word << 56).to_le_bytes()));
}

#[test]
fn every_entry_is_taken_once_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(64, 8 + 40).unwrap();
    let cache = Cache::create(&dir.path().join("cache"), layout).unwrap();
    let is_over = AtomicBool::new(false);
    let (found, hot_allocations) = (AtomicU64::new(0), AtomicU64::new(0));

    let taken: Vec<Vec<u64>> = std::thread::scope(|threads| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (cache, hot) = (&cache, &hot_allocations);
                threads.spawn(move || {
                    let mut value = Vec::with_capacity(64);
                    let used = memprof::measure(|| write(cache, writer, &mut value));
                    hot.fetch_add(used.stats.allocations, Ordering::Relaxed);
                })
            })
            .collect();
        let takers: Vec<_> = (0..TAKERS)
            .map(|_| {
                let (cache, is_over, hot) = (&cache, &is_over, &hot_allocations);
                threads.spawn(move || {
                    let mut taken = Vec::with_capacity((WRITERS * ENTRIES) as usize);
                    let mut room =
                        [const { Vec::new() }; 3].map(|_: Vec<u8>| Vec::with_capacity(64));
                    let used = memprof::measure(|| take(cache, is_over, &mut taken, &mut room));
                    hot.fetch_add(used.stats.allocations, Ordering::Relaxed);
                    taken
                })
            })
            .collect();
        // One looks keys up meanwhile: whatever it finds is whole, and of that key.
        let looker = threads.spawn(|| look_up(&cache, &is_over, &found));
        writers
            .into_iter()
            .for_each(|writer| writer.join().unwrap());
        is_over.store(true, Ordering::Release);
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
        (0..WRITERS).flat_map(|writer| (0..ENTRIES).map(move |number| writer << 32 | number));
    assert!(all.into_iter().eq(expected));
    assert_eq!(hot_allocations.into_inner(), 0);
    println!("{} look-ups found their key", found.into_inner());
}

fn write(cache: &Cache, writer: u64, value: &mut Vec<u8>) {
    for number in 0..ENTRIES {
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

fn look_up(cache: &Cache, is_over: &AtomicBool, found: &AtomicU64) {
    let (mut value, mut expected) = (Vec::new(), Vec::new());
    let mut round = 0_u64;
    while !is_over.load(Ordering::Acquire) {
        round += 1;
        let (writer, number) = (round % WRITERS, round.wrapping_mul(7) % ENTRIES);
        if cache.get(&(writer << 32 | number).to_le_bytes(), &mut value) {
            value_of(writer, number, &mut expected);
            assert_eq!(value, expected);
            found.fetch_add(1, Ordering::Relaxed);
        }
    }
}
