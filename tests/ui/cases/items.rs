//! An attribute on what it cannot measure points at the word in the way and says the remedy.

#[memprof::track]
const fn constant() {}

trait Shape {
    #[memprof::track]
    fn area(&self) -> f64;

    #[memprof::track_all]
    fn name(&self) -> &'static str {
        "shape"
    }
}

struct Circle;

#[memprof::track]
impl Circle {
    fn new() -> Self {
        Circle
    }
}

#[memprof::track]
pub mod inline {
    pub fn function() {}
}

#[memprof::track]
trait Tracked {}

#[memprof::track]
struct Plain;

#[memprof::track_all]
fn single() {}

#[memprof::track_all]
enum Choice {
    One,
}

#[memprof::track_all]
impl Circle {
    #[memprof::track]
    const fn zero() -> usize {
        0
    }
}

fn main() {
    constant();
    let _ = (Circle::new(), Plain, Choice::One, Circle::zero());
    inline::function();
    single();
}
