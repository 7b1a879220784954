// The timeline: live bytes over the run, the peak marked in it, and what the peak was made of.

import { compare, share, total } from "../data/number.js";
import { operationNames } from "../data/names.js";
import { pathText } from "../data/tree.js";
import { bytes, bytesAndExact, duration, exactBytes, percent, plural } from "../data/units.js";
import { barList } from "./bars.js";
import { axis, bytesAxis, chart } from "./chart.js";
import { h, reason, section } from "./dom.js";
import { dataTable } from "./table.js";
import { bytesColumn } from "./columns.js";
import { color } from "./theme.js";

const LISTED = 12;

export function timeline(report) {
  const stops = [];
  const parts = [over(report, stops), composition(report)];
  return { element: section("timeline", "Timeline", parts), stop: () => stops.forEach((stop) => stop()) };
}

function over(report, stops) {
  const points = report.timeline;
  if (points.length === 0) return reason("The report has no timeline: live bytes over the run were not recorded.");
  const data = [points.map((point) => Number(point.elapsed_ns)), points.map((point) => Number(point.live_bytes))];
  const highest = data[1].reduce((best, live, index) => (live > data[1][best] ? index : best), 0);
  const peak = report.process.peak_live_bytes;
  const bound = report.process.peak_error_bytes == 0 ? "exact" : `± ${bytes(report.process.peak_error_bytes)}`;
  const label = `Live bytes over ${duration(points.at(-1).elapsed_ns)}: from ${bytes(points[0].live_bytes)} to `
    + `${bytes(points.at(-1).live_bytes)}, highest of the points ${bytes(points[highest].live_bytes)} after `
    + `${duration(points[highest].elapsed_ns)}; peak of the process ${bytes(peak)}, ${bound}`;
  const drawn = chart({
    label, data, height: 300, zoomable: true,
    read: (index) => `${duration(points[index].elapsed_ns)}: ${bytesAndExact(points[index].live_bytes)} live`,
    options: {
      padding: [24, 16, 0, 0],
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(Number(peak), most || 1) * 1.08] } },
      axes: [
        axis({ values: (_, splits) => splits.map((split) => (split <= 0 ? "0" : duration(Math.round(split)))), space: 90, size: 34 }),
        bytesAxis(),
      ],
      series: [{}, {
        label: "Live", width: 2, stroke: () => color("chart-line"), fill: () => color("chart-fill"), points: { show: points.length < 40 },
      }],
      hooks: { draw: [(plot) => markPeak(plot, Number(peak), `peak ${bytes(peak)}, ${bound}`, highest)] },
    },
  });
  const table = dataTable({
    caption: "Live bytes over the run", noun: "points", rows: points,
    columns: [
      { id: "elapsed", label: "Elapsed", width: 160, descending: false, value: (row) => row.elapsed_ns, text: (ns) => duration(ns), full: (ns) => `${ns} ns` },
      bytesColumn("live", "Live", (row) => row.live_bytes, { width: 140 }),
    ],
    sort: { id: "elapsed", descending: false },
  });
  stops.push(drawn.stop, table.stop);
  return [
    h("p", { class: "reason" }, `${plural(points.length, "point")} of live bytes. The dashed line is the peak of the process, `
      + "which the recorder keeps by itself and which may stand between two points."),
    drawn.element,
    h("details", { class: "figures" }, h("summary", {}, "The points as a table"), table.element),
  ];
}

/** A dashed line at the peak with its words, and a dot at the highest point. */
function markPeak(plot, peak, words, highest) {
  const { ctx, bbox } = plot;
  const pixels = window.devicePixelRatio || 1;
  const y = plot.valToPos(peak, "y", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
  ctx.clip();
  ctx.strokeStyle = ctx.fillStyle = color("chart-peak");
  ctx.lineWidth = 1.5 * pixels;
  ctx.setLineDash([6 * pixels, 4 * pixels]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `600 ${12 * pixels}px system-ui, sans-serif`;
  const x = plot.valToPos(plot.data[0][highest], "x", true);
  const isRight = x > bbox.left + bbox.width / 2;
  ctx.textAlign = isRight ? "left" : "right";
  ctx.fillText(words, isRight ? bbox.left + 6 * pixels : bbox.left + bbox.width - 6 * pixels, y - 8 * pixels);
  ctx.beginPath();
  ctx.arc(x, plot.valToPos(plot.data[1][highest], "y", true), 5 * pixels, 0, 2 * Math.PI);
  ctx.fill();
  ctx.restore();
}

/** What lived at the peak, by path. */
function composition(report) {
  const title = h("h3", {}, "What lived at the peak");
  const known = report.paths.filter((row) => row.at_peak_bytes != null);
  if (known.length === 0) return [title, reason("What lived at the peak was not recorded.")];
  const names = operationNames(report.operations);
  const rows = known.filter((row) => row.at_peak_bytes > 0).sort((a, b) => compare(b.at_peak_bytes, a.at_peak_bytes));
  const sum = total(rows.map((row) => row.at_peak_bytes));
  const peak = report.process.peak_live_bytes;
  const bars = rows.slice(0, LISTED).map((row) => ({
    name: pathText(report, row, names), value: row.at_peak_bytes,
    text: bytes(row.at_peak_bytes), note: percent(share(row.at_peak_bytes, sum)), full: exactBytes(row.at_peak_bytes),
  }));
  const rest = rows.slice(LISTED);
  if (rest.length > 0) {
    const left = total(rest.map((row) => row.at_peak_bytes));
    bars.push({ name: `${plural(rest.length, "further path")}`, value: left, text: bytes(left), note: percent(share(left, sum)), full: exactBytes(left), rest: true });
  }
  return [
    title,
    reason(`${bytesAndExact(sum)} on ${plural(rows.length, "path")}, by who allocated it; the peak of the process is ${bytesAndExact(peak)}.`),
    barList("What lived at the peak, by path", bars),
  ];
}
