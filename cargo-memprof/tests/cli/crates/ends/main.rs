//! A program that ends in the way that `HOW` says.

use std::io::Write;
use std::process::{Command, abort, exit};
use std::thread::sleep;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

#[memprof::track("Work")]
fn work(size: usize) -> Vec<u8> {
    vec![7; size]
}

fn main() {
    let how = std::env::var("HOW").unwrap_or_default();
    let signals = (how == "handle").then(|| Signals::new([SIGINT, SIGTERM]).unwrap());
    let kept = work(10);
    println!("worked: {} in {}", kept.len(), std::process::id());
    std::io::stdout().flush().unwrap();
    match how.as_str() {
        "exit" => exit(7),
        "panic" => panic!("on purpose"),
        "abort" => abort(),
        "kill" => {
            let own = std::process::id().to_string();
            Command::new("kill").args(["-KILL", &own]).status().unwrap();
            forever();
        }
        "forever" => forever(),
        "handle" => {
            let mut signals = signals.unwrap();
            let first = signals.forever().next().unwrap();
            // A second one, that came for the same reason, would be there by now.
            sleep(Duration::from_millis(500));
            let more = signals.pending().count();
            println!("handled: {first}, and {more} more");
        }
        _ => {}
    }
}

fn forever() {
    loop {
        sleep(Duration::from_secs(1));
    }
}
