//! From the first run of a fresh crate to its gate, each command on the runs that there are.

use crate::directory::report;
use crate::krate::krate;

#[test]
fn a_crate_is_run_looked_at_accepted_and_gated() {
    let krate = krate();
    let before = krate.memprof(&["run", "--", "100"]).expect(0).written();

    let listed = "Work        1 call  src/lib.rs:12:1\nIdle  never called  src/lib.rs:18:1\n2 sites, 1 never called\n";
    assert_eq!(krate.memprof(&["list"]).expect(0).stdout, listed);
    let tree = krate.memprof(&["report", "--tree"]);
    assert!(tree.expect(0).stdout.contains("\nWork "), "{}", tree.stdout);
    let folded = krate.memprof(&["report", "--format", "folded"]);
    assert!(
        folded.expect(0).stdout.contains("Work 100\n"),
        "{}",
        folded.stdout
    );

    let outcome = krate.memprof(&["accept"]);
    outcome.expect(0);
    // To the root of the workspace, as a path that says where it is.
    let baseline = krate.path("memprof.baseline.json");
    let notice = format!(
        "memprof: took 1 operation into {}: commit it\n",
        baseline.display()
    );
    let run = "memprof: the last run: `cargo memprof run -- 100`, ";
    assert!(outcome.stderr.starts_with(run), "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with(&notice), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 2, "{}", outcome.stderr);
    krate.memprof(&["check"]).expect(0);

    // The same work with one byte more.
    let library = krate
        .read("src/lib.rs")
        .replace("vec![7; size]", "vec![7; size + 1]");
    krate.write("src/lib.rs", library);
    let after = krate.memprof(&["run", "--", "100"]).expect(0).written();
    let outcome = krate.memprof(&["check"]);
    assert!(
        outcome.expect(3).stdout.contains("\"Work\" +1 B"),
        "{}",
        outcome.stdout
    );
    let (old, new) = (before.to_str().unwrap(), after.to_str().unwrap());
    krate.memprof(&["diff", old]).expect(3);
    krate.memprof(&["diff", old, new]).expect(3);
    krate.memprof(&["diff", new, old]).expect(0);

    krate
        .memprof(&["--quiet", "merge", old, new, "-o", "both.json"])
        .expect(0);
    let both = report(&krate.path("both.json"));
    assert_eq!(both.operation("Work").unwrap().allocated_bytes, 201);

    krate.memprof(&["accept", "--quiet"]).expect(0);
    krate.memprof(&["check"]).expect(0);
}

#[test]
fn the_last_few_runs_are_kept() {
    let krate = krate();
    let first = krate.memprof(&["run"]).expect(0).written();
    for _ in 0..10 {
        assert!(first.is_file());
        krate.memprof(&["run", "--quiet"]).expect(0);
    }
    assert!(!first.exists());
    // Another workspace's runs below the same target directory are none of its own.
    let other = crate::krate::plain("fn main() {}");
    other.memprof(&["report"]).expect_error(
        1,
        "there is no run of this workspace in ",
        "or name a file",
    );
}
