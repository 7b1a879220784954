//! What a function owns is freed inside it, however its arguments are written.

use crate::{Figures, buffer, figures, of};
use std::cell::RefCell;

struct Pair {
    left: Vec<u8>,
    right: Vec<u8>,
}

fn pair(left: usize, right: usize) -> Pair {
    Pair {
        left: buffer(left),
        right: buffer(right),
    }
}

#[memprof::track("tail temporary")]
fn tail_temporary() -> usize {
    buffer(1000).capacity()
}

#[test]
fn a_temporary_of_the_last_expression_is_freed_inside() {
    assert_eq!(tail_temporary(), 1000);
    assert_eq!(figures("tail temporary"), of(1, 1000, 1000));
}

#[memprof::track("consumed")]
fn consumed(first: Vec<u8>, second: Vec<u8>, _third: Vec<u8>, _: Vec<u8>) -> usize {
    first.capacity() + second.capacity()
}

#[test]
fn arguments_are_freed_inside_used_or_not() {
    assert_eq!(
        consumed(buffer(100), buffer(200), buffer(300), buffer(400)),
        300
    );
    assert_eq!(figures("consumed"), of(1, 0, 1000));
}

#[memprof::track("patterns")]
fn patterns(
    (first, _): (Vec<u8>, Vec<u8>),
    Pair { left, .. }: Pair,
    [one, _, ref three]: [Vec<u8>; 3],
    ref fourth: Vec<u8>,
    whole @ Pair { .. }: Pair,
) -> usize {
    first.capacity()
        + left.capacity()
        + one.capacity()
        + three.capacity()
        + fourth.capacity()
        + whole.right.capacity()
}

#[test]
fn what_a_pattern_leaves_unnamed_is_freed_inside_too() {
    let array = [buffer(16), buffer(32), buffer(64)];
    let sum = patterns(
        (buffer(1), buffer(2)),
        pair(4, 8),
        array,
        buffer(128),
        pair(256, 512),
    );
    assert_eq!(sum, 1 + 4 + 16 + 64 + 128 + 512);
    assert_eq!(figures("patterns"), of(1, 0, 1023));
}

#[memprof::track("mutable")]
fn mutable(mut bytes: Vec<u8>, mut count: usize, (mut left, _): (Vec<u8>, u8)) -> usize {
    bytes.clear();
    left.clear();
    count += 1;
    count + bytes.capacity() + left.capacity()
}

#[test]
fn mutable_arguments_stay_mutable() {
    assert_eq!(mutable(buffer(10), 1, (buffer(20), 0)), 32);
    assert_eq!(figures("mutable"), of(1, 0, 30));
}

#[memprof::track("borrowed tail")]
fn borrowed_tail(cell: RefCell<Vec<u8>>) -> usize {
    cell.borrow().capacity()
}

#[test]
fn the_last_expression_may_borrow_from_an_argument() {
    assert_eq!(borrowed_tail(RefCell::new(buffer(50))), 50);
    assert_eq!(figures("borrowed tail"), of(1, 0, 50));
}

#[memprof::track("handed back")]
fn handed_back(bytes: Vec<u8>, other: Vec<u8>) -> Vec<u8> {
    drop(other);
    bytes
}

#[test]
fn what_is_returned_is_not_freed() {
    let bytes = handed_back(buffer(10), buffer(20));
    assert_eq!(
        (bytes.capacity(), figures("handed back")),
        (10, of(1, 0, 20))
    );
}

#[memprof::track("early")]
fn early(bytes: Vec<u8>, result: Result<usize, String>) -> Result<usize, String> {
    if bytes.capacity() > 100 {
        return Ok(0);
    }
    let _kept = buffer(7);
    Ok(result? + 1)
}

#[test]
fn return_and_question_mark_leave_through_the_guard() {
    assert_eq!(early(buffer(101), Ok(1)), Ok(0));
    assert_eq!(early(buffer(10), Ok(1)), Ok(2));
    assert_eq!(early(buffer(10), Err(String::new())), Err(String::new()));
    assert_eq!(figures("early"), of(3, 14, 121 + 14));
}

/// A unit struct in a pattern matches it, and binds nothing.
struct Unit;

#[memprof::track("constants")]
#[allow(clippy::needless_pass_by_value)]
fn constants(Unit: Unit, unit: Unit, bytes: Vec<u8>) -> usize {
    let Unit = unit;
    bytes.capacity()
}

#[test]
fn a_pattern_may_be_a_unit_struct() {
    assert_eq!(constants(Unit, Unit, buffer(10)), 10);
    assert_eq!(figures("constants"), of(1, 0, 10));
}

#[memprof::track("configured")]
#[allow(clippy::needless_pass_by_value)]
fn configured(
    bytes: Vec<u8>,
    #[cfg(any())] absent: Vec<u8>,
    #[allow(unused_variables)] unused: Vec<u8>,
    last: Vec<u8>,
) -> usize {
    bytes.capacity() + last.capacity()
}

#[test]
fn a_parameter_with_an_attribute_is_left_as_it_is() {
    assert_eq!(configured(buffer(10), buffer(20), buffer(30)), 40);
    // It is freed on the caller, and so is what is before it, which is freed after: documented.
    assert_eq!(figures("configured"), of(1, 0, 30));
}

enum Nothing {}

/// The compiler has nothing to say of the arm that the argument is bound in.
#[memprof::track("nothing")]
fn nothing(nothing: Nothing) -> Vec<u8> {
    match nothing {}
}

#[memprof::track("nothing awaited")]
async fn nothing_awaited(nothing: Nothing) -> Vec<u8> {
    match nothing {}
}

#[test]
fn an_argument_may_have_no_values() {
    let _: (fn(Nothing) -> Vec<u8>, _) = (nothing, nothing_awaited);
    assert_eq!(figures("nothing"), of(0, 0, 0));
    assert_eq!(figures("nothing awaited"), of(0, 0, 0));
}

#[memprof::track("shorter")]
async fn shorter(mut text: &str) -> usize {
    let trimmed = text.trim().to_owned();
    if trimmed.len() < text.len() {
        text = &trimmed;
    }
    text.len()
}

#[test]
fn a_reference_may_be_made_to_point_to_a_local() {
    assert_eq!(crate::block_on(shorter(" 12 ")), 2);
    assert_eq!(figures("shorter"), of(1, 2, 2));
}

/// `skip` is the stand-in for an attribute of another crate, which may name the arguments.
#[memprof::track("foreign attribute")]
#[memprof::skip]
fn foreign_attribute(mut bytes: Vec<u8>, (left, _): (Vec<u8>, u8)) -> usize {
    bytes.clear();
    bytes.capacity() + left.capacity()
}

#[test]
fn above_a_foreign_attribute_all_is_freed_inside() {
    assert_eq!(foreign_attribute(buffer(10), (buffer(20), 0)), 30);
    assert_eq!(figures("foreign attribute"), of(1, 0, 30));
}

#[memprof::track("many calls")]
fn recursive(depth: usize, bytes: Vec<u8>) -> usize {
    if depth == 0 {
        bytes.capacity()
    } else {
        recursive(depth - 1, bytes)
    }
}

#[test]
fn recursion_counts_each_call_and_each_byte_once() {
    assert_eq!(recursive(9, buffer(10)), 10);
    assert_eq!(figures("many calls"), of(10, 0, 10));
}

#[memprof::track("unwound")]
fn unwound(bytes: Vec<u8>) -> usize {
    let kept = buffer(30);
    // Unlike a panic, it allocates nothing on its way.
    if kept.capacity() == 30 {
        std::panic::resume_unwind(Box::new(()));
    }
    bytes.capacity()
}

#[test]
fn unwinding_leaves_through_the_guard() {
    assert!(std::panic::catch_unwind(|| unwound(buffer(20))).is_err());
    let Figures {
        calls, deallocated, ..
    } = figures("unwound");
    assert_eq!((calls, deallocated), (1, 50));
}
