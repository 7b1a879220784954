// The overview: what the reader has to know first, the totals, and which operations are the largest.

import { compare } from "../data/number.js";
import { operationNames } from "../data/names.js";
import { bytes, count, exactBytes, plural } from "../data/units.js";
import { barList } from "./bars.js";
import { choice, h, reason, section } from "./dom.js";
import { findings, totals } from "./head.js";

const LISTED = 10;
const FIGURES = [
  { id: "allocated", label: "Self allocated", of: (row) => row.self.allocated_bytes, short: bytes, long: exactBytes },
  { id: "retained", label: "Self retained", of: (row) => row.self.retained_bytes, short: bytes, long: exactBytes },
  { id: "peak", label: "Peak of a call", of: (row) => row.peak_bytes, short: bytes, long: exactBytes },
  { id: "count", label: "Self allocations", of: (row) => row.self.allocations, short: count, long: (number) => plural(number, "allocation") },
];

export function overview(report, { open }) {
  return { element: section("overview", "Overview", findings(report), totals(report), largest(report, open)) };
}

function largest(report, open) {
  if (!report.run.allocator.installed || report.operations.length === 0) return null;
  const names = operationNames(report.operations);
  const rows = report.operations.map((row, index) => ({ row, index, name: names[index] }));
  const figures = FIGURES.map((figure) => ({
    ...figure, lacks: rows.every(({ row }) => figure.of(row) == null) ? "recorded without ownership" : "",
  }));
  const place = h("div");
  function show(figure) {
    const sorted = rows.filter(({ row }) => figure.of(row) > 0).sort((a, b) => compare(figure.of(b.row), figure.of(a.row)));
    const bars = sorted.slice(0, LISTED).map(({ row, index, name }) => ({
      name, value: figure.of(row), text: figure.short(figure.of(row)), full: figure.long(figure.of(row)),
      note: `${count(row.calls)} ×`, onopen: () => open(index),
    }));
    place.replaceChildren(bars.length > 0 ? barList(`The largest operations by ${figure.label.toLowerCase()}`, bars) : reason("It is 0 for every operation."));
  }
  show(figures[0]);
  return h("div", { class: "panel" },
    h("div", { class: "bar-line" }, h("h3", {}, "The largest operations"),
      choice("By", figures, "allocated", (id) => show(figures.find((figure) => figure.id === id)))),
    place);
}
