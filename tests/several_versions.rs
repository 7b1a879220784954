//! Promise: where another version of memprof is in the program, the report says so and names both, instead of asking for an
//! allocator that is there.
#![cfg(target_os = "linux")]

use std::hint::black_box;

/// What every version leaves in the executable. The shape stays the same in all of them.
#[repr(C)]
struct Record {
    version: *const u8,
    length: usize,
}

// SAFETY: the text is never written.
unsafe impl Sync for Record {}

const OTHER: &str = "0.0.9";

/// As the other version has it.
#[used]
#[unsafe(link_section = "memprof_copies")]
static RECORD: Record = Record {
    version: OTHER.as_ptr(),
    length: OTHER.len(),
};

#[memprof::track("Vanished")]
fn vanished() -> Vec<u8> {
    vec![1; 100]
}

#[test]
fn both_are_named() {
    black_box(&RECORD);
    drop(black_box(vanished()));
    // This program's allocator is the other version's, as far as this one knows.
    let report = memprof::snapshot();
    let messages: Vec<_> = report
        .warnings
        .iter()
        .map(|warning| (warning.code.as_str(), warning.message.as_str()))
        .collect();
    let own = env!("CARGO_PKG_VERSION");
    assert_eq!(
        messages,
        [
            (
                "allocator-not-installed",
                "no allocation was counted: the allocator of this version is not installed; that of another one may be, \
                 see below"
            ),
            (
                "several-versions",
                &*format!(
                    "the program has 2 copies of memprof ({OTHER}, {own}), which do not know of each other: this report \
                     is of {own}, whose allocator is not installed; have all packages depend on one version, `cargo tree \
                     --duplicates` shows who needs which"
                )
            ),
        ]
    );
}
