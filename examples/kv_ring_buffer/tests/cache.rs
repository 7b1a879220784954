//! What the cache promises on one thread, and to another process.

use kv_ring_buffer::{Cache, Error, Layout, PutError, allocator};
use std::fs;

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

fn cache(slots: usize, entry_bytes: usize) -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(slots, entry_bytes).unwrap();
    let cache = Cache::create(&dir.path().join("cache"), layout).unwrap();
    (dir, cache)
}

fn get(cache: &Cache, key: &str) -> Option<String> {
    let mut value = Vec::new();
    let is_there = cache.get(key.as_bytes(), &mut value);
    is_there.then(|| String::from_utf8(value).unwrap())
}

#[test]
fn the_latest_value_of_a_key_is_found_until_it_is_taken() {
    let (_dir, cache) = cache(8, 32);
    assert_eq!(get(&cache, "a"), None);
    cache.put(b"a", b"first").unwrap();
    cache.put(b"b", b"").unwrap();
    cache.put(b"a", b"second").unwrap();
    assert_eq!(get(&cache, "a").as_deref(), Some("second"));
    assert_eq!(get(&cache, "b").as_deref(), Some(""));

    let (mut key, mut value) = (Vec::new(), Vec::new());
    let mut take = || {
        let is_taken = cache.take(&mut key, &mut value);
        is_taken.then(|| (key.clone(), value.clone()))
    };
    assert_eq!(take(), Some((b"a".to_vec(), b"first".to_vec())));
    assert_eq!(take(), Some((b"b".to_vec(), b"".to_vec())));
    assert_eq!(get(&cache, "b"), None);
    assert_eq!(get(&cache, "a").as_deref(), Some("second"));
    assert_eq!(take(), Some((b"a".to_vec(), b"second".to_vec())));
    assert_eq!(take(), None);
    assert_eq!(get(&cache, "a"), None);
}

#[test]
fn a_full_cache_says_so_and_the_oldest_can_go() {
    let (_dir, cache) = cache(4, 16);
    for number in 0..4 {
        cache.put(format!("key {number}").as_bytes(), b"x").unwrap();
    }
    assert_eq!(cache.put(b"key 4", b"x"), Err(PutError::Full));
    assert_eq!(get(&cache, "key 4"), None);
    cache.put_over(b"key 4", b"y").unwrap();
    assert_eq!(get(&cache, "key 0"), None);
    assert_eq!(get(&cache, "key 1").as_deref(), Some("x"));
    assert_eq!(get(&cache, "key 4").as_deref(), Some("y"));
}

#[test]
fn an_entry_has_the_room_of_its_slot() {
    let (_dir, cache) = cache(2, 16);
    let (key, value) = ([1; 7], [2; 9]);
    cache.put(&key, &value).unwrap();
    assert_eq!(cache.put(&key, &[2; 10]), Err(PutError::TooLong));
    let (mut taken_key, mut taken_value) = (Vec::new(), Vec::new());
    assert!(cache.take(&mut taken_key, &mut taken_value));
    assert_eq!((&taken_key[..], &taken_value[..]), (&key[..], &value[..]));
}

#[test]
fn the_ring_goes_round_many_times() {
    let (_dir, cache) = cache(4, 16);
    for round in 0..1_000_u64 {
        cache
            .put_over(&(round % 7).to_le_bytes(), &round.to_le_bytes())
            .unwrap();
        let mut value = Vec::new();
        assert!(cache.get(&(round % 7).to_le_bytes(), &mut value));
        assert_eq!(value, round.to_le_bytes());
    }
}

#[test]
fn two_mappings_are_one_cache() {
    let (_dir, cache) = cache(8, 16);
    let other = Cache::open(cache.shared().path()).unwrap();
    cache.put(b"key", b"value").unwrap();
    assert_eq!(get(&other, "key").as_deref(), Some("value"));
    assert_eq!(other.layout(), cache.layout());
}

#[test]
fn other_files_are_refused() {
    let (dir, cache) = cache(8, 16);
    let path = cache.shared().path();
    let message = |err: Error| err.to_string();
    let there = Cache::create(path, cache.layout()).unwrap_err();
    assert!(message(there).contains("name a file that is not there yet"));
    let none = Cache::open(&dir.path().join("none")).unwrap_err();
    assert!(message(none).contains("No such file"));
    let text = dir.path().join("text");
    for content in ["", "short", &"a text ".repeat(100)] {
        fs::write(&text, content).unwrap();
        assert!(Cache::open(&text).is_err(), "{content}");
    }
    // Cut off.
    let bytes = fs::read(path).unwrap();
    fs::write(&text, &bytes[..bytes.len() - 8]).unwrap();
    let cut = Cache::open(&text).unwrap_err();
    assert!(message(cut).ends_with("it is shorter than its sizes say"));
}

#[test]
fn nothing_but_making_the_cache_allocates() {
    let (_dir, cache) = cache(64, 64);
    let room = cache.layout().entry_bytes();
    let (mut key, mut value) = (Vec::with_capacity(room), Vec::with_capacity(room));
    let mut numbers = 0_u64..;
    for _ in 0..100 {
        let number = numbers.next().unwrap().to_le_bytes();
        // A new entry, the same once more, and what is not there.
        for text in [[7; 40], [8; 40]] {
            memprof::assert_no_allocations!(|| cache.put(&number, &text)).unwrap();
            assert!(memprof::assert_no_allocations!(
                || cache.get(&number, &mut value)
            ));
            assert_eq!(value, text);
        }
        assert!(!memprof::assert_no_allocations!(
            || cache.get(b"none", &mut value)
        ));
        // From one end of the ring to the other.
        for _ in 0..2 {
            assert!(memprof::assert_no_allocations!(
                || cache.take(&mut key, &mut value)
            ));
            assert_eq!(key, number);
        }
        assert!(!memprof::assert_no_allocations!(
            || cache.take(&mut key, &mut value)
        ));
    }
}

#[test]
fn a_ring_that_is_full_allocates_nothing_either() {
    let (_dir, cache) = cache(4, 16);
    memprof::assert_no_allocations!(|| {
        for number in 0..4_u64 {
            cache.put(&number.to_le_bytes(), b"x").unwrap();
        }
        assert_eq!(cache.put(b"key", b"x"), Err(PutError::Full));
        assert_eq!(cache.put(b"key", &[0; 14]), Err(PutError::TooLong));
        for number in 0..100_u64 {
            cache.put_over(&number.to_le_bytes(), b"y").unwrap();
        }
    });
}

/// So it is told when there is one.
#[cfg(feature = "memory-profiling")]
#[test]
fn a_value_without_room_is_one_allocation() {
    let (_dir, cache) = cache(4, 16);
    cache.put(b"key", b"value").unwrap();
    let value = memprof::assert_allocations!(== 1, || {
        let mut value = Vec::new();
        cache.get(b"key", &mut value).then_some(value)
    });
    assert_eq!(value.as_deref(), Some(&b"value"[..]));
}
