// Metrics: the figures over the call tree that the icicle can show, and whether a report has them.

import { bytes, bytesAndExact, count, plural } from "./units.js";

/** Each with its figure of a path and of a stack; null is not known. */
export const METRICS = [
  {
    id: "allocated",
    label: "Allocated",
    of: (row) => row.allocated_bytes,
    stack: (row) => row.allocated_bytes,
    short: bytes,
    long: bytesAndExact,
    lacks: () => "",
  },
  {
    id: "retained",
    label: "Retained",
    of: (row) => row.retained_bytes,
    stack: (row) => row.retained_bytes,
    short: bytes,
    long: bytesAndExact,
    lacks: () => "recorded without ownership, so nobody knows who allocated what still lives",
  },
  {
    id: "peak",
    label: "At peak",
    of: (row) => row.at_peak_bytes,
    stack: () => null,
    short: bytes,
    long: bytesAndExact,
    lacks: () => "what lived at the peak was not recorded",
  },
  {
    id: "count",
    label: "Allocations",
    of: (row) => row.allocations,
    stack: (row) => row.allocations,
    short: count,
    long: (number) => plural(number, "allocation"),
    lacks: () => "",
  },
];

/** Why the report does not have the metric; empty where it has. */
export function lack(report, metric) {
  if (!report.run.allocator.installed) return "memprof's allocator was not installed, so no byte was counted";
  if (report.paths.length === 0) return "the report has no call tree";
  return report.paths.every((row) => metric.of(row) != null) ? "" : metric.lacks();
}
