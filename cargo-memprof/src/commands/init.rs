//! stub
use crate::arguments::InitOptions;
use crate::failure::{Done, Result};
pub(crate) fn init(_options: &InitOptions, _quiet: bool) -> Result<Done> {
    Ok(Done::Fine)
}
