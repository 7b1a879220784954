//! All sites that the macros made: a list of statics, each of which is put there before `main`, or when its library is loaded.
//!
//! `inventory`, which collects budgets and benches, would do the same with a second static, an anonymous constant and a trait
//! object for each site. That was 40 % of what a tracked function cost in `cargo check`, and a third of what it added to debug
//! binaries. So the macro below writes what `inventory::submit!` writes, with less around it: a function, and its address in the
//! section of functions that run before `main`.

use super::site::Site;
#[cfg(not(miri))]
use crate::os;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

static LAST: AtomicPtr<Site> = AtomicPtr::new(null_mut());

/// The place of a site in the list.
#[derive(Debug)]
pub(super) struct Link {
    /// The one that was listed before it.
    earlier: AtomicPtr<Site>,
    is_listed: AtomicBool,
}

impl Link {
    pub(super) const fn new() -> Self {
        Self {
            earlier: AtomicPtr::new(null_mut()),
            is_listed: AtomicBool::new(false),
        }
    }
}

/// Lists the site. Called by generated code, before `main` or when the library is loaded; the linkers of WebAssembly may have it
/// called again.
#[doc(hidden)]
pub fn register(site: &'static Site) {
    // Relaxed: the flag says nothing of other memory.
    if site.link.is_listed.swap(true, Ordering::Relaxed) {
        return;
    }
    let this = std::ptr::from_ref(site).cast_mut();
    // Where the site's library has no memprof of its own, it would go, and the list would lead to nothing.
    #[cfg(not(miri))]
    os::pin::keep_loaded(this.addr());
    let mut last = LAST.load(Ordering::Relaxed);
    loop {
        site.link.earlier.store(last, Ordering::Relaxed);
        // Release: partner of the acquire in `each`, which then sees the store above.
        match LAST.compare_exchange(last, this, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return,
            Err(other) => last = other,
        }
    }
}

/// Calls `each` with every site, in no order.
pub(crate) fn each(mut each: impl FnMut(&'static Site)) {
    // Acquire: partner of the release in `register`. The sites before the last are seen with it, as each registration went on
    // from the one before.
    let mut at = LAST.load(Ordering::Acquire);
    // SAFETY: null, or put there by `register` from a reference for good.
    while let Some(site) = unsafe { at.cast_const().as_ref() } {
        each(site);
        at = site.link.earlier.load(Ordering::Relaxed);
    }
}

/// Used by generated code; not for programs. Makes and registers the site of an attribute or macro.
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_site {
    ($site:ident $(, $name:literal)?) => {
        extern "C" fn __memprof_site() {
            $crate::__private::register(&$site);
        }
        static $site: $crate::__private::Site =
            $crate::__private::new_site([$($name)?], __memprof_site, ::core::module_path!());
        #[used]
        #[cfg_attr(
            not(any(target_vendor = "apple", windows)),
            unsafe(link_section = ".init_array")
        )]
        #[cfg_attr(
            target_vendor = "apple",
            unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
        )]
        #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
        static __MEMPROF_START: extern "C" fn() = __memprof_site;
    };
}
