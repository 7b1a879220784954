//! The churn under memprof; whether call stacks are taken is up to the environment.
#![forbid(unsafe_code)]

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

fn main() {
    stacks::run();
    if std::env::args().len() > 2 {
        eprintln!(
            "frame pointers: {}",
            memprof::__private::follows_frame_pointers()
        );
    }
}
