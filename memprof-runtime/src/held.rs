//! An argument on its way into the operation, for expanded code.

/// Holds a value that is taken out again at once.
///
/// The compiler calls the arm that binds a value of a type without values unreachable. Of a type that may get more parts in
/// a later version of another crate it does not say that there are none.
#[doc(hidden)]
#[derive(Debug)]
#[non_exhaustive]
pub struct Held<T> {
    /// The value.
    pub value: T,
}

/// Holds `value`.
#[doc(hidden)]
#[cfg_attr(optimised, inline(always))]
pub fn hold<T>(value: T) -> Held<T> {
    Held { value }
}
