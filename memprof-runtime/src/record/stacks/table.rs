//! The table of stacks: each one once, by path, plan and frames, named by a small number.
//!
//! Looking a stack up takes no lock: stacks and their frames never move, are never given back, and are whole
//! before anybody can find them. A new one is entered under a lock that is only ever waited for so long, so
//! a signal handler that allocates cannot wait for the thread that it interrupted; such a stack is lost, and
//! counted. The table is bounded, and so is the memory of its frames.

use super::capture::{Captured, capture};
use super::plan;
use super::sampler::mix;
use super::stack::Stack;
use crate::record::lock::{Held, Lock};
use crate::record::memory::take_zeroed;
use crate::record::thread::Thread;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

const CHUNK_STACKS: usize = 1 << 10;
const CHUNKS: usize = 1 << 8;
/// At most so many stacks.
const MOST_STACKS: usize = CHUNK_STACKS * CHUNKS;
/// Frames are kept in pieces of so many words, at most so many of them: 64 MiB.
const PIECE_WORDS: usize = 1 << 14;
const MOST_PIECES: usize = 1 << 9;
const FIRST_SLOTS: usize = 1 << 12;

/// The stacks, by number. A chunk is published with its pointer, a stack in it with `COUNT`.
static STACKS: [AtomicPtr<Stack>; CHUNKS] =
    [const { AtomicPtr::new(std::ptr::null_mut()) }; CHUNKS];
static COUNT: AtomicU32 = AtomicU32::new(0);
/// Replaced when it gets full; the older ones stay, since nobody knows who reads them. Together they are no
/// larger than the last.
static INDEX: AtomicPtr<Index> = AtomicPtr::new(std::ptr::null_mut());
static WRITER: Lock<Writer> = Lock::new(Writer {
    frames: std::ptr::null_mut(),
    words_left: 0,
    pieces: 0,
});
/// Sampled allocations whose stack could not be kept.
static LOST: AtomicU64 = AtomicU64::new(0);

/// Open addressing: the number of a stack + 1, or 0.
struct Index {
    slots: *const AtomicU32,
    mask: usize,
}

/// What is needed to enter a stack.
struct Writer {
    /// The rest of the last piece.
    frames: *mut usize,
    words_left: usize,
    pieces: usize,
}

// SAFETY: the pointer leads to memory that only who holds the lock writes.
unsafe impl Send for Writer {}

/// Sampled allocations whose stack could not be kept: too many stacks, no memory, or a signal handler's.
pub(crate) fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Books an allocation of the calling thread under its current stack; the stack's number. `None` when the
/// stack could not be kept.
pub(super) fn book(thread: &Thread, path: u32, plan: u32, size: u64) -> Option<u32> {
    let depth = plan::numbered(plan)?.depth as usize;
    let number = capture(thread, depth, |frames| intern(path, plan, frames));
    let stack = number.and_then(known);
    match stack {
        Some(stack) => stack.allocate(size),
        None => {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
    }
    number
}

/// The stack of that number, if there is one.
pub(super) fn known(number: u32) -> Option<&'static Stack> {
    // Acquire: partner of the release in `append`; who sees the count sees the stacks below it.
    if number >= COUNT.load(Ordering::Acquire) {
        return None;
    }
    let (chunk, place) = (
        number as usize / CHUNK_STACKS,
        number as usize % CHUNK_STACKS,
    );
    let chunk = STACKS[chunk].load(Ordering::Acquire);
    // SAFETY: below the count, so the chunk is there and the stack written; neither is ever given back.
    Some(unsafe { &*chunk.add(place) })
}

/// All stacks that there are by now.
pub(super) fn all() -> impl Iterator<Item = &'static Stack> {
    (0..COUNT.load(Ordering::Acquire)).filter_map(known)
}

/// In a forked child: what was allocated so far is its parent's.
pub(crate) fn begin_anew() {
    all().for_each(Stack::begin_anew);
}

/// No thread is inside while the process forks; called after the registry's lock is taken.
pub(crate) fn before_fork() {
    WRITER.acquire();
}

pub(crate) fn after_fork() {
    WRITER.release();
}

fn intern(path: u32, plan: u32, frames: Captured<'_>) -> Option<u32> {
    let wanted = Wanted::new(path, plan, frames);
    if let Ok(number) = wanted.find() {
        return Some(number);
    }
    let mut writer = patient_lock()?;
    // Another thread may have entered it meanwhile.
    match wanted.find() {
        Ok(number) => Some(number),
        Err(_) => writer.append(&wanted),
    }
}

/// Waits far longer than entering a stack takes, but not for ever.
fn patient_lock() -> Option<Held<'static, Writer>> {
    WRITER.lock_patiently()
}

struct Wanted<'a> {
    hash: u64,
    path: u32,
    plan: u32,
    frames: &'a [usize],
}

impl<'a> Wanted<'a> {
    fn new(path: u32, plan: u32, frames: &'a [usize]) -> Self {
        let mut hash = u64::from(path) << 32 | u64::from(plan);
        for frame in frames {
            // Multiply and fold, of a number that a zero frame does not wipe out.
            let product = u128::from(hash ^ *frame as u64) * 0x9E37_79B9_7F4A_7C15_u128;
            hash = (product as u64) ^ ((product >> 64) as u64).rotate_left(17);
        }
        Self {
            hash: mix(hash),
            path,
            plan,
            frames,
        }
    }

    /// The stack's number, or the slot where it belongs.
    fn find(&self) -> Result<u32, usize> {
        let Some(index) = Index::current() else {
            return Err(0);
        };
        let mut slot = self.hash as usize & index.mask;
        loop {
            // Acquire: partner of the release in `append`.
            let Some(number) = index.slot(slot).load(Ordering::Acquire).checked_sub(1) else {
                return Err(slot);
            };
            if known(number).is_some_and(|stack| self.is(stack)) {
                return Ok(number);
            }
            slot = (slot + 1) & index.mask;
        }
    }

    fn is(&self, stack: &Stack) -> bool {
        stack.hash == self.hash
            && stack.path == self.path
            && stack.plan == self.plan
            && stack.frames() == self.frames
    }
}

impl Index {
    fn current() -> Option<&'static Self> {
        // Acquire: partner of the release in `widen`. SAFETY: null, or an index, which is never given back.
        unsafe { INDEX.load(Ordering::Acquire).as_ref() }
    }

    fn slot(&self, at: usize) -> &AtomicU32 {
        debug_assert!(at <= self.mask);
        // SAFETY: there are `mask + 1` slots.
        unsafe { &*self.slots.add(at & self.mask) }
    }

    /// Makes room for one stack more; `None` without memory.
    fn with_room(count: usize) -> Option<&'static Self> {
        match Self::current() {
            Some(index) if (count + 1) * 2 <= index.mask + 1 => Some(index),
            index => Self::widen(index.map_or(FIRST_SLOTS, |index| (index.mask + 1) * 2)),
        }
    }

    fn widen(length: usize) -> Option<&'static Self> {
        let slots = take_zeroed::<AtomicU32>(length)?.as_ptr();
        let head = take_zeroed::<Self>(1)?.as_ptr();
        let index = Self {
            slots,
            mask: length - 1,
        };
        for (number, stack) in (0..).zip(all()) {
            let mut slot = stack.hash as usize & index.mask;
            while index.slot(slot).load(Ordering::Relaxed) != 0 {
                slot = (slot + 1) & index.mask;
            }
            index.slot(slot).store(number + 1, Ordering::Relaxed);
        }
        // SAFETY: just taken for one index; nobody else knows it.
        unsafe { head.write(index) };
        // Release: partner of the acquire in `current`.
        INDEX.store(head, Ordering::Release);
        Self::current()
    }
}

impl Writer {
    /// Enters a stack that is not there; `None` when there is no room for it.
    fn append(&mut self, wanted: &Wanted<'_>) -> Option<u32> {
        let number = COUNT.load(Ordering::Relaxed);
        let count = number as usize;
        if count >= MOST_STACKS {
            return None;
        }
        let index = Index::with_room(count)?;
        let chunk = chunk(count / CHUNK_STACKS)?;
        let frames = self.keep(wanted.frames)?;
        // SAFETY: zeroed memory for `CHUNK_STACKS` stacks, of which this one is not published yet. All-zero
        // bytes are a valid stack.
        let stack = unsafe { &mut *chunk.add(count % CHUNK_STACKS) };
        stack.hash = wanted.hash;
        stack.path = wanted.path;
        stack.plan = wanted.plan;
        stack.frames = frames;
        stack.depth = wanted.frames.len() as u32;
        // Release: partner of the acquire in `known`.
        COUNT.store(number + 1, Ordering::Release);
        if let Err(slot) = wanted.find() {
            // Release: partner of the acquire in `find`.
            index.slot(slot).store(number + 1, Ordering::Release);
        }
        Some(number)
    }

    fn keep(&mut self, frames: &[usize]) -> Option<*const usize> {
        if frames.len() > self.words_left {
            if self.pieces >= MOST_PIECES || frames.len() > PIECE_WORDS {
                return None;
            }
            self.frames = take_zeroed::<usize>(PIECE_WORDS)?.as_ptr();
            self.words_left = PIECE_WORDS;
            self.pieces += 1;
        }
        let kept = self.frames;
        if !frames.is_empty() {
            // SAFETY: the piece has at least so many words left, which nobody else knows.
            unsafe {
                std::ptr::copy_nonoverlapping(frames.as_ptr(), kept, frames.len());
                self.frames = kept.add(frames.len());
            }
            self.words_left -= frames.len();
        }
        Some(kept)
    }
}

/// The chunk of that number, made if need be; `None` without memory.
fn chunk(number: usize) -> Option<*mut Stack> {
    let known = STACKS[number].load(Ordering::Relaxed);
    if !known.is_null() {
        return Some(known);
    }
    let made = take_zeroed::<Stack>(CHUNK_STACKS)?.as_ptr();
    // Release: partner of the acquire in `known`.
    STACKS[number].store(made, Ordering::Release);
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::{all, intern, known};

    #[test]
    fn a_stack_is_kept_once_and_told_apart_by_path_plan_and_frames() {
        let first = intern(7, 3, &[1, 2, 3]).unwrap();
        assert_eq!(intern(7, 3, &[1, 2, 3]), Some(first));
        let others = [
            intern(8, 3, &[1, 2, 3]).unwrap(),
            intern(7, 4, &[1, 2, 3]).unwrap(),
            intern(7, 3, &[1, 2]).unwrap(),
            intern(7, 3, &[0, 1, 2, 3]).unwrap(),
            intern(7, 3, &[]).unwrap(),
        ];
        assert!(!others.contains(&first));
        assert_eq!(known(first).unwrap().frames(), [1, 2, 3]);
        assert_eq!(known(first).unwrap().path(), 7);
        // Beyond several sizes of the index, from several threads at once.
        let enter = || {
            (0..20_000)
                .map(|n| intern(9, 3, &[n, n / 2]).unwrap())
                .collect::<Vec<_>>()
        };
        let numbers: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(enter)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(numbers.iter().all(|other| *other == numbers[0]));
        assert_eq!(all().filter(|stack| stack.path() == 9).count(), 20_000);
        assert_eq!(intern(7, 3, &[1, 2, 3]), Some(first));
    }
}
