//! Call stacks when the feature `stacks` is off: none, and nothing of them in the machine code.

use super::level::{Footer, Room};
use super::thread::Thread;

pub(crate) struct Sampler;

impl Sampler {
    pub(crate) const fn new() -> Self {
        Self
    }
}

#[cfg_attr(optimised, inline(always))]
pub(super) fn settle(origin: u32, _size: u64) -> u32 {
    origin
}

pub(crate) fn before_fork() {}

pub(crate) fn begin_anew() {}

pub(crate) fn after_fork() {}

impl Thread {
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn sample(&self, _size: u64, _footer: Footer) {}

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn room(&self, _level: i64, _freed: i64) -> Option<Room> {
        Some(Room::ALL)
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn is_sampling(&self) -> bool {
        false
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn is_aiming(&self) -> bool {
        false
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn has_new_plan(&self) -> bool {
        false
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn shift_sampler(&self, _allocated: i64) {}
}
