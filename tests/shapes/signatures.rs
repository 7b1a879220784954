//! Signatures, attributes and surroundings that an expansion could break: that they compile is the test,
//! and that they still do what they say.

use crate::{buffer, figures, of};
use std::fmt::Display;
use std::future::Future;
use std::panic::Location;

#[memprof::track("opaque")]
fn opaque(bytes: usize) -> impl Iterator<Item = usize> {
    let kept = buffer(bytes);
    (0..2).map(move |index| kept.capacity() + index)
}

/// The closure's argument type comes from the return type.
#[memprof::track]
fn closure(prefix: usize) -> impl Fn(&str) -> &str {
    move |text| &text[prefix..]
}

#[memprof::track]
fn nested_opaque(some: bool) -> Option<impl Fn(&str) -> usize> {
    some.then_some(|text: &str| text.len())
}

/// On one line, where the compiler looks for unnecessary braces.
#[rustfmt::skip]
#[memprof::track]
fn future(bytes: usize) -> impl Future<Output = usize> { async move { buffer(bytes).capacity() } }

/// The body of such a function stays outside of a `match`, so its owned arguments stay the function's.
#[memprof::track("opaque, owning")]
#[allow(clippy::needless_pass_by_value)]
fn opaque_owning(used: Vec<u8>, _unused: Vec<u8>) -> impl Iterator<Item = u8> {
    let inside = buffer(1);
    (0..u8::try_from(used.capacity() + inside.capacity()).unwrap_or(0)).rev()
}

#[test]
fn opaque_return_types() {
    assert_eq!(opaque(10).sum::<usize>(), 21);
    assert_eq!(figures("opaque"), of(1, 10, 0));
    assert_eq!(opaque_owning(buffer(10), buffer(20)).next(), Some(10));
    // What the function makes is freed inside, the arguments on the caller: documented.
    assert_eq!(figures("opaque, owning"), of(1, 1, 1));
    assert_eq!(closure(2)("abc"), "c");
    assert_eq!(crate::block_on(future(3)), 3);
    assert_eq!(nested_opaque(true).map(|length| length("ab")), Some(2));
}

#[memprof::track("never")]
fn never(code: Vec<u8>) -> ! {
    let _kept = buffer(5);
    if code.capacity() == 20 {
        std::panic::resume_unwind(Box::new(()));
    }
    std::process::abort()
}

#[memprof::track("located")]
#[track_caller]
fn located(_owned: Vec<u8>) -> &'static Location<'static> {
    Location::caller()
}

#[memprof::track("reborrowed")]
#[allow(clippy::needless_lifetimes)]
fn reborrowed<'a>(list: &'a mut Vec<u8>, other: Vec<u8>) -> &'a mut u8 {
    list.reserve_exact(10);
    list.push(u8::try_from(other.capacity()).unwrap_or(0));
    &mut list[0]
}

#[memprof::track]
extern "C" fn foreign(number: i32) -> i32 {
    number + 1
}

#[memprof::track]
fn sized<const N: usize, T: Display + ?Sized>(value: &T) -> Grid<{ 2 + 1 }>
where
    [u8; N]: Default,
{
    let _ = value.to_string();
    Grid
}

struct Grid<const N: usize>;

#[memprof::track]
#[must_use]
#[inline]
#[allow(clippy::needless_pass_by_value)]
fn dynamic(call: impl Fn(usize) -> usize, values: Vec<usize>) -> Box<dyn Iterator<Item = usize>> {
    let shift = call(1);
    Box::new(values.into_iter().map(move |value| value + shift))
}

#[test]
fn signatures() {
    assert!(std::panic::catch_unwind(|| never(buffer(20))).is_err());
    assert_eq!(figures("never").deallocated, 25);
    assert_eq!(located(buffer(30)).line(), line!());
    assert_eq!(figures("located"), of(1, 0, 30));
    let mut list = Vec::new();
    *reborrowed(&mut list, buffer(7)) += 1;
    assert_eq!((list, foreign(1)), (vec![8], 2));
    assert_eq!(figures("reborrowed"), of(1, 10, 7));
    let Grid = sized::<4, str>("text");
    assert_eq!(dynamic(|number| number, vec![1, 2]).sum::<usize>(), 5);
}

#[memprof::track("inner attributes")]
fn inner_attributes(bytes: Vec<u8>) -> usize {
    //! Documented from within.
    #![allow(unused_variables)]
    let unused = 1;
    bytes.len()
}

#[memprof::track]
fn inner_items(count: usize) -> usize {
    const STEP: usize = 2;
    fn twice(value: usize) -> usize {
        value * STEP
    }
    #[memprof::track("inner")]
    fn inner(bytes: Vec<u8>) -> usize {
        bytes.capacity()
    }
    let counted = 'outer: loop {
        if count > 0 {
            break 'outer count;
        }
    };
    twice(counted) + inner(buffer(3))
}

#[test]
fn bodies() {
    assert_eq!(inner_attributes(buffer(4)), 0);
    assert_eq!(figures("inner attributes"), of(1, 0, 4));
    assert_eq!((inner_items(2), figures("inner")), (7, of(1, 0, 3)));
}

struct Circle(f64);

trait Shape {
    fn radius(&self) -> f64;

    #[memprof::track("default method")]
    fn area(&self, kept: Vec<u8>) -> f64 {
        self.radius() * f64::from(u8::try_from(kept.capacity()).unwrap_or(0))
    }

    #[memprof::track]
    fn boxed(self) -> Box<dyn Shape>
    where
        Self: Sized + 'static,
    {
        Box::new(self)
    }
}

impl Shape for Circle {
    #[memprof::track]
    fn radius(&self) -> f64 {
        self.0
    }
}

struct Wrapper<T>(T);

impl<T: Clone> Wrapper<T> {
    #[memprof::track("generic method")]
    fn get(self: &std::rc::Rc<Self>) -> T {
        self.0.clone()
    }

    #[memprof::track]
    fn replace(mut self, value: T) -> Self
    where
        Self: Sized,
    {
        self.0 = value;
        self
    }

    /// A by-value `self` cannot be bound anew.
    #[memprof::track("consumes itself")]
    #[allow(clippy::unused_self)]
    fn consume(self, _argument: Vec<u8>) {}

    #[memprof::track("moves itself")]
    fn unwrap(self) {
        drop(self.0);
    }
}

#[test]
#[allow(clippy::float_cmp)]
fn methods() {
    let shape = Circle(2.0).boxed();
    assert_eq!(shape.area(buffer(3)), 6.0);
    assert_eq!(figures("default method"), of(1, 0, 3));
    let number = std::rc::Rc::new(Wrapper(1).replace(2));
    assert_eq!(number.get(), 2);
    let text = std::rc::Rc::new(Wrapper(String::from("text")));
    assert_eq!(text.get(), "text");
    // One site, however many types the code is made for.
    assert_eq!(figures("generic method"), of(2, 4, 0));
    // Named by their paths.
    for (name, calls) in [
        ("signatures::Wrapper<_>::replace", 1),
        ("signatures::Shape::boxed", 1),
        ("<signatures::Circle as signatures::Shape>::radius", 1),
    ] {
        assert_eq!(figures(name).calls, calls, "{name}");
    }
    Wrapper(buffer(100)).consume(buffer(3));
    // What is left of `self` is freed on the caller: documented.
    assert_eq!(figures("consumes itself"), of(1, 0, 3));
    Wrapper(buffer(100)).unwrap();
    assert_eq!(figures("moves itself"), of(1, 0, 100));
}

macro_rules! made {
    ($visibility:vis $name:ident, $label:literal, $argument:ident: $ty:ty, $result:ty, $body:block) => {
        #[memprof::track($label)]
        $visibility fn $name($argument: $ty, other: Vec<u8>) -> $result {
            let argument = other.capacity();
            argument + $body
        }
    };
    ($item:item) => {
        #[memprof::track("whole item")]
        $item
    };
}

made!(pub(crate) made, "made", argument: Vec<u8>, usize, { argument.capacity() });
made! {
    fn whole((bytes, _): (Vec<u8>, u8)) -> usize {
        bytes.capacity()
    }
}

#[test]
fn out_of_a_macro() {
    assert_eq!(
        (made(buffer(10), buffer(1)), figures("made")),
        (11, of(1, 0, 11))
    );
    assert_eq!(
        (whole((buffer(10), 0)), figures("whole item")),
        (10, of(1, 0, 10))
    );
}

/// Names that generated code must not meet.
#[allow(non_camel_case_types, dead_code, unused_macros)]
mod shadowed {
    struct Option;
    struct Some;
    struct str;
    struct Site;
    mod core {}
    mod std {}
    mod memprof {}
    fn drop() {}
    fn enter() {}
    macro_rules! line {
        () => {
            compile_error!("not ours")
        };
    }

    #[::memprof::track("shadowed")]
    pub(super) fn shadowed(bytes: ::std::vec::Vec<u8>) -> usize {
        let __memprof_guard = 1;
        bytes.capacity() + __memprof_guard
    }

    #[::memprof::track]
    pub(super) async fn awaited() -> usize {
        1
    }
}

mod elsewhere {
    pub(crate) mod memory {
        pub(crate) use memprof::*;
    }
}

#[memprof::track(name = "elsewhere", crate = crate::signatures::elsewhere::memory)]
fn elsewhere(bytes: Vec<u8>) -> usize {
    bytes.capacity()
}

#[test]
fn whatever_else_is_in_scope() {
    assert_eq!(
        (shadowed::shadowed(buffer(10)), figures("shadowed")),
        (11, of(1, 0, 10))
    );
    assert_eq!(crate::block_on(shadowed::awaited()), 1);
    assert_eq!(
        (elsewhere(buffer(10)), figures("elsewhere")),
        (10, of(1, 0, 10))
    );
}
