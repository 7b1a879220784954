//! Functions whose machine code `tests/off.rs` compares with and without the attribute. On one line with
//! it or without it, so that line numbers in panics are the same.

#[cfg_attr(tracked, memprof::track("Sum"))]
pub fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[cfg_attr(tracked, memprof::track)]
pub fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[cfg_attr(tracked, memprof::track)]
pub async fn waits(text: String) -> usize {
    std::future::ready(()).await;
    text.len()
}

pub fn size_of_future() -> usize {
    size_of_val(&waits(String::new()))
}

pub fn poll(text: String, context: &mut std::task::Context<'_>) -> bool {
    Future::poll(std::pin::pin!(waits(text)).as_mut(), context).is_ready()
}

#[cfg_attr(tracked, memprof::track)]
pub fn returns(text: String) -> impl Future<Output = usize> {
    let length = text.len();
    async move { length + waits(text).await }
}

#[cfg_attr(tracked, memprof::track)]
pub fn boxes(text: String) -> std::pin::Pin<Box<dyn Future<Output = usize> + Send>> {
    Box::pin(returns(text))
}

pub struct Index {
    pub words: Vec<String>,
}

#[cfg_attr(tracked, memprof::track_all)]
impl Index {
    pub fn insert(&mut self, word: &str) -> Result<usize, std::num::ParseIntError> {
        let number = word.parse()?;
        self.words.push(word.to_owned());
        Ok(number)
    }

    #[cfg_attr(tracked, memprof::skip)]
    pub fn at(&self, index: usize) -> &str {
        &self.words[index]
    }
}

#[inline(never)]
#[cfg_attr(tracked, memprof::track)]
fn largest<T: Ord + Copy>(values: &[T]) -> Option<T> {
    values.iter().copied().max()
}

pub fn instances(first: &[u8], second: &[i64]) -> (Option<u8>, Option<i64>) {
    (largest(first), largest(second))
}
