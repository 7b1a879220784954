//! Copies of memprof in one program: two versions in one graph of crates each have their own operations and their own figures,
//! and only that one counts whose allocator is installed.
//!
//! Each copy leaves a record in one section of the executable, whose beginning and end the linker knows. The section's name
//! and the record's shape are the same in every version, so that each finds all.

/// What a copy leaves. Never changed: other versions read it.
#[repr(C)]
struct Record {
    version: *const u8,
    length: usize,
}

// SAFETY: the pointer leads to text that is never written.
unsafe impl Sync for Record {}

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[used]
#[cfg_attr(
    all(target_os = "linux", not(miri)),
    unsafe(link_section = "memprof_copies")
)]
static RECORD: Record = Record {
    version: VERSION.as_ptr(),
    length: VERSION.len(),
};

/// The versions of all copies in this executable or library, this one's among them.
#[cfg_attr(not(feature = "report"), allow(dead_code))]
pub(crate) fn versions() -> Vec<&'static str> {
    records()
        .iter()
        .filter(|record| !record.version.is_null())
        .map(|record| {
            // SAFETY: a copy's record leads to its version, which is never given back.
            let bytes = unsafe { std::slice::from_raw_parts(record.version, record.length) };
            std::str::from_utf8(bytes).unwrap_or("unknown")
        })
        .collect()
}

#[cfg(all(target_os = "linux", not(miri)))]
fn records() -> &'static [Record] {
    unsafe extern "C" {
        #[link_name = "__start_memprof_copies"]
        static START: Record;
        #[link_name = "__stop_memprof_copies"]
        static STOP: Record;
    }
    let (start, stop) = (&raw const START, &raw const STOP);
    // The section is there, and begins and ends as the linker says.
    let own = std::hint::black_box(&raw const RECORD);
    if !(start..stop).contains(&own) {
        return std::slice::from_ref(&RECORD);
    }
    let length = (stop.addr() - start.addr()) / size_of::<Record>();
    // SAFETY: the section consists of the records of all copies, which have one size and alignment.
    unsafe { std::slice::from_raw_parts(start, length) }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn records() -> &'static [Record] {
    std::slice::from_ref(&RECORD)
}
