//! Symbols in release builds: with debug information functions, lines and what was inlined; without it names
//! only; stripped, where in which object. Everywhere the same stack, and no crash.
#![cfg(target_os = "linux")]

mod built;

use memprof_report::{Frame, Report};
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCE: &str = include_str!("../src/bin/places.rs");

/// As in a release build, but for what is in no stack: that is as in the debug builds of other tests' crates, beside
/// which it stands, so that it is built once.
const RELEASE: [&str; 11] = [
    "--bin=places",
    "--config=profile.dev.opt-level=3",
    "--config=profile.dev.debug-assertions=false",
    "--config=profile.dev.overflow-checks=false",
    "--config=profile.dev.incremental=false",
    "--config=profile.dev.package.\"*\".opt-level=0",
    "--config=profile.dev.package.\"*\".debug-assertions=true",
    "--config=profile.dev.package.\"*\".overflow-checks=true",
    "--config=profile.dev.package.backtrace.opt-level=3",
    "--config=profile.dev.package.backtrace.debug-assertions=false",
    "--config=profile.dev.package.memprof-report.opt-level=0",
];

#[test]
fn are_right_with_debug_information_without_and_stripped() {
    let places = built::build("crates", &RELEASE).join("debug/places");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let with = stack_of(&places);
    with_debug_information(&with);
    let names = stripped(&places, "--strip-debug", &folder.join("places-names"));
    names_only(&stack_of(&names), &with);
    let nothing = stripped(&places, "--strip-all", &folder.join("places-stripped"));
    nothing_but_where(&stack_of(&nothing), &with, &nothing);
}

/// Of a copy of the program, without what `option` says.
fn stripped(program: &Path, option: &str, copy: &Path) -> PathBuf {
    let strip = Command::new("strip")
        .args([option, "-o"])
        .arg(copy)
        .arg(program)
        .status();
    assert!(strip.unwrap().success());
    copy.to_owned()
}

/// The frames of the stacks under which the boxes were allocated: one stack, if lines are known; otherwise
/// one for each call that the compiler made of the one in the source.
fn stack_of(program: &Path) -> Vec<Vec<Frame>> {
    let setting = ("MEMPROF_MEMORY_SAMPLE_RATE", "1");
    let output = built::command(program, Some(setting)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", program.display());
    let report: Report = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.run.sample_rate, 1);
    let of_boxes: Vec<_> = report
        .stacks
        .iter()
        .filter(|stack| stack.allocated_bytes == 264 * stack.allocations)
        .collect();
    assert_eq!(
        of_boxes.iter().map(|stack| stack.allocations).sum::<u64>(),
        5
    );
    assert!(
        of_boxes
            .iter()
            .all(|stack| stack.retained_blocks == Some(stack.allocations))
    );
    let frames = |indexes: &[usize]| {
        indexes
            .iter()
            .map(|&index| report.frames[index].clone())
            .collect()
    };
    of_boxes.iter().map(|stack| frames(&stack.frames)).collect()
}

fn line_with(text: &str) -> u32 {
    1 + SOURCE.lines().position(|line| line.contains(text)).unwrap() as u32
}

fn with_debug_information(stacks: &[Vec<Frame>]) {
    let [stack] = stacks else {
        panic!("one call in the source: {stacks:?}");
    };
    let ours = stack.iter().filter(|frame| {
        let file = frame.file.as_deref().unwrap_or_default();
        file.ends_with("src/bin/places.rs")
    });
    let ours: Vec<_> = ours
        .map(|frame| {
            (
                frame.function.as_deref().unwrap(),
                frame.line.unwrap(),
                frame.inlined,
            )
        })
        .collect();
    let expected = [
        ("places::inlined", line_with("// allocated here"), true),
        ("places::inner", line_with("black_box(inlined())"), false),
        ("places::outer", line_with("// called here"), false),
        ("places::main", line_with("let kept = outer();"), false),
    ];
    assert_eq!(ours, expected);
    // Above is the standard library's code alone.
    let first = stack
        .iter()
        .position(|frame| frame.function.as_deref() == Some("places::inlined"));
    for frame in &stack[..first.unwrap()] {
        assert!(
            frame.function.as_deref().unwrap().contains("alloc::"),
            "{frame:?}"
        );
        assert!(frame.inlined, "{frame:?}");
    }
}

/// The addresses of the functions that are there.
fn offsets(stack: &[Frame]) -> Vec<u64> {
    let frames = stack.iter().filter(|frame| !frame.inlined);
    frames.map(|frame| frame.object_offset.unwrap()).collect()
}

fn names_only(stacks: &[Vec<Frame>], with: &[Vec<Frame>]) {
    for stack in stacks {
        let ours: Vec<_> = stack
            .iter()
            .take(3)
            .map(|frame| frame.function.as_deref())
            .collect();
        assert_eq!(
            ours,
            [
                Some("places::inner"),
                Some("places::outer"),
                Some("places::main")
            ]
        );
        for frame in &stack[..3] {
            assert_eq!(
                (&frame.file, frame.line, frame.inlined),
                (&None, None, false)
            );
        }
    }
    // Nothing else changed: one of them is the one whose addresses are known.
    let known = &offsets(&with[0])[..3];
    assert!(stacks.iter().any(|stack| offsets(stack)[..3] == *known));
}

fn nothing_but_where(stacks: &[Vec<Frame>], with: &[Vec<Frame>], program: &Path) {
    let program = program.to_string_lossy();
    for stack in stacks {
        for frame in stack
            .iter()
            .filter(|frame| frame.object.as_deref() == Some(&*program))
        {
            let told = (&frame.function, &frame.file, frame.line);
            assert_eq!(told, (&None, &None, None));
            assert!(frame.address.unwrap() > frame.object_offset.unwrap());
        }
    }
    let known = &offsets(&with[0])[..3];
    let has_known = |stack: &Vec<Frame>| offsets(stack).windows(3).any(|some| some == known);
    assert!(stacks.iter().any(has_known), "{known:x?} in {stacks:?}");
}
