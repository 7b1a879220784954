// What viewers have to show of a report: for each weight the total, and for each operation what its paths have.
// Computed from the report's own rows, and not from any format.

import { readFileSync } from "node:fs";

/** The weights of a report, by the name of their files. */
const WEIGHTS = {
  "allocated-bytes": "allocated_bytes",
  "allocations": "allocations",
  "retained-bytes": "retained_bytes",
  "retained-blocks": "retained_blocks",
  "bytes-at-peak": "at_peak_bytes",
};

export const OUTSIDE = "[outside any operation]";

/** `Map` of weight → { total, operations: Map of label → inclusive figure }, of the weights that the report has. */
export function expected(file) {
  const report = JSON.parse(readFileSync(file, "utf8"));
  const weights = new Map();
  for (const [weight, field] of Object.entries(WEIGHTS)) {
    const figures = report.paths.map((path) => path[field]);
    if (figures.every((figure) => figure !== null)) {
      weights.set(weight, ofWeight(report, figures));
    }
  }
  return weights;
}

function ofWeight(report, figures) {
  const operations = new Map();
  report.paths.forEach((path, row) => {
    const labels = path.operations.map((index) => label(report.operations, index));
    for (const name of new Set(labels.length > 0 ? labels : [OUTSIDE])) {
      operations.set(name, (operations.get(name) ?? 0) + figures[row]);
    }
  });
  return { total: figures.reduce((sum, figure) => sum + figure, 0), operations };
}

/** Operations of one name are told apart by their place. */
function label(operations, index) {
  const { name, file, line } = operations[index];
  const namesakes = operations.filter((other) => other.name === name).length;
  return namesakes > 1 ? `${name} (${file}:${line})` : name;
}

/** `1234567` as `1,234,567`. */
export const grouped = (number) => number.toLocaleString("en-US");
