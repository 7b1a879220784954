//! The page holds the report whole, asks nobody for anything, and takes no name for markup.
//!
//! What it shows and does is tested in a browser, see `page/test/` of the repository.

use memprof_report::formats::{html, html_diff};
use memprof_report::{Diff, DiffOptions, Report};

use super::hostile::named;
use super::reports::{stacked, tree};

/// What the page may be larger than the report's JSON: script, style and frame.
const BUNDLE_BYTES: usize = 160 * 1024;

/// The text of the data block with that id.
fn block<'a>(page: &'a str, id: &str) -> &'a str {
    let opening = format!("<script type=\"application/json\" id=\"{id}\">");
    let (_, from) = page.split_once(&opening).expect("the block");
    from.split_once("</script>").expect("its end").0
}

/// The page without its data: what is the same in every page.
fn frame(page: &str) -> String {
    let mut frame = String::new();
    let mut rest = page;
    while let Some((before, data)) = rest.split_once("<script type=\"application/json\"") {
        frame += before;
        rest = data.split_once("</script>").expect("its end").1;
    }
    frame + rest
}

fn read(page: &str, id: &str) -> Report {
    Report::from_json(block(page, id)).expect("a report")
}

#[test]
fn the_report_in_the_page_is_the_report() {
    let fixture = include_str!("../../fixtures/report-v1.json");
    let mut largest = tree();
    largest.process.allocated_bytes = u64::MAX;
    largest.operations[0].net_bytes = i64::MIN;
    for report in [
        Report::default(),
        tree(),
        stacked(),
        named(),
        largest,
        Report::from_json(fixture).expect("the fixture"),
    ] {
        let page = html(&report).expect("a page");
        assert_eq!(read(&page, "report"), report);
        assert_eq!(html(&report).expect("a page"), page, "the same bytes");
    }
}

#[test]
fn a_comparison_holds_both_reports_and_what_changed() {
    let (old, mut new) = (tree(), tree());
    for operation in &mut new.operations {
        operation.calls = 1;
        operation.peak_bytes += 1;
    }
    let page = html_diff(&old, &new, &DiffOptions::default()).expect("a page");
    assert_eq!(read(&page, "old"), old);
    assert_eq!(read(&page, "report"), new);
    let held: serde_json::Value = serde_json::from_str(block(&page, "diff")).expect("json");
    let diff: Diff = serde_json::from_value(held["diff"].clone()).expect("a diff");
    let wanted = Diff::between(&old, &new, &DiffOptions::default()).expect("alike");
    assert_eq!(diff, wanted);
    assert_eq!(held["refusal"], serde_json::Value::Null);
}

#[test]
fn reports_of_unlike_builds_are_shown_with_the_reason() {
    let (old, mut new) = (tree(), tree());
    new.run.profile = "debug".into();
    let page = html_diff(&old, &new, &DiffOptions::default()).expect("a page");
    let held: serde_json::Value = serde_json::from_str(block(&page, "diff")).expect("json");
    assert_eq!(held["diff"], serde_json::Value::Null);
    let refusal = Diff::between(&old, &new, &DiffOptions::default()).expect_err("unlike");
    assert_eq!(held["refusal"], serde_json::json!(refusal.reasons()));
}

/// Whatever names say, the page has the elements of the frame, and no others.
#[test]
fn no_name_becomes_markup() {
    let hostile = "</script></title><img src=x onerror=alert(1)><!--<script>";
    let mut report = named();
    report.run.name = hostile.into();
    for operation in &mut report.operations {
        operation.name += hostile;
        operation.file += hostile;
    }
    let page = html_diff(&report, &report, &DiffOptions::default()).expect("a page");
    assert_eq!(read(&page, "report"), report);
    for id in ["report", "library", "old", "old-library", "diff"] {
        let data = block(&page, id);
        assert!(!data.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
    }
    // Five blocks of data and the script.
    assert_eq!(page.matches("<script").count(), 6);
    assert_eq!(page.matches("</script").count(), 6);
    assert_eq!(page.matches("<img").count(), 0);
    assert_eq!(page.matches("<!--").count(), 0);
    assert_eq!(page.matches("</title>").count(), 1);
}

/// The policy forbids every load, and nothing in the frame would be one.
#[test]
fn the_page_asks_nobody_for_anything() {
    let page = html(&tree()).expect("a page");
    let frame = frame(&page);
    let (_, policy) = frame
        .split_once("http-equiv=\"Content-Security-Policy\" content=\"")
        .expect("a policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    assert!(
        !policy
            .split_once('"')
            .expect("its end")
            .0
            .contains("unsafe")
    );

    for loading in [
        " src=",
        "@import",
        "url(",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "EventSource",
        "sendBeacon",
        "import(",
        "importScripts",
        "new Worker",
        "innerHTML",
        "document.write",
        "eval(",
    ] {
        assert!(!frame.contains(loading), "{loading}");
    }
    // The icon that is none; without it browsers ask for one.
    assert_eq!(frame.matches("<link").count(), 1);
    assert!(frame.contains("<link rel=\"icon\" href=\"data:,\">"));
    // A name of the language, not an address.
    let namespace = "http://www.w3.org/2000/svg";
    for scheme in ["http://", "https://"] {
        for (at, _) in frame.match_indices(scheme) {
            assert!(
                frame[at..].starts_with(namespace),
                "{:?}",
                &frame[at..].get(..60)
            );
        }
    }
}

#[test]
fn the_page_is_little_more_than_the_report() {
    let report = named();
    let page = html(&report).expect("a page");
    let data = block(&page, "report").len();
    assert!(page.len() - data < BUNDLE_BYTES, "{}", page.len() - data);
    // Escapes are six bytes for one.
    assert!(data <= 6 * report.to_json_pretty().expect("json").len());

    let empty = html(&Report::default()).expect("a page");
    let title = ": ".len() + memprof_title(&page).len();
    assert_eq!(frame(&page).len(), frame(&empty).len() + title);
}

/// The run's name as it stands in the title.
fn memprof_title(page: &str) -> &str {
    let (_, from) = page.split_once("<title>memprof: ").expect("a title");
    from.split_once("</title>").expect("its end").0
}
