// Leaks: what operations still held when the profiler ended, judged by how it grew with their calls.

import { operationNames } from "../data/names.js";
import { pathText, stacksByPath } from "../data/tree.js";
import { bytes, bytesAndExact, count, plural } from "../data/units.js";
import { bytesColumn, countColumn, nameColumn } from "./columns.js";
import { axis, bytesAxis, chart } from "./chart.js";
import { detailsPanel } from "./details.js";
import { h, name, reason, section, svg } from "./dom.js";
import { stackList } from "./stack.js";
import { dataTable } from "./table.js";
import { color } from "./theme.js";

/** How it went with the calls, what that means, and how much it matters. */
const CLASSES = {
  growing: { label: "Growing", about: "more with every call: a leak", tone: "bad", sign: "▲", rank: 0 },
  undetermined: { label: "Undetermined", about: "its calls do not tell whether it grows", tone: "warn", sign: "?", rank: 1 },
  recent: { label: "Recent", about: "nearly all of it came with the newest tenth of the calls", tone: "info", sign: "•", rank: 2 },
  saturating: { label: "Saturating", about: "it has stopped growing: a cache", tone: "good", sign: "=", rank: 3 },
};
const classOf = (id) => CLASSES[id] ?? { label: id, about: "", tone: "plain", sign: "", rank: 4 };
const PATHS_LISTED = 12;

/** The section; null where the report judges no leaks. */
export function leaks(report) {
  if (report.leaks.length === 0) return null;
  const names = operationNames(report.operations);
  const stacksOf = stacksByPath(report);
  const rows = report.leaks.map((row) => ({ ...row, shown: names[row.operation] ?? "[unknown]" }));
  const stops = [];
  const forget = () => { for (const stop of stops.splice(0)) stop(); };
  const details = detailsPanel("How it grew, and where it was allocated", forget);
  const table = dataTable({
    caption: "What operations still held at the end", noun: "operations", rows,
    words: (row) => row.shown,
    columns: [
      nameColumn("Operation", (row) => row.shown, (row) => row.shown, { width: 260 }),
      { id: "class", label: "Verdict", width: 150, words: true, descending: false, orders: ["leaks first", "leaks last"], value: (row) => classOf(row.class).rank, cell: (row) => badge(row.class) },
      { id: "trend", label: "Over its calls", width: 130, descending: true, value: (row) => row.retained_bytes, cell: (row) => sparkline(row) },
      bytesColumn("held", "Held", (row) => row.retained_bytes, { width: 110 }),
      countColumn("blocks", "Blocks", (row) => row.retained_blocks),
      bytesColumn("call", "Per call", (row) => Math.round(row.bytes_per_call)),
      bytesColumn("tail", "Newest tail", (row) => row.tail_bytes, { width: 120, about: "What came with the newest tenth of the calls" }),
      countColumn("calls", "Calls", (row) => row.calls),
      countColumn("paths", "Paths", (row) => row.paths.length),
    ],
    sort: { id: "held", descending: true },
    onopen: (row) => {
      // The former's charts end before those of this one are made.
      forget();
      details.open(detailsOf(row));
    },
  });

  function detailsOf(row) {
    return [
      details.head(name(row.shown)),
      h("p", {}, badge(row.class), ` ${classOf(row.class).about}. ${bytesAndExact(row.retained_bytes)} in ${plural(row.retained_blocks, "block")} after ${plural(row.calls, "call")}.`),
      ...row.paths.slice(0, PATHS_LISTED).flatMap((path) => pathOf(path)),
      row.paths.length > PATHS_LISTED && reason(`and ${count(row.paths.length - PATHS_LISTED)} more paths`),
    ];
  }

  function pathOf(path) {
    const known = report.paths[path.path];
    const title = known ? pathText(report, known, names) : "[unknown]";
    const drawn = path.trend.length > 1 ? trend(title, path.trend) : null;
    if (drawn) stops.push(drawn.stop);
    const held = (stacksOf.get(path.path) ?? []).filter((stack) => stack.retained_bytes > 0);
    return [
      h("h4", {}, name(title), " ", badge(path.class)),
      h("p", {}, `${bytes(path.retained_bytes)} in ${plural(path.retained_blocks, "block")}, ${plural(path.calls, "call")}, ${bytes(Math.round(path.bytes_per_call))} a call; ${bytes(path.tail_bytes)} with the newest tenth of the calls.`),
      drawn?.element,
      ...stackList(report, held),
    ];
  }

  const hint = reason("Judged by how it went with the calls: what grows with every call is a leak, what has stopped growing is a cache. An operation opens with its paths, their course and their call stacks.");
  return { element: section("leaks", "Leaks", hint, table.element, details.element), stop: () => { forget(); table.stop(); } };
}

function badge(id) {
  const { label, tone, sign, about } = classOf(id);
  return h("span", { class: `badge ${tone}`, title: about }, h("span", { "aria-hidden": "true" }, `${sign} `), label);
}

/** The course of the path that holds most, small enough for a cell. */
function sparkline(row) {
  const points = [...row.paths].sort((a, b) => Number(b.retained_bytes) - Number(a.retained_bytes))[0]?.trend ?? [];
  if (points.length < 2) return "";
  const most = Math.max(1, ...points.map((point) => Number(point.retained_bytes)));
  const last = Math.max(1, Number(points.at(-1).calls));
  const line = points.map((point) => `${(Number(point.calls) / last) * 100},${22 - (Number(point.retained_bytes) / most) * 20}`).join(" ");
  return svg("svg", { viewBox: "0 0 100 24", preserveAspectRatio: "none", class: "spark", role: "img", "aria-label": `${bytes(points[0].retained_bytes)} to ${bytes(points.at(-1).retained_bytes)}` },
    svg("polyline", { points: line, "vector-effect": "non-scaling-stroke" }));
}

function trend(title, points) {
  return chart({
    label: `Held over the calls of ${title}: ${points.map((point) => `${bytes(point.retained_bytes)} after ${count(point.calls)}`).join(", ")}`,
    data: [points.map((point) => Number(point.calls)), points.map((point) => Number(point.retained_bytes))],
    height: 170,
    read: (index) => `after ${plural(points[index].calls, "call")}: ${bytesAndExact(points[index].retained_bytes)} in ${plural(points[index].retained_blocks, "block")}`,
    options: {
      padding: [10, 26, 0, 0],
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, (most || 1) * 1.1] } },
      axes: [axis({ size: 34, values: (_, splits) => splits.map((split) => (Number.isInteger(split) ? count(split) : "")) }), bytesAxis()],
      series: [{}, { label: "Held", width: 2, stroke: () => color("chart-line"), fill: () => color("chart-fill"), points: { show: true, size: 6, fill: () => color("chart-line") } }],
    },
  });
}
