//! An `async fn` is measured as the future it is: at each poll, and when it is dropped.

use crate::{block_on, buffer, figures, of, pause, poll};
use std::future::Future;
use std::pin::{Pin, pin};

#[memprof::track("polled")]
async fn polled(argument: Vec<u8>, unused: Vec<u8>, _: Vec<u8>) -> usize {
    let kept = buffer(100);
    pause().await;
    drop(unused);
    pause().await;
    argument.capacity() + kept.capacity()
}

#[test]
fn one_future_is_one_call_and_frees_its_arguments_inside() {
    assert_eq!(block_on(polled(buffer(10), buffer(20), buffer(30))), 110);
    assert_eq!(figures("polled"), of(1, 100, 160));
}

#[memprof::track("left")]
async fn left(bytes: usize) -> usize {
    let kept = buffer(bytes);
    pause().await;
    kept.capacity()
}

#[memprof::track("right")]
async fn right(bytes: usize) -> usize {
    let kept = buffer(bytes);
    pause().await;
    kept.capacity()
}

#[test]
fn interleaved_futures_keep_their_figures_apart() {
    let (mut one, mut other) = (pin!(left(10)), pin!(right(200)));
    assert!(poll(one.as_mut()).is_pending());
    assert!(poll(other.as_mut()).is_pending());
    assert!(poll(one.as_mut()).is_ready());
    assert!(poll(other.as_mut()).is_ready());
    assert_eq!(
        (figures("left"), figures("right")),
        (of(1, 10, 10), of(1, 200, 200))
    );
}

#[memprof::track("cancelled")]
async fn cancelled(argument: Vec<u8>) -> usize {
    let kept = buffer(70);
    pause().await;
    kept.capacity() + argument.capacity()
}

#[test]
fn a_cancelled_future_frees_inside() {
    let mut future = Box::pin(cancelled(buffer(7)));
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    // The box itself was the caller's.
    assert_eq!(figures("cancelled"), of(1, 70, 77));
}

#[memprof::track("never polled")]
async fn never_polled(argument: Vec<u8>) {
    pause().await;
    drop(argument);
}

#[test]
fn a_future_that_is_never_polled_is_no_call() {
    drop(never_polled(buffer(10)));
    // Nothing of the function has run, so its argument is freed on the caller: documented.
    assert_eq!(figures("never polled"), of(0, 0, 0));
}

/// The body's types come from the signature, as without the attribute.
#[memprof::track]
async fn inferred(
    text: &str,
) -> Result<Option<Box<dyn Fn(usize) -> usize + Send>>, Box<dyn std::error::Error>> {
    pause().await;
    let number: usize = text.parse()?;
    if number == 0 {
        return Ok(None);
    }
    Ok(Some(Box::new(move |factor| factor * number)))
}

#[memprof::track]
async fn opaque<'a>(words: &'a [&'a str]) -> Option<impl Iterator<Item = usize> + 'a> {
    pause().await;
    Some(words.iter().map(|word| word.len()))
}

#[memprof::track]
async fn diverging() -> ! {
    loop {
        pause().await;
    }
}

#[memprof::track]
async fn nothing() {}

#[memprof::track]
async fn generic<T, const N: usize>(values: [T; N]) -> Vec<T>
where
    T: Clone + Send,
{
    pause().await;
    values.to_vec()
}

#[test]
fn signatures_infer_as_before() {
    let parsed = block_on(inferred("3")).ok().flatten().map(|scale| scale(4));
    assert_eq!(parsed, Some(12));
    assert!(block_on(inferred("x")).is_err());
    assert_eq!(
        block_on(opaque(&["a", "bc"])).map(Iterator::sum::<usize>),
        Some(3)
    );
    assert!(poll(pin!(diverging())).is_pending());
    block_on(nothing());
    assert_eq!(block_on(generic([1, 2, 3])), [1, 2, 3]);
}

struct Service {
    cache: Vec<u8>,
    unused: Vec<u8>,
}

trait Fetch {
    fn fetch(&mut self, bytes: usize) -> impl Future<Output = usize> + Send;
}

impl Fetch for Service {
    #[memprof::track("fetch")]
    async fn fetch(&mut self, bytes: usize) -> usize {
        self.cache = buffer(bytes);
        pause().await;
        self.cache.capacity()
    }
}

impl Service {
    /// Only a part of `self` is used, all of it is the future's.
    #[memprof::track("close")]
    async fn close(self) -> usize {
        pause().await;
        self.cache.capacity()
    }

    #[memprof::track("pinned")]
    async fn pinned(self: Pin<Box<Self>>) -> usize {
        pause().await;
        self.cache.capacity()
    }
}

#[test]
fn methods_own_their_receiver() {
    let mut service = Service {
        cache: Vec::new(),
        unused: buffer(5),
    };
    assert_eq!(block_on(service.fetch(30)), 30);
    assert_eq!(service.unused.capacity(), 5);
    assert_eq!(block_on(service.close()), 30);
    assert_eq!(
        (figures("fetch"), figures("close")),
        (of(1, 30, 0), of(1, 0, 35))
    );
    let service = Service {
        cache: buffer(4),
        unused: Vec::new(),
    };
    assert_eq!(block_on(Box::pin(service).pinned()), 4);
    let size = u64::try_from(size_of::<Service>()).expect("a small size");
    assert_eq!(figures("pinned"), of(1, 0, 4 + size));
}

#[test]
fn futures_stay_send() {
    fn send<F: Future + Send>(future: F) -> F {
        future
    }
    assert_eq!(block_on(send(generic([1]))), [1]);
}

mod plain {
    pub(super) async fn one(value: u64) -> u64 {
        crate::pause().await;
        value
    }
    pub(super) async fn two(value: u64) -> u64 {
        one(value).await + 1
    }
    pub(super) async fn three(value: u64) -> u64 {
        two(value).await + 1
    }
}

#[memprof::track_all]
mod tracked {
    pub(super) async fn one(value: u64) -> u64 {
        crate::pause().await;
        value
    }
    pub(super) async fn two(value: u64) -> u64 {
        one(value).await + 1
    }
    pub(super) async fn three(value: u64) -> u64 {
        two(value).await + 1
    }
}

#[test]
fn a_level_costs_a_frame_not_a_second_future() {
    let (plain, tracked) = (plain::three(0), tracked::three(0));
    let (before, after) = (size_of_val(&plain), size_of_val(&tracked));
    // 48 bytes and the argument's copy, on each of three levels.
    assert!(after <= before + 3 * 56, "{before} became {after}");
    assert_eq!(block_on(plain), block_on(tracked));
}
