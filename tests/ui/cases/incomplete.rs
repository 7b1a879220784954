//! Code that is still being typed: what the compiler itself lacks, and no error of the attribute; all that
//! is named here is there.

struct Index {
    entries: Vec<u8>,
}

impl Index {
    #[memprof::track]
    fn insert(&mut self, entry: u8) {
        self.entries.
    }
}

#[memprof::track("Search")]
async fn search(query: &str) -> usize {
    let length =
}

#[memprof::track]
fn fetch(bytes: usize) -> impl Future<Output = usize> {
    async move { bytes. }
}

fn main() {
    let mut index = Index { entries: Vec::new() };
    index.insert(1);
    drop((search(""), fetch(1)));
}
