//! Values that the optimiser knows nothing about, at no instruction.
//!
//! LLVM knows what `__rust_alloc` and its kin promise to the language: a fresh block of the requested size, which
//! nobody reads after it was freed. The footer breaks these promises on purpose. Where LLVM inlines only one side of a
//! pair, it may therefore
//!
//! - replace a footer that is read behind the requested size by anything, or after `alloc_zeroed` by 0;
//! - drop the store of a footer, because the block is freed before anything that LLVM sees reads it.
//!
//! So each pointer goes through [`pointer`] on its way in, before its footer is read, and on its way out, after its
//! footer was written.

/// The same pointer, but LLVM knows neither which block it points into nor what that block holds.
///
/// Memory that the pointer reaches counts as read and written here: stores before it stay, loads after it are made.
#[inline(always)]
pub(super) fn pointer(block: *mut u8) -> *mut u8 {
    #[cfg(has_asm)]
    {
        let opaque;
        // SAFETY: no instruction at all; what comes in goes out. Not `nomem`: that is the point.
        unsafe {
            std::arch::asm!(
                "/* {0} */",
                inout(reg) block => opaque,
                options(nostack, preserves_flags)
            );
        }
        opaque
    }
    #[cfg(not(has_asm))]
    std::hint::black_box(block)
}

/// The same number, in a register of its own.
///
/// PERF: seen as one value, it is moved to a register that survives the inner call and from there back to
/// the register that the call takes it in; seen as two, the second move is not made.
#[inline(always)]
pub(super) fn number(size: usize) -> usize {
    #[cfg(all(has_asm, target_arch = "x86_64"))]
    {
        let opaque;
        // SAFETY: no instruction at all; what comes in goes out.
        unsafe {
            std::arch::asm!(
                "/* {0} */",
                inout(reg) size => opaque,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        opaque
    }
    #[cfg(not(all(has_asm, target_arch = "x86_64")))]
    size
}
