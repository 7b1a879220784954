//! An error in the user's own code reads as it does without the attribute, and in its own place.

#[memprof::track]
fn mismatched(count: usize) -> String {
    count + 1
}

#[memprof::track]
async fn awaited(count: usize) -> String {
    count + 1
}

#[memprof::track]
fn early(text: String) -> usize {
    if text.is_empty() {
        return "nothing";
    }
    text.len()
}

#[memprof::track]
fn moved(text: String) -> String {
    drop(text);
    text
}

fn main() {
    mismatched(1);
    awaited(1);
    early(String::new());
    moved(String::new());
}
