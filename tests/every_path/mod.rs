//! Many paths from few operations: every order of every choice of seven, which are 13,699.

/// How many paths `every_path(0)` enters.
pub(crate) const PATHS: u64 = 13_699;

/// What is allocated and freed on each of them.
pub(crate) const BYTES: usize = 16;

macro_rules! every_path {
    ($($name:literal)*) => {
        /// Enters each of the operations whose bit is not in `open`, allocates there, and does so again inside.
        pub(crate) fn every_path(open: u32) {
            let mut bit = 1;
            $(
                if open & bit == 0 {
                    let _scope = memprof::scope!($name);
                    drop(std::hint::black_box(vec![1_u8; BYTES]));
                    every_path(open | bit);
                }
                bit <<= 1;
            )*
            let _ = bit;
        }
    };
}

every_path!("A" "B" "C" "D" "E" "F" "G");
