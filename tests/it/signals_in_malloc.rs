//! Promise: a signal handler may call tracked functions for the first time while it interrupts the system's allocator, at
//! any instruction of it.
//!
//! What memprof keeps for a path that it has not met is then taken from memory of its own: the system's allocator
//! may not be called again before it has ended.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[allow(dead_code)]
#[path = "../interrupted/stepping.rs"]
mod stepping;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod first_calls {
    use super::stepping;
    use std::hint::black_box;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    macro_rules! functions {
        ($($name:ident)*) => {
            const FUNCTIONS: &[fn()] = &[$({
                #[memprof::track("First")]
                fn $name() {
                    black_box(());
                }
                $name
            }),*];
        };
    }

    // As many as the system's `malloc` and `free` together have instructions, and more.
    functions! {
        a b c d e f g h i j k l m n o p q r s t u v w x y z
        aa ab ac ad ae af ag ah ai aj ak al am an ao ap aq ar at au av aw ax ay az
        ba bb bc bd be bf bg bh bi bj bk bl bm bn bo bp bq br bs bt bu bv bw bx by bz
        ca cb cc cd ce cf cg ch ci cj ck cl cm cn co cp cq cr cs ct cu cv cw cx cy cz
        da db dc dd de df dg dh di dj dk dl dm dn dp dq dr ds dt du dv dw dx dy dz
        ea eb ec ed ee ef eg eh ei ej ek el em en eo ep eq er es et eu ev ew ex ey ez
        fa fb fc fd fe ff fg fh fi fj fk fl fm fo fp fq fr fs ft fu fv fw fx fy fz
        ga gb gc gd ge gf gg gh gi gj gk gl gm gn go gp gq gr gs gt gu gv gw gx gy gz
    }

    static NEXT: AtomicUsize = AtomicUsize::new(0);

    extern "C" fn handle(_: i32) {
        if let Some(function) = FUNCTIONS.get(NEXT.fetch_add(1, Relaxed)) {
            function();
        }
    }

    /// Each size comes another way through the allocator.
    #[test]
    fn the_system_allocator_is_interrupted() {
        alone!();
        stepping::install(handle);
        for bytes in [24, 2_000, 200_000] {
            let before = NEXT.load(Relaxed);
            // SAFETY: plain calls of the system's functions.
            stepping::step(|| unsafe { libc::free(black_box(libc::malloc(bytes))) });
            let signals = NEXT.load(Relaxed) - before;
            assert!(
                signals > 20,
                "{signals} signals while {bytes} bytes were taken"
            );
        }
        let report = memprof::snapshot();
        let calls: u64 = report.operations.iter().map(|row| row.calls).sum();
        assert_eq!(
            calls as usize,
            NEXT.load(Relaxed).min(FUNCTIONS.len()),
            "{:?}",
            report.warnings
        );
    }
}
