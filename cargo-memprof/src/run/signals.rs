//! Signals that are to end a run: cargo and what it runs get them, and the command goes on until these have ended, so
//! that what they report is not lost.
//!
//! What came to the whole process group is not passed on: see `witness`. After the run signals do what they always do.

use std::collections::VecDeque;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::{Handle, Signals};

use super::tree::{self, Process};
use super::witness::Witness;
use crate::failure::notice;

/// How long what cargo ran may go on without it after a signal, and is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the same signal may take to come twice.
const SETTLING: Duration = Duration::from_millis(20);
const PAUSE: Duration = Duration::from_millis(10);

/// Signals kept from ending this process.
pub(super) struct Kept {
    signals: Signals,
    is_over: Arc<AtomicBool>,
}

/// A run whose signals are passed on.
struct Watch {
    handle: Handle,
    thread: JoinHandle<()>,
    received: Arc<AtomicI32>,
    /// What ran when a signal came.
    met: Arc<Mutex<Vec<Process>>>,
    witness: Arc<AtomicI32>,
}

impl Kept {
    /// Those that are not ignored: `nohup` and a script's `&` mean it, also for what is run.
    pub(super) fn begin() -> io::Result<Self> {
        let is_over = Arc::new(AtomicBool::new(false));
        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter();
        let wanted: Vec<i32> = wanted
            .filter(|signal| ignored & (1 << (signal - 1)) == 0)
            .collect();
        for &signal in &wanted {
            flag::register_conditional_default(signal, Arc::clone(&is_over))?;
        }
        Ok(Self {
            signals: Signals::new(wanted)?,
            is_over,
        })
    }

    /// Waits for cargo, and after a signal for what it ran; how it ended, and the first signal.
    pub(super) fn wait(self, mut cargo: Child) -> io::Result<(ExitStatus, Option<i32>)> {
        // What a cargo that ended first leaves behind is then below this process.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        let watch = Watch::begin(self.signals, cargo.id());
        let status = cargo.wait();
        let received = watch.end(status.as_ref().is_ok_and(|it| it.signal().is_some()));
        // Seen by the next signal's handler.
        self.is_over.store(true, Ordering::SeqCst);
        Ok((status?, received))
    }
}

impl Watch {
    fn begin(mut signals: Signals, cargo: u32) -> Self {
        let handle = signals.handle();
        let received = Arc::new(AtomicI32::new(0));
        let met = Arc::new(Mutex::new(Vec::new()));
        let witness = Arc::new(AtomicI32::new(0));
        let (first, all) = (Arc::clone(&received), Arc::clone(&met));
        let number_of_witness = Arc::clone(&witness);
        let thread = spawn(move || {
            let mut witness = Witness::of(cargo);
            number_of_witness.store(witness.pid(), Ordering::Relaxed);
            let mut queue = VecDeque::new();
            while !signals.is_closed() {
                queue.extend(signals.wait());
                while let Some(number) = queue.pop_front() {
                    // Relaxed: read after this thread was joined.
                    let _ = first.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed);
                    let tree = started(witness.pid());
                    all.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .extend(&tree);
                    if witness.saw_it() {
                        number_of_witness.store(witness.pid(), Ordering::Relaxed);
                        // `timeout` sends it to the command and then to all.
                        sleep(SETTLING);
                        queue.extend(signals.pending().filter(|other| *other != number));
                    } else if let Some(signal) = Signal::from_named_raw(number) {
                        tree.iter().for_each(|process| process.signal(signal));
                    }
                }
            }
        });
        Self {
            handle,
            thread,
            received,
            met,
            witness,
        }
    }

    /// What goes on after a signal.
    fn left(&self) -> Vec<Process> {
        let mut left = match cfg!(target_os = "linux") {
            // Also what nobody met, because cargo ended first.
            true => started(self.witness.load(Ordering::Relaxed)),
            false => Vec::new(),
        };
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let running = met.iter().copied().filter(|process| process.is_running());
        left.extend(running);
        left
    }

    /// `by_signal` where one ended cargo.
    fn end(self, by_signal: bool) -> Option<i32> {
        let has_come = || self.received.load(Ordering::Relaxed) != 0;
        let begin = Instant::now();
        // That it came here too is seen in a moment.
        while by_signal && !has_come() && begin.elapsed() < SETTLING * 10 {
            sleep(PAUSE);
        }
        let left = || if has_come() { self.left() } else { Vec::new() };
        while begin.elapsed() < PATIENCE && !left().is_empty() {
            sleep(PAUSE);
        }
        for process in left() {
            let pid = process.pid();
            notice(&format!("process {pid} of the run is still running"));
        }
        self.handle.close();
        let _ = self.thread.join();
        let received = self.received.load(Ordering::Relaxed);
        #[cfg(target_os = "linux")]
        if received != 0 {
            // What cargo left behind is this process's to bury.
            use rustix::process::{WaitOptions, wait};
            while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
        }
        (received != 0).then_some(received)
    }
}

/// What this process started but for the witness, and what that did, in its own process group.
fn started(witness: i32) -> Vec<Process> {
    let (own, group) = (rustix::process::getpid(), rustix::process::getpgrp());
    let (own, group) = (own.as_raw_nonzero().get(), group.as_raw_nonzero().get());
    let mut tree = tree::of(own);
    tree.retain(|process| {
        let is_ours = process.pid() == own || process.pid() == witness;
        !is_ours && process.is_in_group(group)
    });
    tree
}

/// A bit for each signal that whoever started this process has it ignore. Where the system does not say, none.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
