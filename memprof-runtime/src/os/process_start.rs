//! Notice of the process's start, before `main`: a function in the section that the system's loader runs. In a library
//! it is run when the library is loaded.

/// Calls `collect::process_starts`, which never unwinds.
extern "C" fn starts() {
    super::pin::keep_own_loaded();
    #[cfg(windows)]
    super::process_exit::make_slot();
    crate::collect::process_starts();
}

#[cfg(not(miri))]
#[used]
#[cfg_attr(
    all(unix, not(target_vendor = "apple")),
    unsafe(link_section = ".init_array")
)]
#[cfg_attr(
    target_vendor = "apple",
    unsafe(link_section = "__DATA,__mod_init_func")
)]
#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
static STARTS: extern "C" fn() = starts;
