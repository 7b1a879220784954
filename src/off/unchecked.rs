//! What is said once where budgets and assertions are built for tests and memprof is switched off.

use std::io::Write;
use std::sync::Once;

/// Says on stderr, past what the test harness captures, that nothing is checked.
pub fn not_checked() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        let line = "memprof: budgets and assertions are not checked: memprof is switched off; build the tests with its \
                    default features\n";
        // Write errors are ignored: there is nowhere left to report them.
        let _ = std::io::stderr().write_all(line.as_bytes());
    });
}
