//! The functions, once: what stands above and below `#[instrument]` is given.

macro_rules! functions {
    ([$($above:tt)*] [$($below:tt)*]) => {
        use super::*;

        $($above)*
        #[instrument]
        $($below)*
        fn sync(bytes: usize, text: &str) -> usize {
            tracing::info!(text, "inside");
            buffer(bytes).capacity()
        }

        $($above)*
        #[instrument(ret)]
        $($below)*
        fn returns(bytes: usize) -> usize {
            buffer(bytes).capacity()
        }

        $($above)*
        #[instrument(err)]
        $($below)*
        fn fails(text: &str) -> Result<u8, ParseIntError> {
            drop(buffer(1));
            let number: u8 = text.parse()?;
            Ok(number)
        }

        $($above)*
        #[instrument(ret(level = "warn"), err(Debug, level = "info"))]
        $($below)*
        fn fails_in_words(text: &str) -> Result<u8, ParseIntError> {
            if text.is_empty() {
                return Ok(0);
            }
            text.parse()
        }

        $($above)*
        #[instrument(skip_all, fields(length = bytes.len(), first = ?pair.0.first(), later = Empty))]
        $($below)*
        fn fields(mut bytes: Vec<u8>, pair: (Vec<u8>, u8)) -> usize {
            bytes.push(pair.1);
            Span::current().record("later", bytes.len());
            bytes.capacity()
        }

        $($above)*
        #[instrument(skip(bytes))]
        $($below)*
        fn skips(bytes: Vec<u8>, number: u8) -> usize {
            bytes.capacity() + usize::from(number)
        }

        $($above)*
        #[instrument(parent = &parent, skip(parent))]
        $($below)*
        fn child(parent: Span) -> bool {
            !parent.is_disabled()
        }

        $($above)*
        #[instrument(parent = parent, skip(parent))]
        $($below)*
        fn moved_child<P: Into<Option<Id>>>(parent: P) {
            tracing::info!("inside");
        }

        $($above)*
        #[instrument(follows_from = causes, skip(causes))]
        $($below)*
        fn follows(causes: &[Span]) -> usize {
            causes.len()
        }

        $($above)*
        #[instrument(name = "other name", target = "elsewhere", level = "warn")]
        $($below)*
        fn named() {}

        $($above)*
        #[instrument]
        $($below)*
        fn generic<T: Debug + ?Sized>(value: &T) -> String {
            format!("{value:?}")
        }

        $($above)*
        #[instrument]
        $($below)*
        fn destructured(
            (left, _): (u8, Vec<u8>),
            Pair { one, mut two }: Pair,
            [first, ..]: [u8; 2],
        ) -> usize {
            two.push(left + first);
            one.capacity() + two.len()
        }

        $($above)*
        #[instrument(skip_all)]
        $($below)*
        fn drops(used: Noisy, _unused: Noisy, _: Noisy) -> &'static str {
            used.0
        }

        $($above)*
        #[instrument(skip_all, ret)]
        $($below)*
        fn drops_returned(used: Noisy, _unused: Noisy, _: Noisy) -> &'static str {
            used.0
        }

        $($above)*
        #[instrument(skip_all, err)]
        $($below)*
        fn drops_failing(used: Noisy, _unused: Noisy) -> Result<Noisy, ParseIntError> {
            let _late = Noisy("late");
            let _: u8 = used.0.parse()?;
            Ok(used)
        }

        $($above)*
        #[instrument(skip_all)]
        $($below)*
        fn panics(_unused: Noisy) {
            let _late = Noisy("late");
            resume_unwind(Box::new("without a message"));
        }

        $($above)*
        #[instrument(ret)]
        $($below)*
        fn longest<'a>(one: &'a str, other: &'a str) -> &'a str {
            if one.len() > other.len() { one } else { other }
        }

        $($above)*
        #[instrument]
        $($below)*
        fn counts<'a>(words: &'a [&'a str]) -> impl Iterator<Item = usize> + use<'a> {
            tracing::info!("inside");
            words.iter().map(|word| word.len())
        }

        $($above)*
        #[instrument]
        $($below)*
        fn deep(depth: usize) -> Pin<Box<dyn Future<Output = usize>>> {
            Box::pin(async move {
                pause().await;
                if depth == 0 { 0 } else { deep(depth - 1).await + 1 }
            })
        }

        $($above)*
        #[instrument(skip_all)]
        $($below)*
        async fn drops_awaited(used: Noisy, _unused: Noisy, _: Noisy) -> &'static str {
            pause().await;
            used.0
        }

        $($above)*
        #[cfg_attr(all(), instrument(name = "configured"))]
        #[cfg_attr(any(), nothing)]
        $($below)*
        fn configured((left, right): (u8, u8)) -> u8 {
            left + right
        }

        $($above)*
        #[instrument(name = "first")]
        #[instrument(name = "second")]
        $($below)*
        fn twice(bytes: usize) -> Pin<Box<dyn Future<Output = usize>>> {
            Box::pin(async move { buffer(bytes).capacity() })
        }

        $($above)*
        #[instrument]
        $($below)*
        fn outer(depth: usize) -> usize {
            let inside = sync(depth, "nested");
            if depth == 0 { inside } else { outer(depth - 1) + inside }
        }

        $($above)*
        #[instrument]
        $($below)*
        async fn awaited(bytes: usize) -> usize {
            let held = buffer(bytes);
            tracing::info!("before");
            pause().await;
            tracing::info!("after");
            held.capacity()
        }

        $($above)*
        #[instrument(ret, err)]
        $($below)*
        async fn awaited_result(text: &str) -> Result<u8, ParseIntError> {
            pause().await;
            let number: u8 = text.parse()?;
            Ok(number)
        }

        $($above)*
        #[instrument(ret, fields(length = text.len()))]
        $($below)*
        async fn awaited_owned(text: String, (left, _): (u8, Vec<u8>)) -> usize {
            awaited(text.len()).await + usize::from(left)
        }

        $($above)*
        #[instrument]
        $($below)*
        fn boxed(bytes: usize) -> Pin<Box<dyn Future<Output = usize> + Send>> {
            Box::pin(async move {
                pause().await;
                buffer(bytes).capacity()
            })
        }

        $($above)*
        #[instrument(ret, err)]
        $($below)*
        fn opaque(text: &'static str) -> impl Future<Output = Result<u8, ParseIntError>> {
            tracing::info!("outside");
            async move {
                pause().await;
                text.parse()
            }
        }

        trait Shape: Debug {
            $($above)*
            #[instrument]
            $($below)*
            fn area(&self) -> usize {
                self.width() * self.width()
            }

            fn width(&self) -> usize;

            $($above)*
            #[instrument]
            $($below)*
            async fn measure(self, more: String) -> usize
            where
                Self: Sized,
            {
                pause().await;
                self.width() + more.len()
            }
        }

        impl Shape for Counter {
            $($above)*
            #[instrument]
            $($below)*
            fn width(&self) -> usize {
                buffer(self.0).capacity()
            }
        }

        #[async_trait]
        trait Boxed {
            async fn boxed(&mut self, text: &str) -> Result<usize, ParseIntError>;
        }

        #[async_trait]
        impl Boxed for Counter {
            $($above)*
            #[instrument(skip(self), ret, err)]
            $($below)*
            async fn boxed(&mut self, text: &str) -> Result<usize, ParseIntError> {
                pause().await;
                self.0 += text.parse::<usize>()?;
                Ok(self.0)
            }
        }

        impl Counter {
            $($above)*
            #[instrument]
            $($below)*
            fn new(start: usize) -> Self {
                Self(start)
            }

            $($above)*
            #[instrument(skip(self), fields(start = self.0))]
            $($below)*
            fn add(&mut self, more: usize) -> &mut usize {
                self.0 += more;
                &mut self.0
            }

            $($above)*
            #[instrument(ret)]
            $($below)*
            fn finish(self) -> usize {
                self.0
            }

            $($above)*
            #[instrument(skip(self))]
            $($below)*
            async fn wait(&mut self, polls: usize) -> usize {
                for _ in 0..polls {
                    pause().await;
                    self.0 += 1;
                }
                self.0
            }
        }

        #[derive(Debug)]
        struct Counter(usize);

        /// Each with its name.
        pub(crate) const SCENARIOS: &[(&str, fn())] = &[
            ("sync", || assert_eq!(sync(10, "red"), 10)),
            ("returns", || assert_eq!(returns(20), 20)),
            ("fails", || assert!(fails("1").is_ok() && fails("x").is_err())),
            ("fails_in_words", || {
                assert_eq!(fails_in_words(""), Ok(0));
                assert!(fails_in_words("1").is_ok() && fails_in_words("x").is_err());
            }),
            ("fields", || assert_eq!(fields(buffer(30), (vec![7], 8)), 30)),
            ("skips", || assert_eq!(skips(buffer(40), 1), 41)),
            ("child", || {
                let parent = tracing::info_span!("parent");
                let around = tracing::info_span!("around").entered();
                child(parent);
                moved_child(around.id());
                moved_child(None);
            }),
            ("follows", || {
                let causes = [tracing::info_span!("one"), tracing::info_span!("two")];
                assert_eq!(follows(&causes), 2);
            }),
            ("named", named),
            ("generic", || assert_eq!(generic("red"), "\"red\"")),
            ("destructured", || {
                let pair = Pair { one: buffer(50), two: buffer(60) };
                assert_eq!(destructured((1, buffer(70)), pair, [2, 3]), 51);
            }),
            ("drops", || {
                assert_eq!(drops(Noisy("one"), Noisy("two"), Noisy("three")), "one");
            }),
            ("drops_awaited", || {
                let future = drops_awaited(Noisy("one"), Noisy("two"), Noisy("three"));
                assert_eq!(run(future), "one");
            }),
            ("drops_returned", || {
                assert_eq!(drops_returned(Noisy("one"), Noisy("two"), Noisy("three")), "one");
            }),
            ("drops_failing", || {
                assert!(drops_failing(Noisy("one"), Noisy("two")).is_err());
                assert!(drops_failing(Noisy("1"), Noisy("two")).is_ok());
            }),
            ("panics", || assert!(catch_unwind(|| panics(Noisy("one"))).is_err())),
            ("longest", || assert_eq!(longest("red", "green"), "green")),
            ("counts", || assert_eq!(counts(&["red", "green"]).sum::<usize>(), 8)),
            ("deep", || assert_eq!(run(deep(2)), 2)),
            ("drops_cancelled", || {
                let future = drops_awaited(Noisy("one"), Noisy("two"), Noisy("three"));
                let mut future = Box::pin(future);
                assert!(poll_once(&mut future).is_pending());
                drop(future);
                drop(drops_awaited(Noisy("one"), Noisy("two"), Noisy("three")));
            }),
            ("traits", || {
                let mut counter = Counter(2);
                assert!(run(counter.boxed("x")).is_err());
                assert_eq!(run(counter.boxed("3")), Ok(5));
                assert_eq!(run(counter.measure("red".to_owned())), 8);
            }),
            ("configured", || assert_eq!(configured((1, 2)), 3)),
            ("twice", || assert_eq!(run(twice(110)), 110)),
            ("outer", || assert_eq!(outer(2), 3)),
            ("awaited", || assert_eq!(run(awaited(80)), 80)),
            ("awaited_result", || {
                assert!(run(awaited_result("1")).is_ok() && run(awaited_result("x")).is_err());
            }),
            ("awaited_owned", || {
                assert_eq!(run(awaited_owned("red".to_owned(), (1, buffer(90)))), 4);
            }),
            ("boxed", || assert_eq!(run(boxed(100)), 100)),
            ("opaque", || assert!(run(opaque("1")).is_ok() && run(opaque("x")).is_err())),
            ("interleaved", || {
                let (mut one, mut two) = (Box::pin(awaited(1)), boxed(2));
                assert!(poll_once(&mut one).is_pending() && poll_once(&mut two).is_pending());
                assert!(poll_once(&mut one).is_ready() && poll_once(&mut two).is_ready());
            }),
            ("cancelled", || {
                let mut future = Box::pin(awaited_owned("red".to_owned(), (1, buffer(90))));
                assert!(poll_once(&mut future).is_pending());
                drop(future);
                drop(awaited(1));
            }),
            ("methods", || {
                let mut counter = Counter::new(3);
                *counter.add(4) += 1;
                assert_eq!((counter.area(), run(counter.wait(2)), counter.finish()), (64, 10, 10));
            }),
        ];
    };
}
