//! A parallel iterator in a context, which is attached once for each sequential piece of it.
//!
//! rayon cuts the work into pieces and hands each to some worker, which then runs it to its end: that is
//! where the context is attached, so it costs nothing per item. Results are joined under it too.

use crate::{Attached, Context};
use rayon::iter::plumbing::{
    Consumer, Folder, Producer, ProducerCallback, Reducer, UnindexedConsumer,
};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};

/// What parallel iterators can do with a [`Context`].
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::{Context, rayon::ParallelIteratorExt as _};
/// use rayon::prelude::*;
///
/// let context = Context::current();
/// let lengths: usize = ["a", "bc"].par_iter().in_context(context).map(|text| text.len()).sum();
/// assert_eq!(lengths, 3);
/// ```
pub trait ParallelIteratorExt: ParallelIterator {
    /// This iterator under `context`: what makes its items, and what is done with them, counts for the
    /// context's path, on whichever worker.
    ///
    /// What a parallel `flat_map` behind it makes of an item is cut into pieces of its own: it needs an
    /// `in_context` of its own, inside.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// use memprof::{Context, rayon::ParallelIteratorExt as _};
    /// use rayon::prelude::*;
    ///
    /// let texts: Vec<String> = (0..100_u32)
    ///     .into_par_iter()
    ///     .in_context(Context::current())
    ///     .map(|number| number.to_string())
    ///     .collect();
    /// assert_eq!(texts.len(), 100);
    /// ```
    fn in_context(self, context: Context) -> InContext<Self>;
}

impl<I: ParallelIterator> ParallelIteratorExt for I {
    fn in_context(self, context: Context) -> InContext<Self> {
        InContext {
            base: self,
            context,
        }
    }
}

/// A parallel iterator under a [`Context`]. Made by [`ParallelIteratorExt::in_context`].
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::{Context, rayon::{InContext, ParallelIteratorExt as _}};
/// use rayon::prelude::*;
///
/// let numbers: InContext<_> = (0..100_u64).into_par_iter().in_context(Context::current());
/// assert_eq!(numbers.sum::<u64>(), 4950);
/// ```
#[derive(Debug, Clone)]
#[must_use = "iterator adaptors are lazy and do nothing unless consumed"]
pub struct InContext<I> {
    base: I,
    context: Context,
}

impl<I: ParallelIterator> ParallelIterator for InContext<I> {
    type Item = I::Item;

    fn drive_unindexed<C>(self, consumer: C) -> C::Result
    where
        C: UnindexedConsumer<Self::Item>,
    {
        let InContext { base, context } = self;
        base.drive_unindexed(Carried {
            base: consumer,
            context,
        })
    }

    fn opt_len(&self) -> Option<usize> {
        self.base.opt_len()
    }
}

impl<I: IndexedParallelIterator> IndexedParallelIterator for InContext<I> {
    fn len(&self) -> usize {
        self.base.len()
    }

    fn drive<C: Consumer<Self::Item>>(self, consumer: C) -> C::Result {
        let InContext { base, context } = self;
        base.drive(Carried {
            base: consumer,
            context,
        })
    }

    fn with_producer<CB: ProducerCallback<Self::Item>>(self, callback: CB) -> CB::Output {
        let InContext { base, context } = self;
        base.with_producer(Carried {
            base: callback,
            context,
        })
    }
}

/// A consumer, producer, callback or reducer of rayon's, and the context that its pieces run under.
struct Carried<T> {
    base: T,
    context: Context,
}

impl<T> Carried<T> {
    fn also<U>(&self, base: U) -> Carried<U> {
        Carried {
            base,
            context: self.context,
        }
    }
}

impl<Item, C: Consumer<Item>> Consumer<Item> for Carried<C> {
    type Folder = Piece<C::Folder>;
    type Reducer = Carried<C::Reducer>;
    type Result = C::Result;

    fn split_at(self, index: usize) -> (Self, Self, Self::Reducer) {
        let context = self.context;
        let (left, right, reducer) = self.base.split_at(index);
        let carry = Carried { base: (), context };
        (carry.also(left), carry.also(right), carry.also(reducer))
    }

    fn into_folder(self) -> Self::Folder {
        let attached = self.context.attach();
        Piece {
            base: self.base.into_folder(),
            attached,
        }
    }

    fn full(&self) -> bool {
        self.base.full()
    }
}

impl<Item, C: UnindexedConsumer<Item>> UnindexedConsumer<Item> for Carried<C> {
    fn split_off_left(&self) -> Self {
        self.also(self.base.split_off_left())
    }

    fn to_reducer(&self) -> Self::Reducer {
        self.also(self.base.to_reducer())
    }
}

impl<Result, R: Reducer<Result>> Reducer<Result> for Carried<R> {
    fn reduce(self, left: Result, right: Result) -> Result {
        let Carried { base, context } = self;
        context.run(|| base.reduce(left, right))
    }
}

impl<Item, CB: ProducerCallback<Item>> ProducerCallback<Item> for Carried<CB> {
    type Output = CB::Output;

    fn callback<P: Producer<Item = Item>>(self, producer: P) -> CB::Output {
        let producer = self.also(producer);
        self.base.callback(producer)
    }
}

impl<P: Producer> Producer for Carried<P> {
    type Item = P::Item;
    type IntoIter = Piece<P::IntoIter>;

    fn into_iter(self) -> Self::IntoIter {
        let attached = self.context.attach();
        Piece {
            base: self.base.into_iter(),
            attached,
        }
    }

    fn min_len(&self) -> usize {
        self.base.min_len()
    }

    fn max_len(&self) -> usize {
        self.base.max_len()
    }

    fn split_at(self, index: usize) -> (Self, Self) {
        let context = self.context;
        let (left, right) = self.base.split_at(index);
        let carry = Carried { base: (), context };
        (carry.also(left), carry.also(right))
    }

    fn fold_with<F: Folder<Self::Item>>(self, folder: F) -> F {
        let Carried { base, context } = self;
        context.run(|| base.fold_with(folder))
    }
}

/// A sequential piece of the work, as a folder or an iterator: attached until it is done.
struct Piece<T> {
    // Dropped in this order: the piece, then its context.
    base: T,
    attached: Attached,
}

impl<Item, F: Folder<Item>> Folder<Item> for Piece<F> {
    type Result = F::Result;

    fn consume(self, item: Item) -> Self {
        Piece {
            base: self.base.consume(item),
            attached: self.attached,
        }
    }

    fn consume_iter<I>(self, items: I) -> Self
    where
        I: IntoIterator<Item = Item>,
    {
        Piece {
            base: self.base.consume_iter(items),
            attached: self.attached,
        }
    }

    fn complete(self) -> F::Result {
        let Piece { base, attached } = self;
        let result = base.complete();
        drop(attached);
        result
    }

    fn full(&self) -> bool {
        self.base.full()
    }
}

impl<I: Iterator> Iterator for Piece<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.base.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.base.size_hint()
    }
}

impl<I: DoubleEndedIterator> DoubleEndedIterator for Piece<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        self.base.next_back()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Piece<I> {
    fn len(&self) -> usize {
        self.base.len()
    }
}
