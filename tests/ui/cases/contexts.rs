//! A context that is attached stays on its thread.

fn main() {
    let attached = memprof::Context::current().attach();
    std::thread::spawn(move || drop(attached));
}
