//! Promise: a report in any format adds up to the report, is what the readers of that format take, and is the
//! same bytes every time; whatever a report holds, nothing panics.

mod ci;
mod dhat;
#[cfg(feature = "flamegraph")]
mod flamegraph;
mod folded;
mod hostile;
#[cfg(feature = "html")]
mod html;
#[cfg(feature = "pprof")]
mod pprof;
mod refused;
mod reports;
mod speedscope;
