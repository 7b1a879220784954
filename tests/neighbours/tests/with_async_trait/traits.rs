//! The traits and their implementations, once: what stands above and below `#[async_trait]`, and on each method, is given.

macro_rules! traits {
    ([$($above:tt)*] [$($below:tt)*] [$($each:tt)*]) => {
        use super::*;

        $($above)*
        #[async_trait]
        $($below)*
        pub(crate) trait Store: Send + Sync {
            async fn get(&self, key: &str) -> Option<Vec<u8>>;

            async fn put(&mut self, value: Noisy, _unused: Noisy, (left, _): (u8, Noisy)) -> usize;

            $($each)*
            async fn get_or(&self, key: &str, or: Vec<u8>) -> Vec<u8> {
                let found = self.get(key).await;
                note("default");
                let Some(found) = found else { return or };
                found
            }

            async fn finish(self) -> usize
            where
                Self: Sized;

            async fn finish_box(self: Box<Self>) -> usize;

            async fn shared(self: Arc<Self>, text: String) -> String;
        }

        pub(crate) struct Memory(Vec<Noisy>);

        $($above)*
        #[async_trait]
        $($below)*
        impl Store for Memory {
            $($each)*
            async fn get(&self, key: &str) -> Option<Vec<u8>> {
                pause().await;
                let length = filled!(key.len());
                Some(buffer(length))
            }

            $($each)*
            async fn put(&mut self, value: Noisy, _unused: Noisy, (left, _): (u8, Noisy)) -> usize {
                note("put");
                self.0.push(value);
                pause().await;
                drop(buffer(20));
                self.0.len() + usize::from(left)
            }

            $($each)*
            async fn finish(self) -> usize {
                pause().await;
                note("finish");
                drop(buffer(30));
                self.0.len()
            }

            $($each)*
            async fn finish_box(self: Box<Self>) -> usize {
                pause().await;
                note("finish box");
                self.0.len()
            }

            $($each)*
            async fn shared(self: Arc<Self>, text: String) -> String {
                pause().await;
                format!("{text}{}", self.0.len())
            }
        }

        $($above)*
        #[async_trait(?Send)]
        $($below)*
        pub(crate) trait Local {
            $($each)*
            async fn count(&self, shared: Rc<u8>) -> usize {
                pause().await;
                Rc::strong_count(&shared)
            }
        }

        impl Local for Memory {}

        $($above)*
        #[async_trait]
        $($below)*
        pub(crate) trait Convert<'a, T: Send + 'a> {
            async fn convert<U>(&self, value: T) -> Result<U, ParseIntError>
            where
                U: From<u8> + Send,
                T: AsRef<str>;

            async fn longest<'b>(&'a self, one: &'b str, other: &'b str) -> &'b str;
        }

        pub(crate) struct Reader<T>(pub(crate) PhantomData<T>);

        $($above)*
        #[async_trait]
        $($below)*
        impl<'a, T: Send + Sync + 'a> Convert<'a, T> for Reader<T> {
            $($each)*
            async fn convert<U>(&self, value: T) -> Result<U, ParseIntError>
            where
                U: From<u8> + Send,
                T: AsRef<str>,
            {
                drop(buffer(40));
                let number: u8 = value.as_ref().parse()?;
                pause().await;
                Ok(U::from(number))
            }

            $($each)*
            async fn longest<'b>(&'a self, one: &'b str, other: &'b str) -> &'b str {
                if one.len() > other.len() {
                    return one;
                }
                pause().await;
                other
            }
        }

        /// Every method once.
        pub(crate) fn scenario() {
            let mut memory = Memory(Vec::new());
            let put = memory.put(Noisy("value"), Noisy("unused"), (1, Noisy("part")));
            assert_eq!(run(sent(put)), 2);
            let store: &dyn Store = &memory;
            assert_eq!(run(sent(store.get_or("red", buffer(7)))).capacity(), 3);
            assert_eq!(run(sent(memory.get_or("", buffer(7)))).capacity(), 7);
            assert_eq!(run(memory.count(Rc::new(1))), 1);
            assert_eq!(run(sent(memory.finish())), 1);
            let boxed: Box<dyn Store> = Box::new(Memory(vec![Noisy("boxed")]));
            assert_eq!(run(sent(boxed.finish_box())), 1);
            let shared: Arc<dyn Store> = Arc::new(Memory(Vec::new()));
            assert_eq!(run(sent(shared.shared("red".to_owned()))), "red0");
            let mut cancelled = Memory(Vec::new());
            let mut put = cancelled.put(Noisy("value"), Noisy("unused"), (1, Noisy("part")));
            assert!(poll_once(&mut put).is_pending());
            drop(put);
            note("cancelled");
            drop(cancelled.put(Noisy("value"), Noisy("unused"), (1, Noisy("part"))));
            let reader = Reader(PhantomData);
            assert_eq!(run(sent(reader.convert::<u32>("5"))), Ok(5));
            assert!(run(sent(reader.convert::<u32>("x"))).is_err());
            let reader: Reader<String> = Reader(PhantomData);
            assert_eq!(run(reader.longest("red", "green")), "green");
        }
    };
}
