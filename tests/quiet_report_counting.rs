//! A report is invisible to the counting allocator as well.
//!
//! What is promised: making, holding, cloning, printing, writing and dropping one moves no counter, neither of the
//! process nor of an operation around it nor of a measurement.
//!
//! It runs without the test harness, whose own thread would count meanwhile.

#[global_allocator]
static ALLOCATOR: memprof::CountingAllocator = memprof::CountingAllocator::system();

#[path = "quiet/report.rs"]
mod report;

fn main() {
    report::check();
    println!("quiet_report_counting: kept");
}
