//! Each wrong argument is named, and what to write instead is said.

#[memprof::track(nam = "Search")]
fn misspelt() {}

#[memprof::track(colour = "red")]
fn unknown() {}

#[memprof::track("Search", name = "Again")]
fn named_twice() {}

#[memprof::track(crate = memprof, crate = memprof)]
fn path_twice() {}

#[memprof::track("")]
fn empty() {}

#[memprof::track(name = " ")]
fn blank() {}

#[memprof::track(42)]
fn number() {}

#[memprof::track(name = NAME)]
fn constant() {}

#[memprof::track(name)]
fn no_value() {}

#[memprof::track(crate = "memprof")]
fn path_in_quotes() {}

#[memprof::track("Search" crate = memprof)]
fn no_comma() {}

#[memprof::track(= "Search")]
fn no_key() {}

struct Index;

#[memprof::track_all("Index")]
impl Index {
    fn insert(&self) {}
}

#[memprof::track_all(name = "Index")]
impl Index {
    fn remove(&self) {}
}

#[memprof::track_all(crates = memprof)]
impl Index {
    fn clear(&self) {}
}

#[memprof::track_all(= memprof)]
impl Index {
    fn count(&self) {}
}

#[memprof::track_all(crate)]
impl Index {
    fn first(&self) {}
}

#[memprof::track_all(crate = "memprof")]
impl Index {
    fn last(&self) {}
}

#[memprof::track_all(crate = memprof, crate = memprof)]
impl Index {
    fn sort(&self) {}
}

#[memprof::track_all(crate = memprof crate = memprof)]
impl Index {
    fn shrink(&self) {}
}

#[memprof::track("Search", nam = "Again")]
async fn awaited() {}

fn main() {
    // Beside an error the item is still there: no second error says that it cannot be found.
    misspelt();
    unknown();
    named_twice();
    path_twice();
    empty();
    blank();
    number();
    constant();
    no_value();
    path_in_quotes();
    no_comma();
    no_key();
    Index.insert();
    Index.remove();
    Index.clear();
    Index.count();
    Index.first();
    Index.last();
    Index.sort();
    Index.shrink();
    drop(awaited());
}
