//! Quiet: work on a report's own memory that must not count in the user's figures.
//!
//! The recorder hands a report two functions, `pause` and `resume`, which stop and restart recording on
//! the calling thread. A [`Bracket`] is a field that calls one of them when it is dropped: placed first
//! and last in the struct, two of them enclose the drop of every field between, since fields drop in the
//! order of their declaration. A [`Quiet`] guard encloses a piece of work in the same way.
//!
//! Every `pause` is followed by its `resume`, unwinding included. Pairs may nest.

use std::ops::Deref;

use crate::Report;

/// A function to run at this field's turn in its struct's drop. Empty for a report that was read from a
/// file or made by hand.
#[derive(Default)]
pub(crate) struct Bracket(pub(crate) Option<fn()>);

impl Drop for Bracket {
    fn drop(&mut self) {
        call(self.0);
    }
}

/// Recording is paused as long as this guard lives.
pub(crate) struct Quiet {
    resume: Option<fn()>,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        call(self.resume);
    }
}

/// Text that was built while recording was paused and is freed in the same way.
pub(crate) struct QuietText {
    /// Stays the FIRST field.
    _opening: Bracket,
    text: String,
    /// Stays the LAST field.
    _closing: Bracket,
}

impl Report {
    /// Pauses recording until the guard is dropped.
    pub(crate) fn pause(&self) -> Quiet {
        let (opening, closing) = self.brackets();
        call(opening.0);
        Quiet { resume: closing.0 }
    }

    /// Builds a text while recording is paused.
    pub(crate) fn quiet_text(&self, build: impl FnOnce() -> String) -> QuietText {
        let (opening, closing) = self.brackets();
        let _quiet = self.pause();
        QuietText {
            text: build(),
            _opening: Bracket(opening.0),
            _closing: Bracket(closing.0),
        }
    }
}

impl Deref for QuietText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

fn call(function: Option<fn()>) {
    if let Some(function) = function {
        function();
    }
}
