//! `#[memprof::track_all]` reaches each function with a body, and each has its own place in the report.

use crate::{buffer, figures, of};

struct Index {
    entries: Vec<u8>,
}

#[memprof::track_all]
impl Index {
    const CAPACITY: usize = { 10 };

    /// Not for the compiler's eyes only.
    const fn empty() -> Self {
        Index {
            entries: Vec::new(),
        }
    }

    fn fill(&mut self) {
        self.entries = buffer(Self::CAPACITY);
    }

    #[memprof::track("Named")]
    fn named(self) -> Vec<u8> {
        self.entries
    }

    #[memprof::skip]
    fn skipped(&self) -> usize {
        self.entries.capacity()
    }
}

#[memprof::track_all]
trait Visit {
    type Output;

    fn visit(&self) -> Self::Output;

    fn twice(&self) -> (Self::Output, Self::Output) {
        (self.visit(), self.visit())
    }
}

#[memprof::track_all]
impl Visit for Index {
    type Output = usize;

    fn visit(&self) -> usize {
        self.skipped()
    }
}

#[memprof::track_all]
mod module {
    //! With documentation inside.
    #![allow(dead_code)]

    use super::{Index, buffer};

    pub(super) static LIMIT: [u8; 1 + 1] = [1, 2];
    pub(super) const LESS: bool = 1 < 2;

    pub(super) struct Local<const N: usize = { 3 }>;

    macro_rules! ignored {
        () => {
            fn from_macro() {}
        };
    }
    ignored!();

    pub(super) fn free(limit: Option<Vec<u8>>) -> Local<{ 1 + 2 }> {
        drop(limit);
        Local
    }

    impl Local {
        pub(super) fn nested(&self) -> usize {
            let _ = self;
            buffer(5).capacity()
        }
    }

    pub(super) mod deeper {
        pub(in super::super) async fn awaited() -> usize {
            super::buffer(6).capacity()
        }

        #[memprof::skip]
        pub(in super::super) mod left_out {
            pub(in super::super::super) fn silent() -> usize {
                1
            }
        }
    }

    pub(super) fn index() -> Index {
        Index::empty()
    }
}

/// By place, as the names of these are derived.
fn at(line: u32) -> Option<(u64, u64)> {
    let report = memprof::snapshot();
    let here = |file: &str| file.ends_with("spread.rs");
    let mut rows = report.operations.iter();
    let row = rows.find(|row| here(&row.file) && row.line == line)?;
    Some((row.calls, row.allocated_bytes))
}

/// The line of the first function whose text this is.
fn line_of(text: &str) -> u32 {
    let before = include_str!("spread.rs")
        .split(text)
        .next()
        .expect("the text's beginning");
    u32::try_from(before.lines().count()).expect("a short file")
}

#[test]
fn each_function_is_a_row_at_its_own_place() {
    let mut index = module::index();
    index.fill();
    assert_eq!(index.twice(), (10, 10));
    assert_eq!(index.named().capacity(), 10);
    let local = module::free(None);
    assert_eq!(local.nested(), 5);
    assert_eq!(crate::block_on(module::deeper::awaited()), 6);
    assert_eq!(module::deeper::left_out::silent(), 1);
    assert!(module::LESS && module::LIMIT.len() == 2);

    assert_eq!(figures("Named"), of(1, 0, 0));
    assert_eq!(at(line_of("fn fill(")), Some((1, 10)));
    assert_eq!(at(line_of("fn twice(")), Some((1, 0)));
    assert_eq!(at(line_of("fn visit(&self) -> usize")), Some((2, 0)));
    assert_eq!(at(line_of("fn free(")), Some((1, 0)));
    assert_eq!(at(line_of("fn nested(")), Some((1, 5)));
    assert_eq!(at(line_of("async fn awaited(")), Some((1, 6)));
    for left_out in [
        "const fn empty(",
        "fn skipped(",
        "fn visit(&self) -> Self",
        "fn silent(",
    ] {
        assert_eq!(at(line_of(left_out)), None, "{left_out}");
    }
}

#[rustfmt::skip]
mod places {
    #[memprof::track("placed")]
    #[inline]
    pub(super) fn placed() {}
}

#[test]
fn the_place_is_that_of_the_attribute() {
    places::placed();
    let report = memprof::snapshot();
    let row = report.operation("placed").expect("the operation");
    assert_eq!(row.line, line_of("#[memprof::track(\"placed\")]"));
    assert_eq!(row.column, 5);
    assert!(row.module.ends_with("spread::places"), "{}", row.module);
}
