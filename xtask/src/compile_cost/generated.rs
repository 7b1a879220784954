//! A program of functions as programs have them: free ones and methods, generic ones, such that give a `Result`, `async`
//! ones; with owned arguments and without. Each is called.

use std::path::Path;

use super::project::{Form, PROFILE, Project, write, write_lock};
use crate::Result;

/// How many functions a module has.
const IN_MODULE: usize = 10;

const MODULE: &str = r#"use std::fmt;
use std::num::ParseIntError;

#[derive(Debug, Default, Clone)]
pub struct Store {
    names: Vec<String>,
    sizes: Vec<usize>,
}

impl Store {
    #[memprof::track]
    pub fn new(names: &[&str]) -> Self {
        let sizes = names.iter().map(|name| name.len()).collect();
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Self { names, sizes }
    }

    #[memprof::track]
    pub fn insert(&mut self, name: String, size: usize) -> bool {
        if self.names.contains(&name) {
            return false;
        }
        self.names.push(name);
        self.sizes.push(size);
        true
    }

    #[memprof::track]
    pub fn longest(&self) -> Option<&str> {
        let longest = self.names.iter().max_by_key(|name| name.len())?;
        Some(longest.as_str())
    }

    #[memprof::track]
    pub async fn fetch(&self, name: &str) -> Result<usize, String> {
        let at = self.names.iter().position(|it| it == name);
        std::future::ready(()).await;
        match at.and_then(|at| self.sizes.get(at)) {
            Some(&size) => Ok(size + NUMBER),
            None => Err(format!("no entry {name:?} in part NUMBER")),
        }
    }
}

impl fmt::Display for Store {
    #[memprof::track]
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, size) in self.names.iter().zip(&self.sizes) {
            writeln!(formatter, "{name}: {size}")?;
        }
        Ok(())
    }
}

#[memprof::track]
pub fn parse(text: &str) -> Result<usize, ParseIntError> {
    let mut sum = NUMBER;
    for part in text.split(',') {
        let number: usize = part.trim().parse()?;
        sum += number;
    }
    Ok(sum)
}

#[memprof::track]
pub fn joined(parts: Vec<String>, separator: &str) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        text.push_str(part);
    }
    text
}

#[memprof::track]
pub fn largest<T: Ord + Clone>(values: &[T]) -> Option<T> {
    let mut largest = values.first()?;
    for value in values {
        if value > largest {
            largest = value;
        }
    }
    Some(largest.clone())
}

#[memprof::track]
fn checked(store: &Store, limit: usize) -> Result<usize, Box<dyn std::error::Error>> {
    let longest = store.longest().ok_or("part NUMBER is empty")?;
    if longest.len() > limit {
        return Err(format!("{longest} is longer than {limit}").into());
    }
    let text = format!("{}, {limit}", longest.len());
    Ok(parse(&text)?)
}

#[memprof::track]
pub async fn run(mut store: Store, limit: usize) -> usize {
    store.insert(format!("part{limit}"), limit);
    let found = store.fetch("red").await.unwrap_or_default();
    let text = joined(vec![store.to_string(), String::from("end")], ", ");
    let most = largest(&[text.len(), found, NUMBER]).unwrap_or(limit);
    most + checked(&store, limit).unwrap_or_default()
}
"#;

const MAIN: &str = r#"
fn main() {
    START
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut done = std::pin::pin!(all());
    if let std::task::Poll::Ready(sum) = done.as_mut().poll(&mut context) {
        println!("{sum}");
    }
}

async fn all() -> usize {
    let mut sum = 0;
"#;

/// Writes the program into `folder`, with the attribute on each function or without it.
pub(super) fn write_to(
    folder: &Path,
    form: Form,
    functions: usize,
    is_tracked: bool,
) -> Result<Project> {
    let modules = functions.div_ceil(IN_MODULE);
    let (program, allocator, start) = match form {
        Form::Light => ("light", "", ""),
        Form::Default => (
            "default",
            "#[global_allocator]\nstatic ALLOCATOR: memprof::Allocator = memprof::Allocator::system();\n\n",
            "let _profiler = memprof::Profiler::builder().build();",
        ),
    };
    let mut main = allocator.to_owned();
    let mut calls = MAIN.replace("START", start);
    for number in 0..modules {
        main += &format!("mod part_{number};\n");
        calls += &format!(
            "    sum += part_{number}::run(part_{number}::Store::new(&[\"red\", \"green\"]), {number}).await;\n"
        );
        let file = folder.join(format!("src/part_{number}.rs"));
        write(&file, module(number, is_tracked))?;
    }
    main = main + &calls + "    sum\n}\n";
    let root = folder.join("src/main.rs");
    write(&root, main)?;
    let manifest = format!(
        "[package]\nname = \"{program}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n[workspace]\n\n{PROFILE}",
        form.dependency(),
    );
    write(&folder.join("Cargo.toml"), manifest)?;
    write_lock(folder)?;
    Ok(Project {
        folder: folder.to_owned(),
        program,
        roots: vec![root],
        functions: modules * IN_MODULE,
    })
}

/// Without the attribute a comment stands in its place, so that lines are the same.
fn module(number: usize, is_tracked: bool) -> String {
    let module = MODULE.replace("NUMBER", &number.to_string());
    match is_tracked {
        true => module,
        false => module.replace("#[memprof::track]", "// not tracked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_has_ten_functions_and_each_is_tracked() {
        assert_eq!(
            module(7, true).matches("    #[memprof::track]\n").count(),
            5
        );
        assert_eq!(
            module(7, true).matches("#[memprof::track]\n").count(),
            IN_MODULE
        );
        assert_eq!(module(7, true).matches("fn ").count(), IN_MODULE);
        let (tracked, untracked) = (module(7, true), module(7, false));
        assert_eq!(tracked.lines().count(), untracked.lines().count());
        assert!(!untracked.contains("memprof"));
    }
}
