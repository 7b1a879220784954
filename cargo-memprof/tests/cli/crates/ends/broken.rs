//! A program that does not compile.

fn main() {
    nothing_of_this_name();
}
