//! Trims stacks: what memprof and the way to the allocator put above the user's code, and what the runtime
//! has below it. Where names are not known nothing is trimmed.

/// One function on a stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The frame that it is in: inlined functions share one.
    pub(super) position: usize,
    pub(super) frame: (usize, usize),
    pub(super) kind: Kind,
}

/// What a function is to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of memprof's way from the allocation to its stack, or the entrance to the global allocator.
    Own,
    /// Between the program and the global allocator.
    Allocation,
    /// Below it there is only what starts a thread or the program.
    Beginning,
    Other,
}

/// Between two of memprof's own functions there may be so many others, of the standard library.
const GAP: usize = 6;

/// The kind of a function by its name, or by its file: debug information of lines alone has names without modules.
pub(super) fn kind(function: Option<&str>, file: Option<&str>) -> Kind {
    const OWN: [&str; 7] = [
        "memprof_runtime::record::stacks::",
        "memprof_runtime::record::level::",
        "memprof_runtime::record::allocator::",
        "memprof_runtime::record::thread::",
        "backtrace::backtrace::",
        "__rust_alloc",
        "__rg_alloc",
    ];
    const REALLOC: [&str; 2] = ["__rust_realloc", "__rg_realloc"];
    const ALLOCATION: [&str; 3] = ["alloc::alloc::", "<alloc::alloc::Global", "core::alloc::"];
    let Some(name) = function else {
        return Kind::Other;
    };
    if OWN.iter().chain(&REALLOC).any(|own| name.contains(own)) {
        Kind::Own
    } else if ALLOCATION.iter().any(|start| name.starts_with(start)) {
        Kind::Allocation
    } else if name.contains("__rust_begin_short_backtrace") {
        Kind::Beginning
    } else {
        file.map_or(Kind::Other, kind_of_file)
    }
}

/// In a file, what [`kind`] knows by its module.
fn kind_of_file(file: &str) -> Kind {
    const OWN: [&str; 4] = ["stacks/", "level.rs", "allocator.rs", "thread.rs"];
    const ALLOCATION: [&str; 2] = ["/library/alloc/src/alloc.rs", "/library/core/src/alloc/"];
    let file = file.replace('\\', "/");
    // The package's folder has its version behind its name where it comes from a registry.
    let in_record = file.split_once("/src/record/").filter(|(package, _)| {
        let folder = package.rsplit('/').next();
        folder.is_some_and(|folder| folder.starts_with("memprof-runtime"))
    });
    if in_record.is_some_and(|(_, rest)| OWN.iter().any(|own| rest.starts_with(own))) {
        Kind::Own
    } else if ALLOCATION.iter().any(|part| file.contains(part)) {
        Kind::Allocation
    } else {
        Kind::Other
    }
}

/// What the user sees of a stack.
pub(super) struct Shown {
    pub(super) frames: Vec<(usize, usize)>,
    /// Whether the last of them has a caller that is not among them.
    pub(super) is_cut: bool,
}

/// What the user sees of a stack: at most `depth` frames. `is_cut` says that it had more than these places.
pub(super) fn shown(places: &[Place], depth: usize, is_cut: bool) -> Shown {
    let mut start = 0;
    while let Some(next) = places[start..]
        .iter()
        .take(GAP)
        .position(|place| place.kind == Kind::Own)
    {
        start += next + 1;
    }
    let rest = &places[start..];
    let allocation = rest
        .iter()
        .take_while(|place| place.kind == Kind::Allocation);
    let rest = &rest[allocation.count()..];
    let end = rest.iter().position(|place| place.kind == Kind::Beginning);
    let rest = &rest[..end.unwrap_or(rest.len())];
    let first = rest.first().map_or(0, |first| first.position);
    let frames: Vec<_> = rest
        .iter()
        .take_while(|place| place.position - first < depth)
        .map(|place| place.frame)
        .collect();
    let is_cut = frames.len() < rest.len() || (is_cut && end.is_none());
    Shown { frames, is_cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trimmed(names: &[&str], depth: usize) -> Vec<usize> {
        let place = |(position, name): (usize, &&str)| Place {
            position,
            frame: (position, 0),
            kind: kind(Some(name), None),
        };
        let places: Vec<Place> = names.iter().enumerate().map(place).collect();
        shown(&places, depth, false)
            .frames
            .iter()
            .map(|(position, _)| *position)
            .collect()
    }

    const NAMES: [&str; 11] = [
        "memprof_runtime::record::stacks::capture::capture",
        "std::thread::local::LocalKey<T>::with",
        "<memprof_runtime::record::allocator::Allocator<A> as core::alloc::global::GlobalAlloc>::alloc",
        "__rustc::__rust_alloc",
        "alloc::alloc::alloc",
        "alloc::raw_vec::RawVecInner<A>::finish_grow",
        "app::fill",
        "<memprof_runtime::record::future::Polled<F, B> as core::future::future::Future>::poll",
        "app::main",
        "std::sys::backtrace::__rust_begin_short_backtrace",
        "main",
    ];

    #[test]
    fn what_is_not_the_users_is_cut_off() {
        assert_eq!(trimmed(&NAMES, 16), [5, 6, 7, 8]);
        assert_eq!(trimmed(&NAMES, 2), [5, 6]);
        assert_eq!(trimmed(&NAMES[6..9], 16), [0, 1, 2]);
        assert_eq!(trimmed(&NAMES[..4], 16), [0; 0]);
        assert_eq!(trimmed(&[], 16), [0; 0]);
    }

    #[test]
    fn where_names_have_no_modules_files_tell() {
        let of = |file| kind(Some("alloc"), Some(file));
        let registry = "/registry/src/index/memprof-runtime-0.1.0/src/record/stacks/mod.rs";
        assert_eq!(of(registry), Kind::Own);
        assert_eq!(
            of("C:\\b\\memprof-runtime\\src\\record\\level.rs"),
            Kind::Own
        );
        // What users' code is wrapped in stays.
        assert_eq!(of("/b/memprof-runtime/src/record/future.rs"), Kind::Other);
        assert_eq!(of("/b/theirs/src/record/level.rs"), Kind::Other);
        assert_eq!(of("/rustc/0/library/alloc/src/alloc.rs"), Kind::Allocation);
        assert_eq!(of("/rustc/0/library/alloc/src/vec/mod.rs"), Kind::Other);
        assert_eq!(kind(None, Some(registry)), Kind::Other);
    }

    #[test]
    fn functions_that_were_inlined_into_one_frame_count_as_one() {
        let place = |position, at| Place {
            position,
            frame: (position, at),
            kind: Kind::Other,
        };
        let places = [place(3, 0), place(3, 1), place(4, 0), place(5, 0)];
        let found = shown(&places, 2, false);
        assert_eq!(found.frames, [(3, 0), (3, 1), (4, 0)]);
        assert!(found.is_cut);
    }

    #[test]
    fn a_stack_is_cut_where_callers_are_missing() {
        let place = |kind| {
            move |position| Place {
                position,
                frame: (position, 0),
                kind,
            }
        };
        let others: Vec<Place> = (0..4).map(place(Kind::Other)).collect();
        assert!(!shown(&others, 4, false).is_cut);
        assert!(shown(&others, 3, false).is_cut);
        assert!(shown(&others, 4, true).is_cut);
        // What is missing is below the program.
        let mut whole = others;
        whole.push(place(Kind::Beginning)(4));
        assert!(!shown(&whole, 4, true).is_cut);
        assert!(shown(&whole, 3, true).is_cut);
        assert!(shown(&[], 3, true).is_cut);
    }
}
