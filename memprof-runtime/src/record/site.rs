//! A site is the static source place behind one `#[track]` or `scope!`.
//!
//! It is a `static` that the macros emit and `record::registration` lists before `main`, so that sites which were never called
//! are known too. Its address is its identity: two sites with one name stay two rows.

use super::registration::Link;
use std::any::type_name;
use std::panic::Location;

/// The static source place behind one `#[track]` or `scope!`.
///
/// The macros make it; programs only look at it, through `memprof::sites()`.
///
/// ```
/// # use memprof_runtime as memprof;
/// # memprof::__private::site!(SITE, "Search");
/// # let _ = &SITE;
/// for site in memprof::sites() {
///     println!("{} at {}:{}:{}", site.name(), site.file(), site.line(), site.column());
/// }
/// ```
#[derive(Debug)]
pub struct Site {
    pub(super) link: Link,
    name: Option<&'static str>,
    function: Function,
    module: &'static str,
    place: Place,
    /// The one that this is a twin of.
    original: Option<&'static Site>,
}

/// What tells the function that a site stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Function {
    /// Gives the type name of an item inside the function.
    OfItem(fn() -> &'static str),
    /// Its name.
    #[cfg(feature = "tracing")]
    Named(&'static str),
}

/// Where it is.
#[derive(Debug, Clone, Copy)]
enum Place {
    At(&'static Location<'static>),
    /// A file and a line.
    #[cfg(feature = "tracing")]
    Line(&'static str, u32),
}

/// The value of a site's static. Called by generated code, at the place of the site; `Mark` is the type of a function inside the
/// function that is tracked.
///
/// PERF: of compile time, here and in what is emitted. Free functions take less of it than associated ones, and one location
/// less than `file!()`, `line!()` and `column!()`. The name is a list of one or none, so that one macro serves both.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn new_site<Mark: Copy, const NAMES: usize>(
    names: [&'static str; NAMES],
    _: Mark,
    module: &'static str,
) -> Site {
    Site {
        link: Link::new(),
        name: match names.as_slice() {
            [name] => Some(*name),
            _ => None,
        },
        function: Function::OfItem(type_name::<Mark>),
        module,
        place: Place::At(Location::caller()),
        original: None,
    }
}

impl Site {
    /// The site of something that has a name and a line, but no function that is known and no column.
    #[cfg(feature = "tracing")]
    pub(crate) const fn named(
        name: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            link: Link::new(),
            name: Some(name),
            function: Function::Named(name),
            module,
            place: Place::Line(file, line),
            original: None,
        }
    }

    /// One whose function is told by `path`.
    #[cfg(test)]
    pub(crate) fn of_path(path: fn() -> &'static str) -> Self {
        Self {
            function: Function::OfItem(path),
            ..new_site([], || (), "app")
        }
    }

    /// One of the same place and name, yet a site of its own; in reports the two are one.
    pub(crate) const fn twin(&'static self) -> Self {
        Self {
            link: Link::new(),
            original: Some(self),
            ..*self
        }
    }

    /// The site that this is in reports.
    pub(crate) fn original(&'static self) -> &'static Self {
        self.original.unwrap_or(self)
    }

    /// The name that the user gave, if any.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # memprof::__private::site!(SITE, "Search");
    /// # let site = &SITE;
    /// // Of `#[memprof::track("Search")]`; that of a plain `#[memprof::track]` is `None`.
    /// assert_eq!(site.given_name(), Some("Search"));
    /// ```
    #[must_use]
    pub fn given_name(&self) -> Option<&'static str> {
        self.name
    }

    /// What tells the function; `collect::naming` makes it readable.
    pub(crate) fn raw_function(&self) -> Function {
        self.function
    }

    /// The module, as `module_path!()` gives it; of a span its target.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # memprof::__private::site!(SITE, "Search");
    /// # let site = &SITE;
    /// assert_eq!(site.module(), module_path!());
    /// ```
    #[must_use]
    pub fn module(&self) -> &'static str {
        self.module
    }

    /// The source file, as `file!()` gives it.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # memprof::__private::site!(SITE, "Search");
    /// # let site = &SITE;
    /// assert_eq!(site.file(), file!());
    /// ```
    #[must_use]
    pub fn file(&self) -> &'static str {
        match self.place {
            Place::At(location) => location.file(),
            #[cfg(feature = "tracing")]
            Place::Line(file, _) => file,
        }
    }

    /// The line of the attribute or macro, from 1; 0 where a span has none.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # memprof::__private::site!(SITE, "Search");
    /// # let site = &SITE;
    /// assert!(site.line() >= 1);
    /// ```
    #[must_use]
    pub fn line(&self) -> u32 {
        match self.place {
            Place::At(location) => location.line(),
            #[cfg(feature = "tracing")]
            Place::Line(_, line) => line,
        }
    }

    /// The column of the attribute or macro, from 1; 0 for spans, which have none.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # memprof::__private::site!(SITE, "Search");
    /// # let site = &SITE;
    /// assert!(site.column() >= 1);
    /// ```
    #[must_use]
    pub fn column(&self) -> u32 {
        match self.place {
            Place::At(location) => location.column(),
            #[cfg(feature = "tracing")]
            Place::Line(..) => 0,
        }
    }
}
