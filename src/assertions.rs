//! The assertions: macros that hold a closure's figures against a limit, and give back its value.
//!
//! They name `$crate::__private` only, so they are the same on and off; off, they run the closure.

/// Asserts how many allocations a closure makes on this thread, and gives back its value.
///
/// A plain number is the most that is allowed, as in a budget; `== 3` allows three and nothing else,
/// `1..=3` what is between. A reallocation is an allocation. What other threads do is not in it.
///
/// ```
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// let numbers = memprof::assert_allocations!(1, || vec![1, 2, 3]);
/// assert_eq!(numbers.len(), 3);
/// memprof::assert_allocations!(== 2, || (Box::new(1), Box::new(2)));
/// memprof::assert_allocations!(1..=3, || String::from("red"));
/// ```
///
/// # Panics
/// When the limit is not kept: the message says limit, actual figure, difference, place, and the nested
/// operation that allocated most. And when no allocator of memprof is installed, as nothing is counted then.
#[macro_export]
macro_rules! assert_allocations {
    ($($arguments:tt)+) => {
        $crate::__private::assert!(assert_allocations, $($arguments)+)
    };
}

/// Asserts that a closure allocates nothing on this thread, and gives back its value.
///
/// ```
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// let sum: u64 = memprof::assert_no_allocations!(|| (1..=100).sum());
/// assert_eq!(sum, 5050);
/// ```
///
/// # Panics
/// As [`assert_allocations!`](crate::assert_allocations!).
#[macro_export]
macro_rules! assert_no_allocations {
    ($work:expr $(,)?) => {
        $crate::assert_allocations!(0, $work)
    };
}

/// Asserts how high a closure's memory rises above its beginning on this thread, and gives back its value.
///
/// The limit is bytes or a size as text; a plain one is the most, as in
/// [`assert_allocations!`](crate::assert_allocations!).
///
/// ```
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// let length = memprof::assert_peak!("1 KiB", || vec![0_u8; 1000].len());
/// assert_eq!(length, 1000);
/// memprof::assert_peak!(== 1000, || vec![0_u8; 1000].len());
/// ```
///
/// # Panics
/// As [`assert_allocations!`](crate::assert_allocations!).
#[macro_export]
macro_rules! assert_peak {
    ($($arguments:tt)+) => {
        $crate::__private::assert!(assert_peak, $($arguments)+)
    };
}

/// Asserts how much of what a closure allocates still lives when it ends, and gives back its value.
///
/// The value is in it. Whoever frees a block, on whatever thread, it is not retained any more; what threads
/// allocate that the closure hands its [`Context`](crate::Context) to is in it. The limit is bytes or a size
/// as text; a plain one is the most, as in [`assert_allocations!`](crate::assert_allocations!).
///
/// ```
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// let mut cache = Vec::new();
/// memprof::assert_retained!(0, || vec![0_u8; 1000].len());
/// memprof::assert_retained!("1 KiB", || cache.push(String::from("red")));
/// ```
///
/// # Panics
/// As [`assert_allocations!`](crate::assert_allocations!), and under
/// [`CountingAllocator`](crate::CountingAllocator), which does not know who owns what.
#[macro_export]
macro_rules! assert_retained {
    ($($arguments:tt)+) => {{
        $crate::__private::site!(SITE, "assert_retained!");
        $crate::__private::assert!(assert_retained @ &SITE, $($arguments)+)
    }};
}
