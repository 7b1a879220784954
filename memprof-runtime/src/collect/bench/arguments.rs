//! What cargo and the user say to the harness. criterion reads it all for itself; here is what memory has to
//! know of it too.

/// The arguments that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// Only the names are asked for.
    pub(super) lists: bool,
    /// Each bench runs once, as a test.
    pub(super) tests: bool,
    /// Keep the figures under this name.
    pub(super) save: Option<String>,
    /// Compare with the figures of this name, which have to be there unless `is_lenient`.
    pub(super) compare: Option<String>,
    pub(super) is_lenient: bool,
    /// Keep nothing.
    pub(super) discards: bool,
}

impl Arguments {
    pub(super) fn read(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut read = Self {
            tests: true,
            ..Self::default()
        };
        let mut is_test = false;
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            let mut value = || value.clone().or_else(|| arguments.next());
            match name.as_str() {
                "--list" => read.lists = true,
                "--bench" => read.tests = false,
                "--test" => is_test = true,
                "--discard-baseline" => read.discards = true,
                "--save-baseline" | "-s" => read.save = value(),
                "--baseline" | "-b" => read.compare = value(),
                "--baseline-lenient" => (read.compare, read.is_lenient) = (value(), true),
                // These have a value, which is no option.
                "--color"
                | "-c"
                | "--format"
                | "--profile-time"
                | "--load-baseline"
                | "--sample-size"
                | "--warm-up-time"
                | "--measurement-time"
                | "--nresamples"
                | "--noise-threshold"
                | "--confidence-level"
                | "--significance-level"
                | "--plotting-backend"
                | "--output-format" => {
                    value();
                }
                _ => {}
            }
        }
        read.tests |= is_test;
        read
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn read(line: &str) -> Arguments {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn only_cargo_bench_measures_time() {
        assert!(!read("--bench").tests);
        assert!(read("").tests);
        assert!(read("--bench --test").tests);
        assert!(read("--list --format terse").lists);
    }

    #[test]
    fn baselines_have_names() {
        for line in [
            "--bench --save-baseline main",
            "--bench -s main",
            "--save-baseline=main --bench",
        ] {
            assert_eq!(read(line).save.as_deref(), Some("main"), "{line}");
        }
        let lenient = read("--bench --baseline-lenient main build");
        assert_eq!(
            (lenient.compare.as_deref(), lenient.is_lenient),
            (Some("main"), true)
        );
        assert!(!read("--format --list").lists);
    }
}
