//! Takes the documentation of the attributes out of `memprof-macros`, as Markdown, for its examples to be doc tests
//! here: as doc tests of that crate they would have memprof and all below it built a second time, because what a crate
//! of macros needs for its tests is built for the compiler.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const SOURCE: &str = "../../memprof-macros/src/lib.rs";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={SOURCE}");
    let source = fs::read_to_string(SOURCE).unwrap_or_else(|err| panic!("{SOURCE}: {err}"));
    let mut documentation = String::new();
    for line in source.lines() {
        // A line that is none becomes blank, so that a test that fails names the line of the source.
        let text = line.strip_prefix("///").unwrap_or_default();
        writeln!(documentation, "{}", text.strip_prefix(' ').unwrap_or(text)).unwrap();
    }
    let folder = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&folder).join("attributes.md"), documentation).expect("written");
}
