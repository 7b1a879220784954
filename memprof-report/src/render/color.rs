//! Colour: the few styles of the table, and the one place that knows escape sequences.

/// Puts text in a style, or leaves it as it is where colours are off.
///
/// Styles have no width: text is padded first and painted last.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    color: bool,
}

impl Paint {
    pub(super) fn new(color: bool) -> Self {
        Self { color }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.styled("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.styled("2", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.styled("1;31", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.styled("1;33", text)
    }

    fn styled(self, style: &str, text: &str) -> String {
        if self.color {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
