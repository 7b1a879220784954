//! Switched off, an attribute gives back its input, whatever it stands on and whatever its arguments are.
#![deny(warnings)]

#[memprof::track("anything", that = "will be checked", when switched on)]
const fn constant(argument: usize) -> usize {
    argument
}

#[memprof::track_all]
mod module {
    #[memprof::skip]
    pub(super) fn left_out() -> u32 {
        line!()
    }
}

fn main() {
    const VALUE: usize = constant(1);
    assert_eq!((VALUE, module::left_out()), (1, 13));
}
