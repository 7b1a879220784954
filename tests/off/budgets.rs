//! Tests with budgets, which nobody checks where memprof is switched off.
#![deny(warnings)]

#[cfg(test)]
mod tests {
    #[test]
    #[memprof::budget(allocations = 0)]
    fn takes_too_much() {
        #![allow(unused_variables)]
        let held = std::hint::black_box(vec![1_u8]);
    }

    #[memprof::budget(crate = ::memprof, peak = 1)]
    async fn waits(text: &str) -> usize {
        text.len()
    }

    #[memprof::budget(peak = 1)]
    const fn constant() -> usize {
        1
    }

    #[test]
    fn others() {
        const ONE: usize = constant();
        drop(waits("red"));
        let held = memprof::assert_allocations!(0, || vec![ONE]);
        assert_eq!(memprof::assert_retained!(0, || held).len(), 1);
    }
}
