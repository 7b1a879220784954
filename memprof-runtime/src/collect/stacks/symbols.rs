//! Symbols: what the debug information and the symbol table say of return addresses.
//!
//! Each address is looked up once and kept, since a program may make many reports. The lock is held across
//! `fork`, so that a child never waits for a lookup that goes on in a thread which it does not have.

use super::trim::{Kind, Place, kind};
use crate::os::object;
use crate::record::lock::{Held, Lock};
use memprof_report::Frame;
use std::collections::BTreeMap;

static SYMBOLS: Lock<Symbols> = Lock::new(Symbols {
    known: BTreeMap::new(),
});

/// The frames of each return address, the innermost first: those of inlined functions before the one that
/// they are inlined in.
pub(super) struct Symbols {
    known: BTreeMap<usize, Vec<Symbol>>,
}

/// A function, and what it is to the user.
struct Symbol {
    frame: Frame,
    kind: Kind,
}

impl Symbols {
    /// Paused, because of what the lookups allocate and keep.
    pub(super) fn lock() -> Held<'static, Self> {
        SYMBOLS.lock()
    }

    /// One of the frames of a return address.
    pub(super) fn frame(&mut self, address: usize, at: usize) -> &Frame {
        &self.of(address)[at].frame
    }

    /// Every place on a stack, the innermost first.
    pub(super) fn places(&mut self, addresses: &[usize]) -> Vec<Place> {
        let mut places = Vec::with_capacity(addresses.len());
        for (position, address) in addresses.iter().enumerate() {
            for (at, symbol) in self.of(*address).iter().enumerate() {
                places.push(Place {
                    position,
                    frame: (*address, at),
                    kind: symbol.kind,
                });
            }
        }
        places
    }

    /// Of one return address; never empty.
    fn of(&mut self, address: usize) -> &[Symbol] {
        self.known.entry(address).or_insert_with(|| {
            let frames = look_up(address).into_iter();
            let symbols = frames.map(|frame| Symbol {
                kind: kind(frame.function.as_deref(), frame.file.as_deref()),
                frame,
            });
            symbols.collect()
        })
    }
}

fn look_up(return_address: usize) -> Vec<Frame> {
    // The call is before where it returns to. `resolve` takes one off by itself.
    let call = return_address.saturating_sub(1);
    let object = object::of(call);
    let blank = Frame {
        object: object
            .as_ref()
            .map(|object| object.path.to_string_lossy().into_owned()),
        object_offset: object.map(|object| call.saturating_sub(object.base) as u64),
        address: Some(call as u64),
        inlined: true,
        ..Frame::default()
    };
    let mut frames = Vec::new();
    backtrace::resolve(return_address as *mut _, |symbol| {
        let mut frame = blank.clone();
        // Without the hash at its end.
        frame.function = symbol.name().map(|name| format!("{name:#}"));
        frame.file = symbol
            .filename()
            .map(|file| file.to_string_lossy().into_owned());
        frame.line = symbol.lineno();
        frame.column = symbol.colno();
        frames.push(frame);
    });
    if frames.is_empty() {
        frames.push(blank);
    }
    if let Some(last) = frames.last_mut() {
        last.inlined = false;
    }
    frames
}

pub(in crate::collect) fn before_fork() {
    SYMBOLS.acquire();
}

pub(in crate::collect) fn after_fork() {
    SYMBOLS.release();
}
