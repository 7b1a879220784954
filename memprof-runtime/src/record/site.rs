//! A site is the static source place behind one `#[track]` or `scope!`.
//!
//! It is a `static` that the macros emit and `inventory` collects, so that sites which were never called are
//! known too. Its address is its identity: two sites with one name stay two rows.

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
    name: Option<&'static str>,
    function: Function,
    module: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
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

/// What the macros submit to `inventory`.
#[doc(hidden)]
#[derive(Debug)]
pub struct SiteEntry(pub &'static Site);

inventory::collect!(SiteEntry);

impl Site {
    /// Called by generated code. `function` gives the type name of an item inside the function.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: Option<&'static str>,
        function: fn() -> &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
    ) -> Self {
        Self {
            name,
            function: Function::OfItem(function),
            module,
            file,
            line,
            column,
            original: None,
        }
    }

    /// The site of something that has a name and a line, but no function that is known and no column.
    #[cfg(feature = "tracing")]
    pub(crate) const fn named(
        name: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            name: Some(name),
            function: Function::Named(name),
            module,
            file,
            line,
            column: 0,
            original: None,
        }
    }

    /// One of the same place and name, yet a site of its own; in reports the two are one.
    pub(crate) const fn twin(&'static self) -> Self {
        Self {
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
        self.file
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
        self.line
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
        self.column
    }
}
