//! Stats in a line: `allocated 8,000 B in 1 allocation, deallocated 0 B, net 8,000 B, peak 8,000 B`.

use std::fmt;

use super::units::{count, short_bytes};
use crate::Stats;

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.allocations == 1 { "" } else { "s" };
        let sign = if self.net_bytes < 0 { "-" } else { "" };
        write!(
            f,
            "allocated {} in {} allocation{ending}, deallocated {}, net {sign}{}, peak {}",
            short_bytes(self.allocated_bytes),
            count(self.allocations),
            short_bytes(self.deallocated_bytes),
            short_bytes(self.net_bytes.unsigned_abs()),
            short_bytes(self.peak_bytes),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_every_figure_and_its_unit() {
        let stats = Stats {
            allocations: 1,
            allocated_bytes: 8_000,
            net_bytes: -2_000_000,
            deallocated_bytes: 2_008_000,
            peak_bytes: 12_000,
            ..Stats::default()
        };
        assert_eq!(
            stats.to_string(),
            "allocated 8,000 B in 1 allocation, deallocated 1.9 MiB, net -1.9 MiB, peak 11.7 KiB"
        );
        assert_eq!(
            Stats::default().to_string(),
            "allocated 0 B in 0 allocations, deallocated 0 B, net 0 B, peak 0 B"
        );
    }
}
