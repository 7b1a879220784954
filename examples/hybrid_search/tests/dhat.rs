//! The program with dhat, under memprof or by itself: dhat's file is there, and its blocks are the program's.
#![cfg(feature = "dhat")]

mod program;

use program::{run, text, write_corpus};

#[test]
fn dhat_writes_its_file() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let args = ["--corpus", "docs", "--quiet", "--output", "out"];
    let output = run(dir.path(), &args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let file = std::fs::read(dir.path().join("out/dhat-heap.json")).unwrap();
    let profile: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let points = profile["pps"].as_array().unwrap();
    let bytes: u64 = points.iter().filter_map(|point| point["tb"].as_u64()).sum();
    // tantivy's tables alone are more.
    assert!(bytes > 10 << 20, "{bytes}");
}
