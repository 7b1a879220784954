//! The freed tables of a thread: for each origin, what the thread gave back of the blocks allocated there.
//!
//! A table that is too short gets a longer one beside it, and stays: a signal handler may make the longer one just when
//! the thread that it interrupts is about to write to the shorter. So what was freed of an origin is the sum over the
//! tables; lengths double, so there are few.

use super::memory::{give_back, take_zeroed};
use super::thread::Thread;
use super::word::{Count, Pointer};

/// What one thread freed of the blocks of one origin.
pub(crate) struct Freed {
    pub(crate) bytes: Count,
    pub(crate) blocks: Count,
}

/// What was freed of the blocks of an origin, as read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FreedCopy {
    pub(crate) bytes: u64,
    pub(crate) blocks: u64,
}

impl FreedCopy {
    pub(super) fn add(&mut self, bytes: u64, blocks: u64) {
        self.bytes += bytes;
        self.blocks += blocks;
    }
}

/// Stands in the place of an entry, before the first one.
struct Header {
    length: Count,
    /// The first entry of the next shorter table, or null.
    shorter: Pointer<Freed>,
}

const _: () = assert!(size_of::<Header>() <= size_of::<Freed>());
const _: () = assert!(align_of::<Header>() <= align_of::<Freed>());

/// The tables of a thread, from the longest on.
#[derive(Clone, Copy)]
pub(crate) struct Tables<'a> {
    longest: &'a [Freed],
}

impl<'a> Tables<'a> {
    /// # Safety
    /// `start` is null or the first entry of a table, which stays with all shorter ones for `'a`.
    unsafe fn of(start: *mut Freed) -> Self {
        if start.is_null() {
            return Self { longest: &[] };
        }
        // SAFETY: by the caller's promise; the header says how many entries follow.
        let longest = unsafe { std::slice::from_raw_parts(start, header(start).length()) };
        Self { longest }
    }

    fn shorter(self) -> Option<Self> {
        if self.longest.is_empty() {
            return None;
        }
        let start = self.longest.as_ptr().cast_mut();
        // SAFETY: a table that is not empty has a header, and by the promise of `of` the shorter one stays too.
        let shorter = unsafe { Self::of(header(start).shorter.get()) };
        (!shorter.longest.is_empty()).then_some(shorter)
    }

    /// Each table's entries, by origin.
    pub(super) fn all(self) -> impl Iterator<Item = &'a [Freed]> {
        std::iter::successors(Some(self), |table| table.shorter()).map(|table| table.longest)
    }

    /// Bytes and blocks that were freed of `origin`.
    pub(super) fn of_origin(self, origin: usize) -> (u64, u64) {
        let entries = self.all().map_while(|table| table.get(origin));
        entries.fold((0, 0), |(bytes, blocks), freed| {
            (bytes + freed.bytes.get(), blocks + freed.blocks.get())
        })
    }
}

impl Header {
    fn length(&self) -> usize {
        self.length.get() as usize
    }
}

/// # Safety
/// `start` is the first entry of a table, which stays for `'a`.
unsafe fn header<'a>(start: *mut Freed) -> &'a Header {
    // SAFETY: the place before the first entry is the header's.
    unsafe { &*start.sub(1).cast() }
}

impl Thread {
    /// What the thread freed of the blocks of each origin.
    ///
    /// # Safety
    /// The registry's lock is held, or the thread itself is the caller, for as long as the tables are used.
    pub(super) unsafe fn freed_tables<'a>(&self) -> Tables<'a> {
        // SAFETY: tables are given back under the lock only, when the thread has ended.
        unsafe { Tables::of(self.freed.get()) }
    }

    /// Entries that the longest table has.
    pub(super) fn true_freed_length(&self) -> u32 {
        // SAFETY: the slice is not kept.
        unsafe { self.freed_tables() }.longest.len() as u32
    }

    /// Takes a table of so many entries, longer than the one there is; `false` without memory.
    pub(super) fn lengthen_freed(&self, length: usize) -> bool {
        let Some(block) = take_zeroed::<Freed>(length + 1) else {
            return false;
        };
        // SAFETY: the block has `length + 1` places, the first of which is the header's.
        let (header, start) = unsafe { (&*block.as_ptr().cast::<Header>(), block.as_ptr().add(1)) };
        header.length.set(length as u64);
        header.shorter.set(self.freed.get());
        self.freed.set(start);
        self.freed_length.set(length as u32);
        true
    }

    /// Gives all tables back.
    ///
    /// # Safety
    /// Nobody reads them: the registry's lock is held, and the thread has ended or is the caller.
    pub(super) unsafe fn release_freed(&self) {
        let mut start = self.freed.get();
        self.freed_length.set(0);
        self.freed.set(std::ptr::null_mut());
        while !start.is_null() {
            // SAFETY: a table of this thread.
            let header = unsafe { header(start) };
            let (length, shorter) = (header.length(), header.shorter.get());
            // SAFETY: taken by `lengthen_freed`, with one place before the first entry.
            unsafe { give_back(start.sub(1), length + 1) };
            start = shorter;
        }
    }
}
