//! A sample: what was done under a path or an operation so far, and which nested operation did how much.
//!
//! Two samples make a difference: what was done in between. Allocates, so the caller is paused.

use crate::record::copy::{Copied, copy_own};
use crate::record::paths::{Node, ROOT};
use crate::record::pause::Pause;
use crate::record::row::PathFigures;
use crate::record::site::Site;
use memprof_report::{Metric, Part};

#[derive(Debug, Default)]
pub(in crate::collect) struct Sample {
    /// All of it.
    pub(super) all: PathFigures,
    /// Without nested operations.
    own: PathFigures,
    /// By nested operation, each without those nested in it.
    parts: Vec<(&'static Site, PathFigures)>,
}

impl Sample {
    /// What all threads allocated in all, under `site` or not.
    pub(super) fn allocated_by_all(copied: &Copied) -> i64 {
        let all = copied.figures.iter().map(PathFigures::allocated_bytes);
        i64::try_from(all.sum::<u64>()).unwrap_or(i64::MAX)
    }

    /// What all threads did under `site`, wherever it was on the current path.
    pub(super) fn of_site(copied: &Copied, site: &'static Site) -> Self {
        let mut sample = Self::default();
        for (path, figures) in copied.figures.iter().enumerate() {
            let node = &copied.nodes[path];
            if node.is_under(&copied.nodes, site) {
                sample.all.add(figures);
                match std::ptr::eq(node.site, site) {
                    true => sample.own.add(figures),
                    false => sample.add_part(node, figures),
                }
            }
        }
        sample
    }

    /// What this thread did under `from`, a path's number, in operations that are nested in it.
    pub(in crate::collect) fn of_thread(from: u32) -> Self {
        let (nodes, events) = copy_own();
        let mut sample = Self::default();
        let Some(chain) = nodes.get(from as usize).map(|node| node.chain) else {
            return sample;
        };
        for (path, events) in events.iter().enumerate() {
            let node = &nodes[path];
            let is_below = chain == ROOT || reaches(&nodes, node.chain, chain);
            if is_below {
                let mut figures = PathFigures::default();
                figures.add_events(events);
                sample.all.add(&figures);
                match path == from as usize {
                    true => sample.own.add(&figures),
                    false => sample.add_part(node, &figures),
                }
            }
        }
        sample
    }

    /// What was added to a figure since `before`.
    pub(super) fn since(&self, before: &Self, metric: Metric) -> i64 {
        figure(metric, &self.all) - figure(metric, &before.all)
    }

    fn add_part(&mut self, node: &Node, figures: &PathFigures) {
        let Some(site) = node.site() else {
            return;
        };
        match self
            .parts
            .iter_mut()
            .find(|part| std::ptr::eq(part.0, site))
        {
            Some((_, sum)) => sum.add(figures),
            None => self.parts.push((site, *figures)),
        }
    }

    /// What has most of what was added to the metric since `before`, where a nested operation has any: that operation, or
    /// the code around all of them.
    pub(super) fn largest(&self, before: &Self, metric: Metric) -> Option<Part> {
        let nested = self.largest_nested(before, metric)?;
        let own = figure(metric, &self.own) - figure(metric, &before.own);
        Some(if own > nested.figure {
            Part::own(own)
        } else {
            nested
        })
    }

    /// The nested operation whose share of the metric grew most since `before`, if any grew.
    pub(in crate::collect) fn largest_nested(&self, before: &Self, metric: Metric) -> Option<Part> {
        let grown = self.parts.iter().map(|(site, figures)| {
            let earlier = before.parts.iter().find(|part| std::ptr::eq(part.0, *site));
            let earlier = earlier.map_or(0, |part| figure(metric, &part.1));
            (*site, figure(metric, figures) - earlier)
        });
        let (site, figure) = grown.filter(|part| part.1 > 0).max_by_key(|part| part.1)?;
        Some(Part {
            name: site.name(),
            place: place(site),
            figure,
        })
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _pause = Pause::new();
        self.parts = Vec::new();
    }
}

/// `src/search.rs:41`
pub(super) fn place(site: &Site) -> String {
    format!("{}:{}", site.file(), site.line())
}

/// The share that some figures have in a metric: in a peak, that is what was allocated.
pub(super) fn figure(metric: Metric, figures: &PathFigures) -> i64 {
    let unsigned = match metric {
        Metric::Allocations => figures.allocations,
        Metric::DeallocatedBytes => figures.deallocated_bytes,
        Metric::NetBytes => return figures.net_bytes,
        Metric::RetainedBytes => figures.retained_bytes(),
        _ => figures.allocated_bytes(),
    };
    i64::try_from(unsigned).unwrap_or(i64::MAX)
}

/// Whether `chain` is `above` or longer.
fn reaches(nodes: &[Node], chain: u32, above: u32) -> bool {
    let mut at = chain;
    while at != ROOT && at != above {
        at = nodes[at as usize].parent;
    }
    at == above
}
