//! CPU time of the programs that this one has run: unlike the time on the clock, other work on the machine changes it little.

use std::fs;
use std::time::Duration;

use crate::Result;

/// What a tick of the kernel's accounts is on Linux, whatever its own clock does.
const TICKS_PER_SECOND: u64 = 100;

/// Runs `work`; the CPU time, of user and system, of all processes below it.
pub(super) fn taken(work: impl FnOnce() -> Result) -> Result<Duration> {
    let before = of_children()?;
    work()?;
    Ok(of_children()?.saturating_sub(before))
}

/// Of all children that have ended and been waited for, with theirs.
fn of_children() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")
        .map_err(|err| format!("CPU times are read from `/proc`, as Linux has it: {err}"))?;
    let ticks = ticks(&stat).ok_or("no times in `/proc/self/stat`")?;
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}

/// `cutime` and `cstime`, fields 16 and 17. The second field is the program's name, which may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, from_third) = stat.rsplit_once(')')?;
    let mut times = from_third.split_whitespace().skip(13);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 50 60 700 8000 20 0 1 0";
        assert_eq!(ticks(stat), Some(8_700));
        assert_eq!(ticks("7 (a) S 1"), None);
    }
}
