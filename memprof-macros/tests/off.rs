//! Without the feature `enabled`, an attribute gives back its input, whatever it stands on.
//!
//! There is no `memprof` here that an expansion could name: that this compiles is half of the test.
#![cfg(not(feature = "enabled"))]

use memprof_macros::{skip, track, track_all};

#[track("anything", that = "will be checked", when switched on)]
const fn constant(argument: usize) -> usize {
    argument
}

#[track_all]
mod module {
    use super::skip;

    #[skip]
    pub(super) fn left_out() -> u32 {
        line!()
    }
}

#[test]
fn the_input_is_given_back() {
    const VALUE: usize = constant(1);
    assert_eq!((VALUE, module::left_out()), (1, 19));
}
