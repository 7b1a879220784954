//! Promise: above and below `#[wasm_bindgen]`, `#[track]` and `#[track_all]` measure the function, once. What is generated beside it
//! for JavaScript is no operation. Here it is only compiled: this is not WebAssembly.
#![forbid(unsafe_code)]
#![deny(warnings)]

use neighbours::{buffer, expected, pause, rows, run};

macro_rules! functions {
    ([$($above:tt)*] [$($below:tt)*] [$($all_above:tt)*] [$($all_below:tt)*]) => {
        use super::{buffer, pause, run};
        use wasm_bindgen::JsError;
        use wasm_bindgen::prelude::wasm_bindgen;

        $($above)*
        #[wasm_bindgen]
        $($below)*
        pub fn sum(mut bytes: Vec<u8>, text: &str) -> usize {
            bytes.clear();
            drop(buffer(10));
            bytes.capacity() + text.len()
        }

        $($above)*
        #[wasm_bindgen(js_name = "otherName")]
        $($below)*
        pub fn renamed(text: Option<String>) -> Result<Vec<u8>, JsError> {
            let text = text.unwrap_or_default();
            Ok(buffer(text.len()))
        }

        $($above)*
        #[wasm_bindgen(start)]
        $($below)*
        pub fn begins() {
            drop(buffer(20));
        }

        $($above)*
        #[wasm_bindgen]
        $($below)*
        pub async fn awaited(bytes: Vec<u8>) -> Option<usize> {
            pause().await;
            drop(buffer(40));
            Some(bytes.capacity())
        }

        #[wasm_bindgen]
        pub struct Counter {
            start: usize,
        }

        $($all_above)*
        #[wasm_bindgen]
        $($all_below)*
        impl Counter {
            #[wasm_bindgen(constructor)]
            pub fn new(start: usize) -> Counter {
                drop(buffer(start));
                Counter { start }
            }

            #[wasm_bindgen(getter)]
            pub fn total(&self) -> usize {
                drop(buffer(30));
                self.start
            }

            #[wasm_bindgen(js_name = "addTo")]
            pub fn add(&mut self, more: Vec<u8>) {
                self.start += more.capacity();
            }

            pub async fn wait(&self, #[wasm_bindgen(js_name = "theText")] text: String) -> usize {
                pause().await;
                drop(buffer(50));
                self.start + text.len()
            }

            pub fn finish(self) -> Box<[u8]> {
                buffer(self.start).into_boxed_slice()
            }

            pub fn zero() -> usize {
                0
            }
        }

        #[wasm_bindgen]
        extern "C" {
            fn alert(text: &str);
        }

        pub(crate) fn scenario() {
            assert_eq!(sum(buffer(5), "red"), 8);
            assert_eq!(renamed(Some("green".to_owned())).map_or(0, |bytes| bytes.capacity()), 5);
            begins();
            let mut counter = Counter::new(7);
            counter.add(buffer(8));
            assert_eq!(counter.total(), 15);
            assert_eq!(run(counter.wait("red".to_owned())), 18);
            assert_eq!(run(awaited(buffer(3))), Some(3));
            assert!(counter.finish().is_empty());
            assert_eq!(Counter::zero(), 0);
            // It would call JavaScript.
            let _: fn(&str) = alert;
        }
    };
}

/// The attributes that stand for JavaScript are on items that are public.
#[allow(missing_docs, unreachable_pub)]
mod variants {
    use super::{buffer, pause, run};

    pub(crate) mod plain {
        functions!([] [] [] []);
    }

    pub(crate) mod above {
        functions!([#[memprof::track]] [] [#[memprof::track_all]] []);
    }

    pub(crate) mod below {
        functions!([] [#[memprof::track]] [] [#[memprof::track_all]]);
    }

    #[memprof::track_all]
    pub(crate) mod whole {
        use super::buffer;
        use wasm_bindgen::prelude::wasm_bindgen;

        #[wasm_bindgen]
        extern "C" {
            pub fn confirm(text: &str) -> bool;
        }

        #[wasm_bindgen]
        pub fn doubled(bytes: usize) -> usize {
            buffer(bytes * 2).capacity()
        }
    }
}

#[test]
fn functions_are_measured_once() {
    variants::plain::scenario();
    variants::above::scenario();
    variants::below::scenario();
    assert_eq!(variants::whole::doubled(5), 10);
    let report = memprof::snapshot();
    let figures = expected(&[
        ("Counter::add", 1, 0),
        ("Counter::finish", 1, 15),
        ("Counter::new", 1, 7),
        ("Counter::total", 1, 30),
        ("Counter::wait", 1, 50),
        ("Counter::zero", 1, 0),
        ("awaited", 1, 40),
        ("begins", 1, 20),
        ("renamed", 1, 5),
        ("sum", 1, 10),
    ]);
    assert_eq!(rows(&report, "variants::above"), figures);
    assert_eq!(rows(&report, "variants::below"), figures);
    assert_eq!(rows(&report, "variants::plain"), []);
    let doubled = expected(&[("doubled", 1, 10)]);
    assert_eq!(rows(&report, "variants::whole"), doubled);
}
