// The comparison: the rows of a diff, ready for a table.

import { share, subtract } from "./number.js";
import { shown } from "./names.js";
import { bytes, count } from "./units.js";

/** The verdicts in the order in which they matter, each with its word, tone and sign. */
export const VERDICTS = [
  { id: "regressed", label: "Regressed", tone: "bad", sign: "▲" },
  { id: "not_comparable", label: "Not comparable", tone: "warn", sign: "?" },
  { id: "improved", label: "Improved", tone: "good", sign: "▼" },
  { id: "new", label: "New", tone: "info", sign: "+" },
  { id: "gone", label: "Gone", tone: "info", sign: "−" },
  { id: "unchanged", label: "Unchanged", tone: "plain", sign: "=" },
];

export const verdictOf = (id) => VERDICTS.find((verdict) => verdict.id === id) ?? { id, label: id, tone: "plain", sign: "" };

export const isBytes = (metric) => metric.endsWith("_bytes");

/** What a metric is called: `peak`, `max call allocated`. */
export const metricLabel = (metric) => metric.replace(/_bytes$/, "").replaceAll("_", " ");

/** The figure in words. */
export const figure = (metric, number) => (number == null ? "–" : isBytes(metric) ? bytes(number) : count(number));

/** The difference with its sign. */
export function signed(metric, number) {
  if (number == null) return "–";
  if (number == 0) return "0";
  return number > 0 ? `+${figure(metric, number)}` : `−${figure(metric, number < 0 ? -number : number)}`;
}

export const differenceOf = (change) => (change.old == null || change.new == null ? null : subtract(change.new, change.old));

/** As a part of the old figure; null where that is zero or not there. */
export function shareOf(change) {
  const difference = differenceOf(change);
  return difference == null || change.old == 0 ? null : share(difference, change.old < 0 ? -change.old : change.old);
}

/** The diff's rows, each with its name, place, and changes by metric. */
export function rowsOf(diff) {
  return diff.rows.map((row, index) => ({
    ...row,
    index,
    shown: shown(row.subject.name),
    place: row.subject.file ? `${shown(row.subject.file)}${row.subject.line ? `:${row.subject.line}` : ""}` : "",
    kind: row.subject.kind,
    rank: VERDICTS.findIndex(({ id }) => id === row.verdict),
    by: new Map(row.changes.map((change) => [change.metric, change])),
  }));
}
