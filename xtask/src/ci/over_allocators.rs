//! The examples over every allocator that their features choose: their tests, which state exact figures, hold all the
//! same, also with dhat by itself, and where memprof is switched off.

use crate::Result;
use crate::run::{cargo, succeed};

const PACKAGES: [&str; 2] = ["kv_ring_buffer", "skill_matching"];

const BUILDS: [&[&str]; 5] = [
    &["--features", "jemalloc"],
    &["--features", "mimalloc"],
    &["--features", "dhat"],
    &["--no-default-features"],
    &["--no-default-features", "--features", "dhat"],
];

pub(super) fn run() -> Result {
    for build in BUILDS {
        println!("    {}", build.join(" "));
        let packages = PACKAGES.iter().flat_map(|package| ["--package", package]);
        let mut test = cargo();
        test.args(["test", "--quiet"]).args(packages);
        succeed(test.args(build))?;
    }
    Ok(())
}
