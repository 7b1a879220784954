//! Promise: where memprof is in the program's source and switched off in its build, the run says so.

use crate::directory::Directory;
use crate::krate::{MEMPROF, PROFILE, lock};

const MAIN: &str = "\
#[cfg(feature = \"allocator\")]
#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

#[cfg_attr(feature = \"own\", memprof::track(\"Work\"))]
fn work(size: usize) -> Vec<u8> {
    vec![7; size]
}

fn main() {
    println!(\"worked: {}\", work(10).len());
}

#[test]
fn works() {
    assert_eq!(work(10).len(), 10);
    assert!(std::env::var_os(\"FAIL\").is_none());
}
";

/// A crate whose own feature says whether it names memprof, with these features of memprof.
fn krate(name: &str, features: &str) -> Directory {
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\ndefault = [\"own\"]\n\
         own = [\"dep:memprof\"]\nallocator = [\"own\"]\n\n[dependencies.memprof]\npath = {MEMPROF:?}\noptional = true\n\
         default-features = false\nfeatures = [{features}]\n\n[workspace]\n\n{PROFILE}"
    );
    let directory = Directory::new();
    directory
        .write("Cargo.toml", manifest)
        .write("src/main.rs", MAIN);
    lock(&directory);
    directory
}

#[track_caller]
fn expect(krate: &Directory, arguments: &[&str], fails: bool, why: &str) {
    let mut command = krate.command(arguments);
    let outcome = crate::directory::run(command.envs(fails.then_some(("FAIL", "1"))));
    let (status, begin) = match fails {
        true => (
            101,
            "memprof: no process wrote a report: cargo ended with status 101, as its messages above say, and ",
        ),
        false => (1, "error: no process wrote a report: "),
    };
    let last = outcome.expect(status).stderr.lines().last();
    assert_eq!(last, Some(&*format!("{begin}{why}")), "{}", outcome.stderr);
}

#[test]
fn a_build_without_memprofs_features_is_told_to_be_one() {
    let remedy = "switch its default features on (without `default-features = false`, or by `--features memprof/default`)";
    let off = krate("switched_off", "");
    let why = format!("memprof is switched off in this build: {remedy}");
    let allocator = ["--features", "allocator"];
    let with_allocator = |command| [&[command], &allocator[..]].concat();
    expect(&off, &with_allocator("run"), false, &why);
    expect(&off, &with_allocator("test"), false, &why);
    expect(&off, &with_allocator("test"), true, &why);

    let light = krate("switched_light", "\"track\"");
    let why = format!(
        "memprof has its feature `track` alone in this build, which writes no reports: {remedy}"
    );
    expect(&light, &["run"], false, &why);
    let outcome = light.memprof(&["run", "--features", "memprof/default,allocator"]);
    let table = "\nWork: Allocated: 10 bytes, ";
    assert!(
        outcome.expect(0).stdout.contains(table),
        "{}",
        outcome.stdout
    );

    let why = "memprof is not in this build: the dependency on it is optional, for tests alone, or of another target: \
               switch on the feature that brings it, or make it an ordinary dependency";
    expect(&light, &["run", "--no-default-features"], false, why);
}
