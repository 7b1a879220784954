//! A scope stays on the thread that entered it, and does not live across an await of a future that moves.

fn main() {
    let scope = memprof::scope!("scope");
    std::thread::spawn(move || drop(scope));
}

fn awaits() {
    fn is_send<T: Send>(_: T) {}
    is_send(async {
        let _scope = memprof::scope!("across an await");
        std::future::ready(()).await;
    });
}
