//! The table of one program.

use std::fmt::Write;

use super::Cost;
use super::elf::Part;

pub(super) fn render(cost: &Cost) -> String {
    let mut text = format!("{}, {} functions\n", cost.title, cost.functions);
    let times = [("cargo check", &cost.check), ("debug build", &cost.build)];
    for (name, times) in times {
        if let Some(times) = times {
            let [untracked, tracked] = times.map(|time| time.as_secs_f64());
            let each = (tracked - untracked) * 1e3 / cost.functions as f64;
            let _ = writeln!(
                text,
                "  {name:<18} {untracked:>11.2} s {tracked:>11.2} s {:>9} {each:>9.2} ms a function",
                growth(untracked, tracked)
            );
        }
    }
    if let Some(instructions) = &cost.instructions {
        let [untracked, tracked] = instructions.map(|count| count as f64 / 1e6);
        let each = (tracked - untracked) / cost.functions as f64;
        let _ = writeln!(
            text,
            "  {:<18} {untracked:>11.0} M {tracked:>11.0} M {:>9} {each:>9.2} M a function",
            "its instructions",
            growth(untracked, tracked)
        );
    }
    let [untracked, tracked] = &cost.sizes;
    let mut line = |name: &str, untracked: u64, tracked: u64| {
        let each = (tracked as f64 - untracked as f64) / cost.functions as f64;
        let _ = writeln!(
            text,
            "  {name:<18} {:>9.0} KiB {:>9.0} KiB {:>9} {each:>9.0} bytes a function",
            untracked as f64 / 1024.0,
            tracked as f64 / 1024.0,
            growth(untracked as f64, tracked as f64)
        );
    };
    line("debug binary", untracked.file, tracked.file);
    if tracked.has_sections() {
        for (part, name) in Part::ALL {
            line(&format!("  {name}"), untracked.of(part), tracked.of(part));
        }
    }
    text
}

fn growth(before: f64, after: f64) -> String {
    format!("{:+.0} %", (after / before - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile_cost::elf::Size;
    use std::time::Duration;

    #[test]
    fn figures_are_of_one_function() {
        let size = |file| Size {
            file,
            sections: Vec::new(),
        };
        let cost = Cost {
            title: "light",
            functions: 100,
            check: Some([1_000, 1_150].map(Duration::from_millis)),
            build: None,
            instructions: Some([1_000_000_000, 1_400_000_000]),
            sizes: [size(1 << 20), size(3 << 19)],
        };
        assert_eq!(
            render(&cost),
            "light, 100 functions\n\
             \x20 cargo check               1.00 s        1.15 s     +15 %      1.50 ms a function\n\
             \x20 its instructions          1000 M        1400 M     +40 %      4.00 M a function\n\
             \x20 debug binary            1024 KiB      1536 KiB     +50 %      5243 bytes a function\n"
        );
    }
}
