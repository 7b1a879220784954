//! The texts that the service is asked with: one candidate a line, `Name: skill, skill`, and one required
//! skill a line. Empty lines and those that begin with `#` are left out. And made-up ones, of any size.

use std::fmt::Write as _;

use crate::{Error, Result};

/// The lines that say something, numbered from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = (1..).zip(text.lines().map(str::trim));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The name and the skills of a candidate's line.
///
/// # Errors
/// When it has no colon.
pub fn candidate((number, line): (usize, &str)) -> Result<(&str, impl Iterator<Item = &str>)> {
    let (name, skills) = line
        .split_once(':')
        .ok_or(Error::NoColon { line: number })?;
    let skills = skills.split(',').map(str::trim);
    Ok((name.trim(), skills.filter(|skill| !skill.is_empty())))
}

/// The skills that every made-up candidate has.
const SKILLS_EACH: usize = 4;

const FIELDS: &[&str] = &[
    "Rust",
    "Python",
    "Go",
    "C++",
    "Java",
    "TypeScript",
    "SQL",
    "Kafka",
    "Kubernetes",
    "Terraform",
    "React",
    "Postgres",
    "Redis",
    "gRPC",
    "Linux",
    "CUDA",
    "PyTorch",
    "Embedded",
    "Networking",
    "Compilers",
];

const KINDS: &[&str] = &[
    "development",
    "architecture",
    "testing",
    "operations",
    "performance tuning",
    "security review",
    "code review",
    "migration",
    "observability",
    "teaching",
    "data modelling",
    "incident response",
];

/// As many made-up candidates, always the same ones.
pub fn made_up_candidates(count: usize) -> String {
    let mut text = String::new();
    for candidate in 0..count {
        let skills: Vec<_> = (0..SKILLS_EACH)
            .map(|nth| made_up_skill(candidate * 7 + nth * 31))
            .collect();
        // Writing to a String does not fail.
        let _ = writeln!(text, "Candidate {candidate:04}: {}", skills.join(", "));
    }
    text
}

/// As many made-up required skills, always the same ones.
pub fn made_up_required(count: usize) -> String {
    let skills: Vec<_> = (0..count).map(|nth| made_up_skill(nth * 11 + 3)).collect();
    skills.join("\n")
}

fn made_up_skill(number: usize) -> String {
    let field = FIELDS[number % FIELDS.len()];
    let kind = KINDS[number / FIELDS.len() % KINDS.len()];
    format!("{field} {kind}")
}

#[cfg(test)]
mod tests {
    use super::{candidate, lines, made_up_candidates, made_up_required};
    use crate::Error;

    #[test]
    fn a_line_is_a_name_and_skills() {
        let text = "# people\n\n Ada : Rust ,, C++ \r\n";
        let found: Vec<_> = lines(text).collect();
        assert_eq!(found, [(3, "Ada : Rust ,, C++")]);
        let (name, skills) = candidate(found[0]).unwrap();
        assert_eq!(
            (name, skills.collect::<Vec<_>>()),
            ("Ada", vec!["Rust", "C++"])
        );
        let err = candidate((7, "Ada Rust")).err().unwrap();
        assert!(matches!(err, Error::NoColon { line: 7 }), "{err}");
    }

    #[test]
    fn made_up_texts_are_as_large_as_asked() {
        assert_eq!(lines(&made_up_candidates(50)).count(), 50);
        assert_eq!(lines(&made_up_required(25)).count(), 25);
        assert_eq!(made_up_required(2), "C++ development\nLinux development");
    }
}
