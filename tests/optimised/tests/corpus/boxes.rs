//! Boxes and reference-counted blocks.

use crate::blocks::{blocks, sized};
use crate::check::{Shape, exact, removable};
use std::any::Any;
use std::cell::RefCell;
use std::error::Error;
use std::hint::black_box;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

/// The strong and the weak count.
const COUNTS: usize = 2 * size_of::<usize>();

pub(crate) const SHAPES: &[Shape] = &[
    removable("box of a number", number, |n| blocks(n, 8)),
    exact("box that escapes", escaping, |n| blocks(n, 8)),
    exact("box of an array", array, |n| blocks(n, 32 * 8)),
    removable("boxed slice", slice, |n| sized(n, |i| (i % 50 + 1) * 8)),
    removable("boxed closure", closure, |n| blocks(n, 8)),
    removable("box dyn Any", any, |n| blocks(n, 8)),
    // The text, and the boxed error that holds it.
    removable("box dyn Error", error, |n| {
        sized(n, |i| i % 9 + 1).and(blocks(n, size_of::<String>()))
    }),
    exact("boxes that form a list", list, |n| {
        blocks(6 * n, size_of::<Link>())
    }),
    exact("boxes that form a tree", tree, |n| {
        blocks(7 * n, size_of::<Branch>())
    }),
    removable("rc", rc, |n| blocks(n, COUNTS + 8)),
    exact("rc with a weak", weak, |n| blocks(n, COUNTS + 4 * 8)),
    exact("rc of a vec in a cell", rc_cell, |n| {
        blocks(n, COUNTS + size_of::<RefCell<Vec<u64>>>()).and(blocks(n, 6 * 8))
    }),
    exact("arc of an array", arc, |n| blocks(n, COUNTS + 16 * 8)),
    exact("arc of a slice", arc_slice, |n| {
        sized(n, |i| (i % 20 + 1) * 8).and(sized(n, |i| COUNTS + (i % 20 + 1) * 8))
    }),
    exact("arc of a mutex", arc_mutex, |n| {
        blocks(n, COUNTS + size_of::<Mutex<[u64; 8]>>())
    }),
];

#[memprof::track("box of a number")]
fn number(count: usize) -> u64 {
    (0..count as u64).map(|i| *Box::new(black_box(i))).sum()
}

#[memprof::track("box that escapes")]
fn escaping(count: usize) -> u64 {
    (0..count as u64).map(|i| *black_box(Box::new(i))).sum()
}

#[memprof::track("box of an array")]
fn array(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut array = Box::new([0_u64; 32]);
        for (at, it) in array.iter_mut().enumerate() {
            *it = ((at * i) ^ at) as u64;
        }
        sum += array[i % 32];
    }
    sum
}

#[memprof::track("boxed slice")]
fn slice(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let words: Box<[u64]> = vec![0; i % 50 + 1].into();
        sum += words.iter().sum::<u64>() + words[i % words.len()];
    }
    sum
}

#[memprof::track("boxed closure")]
fn closure(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let apply: Box<dyn Fn(u64) -> u64> = if i.is_multiple_of(3) {
            Box::new(move |it| it + i)
        } else {
            Box::new(move |it| it ^ i)
        };
        sum += apply(5);
    }
    sum
}

#[memprof::track("box dyn Any")]
fn any(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let any: Box<dyn Any> = if i.is_multiple_of(2) {
            Box::new(i as u64)
        } else {
            Box::new(i as f64)
        };
        sum += any.downcast::<u64>().map_or(1, |it| *it);
    }
    sum
}

#[memprof::track("box dyn Error")]
fn error(count: usize) -> u64 {
    let check = |i: usize| -> Result<(), Box<dyn Error>> { Err("incorrect"[..i % 9 + 1].into()) };
    (0..count)
        .map(|i| check(i).map_or_else(|err| u64::from(err.source().is_none()), |()| 0))
        .sum()
}

struct Link {
    value: u64,
    next: Option<Box<Link>>,
}

#[memprof::track("boxes that form a list")]
fn list(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut first = None;
        for value in i..i + 6 {
            first = Some(Box::new(Link { value, next: first }));
        }
        let mut next = first.as_deref();
        while let Some(link) = next {
            sum += link.value;
            next = link.next.as_deref();
        }
    }
    sum
}

struct Branch {
    value: u64,
    below: Option<[Box<Branch>; 2]>,
}

impl Branch {
    fn grow(value: u64, levels: u32) -> Box<Self> {
        let grow = |side| Self::grow(value * 2 + side, levels - 1);
        let below = (levels > 1).then(|| [grow(0), grow(1)]);
        Box::new(Self { value, below })
    }

    fn sum(&self) -> u64 {
        let below = self.below.iter().flatten();
        self.value + below.map(|it| it.sum()).sum::<u64>()
    }
}

#[memprof::track("boxes that form a tree")]
fn tree(count: usize) -> u64 {
    (0..count as u64).map(|i| Branch::grow(i, 3).sum()).sum()
}

#[memprof::track("rc")]
fn rc(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let first = Rc::new(i);
        let second = Rc::clone(&first);
        drop(first);
        sum += *second;
    }
    sum
}

#[memprof::track("rc with a weak")]
fn weak(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let strong = Rc::new([i, i * 2, i * 3, i * 4]);
        let weak = Rc::downgrade(&strong);
        sum += weak.upgrade().map_or(0, |it| it[i % 4] as u64);
        drop(strong);
        // The block lives until the weak reference is dropped.
        sum += Weak::weak_count(&weak) as u64;
    }
    sum
}

#[memprof::track("rc of a vec in a cell")]
fn rc_cell(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let shared = Rc::new(RefCell::new(Vec::with_capacity(6)));
        let other = Rc::clone(&shared);
        for at in 0..6 {
            other.borrow_mut().push(at * i);
        }
        sum += shared.borrow()[i as usize % 6];
    }
    sum
}

#[memprof::track("arc of an array")]
fn arc(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let array: Arc<[u64; 16]> = Arc::new(std::array::from_fn(|at| (at * i) as u64));
        let other = Arc::clone(&array);
        sum += array[i % 16] + other[i / 16 % 16];
    }
    sum
}

#[memprof::track("arc of a slice")]
fn arc_slice(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let words: Vec<u64> = (0..i % 20 + 1).map(|at| (at ^ i) as u64).collect();
        let shared: Arc<[u64]> = words.into();
        sum += shared[i % shared.len()];
    }
    sum
}

#[memprof::track("arc of a mutex")]
fn arc_mutex(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let shared = Arc::new(Mutex::new([0_u64; 8]));
        for at in 0..8 {
            shared.lock().unwrap()[at] += (at * i) as u64;
        }
        sum += shared.lock().unwrap()[i % 8];
    }
    sum
}
