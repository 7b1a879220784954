//! The names of report files: one per process, never the same twice.

use memprof_report::Report;

/// `NAME-STARTED-PID.json`; under nextest, which runs a process per test, with the test's name in it.
pub(super) fn report_name(report: &Report) -> String {
    let run = &report.run;
    let test = std::env::var("NEXTEST_TEST_NAME")
        .map(|test| format!("-{test}"))
        .unwrap_or_default();
    let name = format!("{}{test}", run.name);
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    // A file name may be 255 bytes; leave room for the numbers.
    let short: String = name.chars().take(50).collect();
    let name = if short.trim_matches('.').is_empty() {
        "memprof"
    } else {
        &short
    };
    format!(
        "{name}-{}-{}.json",
        run.started_unix_ns / 1_000_000,
        run.pid
    )
}

#[cfg(test)]
mod tests {
    use super::report_name;
    use memprof_report::Report;

    #[test]
    fn names_are_safe() {
        let mut report = Report::default();
        report.run.pid = 7;
        report.run.started_unix_ns = 1_234_000_000;
        for (name, expected) in [
            ("search", "search-1234-7.json"),
            ("../a b", ".._a_b-1234-7.json"),
            ("", "memprof-1234-7.json"),
            ("..", "memprof-1234-7.json"),
        ] {
            report.run.name = name.to_owned();
            assert_eq!(report_name(&report), expected);
        }
    }
}
