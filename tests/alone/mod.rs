//! A test that is a whole program (`harness = false`): no harness runs or allocates beside it, so even the
//! figures of the process and of the root path are the test's own. It answers to `--list` and to a filter
//! as other tests do.

/// Runs `test` under `name`, unless the arguments ask for others or for a list.
pub(crate) fn run(name: &str, test: impl FnOnce()) {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_option = |argument: &&String| argument.starts_with('-');
    if arguments.iter().any(|argument| argument == "--list") {
        if !arguments.iter().any(|argument| argument == "--ignored") {
            println!("{name}: test");
        }
        return;
    }
    let mut filters = arguments.iter().filter(|word| !is_option(word)).peekable();
    if filters.peek().is_some() && !filters.any(|filter| name.contains(filter.as_str())) {
        return;
    }
    test();
    println!("test {name} ... ok");
}
