//! A module in a file of its own cannot be seen by an attribute.

#[memprof::track_all]
#[path = "modules/elsewhere.rs"]
mod elsewhere;

fn main() {
    elsewhere::function();
}
