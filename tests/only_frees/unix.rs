//! The check, with a thread of the system.

use std::ffi::c_void;
use std::hint::black_box;

/// Allocations, deallocations, deallocated bytes, live bytes and blocks.
fn totals() -> [u64; 5] {
    let process = memprof::snapshot().process;
    [
        process.allocations,
        process.deallocations,
        process.deallocated_bytes,
        process.live_bytes,
        process.live_blocks,
    ]
}

/// Frees the box of a thousand bytes that it gets.
extern "C" fn frees(block: *mut c_void) -> *mut c_void {
    // SAFETY: a leaked box of this type, given to this thread alone.
    drop(unsafe { Box::from_raw(block.cast::<[u8; 1_000]>()) });
    std::ptr::null_mut()
}

pub(crate) fn check() {
    let report = memprof::snapshot();
    assert!(report.run.allocator.installed && !report.run.allocator.ownership);
    assert!(report.paths.iter().all(|row| row.retained_bytes.is_none()));
    drop(report);

    for _ in 0..100 {
        let [allocations, deallocations, bytes, live, blocks] = totals();
        let made = Box::into_raw(black_box(Box::new([1_u8; 1_000])));
        assert_eq!(
            totals(),
            [
                allocations + 1,
                deallocations,
                bytes,
                live + 1_000,
                blocks + 1
            ]
        );
        // SAFETY: a bare thread of the system, so that nothing but `frees` touches the allocator in it.
        unsafe {
            let mut thread = std::mem::zeroed();
            let failed = libc::pthread_create(&mut thread, std::ptr::null(), frees, made.cast());
            assert_eq!(failed, 0);
            assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
        }
        assert_eq!(
            totals(),
            [
                allocations + 1,
                deallocations + 1,
                bytes + 1_000,
                live,
                blocks
            ]
        );
    }
}
