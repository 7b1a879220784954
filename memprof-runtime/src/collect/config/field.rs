//! The types of the fields: each to a [`Value`] and back.
//!
//! The table of keys reaches every field through [`Typed`], so that merging and checking need not
//! know its type. A value of another type leaves a field alone; a test holds each key's kind to
//! the type of its field.

use std::path::PathBuf;

use super::Format;
use super::value::Value;

/// A field's type.
pub(super) trait Typed {
    fn to_value(&self) -> Value;
    fn store(&mut self, value: &Value);
}

impl Typed for bool {
    fn to_value(&self) -> Value {
        Value::Flag(*self)
    }

    fn store(&mut self, value: &Value) {
        if let Value::Flag(flag) = value {
            *self = *flag;
        }
    }
}

impl Typed for u64 {
    fn to_value(&self) -> Value {
        Value::Integer(*self)
    }

    fn store(&mut self, value: &Value) {
        if let Value::Integer(number) = value {
            *self = *number;
        }
    }
}

impl Typed for usize {
    fn to_value(&self) -> Value {
        Value::Integer(u64::try_from(*self).unwrap_or(u64::MAX))
    }

    fn store(&mut self, value: &Value) {
        if let Value::Integer(number) = value {
            *self = usize::try_from(*number).unwrap_or(usize::MAX);
        }
    }
}

/// None is 0, so that a higher source can take back what a lower one set.
impl Typed for Option<u64> {
    fn to_value(&self) -> Value {
        Value::Integer(self.unwrap_or(0))
    }

    fn store(&mut self, value: &Value) {
        if let Value::Integer(number) = value {
            *self = (*number != 0).then_some(*number);
        }
    }
}

impl Typed for PathBuf {
    fn to_value(&self) -> Value {
        Value::Path(self.clone())
    }

    fn store(&mut self, value: &Value) {
        if let Value::Path(path) = value {
            self.clone_from(path);
        }
    }
}

impl Typed for Vec<Format> {
    fn to_value(&self) -> Value {
        Value::Formats(self.clone())
    }

    fn store(&mut self, value: &Value) {
        if let Value::Formats(formats) = value {
            self.clone_from(formats);
        }
    }
}
