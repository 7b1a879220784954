//! The flame graph, read back as XML.

use memprof_report::Report;
use memprof_report::formats::{Weight, flamegraph};
use roxmltree::{Document, Node, ParsingOptions};

use super::reports::{inclusive, operation, path, stacked, total, tree};

/// The picture, which is well-formed XML.
pub(crate) fn draw(report: &Report, weight: Weight) -> String {
    let svg = flamegraph(report, weight).expect("the report has it");
    parsed(&svg);
    svg
}

/// What the frames' container says that all of them have together.
pub(crate) fn total_of(svg: &str) -> u64 {
    let document = parsed(svg);
    let nodes = document.root().descendants();
    let mut totals = nodes.filter_map(|node| node.attribute("total_samples"));
    let total = totals.next().expect("a total");
    total.parse().expect("a number")
}

fn parsed(svg: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    Document::parse_with_options(svg, options).expect("well-formed xml")
}

/// A frame: its text, the units that it begins at and that it has.
#[derive(Debug)]
struct Drawn {
    name: String,
    text: String,
    from: u64,
    width: u64,
}

fn drawn(svg: &str) -> Vec<Drawn> {
    let document = parsed(svg);
    let groups = document.root().descendants();
    let groups = groups.filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "g")));
    groups.filter_map(frame).collect()
}

fn frame(group: Node<'_, '_>) -> Option<Drawn> {
    let child = |name| group.children().find(|node| node.tag_name().name() == name);
    let text = child("title")?.text()?;
    let rect = child("rect")?;
    // In units, beside `x` and `width` in percent.
    let number = |name| {
        let mut attributes = rect.attributes();
        let found = attributes.find(|it| it.name() == name && it.namespace().is_some());
        found.and_then(|it| it.value().parse().ok())
    };
    Some(Drawn {
        name: text.rsplit_once(" (")?.0.to_owned(),
        text: text.to_owned(),
        from: number("x")?,
        width: number("w")?,
    })
}

fn widths(frames: &[Drawn], name: &str) -> u64 {
    let named = frames.iter().filter(|frame| frame.name == name);
    named.map(|frame| frame.width).sum()
}

#[test]
fn widths_add_up_to_the_report_and_to_every_operation() {
    for report in [tree(), stacked()] {
        for weight in Weight::ALL {
            let svg = draw(&report, weight);
            let frames = drawn(&svg);
            let wanted = total(&report, weight);
            assert_eq!(total_of(&svg), wanted, "{weight}");
            assert_eq!(widths(&frames, "all"), wanted, "{weight}");
            // The one that was entered once more stands on the first one, which is the wider.
            let index = frames.iter().filter(|frame| frame.name == "Index");
            let widest = index.map(|frame| frame.width).max();
            assert_eq!(widest, Some(inclusive(&report, 0, weight)), "{weight}");
        }
    }
}

#[test]
fn it_says_what_it_shows_and_how_exact_it_is() {
    let svg = draw(&stacked(), Weight::RetainedBytes);
    assert!(svg.contains(">Retained bytes: hybrid_search</text>"));
    assert!(
        svg.contains(">operations exact, call stacks sampled (standard error up to 25 %)</text>")
    );
    let frames = drawn(&svg);
    assert!(
        frames
            .iter()
            .any(|frame| frame.text == "Index (2,317,000 bytes, 99.97%)"),
        "{frames:?}"
    );
    let svg = draw(&tree(), Weight::AtPeakBytes);
    assert!(svg.contains(">Bytes at peak: hybrid_search</text>"));
    assert!(svg.contains(">within 1 %</text>"));
    let svg = draw(&tree(), Weight::Allocations);
    assert!(svg.contains("all (12,014 allocations, 100%)"));
}

/// Sorted as text, `Index Build` would stand between `Index` and `Index;Tokenize` and split the former.
#[test]
fn a_frame_is_in_one_piece() {
    let mut report = tree();
    report
        .operations
        .push(operation("Index Build", "src/index.rs", 90));
    report
        .paths
        .push(path(&["Index Build"], &[4], [1, 5_000_000, 0, 0, 0]));
    let svg = draw(&report, Weight::AllocatedBytes);
    let frames = drawn(&svg);
    // The second one is the re-entered one, which is too narrow to be drawn here.
    let index: Vec<&Drawn> = frames
        .iter()
        .filter(|frame| frame.name == "Index")
        .collect();
    assert_eq!(index.len(), 1, "{index:?}");
    assert_eq!((index[0].from, index[0].width), (0, 48_390_040));
}

#[test]
fn the_same_report_is_the_same_picture() {
    let first = draw(&stacked(), Weight::AllocatedBytes);
    assert_eq!(first, draw(&stacked(), Weight::AllocatedBytes));
}

#[test]
fn nothing_is_a_picture_that_says_so() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.run.name = "a < b & c".into();
    let svg = draw(&report, Weight::AllocatedBytes);
    let document = parsed(&svg);
    let texts: Vec<&str> = document
        .root()
        .descendants()
        .filter(|node| node.tag_name().name() == "text")
        .filter_map(|node| node.text())
        .collect();
    assert_eq!(texts, ["Allocated bytes: a < b & c", "0 bytes"]);
}

#[test]
fn more_than_64_bits_are_refused() {
    let mut report = tree();
    report.paths[1].allocated_bytes = u64::MAX;
    let refusal = flamegraph(&report, Weight::AllocatedBytes).expect_err("is refused");
    assert_eq!(
        refusal.to_string(),
        "the report's allocated bytes add up to more than 64 bits hold"
    );
}
