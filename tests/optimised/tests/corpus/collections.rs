//! Collections of the standard library, filled, read and dropped in one function.

use crate::blocks::{blocks, like, sized};
use crate::check::{Shape, exact, removable};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};

pub(crate) const SHAPES: &[Shape] = &[
    removable("vec of ones", ones, |n| sized(n, |i| i % 4_000 + 1)),
    removable("vec with capacity", capacity, |n| {
        sized(n, |i| i % 4_000 + 1)
    }),
    removable("vec of one size", one_size, |n| blocks(n, 64)),
    exact("vec read back", read_back, |n| {
        sized(n, |i| (i % 50 + 1) * 8)
    }),
    exact("vec of vecs", vec_of_vecs, |n| {
        blocks(n, 10 * size_of::<Vec<u8>>()).and(blocks(10 * n, 30))
    }),
    exact("deque", deque, |n| blocks(n, 16 * 8)),
    exact("binary heap", heap, |n| blocks(n, 8 * 8)),
    // Each node has two links and the value.
    exact("linked list", list, |n| blocks(5 * n, 3 * 8)),
    exact("tree map of one leaf", tree_map, |n| like(n, || leaf(0))),
    exact("tree map of many leaves", tree_of_leaves, |n| {
        like(n, || leaves(0))
    }),
    exact("tree set", tree_set, |n| {
        like(n, || BTreeSet::from([1_u16, 2, 3]))
    }),
    exact("hash map", hash_map, |n| like(n, || table(0))),
    exact("hash map that grows", growing_hash_map, |n| {
        like(n, || grown_table(0))
    }),
    exact("hash set of strings", hash_set, |n| like(n, || words(0))),
];

#[memprof::track("vec of ones")]
fn ones(count: usize) -> u64 {
    (0..count)
        .map(|i| {
            let ones = vec![1_u8; i % 4_000 + 1];
            u64::from(ones[i % ones.len()])
        })
        .sum()
}

#[memprof::track("vec with capacity")]
fn capacity(count: usize) -> u64 {
    (0..count)
        .map(|i| Vec::<u8>::with_capacity(i % 4_000 + 1).capacity() as u64)
        .sum()
}

#[memprof::track("vec of one size")]
fn one_size(count: usize) -> u64 {
    (0..count)
        .map(|i| {
            let mut bytes = Vec::<u8>::with_capacity(64);
            bytes.extend((0..64).map(|at| (at * i) as u8));
            u64::from(bytes[i % 64])
        })
        .sum()
}

#[memprof::track("vec read back")]
fn read_back(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut words = vec![7_u64; i % 50 + 1];
        for at in 1..words.len() {
            words[at] = words[at - 1] * i as u64 % 1_009;
        }
        sum += words[i / 3 % words.len()];
    }
    sum
}

#[memprof::track("vec of vecs")]
fn vec_of_vecs(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut rows = Vec::with_capacity(10);
        for row in 0..10 {
            rows.push(vec![(row * i) as u8; 30]);
        }
        sum += u64::from(rows[i % 10][i % 30]);
    }
    sum
}

#[memprof::track("deque")]
fn deque(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut waiting = VecDeque::with_capacity(16);
        for at in 0..8 {
            waiting.push_back(at * i);
            waiting.push_front(at + i);
        }
        while let Some(next) = waiting.pop_front() {
            sum += next ^ waiting.pop_back().unwrap_or(0);
        }
    }
    sum
}

#[memprof::track("binary heap")]
fn heap(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut heap = BinaryHeap::with_capacity(8);
        heap.extend((0..8).map(|at| at * i % 11));
        sum += heap.pop().unwrap_or(0) * 3 + heap.pop().unwrap_or(0);
    }
    sum
}

#[memprof::track("linked list")]
fn list(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut list = LinkedList::new();
        for at in 0..5 {
            if at * i % 2 == 0 {
                list.push_back(at + i);
            } else {
                list.push_front(at * i);
            }
        }
        sum += list
            .iter()
            .fold(0, |folded, next| folded * 3 % 1_009 + next);
    }
    sum
}

#[inline]
fn leaf(i: u64) -> BTreeMap<u64, u64> {
    BTreeMap::from_iter((0..5).map(|key| (key, key * i)))
}

#[memprof::track("tree map of one leaf")]
fn tree_map(count: usize) -> u64 {
    (0..count as u64).map(|i| leaf(i)[&(i % 5)]).sum()
}

#[inline]
fn leaves(i: u64) -> BTreeMap<u64, u64> {
    let mut map = BTreeMap::new();
    for key in 0..60 {
        map.insert(key, key * i);
    }
    map
}

#[memprof::track("tree map of many leaves")]
fn tree_of_leaves(count: usize) -> u64 {
    (0..count as u64).map(|i| leaves(i)[&(i % 60)]).sum()
}

#[memprof::track("tree set")]
fn tree_set(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let i = (i % 60_000) as u16;
        let set = BTreeSet::from([i, i + 3, i + 1]);
        sum += set.range(i + 1..).map(|&it| u64::from(it)).sum::<u64>();
    }
    sum
}

#[inline]
fn table(i: u64) -> HashMap<u64, u64> {
    let mut map = HashMap::with_capacity(10);
    map.extend((0..10).map(|key| (key, key * i)));
    map
}

#[memprof::track("hash map")]
fn hash_map(count: usize) -> u64 {
    (0..count as u64).map(|i| table(i)[&(i % 10)]).sum()
}

#[inline]
fn grown_table(i: u64) -> HashMap<u64, u64> {
    let mut map = HashMap::new();
    for key in 0..20 {
        *map.entry(key).or_default() += key * i;
    }
    map
}

#[memprof::track("hash map that grows")]
fn growing_hash_map(count: usize) -> u64 {
    (0..count as u64).map(|i| grown_table(i)[&(i % 20)]).sum()
}

#[inline]
fn words(i: u64) -> HashSet<String> {
    let mut words = HashSet::with_capacity(4);
    for word in ["one", "two", "three"] {
        let mut owned = word.to_owned();
        owned.make_ascii_uppercase();
        if i.is_multiple_of(2) {
            owned.make_ascii_lowercase();
        }
        words.insert(owned);
    }
    words
}

#[memprof::track("hash set of strings")]
fn hash_set(count: usize) -> u64 {
    (0..count as u64)
        .map(|i| u64::from(words(i).contains("two")))
        .sum()
}
