//! Strings that are formatted, joined, converted, borrowed or owned.

use crate::blocks::{Blocks, blocks, like, sized};
use crate::check::{Shape, exact, removable};
use std::borrow::Cow;
use std::ffi::CString;
use std::rc::Rc;

/// ASCII, so that a slice has as many bytes as characters.
const TEXT: &str = "The quick brown fox jumps over the lazy dog, twice a day.";

pub(crate) const SHAPES: &[Shape] = &[
    exact("format", formatted, |n| like(n, || numbered(0))),
    exact("number to string", number, |n| {
        like(n, || 1_000_usize.to_string())
    }),
    exact("string push", pushed, |n| Blocks::of([8, 16, 32]).times(n)),
    exact("string of a known length", known_length, |n| blocks(n, 40)),
    removable("string to_owned", owned, |n| sized(n, length)),
    exact("string in upper case", upper_case, |n| sized(n, length)),
    exact("cow", cow, |n| blocks(n / 2, 10)),
    exact("join", joined, |n| sized(n, |i| length(i) + 3 + 2 * 2)),
    exact("concat", concatenated, |n| sized(n, |i| 2 * length(i))),
    exact("chars that are collected", reversed, |n| {
        like(n, || backwards(TEXT))
    }),
    exact("vec of chars", chars, |n| {
        like(n, || TEXT.chars().collect::<Vec<_>>())
    }),
    exact("string from bytes", from_bytes, |n| blocks(n, 26)),
    exact("words that are collected", words, |n| {
        like(n, || split(TEXT))
    }),
    exact("boxed str", boxed, |n| sized(n, length)),
    // The text stands behind two counts.
    exact("shared str", shared, |n| {
        sized(n, |i| {
            (2 * size_of::<usize>() + length(i)).next_multiple_of(align_of::<usize>())
        })
    }),
    exact("c string", c_string, |n| sized(n, |i| length(i) + 1)),
    exact("replace", replaced, |n| like(n, || TEXT.replace('o', "0"))),
];

const fn length(i: usize) -> usize {
    i % 50 + 1
}

fn start(i: usize) -> &'static str {
    &TEXT[..length(i)]
}

fn byte(text: &str, i: usize) -> u64 {
    u64::from(text.as_bytes()[i % text.len()])
}

#[inline]
fn numbered(i: usize) -> String {
    format!("number {:05} of {:x}", i % 1_000, i % 16)
}

#[memprof::track("format")]
fn formatted(count: usize) -> u64 {
    (0..count).map(|i| byte(&numbered(i), i)).sum()
}

#[memprof::track("number to string")]
fn number(count: usize) -> u64 {
    (0..count)
        .map(|i| byte(&(1_000 + i % 1_000).to_string(), i))
        .sum()
}

#[memprof::track("string push")]
fn pushed(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut text = String::new();
        for at in 0..20 {
            text.push(char::from(b'a' + ((at * i) % 26) as u8));
        }
        sum += byte(&text, i);
    }
    sum
}

#[memprof::track("string of a known length")]
fn known_length(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut text = String::with_capacity(40);
        text.push_str(&TEXT[i % 10..i % 10 + 20]);
        text.push_str(&TEXT[i % 20..i % 20 + 20]);
        sum += byte(&text, i);
    }
    sum
}

#[memprof::track("string to_owned")]
fn owned(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let text = start(i).to_owned();
        sum += byte(&text, i);
    }
    sum
}

#[memprof::track("string in upper case")]
fn upper_case(count: usize) -> u64 {
    (0..count)
        .map(|i| byte(&start(i).to_ascii_uppercase(), i))
        .sum()
}

#[memprof::track("cow")]
fn cow(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut text = Cow::Borrowed(&TEXT[i % 20..i % 20 + 10]);
        if i % 2 == 1 {
            text.to_mut().make_ascii_lowercase();
        }
        sum += byte(&text, i);
    }
    sum
}

#[memprof::track("join")]
fn joined(count: usize) -> u64 {
    (0..count)
        .map(|i| byte(&[start(i), "a", "bc"].join(", "), i))
        .sum()
}

#[memprof::track("concat")]
fn concatenated(count: usize) -> u64 {
    (0..count)
        .map(|i| byte(&[start(i), start(i)].concat(), i))
        .sum()
}

#[inline]
fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

#[memprof::track("chars that are collected")]
fn reversed(count: usize) -> u64 {
    (0..count).map(|i| byte(&backwards(TEXT), i)).sum()
}

#[memprof::track("vec of chars")]
fn chars(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let chars: Vec<char> = TEXT.chars().collect();
        sum += u64::from(chars[i % chars.len()]);
    }
    sum
}

#[memprof::track("string from bytes")]
fn from_bytes(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let bytes: Vec<u8> = (0..26).map(|at| b'a' + ((at * i) % 26) as u8).collect();
        sum += String::from_utf8(bytes).map_or(0, |text| byte(&text, i));
    }
    sum
}

#[inline]
fn split(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[memprof::track("words that are collected")]
fn words(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let words = split(TEXT);
        sum += byte(&words[i % words.len()], i);
    }
    sum
}

#[memprof::track("boxed str")]
fn boxed(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut text = start(i).to_owned().into_boxed_str();
        text.make_ascii_uppercase();
        sum += byte(&text, i);
    }
    sum
}

#[memprof::track("shared str")]
fn shared(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let first: Rc<str> = start(i).into();
        let second = Rc::clone(&first);
        sum += byte(&second, i) + Rc::strong_count(&first) as u64;
    }
    sum
}

#[memprof::track("c string")]
fn c_string(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let text = CString::new(start(i)).unwrap_or_default();
        sum += u64::from(text.as_bytes_with_nul()[i % (length(i) + 1)]);
    }
    sum
}

#[memprof::track("replace")]
fn replaced(count: usize) -> u64 {
    (0..count).map(|i| byte(&TEXT.replace('o', "0"), i)).sum()
}
