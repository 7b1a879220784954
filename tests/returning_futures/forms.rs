//! The forms in which a future is returned. Each makes 10 bytes in the function and 100 in a poll.

use crate::{Figures, block_on, buffer, figures, one, pause};
use futures::FutureExt;
use futures::future::{BoxFuture, Either, LocalBoxFuture};
use std::future::Future;
use std::panic::UnwindSafe;
use std::pin::Pin;

/// The future of most functions here: it owns what the function made.
async fn later(kept: Vec<u8>) -> usize {
    let more = buffer(100);
    pause().await;
    kept.capacity() + more.capacity()
}

/// One finished call, of the form's bytes and of the boxes that it returns the future in.
fn is_one_call(name: &str) {
    let row = figures(name);
    let boxes = row.allocated - 110;
    assert_eq!(row, one(110 + boxes, 110 + boxes, 110 + boxes), "{name}");
}

#[memprof::track("by call")]
fn by_call() -> impl Future<Output = usize> {
    later(buffer(10))
}

#[memprof::track("by block")]
#[allow(clippy::manual_async_fn)]
fn by_block(bytes: &usize) -> impl Future<Output = usize> + Send + '_ {
    let kept = buffer(*bytes);
    async move { later(kept).await * *bytes }
}

#[memprof::track("captures")]
fn captures<'a, T: Clone + Send + Sync>(
    value: &'a T,
    _other: &str,
) -> impl Future<Output = (T, usize)> + Send + use<'a, T> {
    let kept = buffer(10);
    async move { (value.clone(), later(kept).await) }
}

#[test]
fn opaque_futures() {
    assert_eq!(block_on(by_call()), 110);
    assert_eq!(block_on(by_block(&10)), 1100);
    let future = captures(&7, &String::from("short-lived"));
    assert_eq!(block_on(future), (7, 110));
    for name in ["by call", "by block", "captures"] {
        is_one_call(name);
    }
}

#[memprof::track("early")]
#[allow(clippy::needless_return, clippy::items_after_statements)]
fn early(bytes: usize) -> impl Future<Output = usize> {
    let kept = buffer(bytes);
    let is_ten = || {
        return bytes == 10;
    };
    if !is_ten() {
        return Either::Left(later(kept));
    }
    match bytes {
        0 => return Either::Left(later(kept)),
        10 => {}
        _ => unreachable!(),
    }
    fn more() -> usize {
        return 0;
    }
    Either::Right(later(buffer(more())).map(move |length| length + kept.capacity()))
}

#[test]
fn every_return_is_the_same_future() {
    assert_eq!(block_on(early(10)), 110);
    is_one_call("early");
    assert_eq!(block_on(early(20)), 120);
    let Figures {
        calls, allocated, ..
    } = figures("early");
    assert_eq!((calls, allocated), (2, 230));
}

#[memprof::track("only returns")]
#[allow(clippy::needless_return, clippy::redundant_else)]
fn only_returns(first: bool) -> impl Future<Output = usize> {
    if first {
        return later(buffer(10));
    } else {
        return later(buffer(0));
    }
}

#[memprof::track("branches")]
fn branches(bytes: Option<usize>) -> impl Future<Output = usize> {
    match bytes {
        Some(bytes) => later(buffer(bytes)),
        None => panic!("no bytes"),
    }
}

#[memprof::track("configured")]
fn configured() -> impl Future<Output = usize> {
    let kept = buffer(10);
    #[cfg(not(any()))]
    {
        later(kept)
    }
    #[cfg(any())]
    {
        absent(kept)
    }
}

#[memprof::track("infers")]
fn infers(
    text: &str,
) -> impl Future<Output = Result<Option<usize>, Box<dyn std::error::Error>>> + '_ {
    let kept = buffer(10);
    async move {
        if text.is_empty() {
            return Ok(None);
        }
        Ok(Some(text.parse::<usize>()? + later(kept).await))
    }
}

#[test]
fn bodies_of_any_kind() {
    assert_eq!(block_on(only_returns(true)), 110);
    assert_eq!(block_on(branches(Some(10))), 110);
    assert_eq!(block_on(configured()), 110);
    assert_eq!(block_on(infers("1")).ok().flatten(), Some(111));
    for name in ["only returns", "branches", "configured", "infers"] {
        is_one_call(name);
    }
}

#[memprof::track("pinned box")]
fn pinned_box(bytes: usize) -> Pin<Box<dyn Future<Output = usize> + Send + 'static>> {
    Box::pin(later(buffer(bytes)))
}

#[memprof::track("box future")]
fn box_future<'a>(bytes: &'a usize, _: &'a str) -> BoxFuture<'a, usize> {
    let kept = buffer(*bytes);
    async move { later(kept).await }.boxed()
}

#[memprof::track("local box")]
fn local_box(bytes: usize) -> LocalBoxFuture<'static, usize> {
    let shared = std::rc::Rc::new(());
    let kept = buffer(bytes - 8);
    async move {
        let sum = later(kept).await;
        drop(shared);
        sum
    }
    .boxed_local()
}

#[memprof::track("cast")]
fn cast(bytes: usize) -> BoxFuture<'static, usize> {
    #[allow(unused_parens)]
    {
        (std::boxed::Box::pin(later(buffer(bytes))) as Pin<Box<dyn Future<Output = usize> + Send>>)
    }
}

#[memprof::track("arms")]
fn arms(choice: u8) -> BoxFuture<'static, usize> {
    let kept = buffer(10);
    if choice == 0 {
        return Box::pin(later(kept));
    }
    match choice {
        1 => later(kept).boxed(),
        2 => {
            let more = kept.capacity();
            if more == 0 {
                Box::pin(async { 0 })
            } else {
                Box::pin(later(kept))
            }
        }
        _ => panic!("no such choice"),
    }
}

#[test]
fn any_arm() {
    let mut sum = 0;
    for choice in 0..3 {
        let mut future = arms(choice);
        assert_eq!(block_on(future.as_mut()), 110);
        sum += 110 + size_of_val(&*future);
        let allocated = u64::try_from(sum).expect("a small size");
        let row = figures("arms");
        let expected = (allocated, 110 * (u64::from(choice) + 1));
        assert_eq!((row.allocated, row.deallocated), expected);
    }
}

#[memprof::track("bound")]
#[allow(clippy::let_and_return)]
fn bound(bytes: usize) -> BoxFuture<'static, usize> {
    let kept = buffer(bytes);
    let future = Box::pin(async move { later(kept).await });
    future
}

#[memprof::track("in a block")]
#[allow(unused_unsafe)]
fn in_a_block(bytes: usize) -> BoxFuture<'static, usize> {
    let kept = buffer(bytes);
    'labelled: {
        if bytes == 0 {
            break 'labelled Box::pin(async { 0 });
        }
        Box::pin(async move { later(kept).await })
    }
}

type Answer<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[memprof::track("alias")]
fn alias(bytes: usize) -> Answer<usize> {
    let kept = buffer(bytes);
    Box::pin(async move { later(kept).await })
}

#[test]
fn boxed_futures() {
    let mut futures = [
        ("pinned box", pinned_box(10)),
        ("box future", box_future(&10, "")),
        ("cast", cast(10)),
        ("bound", bound(10)),
        ("in a block", in_a_block(10)),
        ("alias", alias(10)),
    ];
    for (name, future) in &mut futures {
        assert_eq!(block_on(future.as_mut()), 110, "{name}");
    }
    assert_eq!(block_on(local_box(18)), 110);
    // The box is freed by whoever drops it: memory that the caller owns.
    for (name, future) in futures {
        let size = u64::try_from(size_of_val(&*future)).expect("a small size");
        assert_eq!(figures(name), one(110 + size, 110, 110 + size), "{name}");
    }
}

#[test]
fn bounds_hold() {
    fn is<F: Future + Send + Sync + Unpin + UnwindSafe>(future: F) -> F {
        future
    }
    #[memprof::track]
    fn ready() -> impl Future<Output = u8> + Unpin {
        std::future::ready(1)
    }
    assert_eq!(block_on(is(ready())), 1);
}
