//! Sizes: what calls had that told how large their input is, by size, for the growth of their operation.
//!
//! A call tells it by `size`, which marks its frame; leaving a marked frame takes the cold way, so that calls
//! that tell nothing pay nothing. Sizes within an eighth of an octave are kept together, as means, so that
//! the memory does not grow with the number of calls.

use super::frames::{CALL, Frame, MEASUREMENT, SIZED};
use super::memory::Array;
use super::own::current;
use super::registry;
use super::row::Row;
use super::scope::Passed;
use super::site::Site;
use super::thread::Thread;
use std::sync::atomic::{AtomicU64, Ordering};

/// So many pairs of operation and size are kept.
const MOST_POINTS: usize = 1 << 12;
const FIRST_PLACES: usize = 64;

/// Calls whose size was not kept: there were too many, or it was told outside of a call that is known.
pub(crate) static LOST_SIZES: AtomicU64 = AtomicU64::new(0);

/// What the calls of one operation had with inputs of about one size: sums.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    site: *const Site,
    /// Which sizes are kept together.
    pub(crate) bucket: u32,
    pub(crate) calls: u64,
    pub(crate) size: u128,
    pub(crate) allocated_bytes: u128,
    pub(crate) allocations: u128,
    pub(crate) peak_bytes: u128,
}

// SAFETY: `site` points to a `static Site`, which is `Sync`.
unsafe impl Send for Point {}

impl Point {
    /// The operation; none where it is not known.
    pub(crate) fn site(&self) -> Option<&'static Site> {
        // SAFETY: null, or made from a `&'static Site`.
        unsafe { self.site.as_ref() }
    }

    /// Makes what belongs to one site that of another.
    pub(crate) fn belong(&mut self, twin: &Site, original: &'static Site) {
        if std::ptr::eq(self.site, twin) {
            self.site = original;
        }
    }
}

/// Tells how large the input of the current operation's call is, so that its growth is seen: how the bytes that
/// it allocates, its allocations and its peak rise with `n`.
///
/// Call it first in an operation, once a call: bytes and peak are of the whole call, allocations from here on. The
/// report's row of the operation then has its `growth`, which names a class from three sizes on; sizes that
/// double, or are ten times as much, are best.
/// `#[memprof::track("Search", growth = "O(n)")]` makes a class that is exceeded a violation. Of a
/// future no size is kept, nor outside of any operation: a warning says so. Neither allocates nor blocks, but the
/// call takes a lock for a moment when it ends.
///
/// ```
/// # use memprof_runtime as memprof;
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// fn index(texts: &[&str]) -> Vec<String> {
///     memprof::size(texts.len());
///     texts.iter().map(|text| text.to_lowercase()).collect()
/// }
/// # index(&["Red"]);
/// ```
pub fn size(n: usize) {
    current(|thread| {
        // A signal handler must not grow the stack of frames meanwhile.
        let is_alone = thread.begin_work();
        let is_outside = !thread.is_live() || thread.is_paused();
        if !is_alone || is_outside || !thread.mark_sized(n as u64) {
            LOST_SIZES.fetch_add(1, Ordering::Relaxed);
        }
        if is_alone {
            thread.end_work();
        }
    });
}

impl Thread {
    /// Marks the frame of the innermost call; `false` when there is none.
    fn mark_sized(&self, size: u64) -> bool {
        let mut frame = self.frames_top.get();
        while !std::ptr::eq(frame, self.bottom()) {
            // SAFETY: above the first frame of the stack, so the one below is a frame of it.
            frame = unsafe { frame.sub(1) };
            // SAFETY: as above.
            let open = unsafe { &*frame };
            match open.kind() {
                CALL => {
                    if !open.is_sized() {
                        open.serial.set(open.serial.get() | SIZED);
                        let allocations = self.counts.allocations.get()
                            + u64::from(self.pending.allocations.get());
                        open.allocations_before.set(allocations);
                    }
                    open.size.set(size);
                    return true;
                }
                MEASUREMENT => {}
                _ => return false,
            }
        }
        false
    }

    /// Ends the call of the top frame, whose size is known and whose `row` is hidden.
    #[cold]
    #[inline(never)]
    pub(super) fn leave_sized_call(&self, top: &Frame, row: &Row) {
        let (size, before) = (top.size.get(), top.allocations_before.get());
        let (passed, outer) = self.close(top, row);
        self.turn_to_work(outer);
        let allocations = self.counts.allocations.get().wrapping_sub(before);
        row.finish_call(passed.allocated_bytes, passed.peak_bytes);
        registry::lock().keep_point(row.path.get(), size, allocations, passed);
        self.end_work();
    }
}

impl registry::Registry {
    /// What calls had so far is forgotten.
    pub(super) fn forget_points(&mut self) {
        self.points = Points::new();
    }

    fn keep_point(&mut self, path: u32, size: u64, allocations: u64, passed: Passed) {
        let Some(node) = self.paths.nodes().get(path as usize).copied() else {
            return;
        };
        let point = Point {
            site: node.site,
            bucket: bucket_of(size),
            calls: 1,
            size: size.into(),
            allocated_bytes: passed.allocated_bytes.into(),
            allocations: allocations.into(),
            peak_bytes: passed.peak_bytes.into(),
        };
        if !self.points.add(&point) {
            LOST_SIZES.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Points by operation and bucket: a table of open addressing, at most half full. Places without calls are free.
pub(super) struct Points {
    places: Array<Point>,
    used: usize,
}

impl Points {
    pub(super) const fn new() -> Self {
        Self {
            places: Array::new(),
            used: 0,
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Point> {
        let places = self.places.as_slice().iter().copied();
        places.filter(|point| point.calls > 0)
    }

    /// `false` when there is no room for another one.
    fn add(&mut self, point: &Point) -> bool {
        if let Some(known) = self.place(point)
            && known.calls > 0
        {
            known.add(point);
            return true;
        }
        let needed = (self.used + 1) * 2;
        if self.used >= MOST_POINTS
            || (needed > self.places.as_slice().len() && !self.widen(needed.next_power_of_two()))
        {
            return false;
        }
        self.used += 1;
        if let Some(free) = self.place(point) {
            *free = *point;
        }
        true
    }

    /// Where the point is, or belongs; `None` while there are no places.
    fn place(&mut self, point: &Point) -> Option<&mut Point> {
        let places = self.places.as_mut_slice();
        let mask = places.len().checked_sub(1)?;
        let key = point.site.addr() as u64 ^ u64::from(point.bucket) << 48;
        let mut at = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while places[at].calls > 0 && !places[at].is_beside(point) {
            at = (at + 1) & mask;
        }
        Some(&mut places[at])
    }

    fn widen(&mut self, length: usize) -> bool {
        let mut wider = Self::new();
        if !wider.places.grow_to(length.max(FIRST_PLACES)) {
            return false;
        }
        for point in self.all() {
            if let Some(place) = wider.place(&point) {
                *place = point;
            }
        }
        wider.used = self.used;
        *self = wider;
        true
    }
}

impl Point {
    /// Whether it is of the same operation and bucket.
    fn is_beside(&self, other: &Self) -> bool {
        self.bucket == other.bucket && std::ptr::eq(self.site, other.site)
    }

    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.size += other.size;
        self.allocated_bytes += other.allocated_bytes;
        self.allocations += other.allocations;
        self.peak_bytes += other.peak_bytes;
    }
}

/// Eight buckets an octave; sizes below 16 have one each.
fn bucket_of(size: u64) -> u32 {
    if size < 16 {
        return size as u32;
    }
    let exponent = 63 - size.leading_zeros();
    exponent * 8 + ((size >> (exponent - 3)) & 7) as u32
}

#[cfg(test)]
mod tests {
    use super::bucket_of;

    #[test]
    fn a_bucket_is_an_eighth_of_an_octave() {
        let buckets: Vec<u32> = (0..100_000).map(bucket_of).collect();
        assert!(buckets.is_sorted());
        for (size, bucket) in (16_u64..).zip(&buckets[16..]) {
            let first = buckets.partition_point(|other| other < bucket) as u64;
            assert!(size < first + first.div_ceil(8), "{size} is with {first}");
        }
        assert!(bucket_of(u64::MAX) > bucket_of(u64::MAX / 2));
    }
}
