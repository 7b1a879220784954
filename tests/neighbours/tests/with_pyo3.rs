//! Promise: above and below `#[pyfunction]`, `#[pymethods]` and `#[pymodule]`, `#[track]` and `#[track_all]` measure the function,
//! once. What is generated beside it for Python is no operation. Here it is only compiled: no test starts Python.
#![forbid(unsafe_code)]
#![deny(warnings)]

use neighbours::{buffer, expected, rows};
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use std::num::ParseIntError;

fn length_of(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    value.len()
}

macro_rules! functions {
    ($module:ident [$($above:tt)*] [$($below:tt)*] [$($all_above:tt)*] [$($all_below:tt)*]) => {
        use super::*;

        $($above)*
        #[pyfunction]
        #[pyo3(signature = (bytes, text = "red"))]
        $($below)*
        pub(crate) fn sum(mut bytes: Vec<u8>, text: &str) -> usize {
            bytes.clear();
            drop(buffer(10));
            bytes.capacity() + text.len()
        }

        $($above)*
        #[pyfunction(name = "other_name")]
        $($below)*
        pub(crate) fn renamed(text: Option<String>) -> Result<u8, ParseIntError> {
            let text = text.unwrap_or_default();
            drop(buffer(text.len()));
            text.parse()
        }

        $($above)*
        #[pyfunction]
        #[pyo3(signature = (length, *more))]
        $($below)*
        fn with_python<'py>(
            py: Python<'py>,
            #[pyo3(from_py_with = length_of)] length: usize,
            more: &Bound<'py, PyTuple>,
        ) -> PyResult<Bound<'py, PyTuple>> {
            PyTuple::new(py, [length, more.len()])
        }

        #[pyclass]
        pub(crate) struct Counter {
            start: usize,
        }

        $($all_above)*
        #[pymethods]
        $($all_below)*
        impl Counter {
            #[classattr]
            const LEAST: usize = 1;

            #[new]
            #[pyo3(signature = (start = 1))]
            fn new(start: usize) -> Self {
                drop(buffer(start));
                Self { start }
            }

            #[getter]
            fn total(&self) -> usize {
                drop(buffer(30));
                self.start
            }

            #[setter]
            fn set_total(&mut self, total: usize) {
                self.start = total;
            }

            #[pyo3(name = "add_to")]
            fn add(&mut self, more: Vec<u8>) {
                self.start += more.capacity();
            }

            #[staticmethod]
            fn zero() -> usize {
                0
            }

            fn __len__(&self) -> usize {
                drop(buffer(40));
                self.start
            }

            #[classmethod]
            fn of_class(class: &Bound<'_, PyType>, start: usize) -> PyResult<Self> {
                class.len()?;
                Ok(Self { start })
            }

            fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
                this
            }

            fn __next__(mut this: PyRefMut<'_, Self>) -> Option<usize> {
                this.start = this.start.checked_sub(1)?;
                Some(this.start)
            }

            fn __repr__(&self) -> String {
                "x".repeat(self.start)
            }
        }

        /// Of functions.
        $($above)*
        #[pymodule]
        $($below)*
        pub(crate) fn $module(module: &Bound<'_, PyModule>) -> PyResult<()> {
            module.add_function(wrap_pyfunction!(sum, module)?)?;
            module.add_function(wrap_pyfunction!(with_python, module)?)?;
            module.add_class::<Counter>()
        }

        pub(crate) fn scenario() {
            assert_eq!(sum(buffer(5), "red"), 8);
            assert_eq!(renamed(Some("12345".to_owned())).ok(), None);
            let mut counter = Counter::new(6 + Counter::LEAST);
            counter.add(buffer(8));
            assert_eq!((counter.total(), counter.__len__()), (15, 15));
            counter.set_total(3);
            assert_eq!((counter.__repr__().as_str(), Counter::zero()), ("xxx", 0));
        }
    };
}

mod plain {
    functions!(plain_module [] [] [] []);
}

mod above {
    functions!(above_module [#[memprof::track]] [] [#[memprof::track_all]] []);
}

mod below {
    functions!(below_module [] [#[memprof::track]] [] [#[memprof::track_all]]);
}

/// A module that Python sees, of tracked functions.
#[memprof::track_all]
#[pymodule]
mod outside {
    use super::*;

    #[pyfunction]
    pub(crate) fn doubled(bytes: usize) -> usize {
        buffer(bytes * 2).capacity()
    }
}

#[pymodule]
#[memprof::track_all]
mod inside {
    use super::*;

    #[pyfunction]
    pub(crate) fn doubled(bytes: usize) -> usize {
        buffer(bytes * 2).capacity()
    }
}

#[test]
fn modules_are_tracked_as_a_whole() {
    assert_eq!([outside::doubled(5), inside::doubled(6)], [10, 12]);
    let report = memprof::snapshot();
    assert_eq!(rows(&report, "outside"), expected(&[("doubled", 1, 10)]));
    // Below, `#[track_all]` sees what `#[pymodule]` wrote.
    let written = [("__pyo3_pymodule", 0, 0), ("doubled", 1, 12)];
    assert_eq!(rows(&report, "inside"), expected(&written));
}

#[test]
fn functions_are_measured_once() {
    plain::scenario();
    above::scenario();
    below::scenario();
    let report = memprof::snapshot();
    let figures = [
        ("Counter::__len__", 1, 40),
        ("Counter::__repr__", 1, 3),
        ("Counter::add", 1, 0),
        ("Counter::new", 1, 7),
        ("Counter::set_total", 1, 0),
        ("Counter::total", 1, 30),
        ("Counter::zero", 1, 0),
        ("renamed", 1, 5),
        ("sum", 1, 10),
    ];
    for module in ["above", "below"] {
        // Python calls it.
        let uncalled = [
            (&*format!("{module}_module"), 0, 0),
            ("with_python", 0, 0),
            ("Counter::of_class", 0, 0),
            ("Counter::__iter__", 0, 0),
            ("Counter::__next__", 0, 0),
        ];
        let figures = expected(&[&uncalled[..], &figures[..]].concat());
        assert_eq!(rows(&report, module), figures);
    }
    assert_eq!(rows(&report, "plain"), []);
}
