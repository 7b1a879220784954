//! Quiet: work on a report's own memory that must not count in the user's figures.
//!
//! The recorder hands a report two functions, `pause` and `resume`, which stop and restart recording on
//! the calling thread. A [`Bracket`] is a field that calls one of them when it is dropped: placed first
//! and last in the struct, two of them enclose the drop of every field between, since fields drop in the
//! order of their declaration. A [`Quiet`] guard encloses a piece of work in the same way.
//!
//! Every `pause` is followed by its `resume`, unwinding included. Pairs may nest.

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

impl Quiet {
    /// Pauses now. `opening` and `closing` are those of the report at work; both are set or neither is.
    pub(crate) fn begin(opening: &Bracket, closing: &Bracket) -> Self {
        call(opening.0);
        Self { resume: closing.0 }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        call(self.resume);
    }
}

fn call(function: Option<fn()>) {
    if let Some(function) = function {
        function();
    }
}
