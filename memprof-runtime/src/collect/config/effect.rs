//! Settings that this version does not obey yet.
//!
//! Whoever asks for something that does not happen is told so, once, in the report. What the user
//! did not ask for, and what happens anyway, is not mentioned.

use std::fmt;

use super::Config;
use super::keys::{Effect, Key, keys};
use super::value::Value;

/// A setting without effect. `Display` is the message for the report's warning.
///
/// ```
/// use memprof_runtime::config::WithoutEffect;
///
/// let setting = WithoutEffect { key: "memory.measure_time", value: "true".into(), origin: "builder".into() };
/// assert_eq!(setting.to_string(), "`memory.measure_time = true` (builder) has no effect in this version");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutEffect {
    /// The key, such as `memory.sample_rate`.
    pub key: &'static str,
    /// Its value as the file would have it; of formats only those without effect.
    pub value: String,
    /// Where it was set: see [`Config::origin`].
    pub origin: String,
}

impl Config {
    /// The settings that ask for what this version does not do yet, in the order of the keys.
    ///
    /// ```
    /// assert!(memprof_runtime::config::Config::default().without_effect_yet().is_empty());
    /// ```
    pub fn without_effect_yet(&self) -> Vec<WithoutEffect> {
        let default = Config::default();
        let without_effect = |key: &Key| {
            let value = self.value_without_effect(key, &default)?;
            Some(WithoutEffect {
                key: key.path,
                value: value.to_string(),
                origin: self.origin(key.path),
            })
        };
        keys().iter().filter_map(without_effect).collect()
    }

    fn value_without_effect(&self, key: &Key, default: &Config) -> Option<Value> {
        let value = (key.read)(self);
        let is_without = match key.effect {
            Effect::Now => return formats_without_effect(value),
            Effect::DefaultOnly => value != (key.read)(default),
            Effect::Later => self.set.get(key.path).is_some() && value != Value::Flag(false),
        };
        is_without.then_some(value)
    }
}

fn formats_without_effect(value: Value) -> Option<Value> {
    let Value::Formats(mut formats) = value else {
        return None;
    };
    formats.retain(|format| !format.is_effective());
    (!formats.is_empty()).then_some(Value::Formats(formats))
}

impl fmt::Display for WithoutEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WithoutEffect { key, value, origin } = self;
        write!(
            f,
            "`{key} = {value}` ({origin}) has no effect in this version"
        )
    }
}
