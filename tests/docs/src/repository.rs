//! Where the guides are.

use std::path::Path;

/// The folder of the workspace's `Cargo.toml`.
pub fn repository() -> &'static Path {
    // This package is two folders below it.
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.nth(2).unwrap_or(Path::new("."))
}
