//! The recorder and collector of memprof. Programs use the `memprof` crate, which re-exports what is here.

mod os;
mod record;

pub use record::allocator::{Allocator, CountingAllocator};
pub use record::site::Site;
#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private { pub use crate::record::site::SiteEntry; pub use crate::record::scope::{enter,Guard}; pub use inventory; }
