//! The witness: a process beside cargo that does nothing. It tells two things that the command itself cannot know.
//!
//! A signal that ends it too was sent to the whole process group, as by Ctrl-C or `timeout`: cargo and the program have it
//! already, and a second one could end a program in the middle of its orderly end. And should the command be killed,
//! the witness's stdin ends, and it ends what the command has started.

use std::ffi::OsString;
use std::io::{self, Read};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::tree;

/// The argument by which this program is one.
const ARGUMENT: &str = "--witness-of";
/// How long a signal for the whole group may take to end it.
const LONGEST: Duration = Duration::from_millis(300);
/// How long what was started may take to end in order where the command was killed.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

pub(super) struct Witness {
    root: u32,
    child: Option<Child>,
}

impl Witness {
    /// Of cargo, by its process's number. Where there can be none, every signal is passed on.
    pub(super) fn of(root: u32) -> Self {
        let program = std::env::current_exe();
        let child = program.and_then(|program| {
            Command::new(program)
                .arg(ARGUMENT)
                .arg(root.to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
        });
        Self {
            root,
            child: child.ok(),
        }
    }

    /// Its number, 0 where there is none.
    pub(super) fn pid(&self) -> i32 {
        let pid = self.child.as_ref().map(Child::id);
        pid.and_then(|pid| i32::try_from(pid).ok()).unwrap_or(0)
    }

    /// Whether the signal that came just now came to the whole group. The next one is told anew.
    pub(super) fn saw_it(&mut self) -> bool {
        let Some(child) = &mut self.child else {
            return false;
        };
        let begin = Instant::now();
        while begin.elapsed() < LONGEST {
            if matches!(child.try_wait(), Ok(Some(_))) {
                *self = Self::of(self.root);
                return true;
            }
            sleep(PAUSE);
        }
        false
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What this process does where it was started as one; none where it was not.
pub(crate) fn serve(arguments: &[OsString]) -> Option<ExitCode> {
    let [_, argument, root] = arguments else {
        return None;
    };
    if argument != ARGUMENT {
        return None;
    }
    let root = root.to_str()?.parse().ok()?;
    // It ends when the command does.
    let _ = io::stdin().lock().read_to_end(&mut Vec::new());
    let tree = tree::of(root);
    tree.iter().for_each(|process| process.signal(Signal::TERM));
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE && tree.iter().any(|process| process.is_running()) {
        sleep(PAUSE);
    }
    tree.iter().for_each(|process| process.signal(Signal::KILL));
    Some(ExitCode::SUCCESS)
}
