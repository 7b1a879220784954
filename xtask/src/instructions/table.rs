//! The table of counts, and which targets they miss.

use std::fmt::Write;

use super::Counts;
use super::cases::Case;

/// One line a case.
pub(super) fn render(cases: &[Case], counts: &[Counts]) -> String {
    let mut text = format!(
        "{:<32}{:>9}{:>10}{:>10} {:>10}{:>10} {:>10}  \n",
        "instructions per", "bare", "counting", "owning", "+counting", "+owning", "target"
    );
    for (case, counts) in cases.iter().zip(counts) {
        let [bare, counting, owning] = counts;
        let (target, verdict) = match &case.target {
            None => (String::new(), ""),
            Some(target) => (
                format!("{} / {}", target.counting, target.owning),
                if missed((case, counts)).is_empty() {
                    "met"
                } else {
                    "MISSED"
                },
            ),
        };
        let [over_counting, over_owning] = over(counts);
        let line = format!(
            "{:<32}{bare:>9.1}{counting:>10.1}{owning:>10.1} {over_counting:>10.1}{over_owning:>10.1} {target:>10}  {verdict}",
            case.title
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Says of each target of the case that is missed by how much.
pub(super) fn missed((case, counts): (&Case, &Counts)) -> Vec<String> {
    let Some(target) = &case.target else {
        return Vec::new();
    };
    let columns = ["counting", "owning"]
        .into_iter()
        .zip(over(counts))
        .zip([target.counting, target.owning]);
    columns
        .filter(|((_, over), target)| *over > f64::from(*target))
        .map(|((column, over), target)| {
            format!(
                "{}, {column}: {over:.1} over the bare program, target {target}",
                case.title
            )
        })
        .collect()
}

/// What memprof adds, as it is printed: to one decimal.
fn over([bare, counting, owning]: &Counts) -> [f64; 2] {
    [counting, owning].map(|count| ((count - bare) * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::super::cases::CASES;
    use super::*;

    #[test]
    fn a_target_is_missed_from_the_first_printed_decimal_on() {
        let pair = &CASES[0];
        assert!(missed((pair, &[40.0, 52.049, 66.049])).is_empty());
        assert_eq!(
            missed((pair, &[40.0, 52.051, 66.0])),
            ["alloc + free, 64 bytes, counting: 12.1 over the bare program, target 12"]
        );
        let table = render(&CASES[..2], &[[40.0, 52.049, 67.0], [0.0; 3]]);
        assert!(
            table.contains("12.0      27.0    12 / 26  MISSED\n"),
            "{table}"
        );
        assert!(table.ends_with("0.0\n"), "{table}");
    }
}
