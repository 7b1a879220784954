//! Progress is how far a long piece of work has come, told on standard error.
//!
//! On a terminal it is one line that is drawn over; elsewhere it is a line for every tenth, so that a
//! log stays short. It writes at most once per percent, and a standard error that is closed is no
//! reason to stop.

use std::io::{self, IsTerminal, Write};

/// How far a piece of work has come.
pub struct Progress<W = io::Stderr> {
    out: W,
    style: Style,
    label: &'static str,
    total: usize,
    next_percent: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Silent,
    Redraw,
    Lines,
}

impl Progress {
    /// Work in `total` pieces, named `label` in what is shown.
    pub fn new(label: &'static str, total: usize, is_quiet: bool) -> Self {
        let style = match (is_quiet, io::stderr().is_terminal()) {
            (true, _) => Style::Silent,
            (false, true) => Style::Redraw,
            (false, false) => Style::Lines,
        };
        Self {
            out: io::stderr(),
            style,
            label,
            total,
            next_percent: 0,
        }
    }
}

impl<W: Write> Progress<W> {
    /// Tells that `done` pieces are done.
    pub fn update(&mut self, done: usize) {
        let percent = (done * 100).checked_div(self.total).unwrap_or(100);
        if self.style == Style::Silent || percent < self.next_percent {
            return;
        }
        let (step, start, end) = match self.style {
            Style::Redraw if percent < 100 => (1, "\r", ""),
            Style::Redraw => (1, "\r", "\n"),
            Style::Lines | Style::Silent => (10, "", "\n"),
        };
        self.next_percent = (percent / step + 1) * step;
        let Self { label, total, .. } = self;
        let _ = write!(
            self.out,
            "{start}{label}: {percent:>3} % ({done} of {total}){end}"
        );
        let _ = self.out.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(style: Style, total: usize) -> String {
        let mut progress = Progress {
            out: Vec::new(),
            style,
            label: "Indexing",
            total,
            next_percent: 0,
        };
        for done in 0..=total {
            progress.update(done);
        }
        String::from_utf8(progress.out).unwrap()
    }

    #[test]
    fn a_log_gets_a_line_for_every_tenth() {
        let lines = shown(Style::Lines, 2_000);
        assert_eq!(lines.lines().count(), 11);
        assert!(lines.starts_with("Indexing:   0 % (0 of 2000)\nIndexing:  10 % (200 of 2000)\n"));
        assert!(lines.ends_with("Indexing: 100 % (2000 of 2000)\n"));
        assert_eq!(shown(Style::Lines, 3).lines().count(), 4);
    }

    #[test]
    fn a_terminal_gets_one_line_drawn_over() {
        let line = shown(Style::Redraw, 5_000);
        assert_eq!(
            (line.matches('\r').count(), line.matches('\n').count()),
            (101, 1)
        );
        assert!(line.ends_with("\rIndexing: 100 % (5000 of 5000)\n"));
    }

    #[test]
    fn quiet_is_quiet() {
        assert_eq!(shown(Style::Silent, 100), "");
    }
}
