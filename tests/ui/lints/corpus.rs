//! Functions with something for the compiler's and clippy's lints to say, of items, signatures and bodies.
#![warn(
    clippy::cargo,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    future_incompatible,
    let_underscore,
    nonstandard_style,
    rust_2018_idioms,
    unused,
    warnings
)]
#![warn(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unsafe_code,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![allow(clippy::blanket_clippy_restriction_lints, unused_imports)]

use memprof::track;
use std::collections::{BTreeMap, HashMap, LinkedList};
use std::fmt::Write as _;
use std::future::Future;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

// Of the item itself.

#[track]
fn never_called() {}

#[track]
fn CamelCase() {}

#[track]
pub fn undocumented() {}

mod private {
    use super::track;

    #[track]
    pub fn unreachable() {}
}

#[track]
pub unsafe fn without_safety_section(pointer: *const u8) -> u8 {
    unsafe { *pointer }
}

/// Fails.
#[track]
pub fn without_errors_section(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

/// Panics.
#[track]
pub fn without_panics_section(value: Option<u8>) -> u8 {
    value.unwrap()
}

/// Has a result that is of use.
#[track]
pub fn could_be_must_use(value: u8) -> u8 {
    value + 1
}

/// Gives a result back that has it already.
#[track]
#[must_use]
pub fn twice_must_use() -> Result<(), ()> {
    Err(())
}

/// Has nothing to use.
#[track]
#[must_use]
pub fn unit_must_use() {}

/// Has many.
#[track]
pub fn too_many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    a | b | c | d | e | f | g | h
}

/// Has flags.
#[track]
pub fn flags(a: bool, b: bool, c: bool, d: bool) -> bool {
    a && b && c && d
}

/// Has a complex type.
#[track]
pub fn complex(_: Arc<Mutex<HashMap<String, Vec<Box<dyn Fn(u8) -> Result<Vec<u8>, String>>>>>>) {}

/// Takes a vector by reference.
#[track]
pub fn by_reference(bytes: &Vec<u8>, text: &String, boxed: &Box<u8>) -> usize {
    bytes.len() + text.len() + usize::from(**boxed)
}

/// Takes by value what it does not need to.
#[track]
pub fn by_value(text: String) -> usize {
    text.len()
}

/// Takes a small thing by reference.
#[track]
pub fn small_by_reference(value: &u8) -> u8 {
    *value
}

/// Has a lifetime too many.
#[track]
pub fn needless_lifetime<'a>(text: &'a str) -> &'a str {
    text
}

/// Has a lifetime that nobody uses.
#[track]
pub fn extra_lifetime<'a>(value: u8) -> u8 {
    value
}

/// Has a type parameter that nobody uses.
#[track]
pub fn extra_parameter<T>(value: u8) -> u8 {
    value
}

/// Has bounds in two places.
#[track]
pub fn two_bounds<T: Clone>(value: &T) -> T
where
    T: Copy,
{
    *value
}

/// Has bounds in the list.
#[track]
pub fn inline_bounds<T: Clone + Send + Sync + Copy>(value: &T) -> T {
    value.clone()
}

/// Has `impl` in its arguments.
#[track]
pub fn impl_argument(values: impl Iterator<Item = u8>) -> usize {
    values.count()
}

/// Waits for nothing.
#[track]
pub async fn needless_async(value: u8) -> u8 {
    value
}

/// Could be an `async fn`.
#[track]
pub fn manual_async() -> impl Future<Output = u8> {
    async { 1 }
}

/// Holds something across a point where it waits.
#[track]
pub async fn lock_across(lock: &Mutex<u8>) -> u8 {
    let held = lock.lock().unwrap();
    needless_async(1).await;
    *held
}

/// Cannot be sent.
#[track]
pub async fn not_send(value: Rc<u8>) -> u8 {
    needless_async(*value).await
}

/// Gives back a box of what needs none.
#[track]
pub fn wrapped(value: u8) -> Option<u8> {
    Some(value)
}

/// Gives a result that is always right.
#[track]
fn always_right(value: u8) -> Result<u8, String> {
    Ok(value)
}

/// Gives unit back.
#[track]
pub fn says_unit() -> () {}

/// Inlined for sure.
#[track]
#[inline(always)]
pub fn inlined() {}

/// Exported under its own name.
#[track]
#[unsafe(no_mangle)]
pub extern "C" fn exported() {}

/// Calls itself for ever.
#[track]
pub fn endless(value: u8) -> u8 {
    endless(value)
}

/// Passes an argument on that it does not use otherwise.
#[track]
pub fn only_recursion(value: u8, other: u8) -> u8 {
    if value == 0 { 0 } else { only_recursion(value - 1, other) }
}

#[track]
#[expect(dead_code, reason = "it is")]
fn expected_dead() {}

/// A type with methods.
pub struct Thing {
    field: u8,
}

impl Thing {
    /// Makes none.
    #[track]
    pub fn new() -> u8 {
        0
    }

    /// Takes itself though it is named so.
    #[track]
    pub fn as_bytes(self) -> Vec<u8> {
        vec![self.field]
    }

    /// Needs no self.
    #[track]
    pub fn unused_self(&self) -> u8 {
        1
    }

    /// Could be that of a trait.
    #[track]
    pub fn add(self, other: Thing) -> Thing {
        Thing { field: self.field + other.field }
    }

    /// Gives itself back.
    #[track]
    pub fn with_field(mut self, field: u8) -> Self {
        self.field = field;
        self
    }

    /// Names its type.
    #[track]
    pub fn named() -> Thing {
        Thing { field: 1 }
    }

    /// Becomes text.
    #[track]
    pub fn to_string(&self) -> String {
        self.field.to_string()
    }

    /// Iterates.
    #[track]
    pub fn iter(&self) -> std::vec::IntoIter<u8> {
        vec![self.field].into_iter()
    }

    /// Has a length and is not asked for emptiness.
    #[track]
    pub fn len(&self) -> usize {
        1
    }

    #[track]
    fn never(&self) {}

    fn never_either(&self) {}

    /// Gives a reference that can be written.
    #[track]
    pub fn mutable(&self) -> &mut u8 {
        Box::leak(Box::new(self.field))
    }

    /// Gets a field.
    #[track]
    pub fn get_field(&self) -> u8 {
        self.field
    }
}

impl PartialEq for Thing {
    #[track]
    fn eq(&self, other: &Self) -> bool {
        self.field == other.field
    }

    #[track]
    fn ne(&self, other: &Self) -> bool {
        self.field != other.field
    }
}

impl Drop for Thing {
    #[track]
    fn drop(&mut self) {
        panic!("no");
    }
}

impl From<Thing> for u8 {
    #[track]
    fn from(thing: Thing) -> Self {
        let text = "1".parse::<u8>().unwrap();
        text + thing.field
    }
}

impl std::fmt::Display for Thing {
    #[track]
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        writeln!(f, "{}\n", self.field)
    }
}

/// A trait.
pub trait Trait {
    /// Has a body.
    #[track]
    fn with_body(&self, value: u8) -> u8 {
        return value;
    }
}

// Of arguments and bodies.

/// Does not use all.
#[track]
pub fn unused(first: Vec<u8>, second: Vec<u8>, (third, fourth): (u8, u8)) -> usize {
    let fifth = 1;
    first.len() + usize::from(third)
}

/// As a future.
#[track]
pub async fn unused_in_future(first: Vec<u8>, second: Vec<u8>) -> usize {
    let third = 1;
    first.len()
}

/// Could be without `mut`.
#[track]
pub fn needless_mut(mut bytes: Vec<u8>) -> usize {
    let mut other = 1;
    bytes.len() + other
}

/// Assigns for nothing.
#[track]
pub fn assigned(mut value: u8) -> u8 {
    value = 2;
    value = 3;
    value
}

/// Uses what it says it does not.
#[track]
pub fn underscore(_value: u8) -> u8 {
    _value
}

/// Has code behind the end.
#[track]
pub fn behind_the_end() -> u8 {
    return 1;
    2
}

/// Returns at the end.
#[track]
pub fn needless_return(value: u8) -> u8 {
    return value;
}

/// Binds and returns.
#[track]
pub fn let_and_return(value: u8) -> u8 {
    let sum = value.wrapping_add(1);
    sum
}

/// Asks for a bool.
#[track]
pub fn needless_bool(value: u8) -> bool {
    if value > 3 { true } else { false }
}

/// Asks twice.
#[track]
pub fn collapsible(a: bool, b: bool) -> u8 {
    if a {
        if b {
            return 1;
        }
    }
    0
}

/// Loops by hand.
#[track]
pub fn needless_range(values: &[u8]) -> u8 {
    let mut sum = 0;
    for index in 0..values.len() {
        sum += values[index];
    }
    sum
}

/// Loops with a counter.
#[track]
pub fn explicit_counter(values: &[u8]) -> usize {
    let mut count = 0;
    for _ in values {
        count += 1;
    }
    count
}

/// Loops while there is one.
#[track]
pub fn while_let(values: Vec<u8>) -> u8 {
    let mut iterator = values.into_iter();
    let mut sum = 0;
    while let Some(value) = iterator.next() {
        sum += value;
    }
    sum
}

/// Never loops.
#[track]
pub fn never_loops(values: &[u8]) -> u8 {
    for value in values {
        return *value;
    }
    0
}

/// Matches one thing.
#[track]
pub fn single_match(value: Option<u8>) -> u8 {
    match value {
        Some(value) => return value,
        _ => (),
    }
    0
}

/// Matches a bool.
#[track]
pub fn match_bool(value: bool) -> u8 {
    match value {
        true => 1,
        false => 0,
    }
}

/// Has two alike.
#[track]
pub fn same_arms(value: u8) -> u8 {
    match value {
        1 => 5,
        2 => 5,
        _ => 6,
    }
}

/// Clones for nothing.
#[track]
pub fn clones(value: u8, text: &str) -> String {
    let other = value.clone();
    format!("{}{}", text.to_string(), other)
}

/// Maps by hand.
#[track]
pub fn manual_map(value: Option<u8>) -> Option<u8> {
    match value {
        Some(value) => Some(value + 1),
        None => None,
    }
}

/// Unwraps what is there.
#[track]
pub fn question_mark(value: Option<u8>) -> Option<u8> {
    if value.is_none() {
        return None;
    }
    Some(value.unwrap() + 1)
}

/// Compares to zero.
#[track]
pub fn zero_length(values: &[u8], text: &str) -> bool {
    values.len() == 0 || text == ""
}

/// Casts.
#[track]
pub fn casts(value: i64, small: u8) -> (u8, u32, f32) {
    (value as u8, small as u32, value as f32)
}

/// Borrows what is borrowed.
#[track]
pub fn borrows(text: &str) -> usize {
    by_str(&text) + by_str(&format!("x"))
}

fn by_str(text: &str) -> usize {
    text.len()
}

/// Prints.
#[track]
pub fn prints(value: u8) {
    println!("{}", value);
    eprintln!("");
}

/// Stops.
#[track]
pub fn stops(value: u8) -> u8 {
    match value {
        2 => unreachable!(),
        3 => panic!("3"),
        4 => std::process::exit(4),
        _ => value,
    }
}

/// Collects for nothing.
#[track]
pub fn collects(values: &[u8]) -> usize {
    values.iter().map(|value| value + 1).collect::<Vec<_>>().len()
}

/// Filters and takes.
#[track]
pub fn filters(values: &[u8]) -> Option<&u8> {
    values.iter().filter(|value| **value > 1).next()
}

/// Maps over a closure that is none.
#[track]
pub fn redundant_closure(values: &[u8]) -> Vec<String> {
    values.iter().map(|value| u8_text(value)).collect()
}

fn u8_text(value: &u8) -> String {
    value.to_string()
}

/// Shadows.
#[track]
pub fn shadows(value: u8) -> u8 {
    let value = value + 1;
    let value = usize::from(value);
    value as u8
}

/// Uses numbers.
#[track]
pub fn numbers(value: f64) -> bool {
    let long = 1000000;
    let typed = 1u8;
    value == 0.1 && long > i32::from(typed) && value * 3.14 > 1.0
}

/// Keeps what is thrown away.
#[track]
pub fn let_underscores(lock: &Mutex<u8>) {
    let _ = lock.lock();
    let _ = without_errors_section("1");
    without_errors_section("2");
    could_be_must_use(1);
}

/// Has a unit.
#[track]
pub fn units() {
    let unit = says_unit();
    drop(unit);
}

/// Forgets, and drops what needs none.
#[track]
pub fn forgets(thing: Thing, reference: &u8) {
    std::mem::forget(thing);
    drop(reference);
}

/// Has its own block.
#[track]
pub fn blocks(value: u8) -> u8 {
    {
        value
    }
}

/// Has items after statements.
#[track]
pub fn items_later() -> u8 {
    let value = 1;
    const OTHER: u8 = 2;
    value + OTHER
}

/// Uses a thing by its long name.
#[track]
pub fn qualified() -> std::collections::HashMap<u8, u8> {
    std::collections::HashMap::new()
}

/// Uses slow things.
#[track]
pub fn slow(text: &str) -> LinkedList<u8> {
    let mut line = String::new();
    line.push_str("a");
    line.push_str(&format!("{text}"));
    let _unused = text.chars().nth(0);
    LinkedList::new()
}

/// Looks twice.
#[track]
pub fn looks_twice(map: &mut BTreeMap<u8, u8>) {
    if !map.contains_key(&1) {
        map.insert(1, 2);
    }
}

/// Compares itself.
#[track]
pub fn same(value: u8) -> bool {
    value == value && !(value > 3) && value & 0 == 1
}

/// Swaps by hand.
#[track]
pub fn swaps(mut one: u8, mut other: u8) -> u8 {
    let kept = one;
    one = other;
    other = kept;
    one - other
}

/// Indexes and slices.
#[track]
pub fn indexes(values: &[u8], text: &str) -> u8 {
    values[3] + text[1..].len() as u8
}

/// Divides.
#[track]
pub fn divides(one: u8, other: u8) -> u8 {
    one / other << 2 + 1 % other
}

/// Uses `self` for types.
#[track]
pub fn transmutes(value: u32) -> f32 {
    unsafe { std::mem::transmute(value) }
}

/// Has no `else` of use.
#[track]
pub fn redundant_else(value: u8) -> u8 {
    if value > 1 {
        return 1;
    } else {
        could_be_must_use(2);
    }
    3
}

/// Unwraps and expects.
#[track]
pub fn unwraps(value: Option<u8>, result: Result<u8, String>) -> u8 {
    value.unwrap() + result.expect("x") + value.map(|v| v).unwrap_or(u8::default())
}

/// Is long names and single letters.
#[track]
pub fn names(a: u8, b: u8, c: u8, d: u8, e: u8) -> u8 {
    let aa1 = a + b;
    let aa2 = c + d;
    aa1 + aa2 + e
}
