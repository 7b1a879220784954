// The growth: how a figure of an operation's calls rises with the size of their input, one chart an operation.

import { curve, verdict, words } from "../data/growth.js";
import { operationNames } from "../data/names.js";
import { bytes, count, exactBytes } from "../data/units.js";
import { axis, chart } from "./chart.js";
import { choice, h, name, reason, section } from "./dom.js";
import { color } from "./theme.js";

const FIGURES = [
  { id: "allocated_bytes", label: "Allocated", short: bytes, long: exactBytes },
  { id: "peak_bytes", label: "Peak", short: bytes, long: exactBytes },
  { id: "allocations", label: "Allocations", short: count, long: count },
];
const CHARTS = 24;
const HEIGHT = 220;

/** The section; null where no operation told its sizes. */
export function growth(report) {
  const names = operationNames(report.operations);
  const rows = report.operations.map((row, index) => ({ growth: row.growth, shown: names[index] }))
    .filter((row) => row.growth && FIGURES.some(({ id }) => row.growth[id]?.points?.length > 0));
  if (rows.length === 0) return null;
  let stops = [];
  const grid = h("div", { class: "cards" });
  function show(figure) {
    stops.forEach((stop) => stop());
    stops = [];
    const cards = rows.filter((row) => row.growth[figure.id]?.points?.length > 0).slice(0, CHARTS);
    grid.replaceChildren(...cards.map((row) => {
      const made = card(row, row.growth[figure.id], figure);
      stops.push(made.stop);
      return made.element;
    }));
  }
  const tools = h("div", { class: "tools" }, choice("Of a call", FIGURES, FIGURES[0].id, (id) => show(FIGURES.find((figure) => figure.id === id))));
  const left = rows.length > CHARTS && reason(`The first ${CHARTS} of ${count(rows.length)} operations.`);
  show(FIGURES[0]);
  const hint = reason("Over the sizes that the program told. Both axes are logarithmic, so a power of n is a straight line; the dashed line is the class that was found.");
  return { element: section("growth", "Growth", hint, tools, left, grid), stop: () => stops.forEach((stop) => stop()) };
}

/** At most six of the sizes, always with the last. */
const apart = (sizes) => sizes.filter((_, index) => (sizes.length - 1 - index) % Math.ceil(sizes.length / 6) === 0);

/** At most six powers of two in a range. */
function powers(least, most) {
  const [first, last] = [Math.ceil(Math.log2(least)), Math.floor(Math.log2(most))];
  const step = Math.max(1, Math.ceil((last - first) / 5));
  const found = [];
  for (let power = first; power <= last; power += step) found.push(2 ** power);
  return found.filter((value) => Number.isInteger(value));
}

function card(row, fit, figure) {
  const declared = row.growth.declared;
  const said = verdict(fit, declared);
  const points = [...fit.points].sort(([a], [b]) => Number(a) - Number(b));
  // A logarithm has no place for zero.
  const xs = points.map(([n]) => Math.max(1, Number(n)));
  const ys = points.map(([, y]) => Math.max(1, Number(y)));
  const fitted = curve(fit);
  const series = [{}, { label: figure.label, width: 2, stroke: () => color("chart-line"), points: { show: true, size: 7, fill: () => color("chart-line") } }];
  const data = [xs, ys];
  if (fitted) {
    series.push({ label: "fit", width: 1.5, dash: [6, 4], stroke: () => color("chart-fit"), points: { show: false } });
    data.push(xs.map((n) => Math.max(1, fitted(n))));
  }
  const sizes = `n = ${xs.map(count).join(", ")}`;
  const drawn = chart({
    label: `${figure.label} of a call of ${row.shown}: ${words(fit)}; ${points.map(([n, y]) => `${figure.long(y)} at ${count(n)}`).join(", ")}`,
    data, height: HEIGHT,
    read: (index) => `n = ${count(points[index][0])}: ${figure.long(points[index][1])}`,
    options: {
      padding: [8, 26, 0, 0],
      scales: { x: { time: false, distr: 3, range: (_, least, most) => [least / 1.3, most * 1.3] }, y: { distr: 3, range: (_, least, most) => [least / 2, most * 2] } },
      axes: [
        axis({ size: 34, filter: (_, splits) => splits, splits: () => apart(xs), values: (_, splits) => splits.map(count) }),
        axis({ size: 76, filter: (_, splits) => splits, splits: (_, __, least, most) => powers(least, most), values: (_, splits) => splits.map(figure.short) }),
      ],
      series,
    },
  });
  const badge = said && h("span", { class: `badge ${said === "within" ? "good" : "bad"}` }, said === "within" ? "as declared" : "steeper than declared");
  return {
    element: h("article", { class: "card" },
      h("h3", {}, name(row.shown)),
      h("p", { class: "sub" }, h("b", {}, words(fit)), declared != null && ` · declared ${declared}`, " ", badge),
      drawn.element, h("p", { class: "reason" }, sizes)),
    stop: drawn.stop,
  };
}
