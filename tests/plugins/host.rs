//! The host: builds the plugin, loads it, calls it on a thread, unloads it, and ends the thread.

use std::ffi::{CString, c_void};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::thread;

/// More often than a process has keys for thread-locals (1,024 on Linux).
const TIMES: u64 = 1_100;

/// Does so with a plugin of that name, since each test has to have its own.
pub(crate) fn loads_and_unloads(name: &str) {
    let library = built(name);
    for _ in 0..TIMES {
        let plugin = Plugin::load(&library);
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                assert_eq!(plugin.work(1_000), 1_000);
                barrier.wait();
                // The plugin is unloaded meanwhile; then the thread ends.
                barrier.wait();
            });
            barrier.wait();
            plugin.unload();
            barrier.wait();
        });
    }
    let plugin = Plugin::load(&library);
    assert_eq!(plugin.calls(), TIMES);
    plugin.unload();
    assert!(is_a_key_left());
}

/// A library that is loaded.
struct Plugin {
    handle: *mut c_void,
    work: extern "C" fn(usize) -> usize,
    calls: extern "C" fn() -> u64,
}

// SAFETY: a handle of the loader and addresses of functions, which any thread may use.
unsafe impl Sync for Plugin {}

impl Plugin {
    fn load(library: &Path) -> Self {
        let path = CString::new(library.to_str().expect("text")).expect("no zero");
        // SAFETY: a string that ends with zero.
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!handle.is_null(), "{} is not loaded", library.display());
        let symbol = |name: &std::ffi::CStr| {
            // SAFETY: the handle is open, the name a string.
            let address = unsafe { libc::dlsym(handle, name.as_ptr()) };
            assert!(!address.is_null(), "{name:?}");
            address
        };
        // SAFETY: functions of these types in `plugin.rs`.
        let (work, calls) = unsafe {
            (
                std::mem::transmute::<*mut c_void, extern "C" fn(usize) -> usize>(symbol(
                    c"plugin_work",
                )),
                std::mem::transmute::<*mut c_void, extern "C" fn() -> u64>(symbol(c"plugin_calls")),
            )
        };
        Self {
            handle,
            work,
            calls,
        }
    }

    fn work(&self, bytes: usize) -> usize {
        (self.work)(bytes)
    }

    fn calls(&self) -> u64 {
        (self.calls)()
    }

    fn unload(&self) {
        // SAFETY: opened by `load`, closed once, and not used any more.
        assert_eq!(unsafe { libc::dlclose(self.handle) }, 0);
    }
}

fn is_a_key_left() -> bool {
    let mut key = 0;
    // SAFETY: the place is valid; no destructor.
    let made = unsafe { libc::pthread_key_create(&mut key, None) } == 0;
    if made {
        // SAFETY: made just now.
        unsafe { libc::pthread_key_delete(key) };
    }
    made
}

/// The plugin's library, built by cargo outside of the workspace.
fn built(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = here.join("tests/plugins/plugin.rs");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\npath = {source:?}\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies.memprof]\npath = {here:?}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n\
         [workspace]\n"
    );
    fs::create_dir_all(&directory).expect("a directory");
    fs::write(directory.join("Cargo.toml"), manifest).expect("the manifest");
    fs::copy(here.join("Cargo.lock"), directory.join("Cargo.lock")).expect("the lock file");
    let of_target = named_target();
    let output = Command::new(env!("CARGO"))
        .arg("build")
        .args(
            of_target
                .map(|target| ["--target", target])
                .iter()
                .flatten(),
        )
        .current_dir(&directory)
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_NET_OFFLINE", "true")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        // As `cargo memprof` builds, in whose tests memprof is built too: with other flags it would be built again.
        .env("RUSTFLAGS", "-Cforce-frame-pointers=yes")
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the plugin does not build: {said}");
    let file = format!(
        "{}{name}{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let target = of_target.map_or_else(|| target.clone(), |name| target.join(name));
    target.join("debug").join(file)
}

/// The target that cargo was told to build this program for, if it was: then what it builds is in a folder of that name.
fn named_target() -> Option<&'static str> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let name = folder.file_name()?.to_str()?;
    let known = Command::new("rustc")
        .args(["--print", "target-list"])
        .output()
        .expect("rustc runs");
    let known = String::from_utf8(known.stdout).expect("text");
    known.lines().any(|known| known == name).then_some(name)
}
