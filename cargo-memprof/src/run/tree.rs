//! The tree: a process and those that it started, which a signal for the run is meant for.

use rustix::process::{Pid, Signal, kill_process};

/// A process, told from a later one of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    pid: i32,
    parent: i32,
    group: i32,
    /// When it began, in whatever the system counts; 0 where it does not say.
    began: u64,
}

impl Process {
    pub(crate) fn pid(self) -> i32 {
        self.pid
    }

    /// Whether it is in that process group. What has left its parent's, as a daemon does, means to go on by itself.
    pub(crate) fn is_in_group(self, group: i32) -> bool {
        self.group == group
    }

    pub(crate) fn is_running(self) -> bool {
        match find(self.pid) {
            Some(found) => found.began == self.began,
            None => false,
        }
    }

    /// Sends it a signal. That it has ended meanwhile is no error.
    pub(crate) fn signal(self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.is_running()) {
            let _ = kill_process(pid, signal);
        }
    }
}

/// Whether there is a process of that number.
pub(crate) fn is_running(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().filter(|pid| *pid > 0);
    pid.is_some_and(|pid| find(pid).is_some())
}

/// The process and all below it that run now.
pub(crate) fn of(root: i32) -> Vec<Process> {
    let all = all();
    let mut tree: Vec<Process> = all.iter().copied().filter(|it| it.pid == root).collect();
    let mut next = 0;
    while next < tree.len() {
        let parent = tree[next].pid;
        let is_new = |it: &&Process| it.parent == parent && !tree.contains(it);
        let children: Vec<Process> = all.iter().filter(is_new).copied().collect();
        tree.extend(children);
        next += 1;
    }
    tree
}

#[cfg(target_os = "linux")]
fn all() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    names.filter_map(find).collect()
}

/// Of those that have ended and wait for their parents there is none.
#[cfg(target_os = "linux")]
fn find(pid: i32) -> Option<Process> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may have anything in it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(fields.first(), Some(&("Z" | "X"))) {
        return None;
    }
    Some(Process {
        pid,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        // The 22nd of proc(5), whose third is the first here.
        began: fields.get(19)?.parse().ok()?,
    })
}

#[cfg(not(target_os = "linux"))]
fn all() -> Vec<Process> {
    let output = std::process::Command::new("ps")
        .args([
            "-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat=",
        ])
        .output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let mut number = || fields.next()?.parse().ok();
        let (pid, parent, group) = (number()?, number()?, number()?);
        let is_over = fields.next()?.starts_with('Z');
        (!is_over).then_some(Process {
            pid,
            parent,
            group,
            began: 0,
        })
    });
    lines.collect()
}

#[cfg(not(target_os = "linux"))]
fn find(pid: i32) -> Option<Process> {
    all().into_iter().find(|it| it.pid == pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_below_its_parent_while_it_runs() {
        let own = i32::try_from(std::process::id()).unwrap();
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let found = of(own).into_iter().find(|it| it.pid == pid).unwrap();
        assert!(found.is_running() && is_running(child.id()));
        assert_eq!(of(pid), [found]);
        found.signal(Signal::KILL);
        child.wait().unwrap();
        assert!(!found.is_running() && !is_running(child.id()));
        assert_eq!(of(pid), []);
    }
}
