//! A program that works as much as its argument says, and exits with what its second argument says.

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| {
        let argument = arguments.next();
        argument.map_or(default, |argument| argument.parse().unwrap())
    };
    let size = number(10);
    println!("worked: {}", demo::work(size).len());
    std::process::exit(number(0) as i32);
}
