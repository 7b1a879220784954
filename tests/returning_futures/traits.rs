//! Methods that return futures: in traits and their implementations, as `async fn` or not.

use crate::{block_on, buffer, figures, one, pause};
use async_trait::async_trait;
use std::future::Future;
use std::pin::Pin;

struct Service {
    bytes: usize,
}

trait Fetch {
    #[memprof::track("default async")]
    async fn awaited(&self, kept: Vec<u8>) -> usize {
        let more = buffer(100);
        pause().await;
        more.capacity() + kept.capacity()
    }

    #[memprof::track("default opaque")]
    fn opaque(&self, bytes: usize) -> impl Future<Output = usize> + Send {
        let kept = buffer(bytes);
        async move {
            let more = buffer(100);
            pause().await;
            more.capacity() + kept.capacity()
        }
    }

    fn implemented(&self) -> impl Future<Output = usize> + Send;

    fn boxed(&self) -> Pin<Box<dyn Future<Output = usize> + '_>>;
}

#[memprof::track_all]
impl Fetch for Service {
    #[memprof::track("implemented")]
    fn implemented(&self) -> impl Future<Output = usize> + Send {
        let kept = buffer(self.bytes);
        async move {
            let more = buffer(10 * self.bytes);
            pause().await;
            more.capacity() + kept.capacity()
        }
    }

    #[memprof::track("boxed")]
    fn boxed(&self) -> Pin<Box<dyn Future<Output = usize> + '_>> {
        let kept = buffer(self.bytes);
        Box::pin(async move {
            let more = buffer(10 * self.bytes);
            pause().await;
            more.capacity() + kept.capacity()
        })
    }
}

#[test]
fn traits() {
    let service = Service { bytes: 10 };
    assert_eq!(block_on(service.awaited(buffer(10))), 110);
    assert_eq!(figures("default async"), one(100, 110, 100));
    assert_eq!(block_on(service.opaque(10)), 110);
    assert_eq!(figures("default opaque"), one(110, 110, 110));
    assert_eq!(block_on(service.implemented()), 110);
    assert_eq!(figures("implemented"), one(110, 110, 110));
    let mut future = service.boxed();
    assert_eq!(block_on(future.as_mut()), 110);
    let size = u64::try_from(size_of_val(&*future)).expect("a small size");
    assert_eq!(figures("boxed"), one(110 + size, 110, 110 + size));
}

#[async_trait]
trait Store: Sync {
    async fn load(&self, key: &str, kept: Vec<u8>) -> Result<usize, String>;

    #[memprof::track("default of async-trait")]
    async fn reload(&self, key: &str) -> Result<usize, String> {
        let kept = buffer(10);
        self.load(key, kept).await
    }
}

struct Marked;

#[async_trait]
impl Store for Marked {
    #[memprof::track("marked")]
    async fn load(&self, key: &str, kept: Vec<u8>) -> Result<usize, String> {
        load(key, kept).await
    }
}

struct Above;

/// The attribute is put on the functions first, and read after `async_trait` has rewritten them.
#[memprof::track_all]
#[async_trait]
impl Store for Above {
    async fn load(&self, key: &str, kept: Vec<u8>) -> Result<usize, String> {
        load(key, kept).await
    }
}

struct Below;

#[async_trait]
#[memprof::track_all]
impl Store for Below {
    async fn load(&self, key: &str, kept: Vec<u8>) -> Result<usize, String> {
        load(key, kept).await
    }
}

async fn load(key: &str, kept: Vec<u8>) -> Result<usize, String> {
    let more = buffer(100);
    pause().await;
    if key.is_empty() {
        return Err(String::new());
    }
    Ok(more.capacity() + kept.capacity())
}

#[test]
fn async_trait_in_any_order() {
    let stores: [(&dyn Store, &str); 3] = [
        (&Marked, "marked"),
        (&Above, "<traits::Above as traits::Store>::load"),
        (&Below, "<traits::Below as traits::Store>::load"),
    ];
    for (store, name) in stores {
        let mut future = store.load("key", buffer(10));
        let size = u64::try_from(size_of_val(&*future)).expect("a small size");
        assert_eq!(block_on(future.as_mut()), Ok(110), "{name}");
        drop(future);
        assert_eq!(figures(name), one(100 + size, 110, 100 + size), "{name}");
    }
    assert_eq!(block_on(Marked.reload("")), Err(String::new()));
    let row = figures("default of async-trait");
    assert_eq!(row.calls, 1);
    // Its own box is the caller's, and the other one is freed inside.
    let (least, most, _) = row.per_call.expect("a finished call");
    assert_eq!((least, most), (row.allocated, row.allocated));
}
