//! The page: what is exact stands between two marks, the rest is the machine's.

use super::figures::{Figures, exact, row};
use super::machine::Machine;
use super::programs::Program;

const EXACT: &str = "<!-- exact -->";
const END: &str = "<!-- end -->";

const HEAD: &str = "\
# Baseline results

<!-- Written by `cargo xtask results`: do not edit. -->

What the three examples take, out of their own reports. A figure under *exact* is the same on every machine with this
compiler, and the gate says when a program no longer gives it. The others are of one run on the machine below and are
compared by nobody: times and resident memory always, and figures of operations whose work depends on threads or clocks.

```sh
cargo xtask results           # runs the examples and writes this page
cargo xtask results --check   # says whether the exact figures are still so
```

| | |
|---|---|
";

const COLUMNS: &str = "\
| operation | calls | allocations | allocated bytes | highest peak of a call, bytes | retained, bytes |
|---|---:|---:|---:|---:|---:|
";

pub(super) fn write(machine: &Machine, results: &[(&Program, Figures)]) -> String {
    let version = results
        .first()
        .map(|(_, figures)| &figures.report.run.memprof_version);
    let mut page = HEAD.to_owned() + &machine.rows();
    page += &format!("| memprof | {} |\n", version.map_or("", String::as_str));
    for (program, figures) in results {
        page += &section(program, figures);
    }
    page
}

fn section(program: &Program, figures: &Figures) -> String {
    let Program {
        name,
        about,
        arguments,
        ..
    } = program;
    let arguments = arguments.join(" ");
    let mut section = format!("\n## {name}\n\n{about} Its arguments: `{arguments}`.\n");
    let exact = table(program, figures, program.exact);
    if !exact.is_empty() {
        section += &format!("\nExact:\n\n{EXACT}\n{exact}{END}\n");
    }
    if let (Some(arguments), Some(shown)) = (program.shown, &figures.shown) {
        let arguments = arguments.join(" ");
        section += &format!("\n```console\n$ cargo run --release -p {name} -- {arguments}\n");
        section += &format!("{shown}\n```\n");
    }
    let other = table(program, figures, program.other);
    if !other.is_empty() {
        section += &format!("\nOf this run:\n\n{other}");
    }
    section + &process(figures)
}

fn table(program: &Program, figures: &Figures, names: &[&str]) -> String {
    let rows = names.iter().filter_map(|name| {
        let figures = exact(row(&figures.report, program, name).ok()?);
        let cells = figures.map(|figure| grouped(figure) + " |").join(" ");
        Some(format!("| {name} | {cells}\n"))
    });
    let rows: String = rows.collect();
    match rows.is_empty() {
        true => rows,
        false => COLUMNS.to_owned() + &rows,
    }
}

/// The process as a whole, on this machine.
fn process(figures: &Figures) -> String {
    let (run, process) = (&figures.report.run, &figures.report.process);
    let told =
        |bytes: Option<u64>| bytes.map_or("not told".to_owned(), |bytes| grouped(bytes) + " bytes");
    let error = match process.peak_error_bytes {
        0 => String::new(),
        error => format!(" ± {}", grouped(error)),
    };
    let external = process
        .peak_external_bytes
        .map(|bytes| format!(", {} bytes of external memory at most", grouped(bytes)));
    let threads = match run.threads {
        1 => "one thread".to_owned(),
        threads => format!("{threads} threads"),
    };
    format!(
        "\nThe process on this machine: {:.2} s, {threads}, {} allocations, a peak of {}{error} bytes live, {} \
         resident at most{}.\n",
        run.duration_ns as f64 / 1e9,
        grouped(process.allocations),
        grouped(process.peak_live_bytes),
        told(process.peak_rss_bytes),
        external.unwrap_or_default(),
    )
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The first lines of what is exact that differ.
pub(super) fn first_difference(committed: &str, fresh: &str) -> Option<(String, String)> {
    let (committed, fresh) = (exact_lines(committed), exact_lines(fresh));
    let end = "nothing more".to_owned();
    let line = |lines: &[String], place| lines.get(place).cloned().unwrap_or(end.clone());
    let places = 0..committed.len().max(fresh.len());
    places
        .map(|place| (line(&committed, place), line(&fresh, place)))
        .find(|(committed, fresh)| committed != fresh)
}

/// Headings, what is between the marks, and what is shown of output.
fn exact_lines(page: &str) -> Vec<String> {
    let mut is_exact = false;
    let mut lines = Vec::new();
    for line in page.lines() {
        match line {
            EXACT | "```console" => is_exact = true,
            END | "```" => is_exact = false,
            _ if is_exact || line.starts_with("## ") => lines.push(line.to_owned()),
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{first_difference, grouped};

    const PAGE: &str = "## a\n<!-- exact -->\n| x | 1 |\n<!-- end -->\n2.3 s\n```console\n$ a\nb\n```\n```sh\nc\n```\n";

    #[test]
    fn what_is_exact_is_compared_and_nothing_else() {
        assert_eq!(first_difference(PAGE, &PAGE.replace("2.3", "4.5")), None);
        let changed = PAGE.replace("| 1 |", "| 2 |");
        let lines = ("| x | 1 |".to_owned(), "| x | 2 |".to_owned());
        assert_eq!(first_difference(PAGE, &changed), Some(lines));
        assert!(first_difference(PAGE, &PAGE.replace("\nb\n", "\nd\n")).is_some());
        assert!(first_difference(PAGE, "## a\n").is_some());
    }

    #[test]
    fn numbers_are_in_groups_of_three() {
        assert_eq!(
            [0, 12, 999, 1000, 1_234_567].map(grouped),
            ["0", "12", "999", "1,000", "1,234,567"]
        );
    }
}
