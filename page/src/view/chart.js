// The chart: uPlot in the colours of the page, as wide as its place, and usable without a pointer.
//
// A canvas says nothing to a screen reader, so each chart has a label that sums it up, arrow keys that read its
// points one by one, and its figures as a table beside it, which is the caller's part.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { bytes } from "../data/units.js";
import { h } from "./dom.js";
import { color, onTheme } from "./theme.js";

/** Steps of an axis of bytes: powers of two, so that its words are round. */
const BYTE_STEPS = Array.from({ length: 63 }, (_, power) => 2 ** power);

/** The options of an axis in the colours of the page. */
export const axis = (more) => ({
  stroke: () => color("muted"),
  grid: { stroke: () => color("chart-grid"), width: 1 },
  ticks: { stroke: () => color("line-strong"), width: 1, size: 5 },
  font: "12px system-ui, sans-serif",
  ...more,
});

export const bytesAxis = (more) => axis({
  incrs: BYTE_STEPS, size: 76, values: (_, splits) => splits.map((split) => (split == null ? "" : bytes(Math.round(split)))), ...more,
});

/**
 * `options`: uPlot's, without the size; `read(index)`: the words of a point, for the line below;
 * `zoomable`: with buttons and keys for the range.
 */
export function chart({ label, options, data, height, read, zoomable = false }) {
  const line = h("p", { class: "line", role: "status" }, zoomable ? "Drag to zoom in, or + and −; arrow keys read the points." : "Arrow keys read the points.");
  const box = h("div", { class: "chart", tabIndex: 0, role: "group", "aria-roledescription": "chart", "aria-label": label, onkeydown: key });
  let plot = null;
  let at = null;

  function draw(width) {
    plot = new uPlot({
      width, height,
      legend: { show: false },
      cursor: { y: false, points: { size: 8 }, drag: { x: zoomable, y: false, setScale: zoomable } },
      ...options,
      hooks: { ...options.hooks, setCursor: [({ cursor }) => { if (cursor.idx != null) say(cursor.idx); }] },
    }, data, box);
  }

  function say(index) {
    if (index === at) return;
    at = index;
    line.textContent = read(index);
  }

  function key(event) {
    const all = data[0].length;
    const to = {
      ArrowRight: () => go(at === null ? 0 : Math.min(all - 1, at + 1)),
      ArrowLeft: () => go(at === null ? all - 1 : Math.max(0, at - 1)),
      Home: () => go(0),
      End: () => go(all - 1),
      ...(zoomable ? { "+": () => zoom(0.5), "-": () => zoom(2), Escape: () => whole() } : {}),
    }[event.key];
    if (!to || !plot || all === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    to();
  }

  function go(index) {
    const x = data[0][index];
    const { min, max } = plot.scales.x;
    if (zoomable && (x < min || x > max)) plot.setScale("x", { min: x - (max - min) / 2, max: x + (max - min) / 2 });
    const place = { left: plot.valToPos(x, "x"), top: plot.valToPos(data[1][index] ?? 0, "y") };
    plot.setCursor(place, false);
    at = null;
    say(index);
  }

  /** Shows so many times the range, around the cursor. */
  function zoom(times) {
    if (!plot) return;
    const [least, most] = [data[0][0], data[0].at(-1)];
    const { min, max } = plot.scales.x;
    const middle = at === null ? (min + max) / 2 : Math.min(max, Math.max(min, data[0][at]));
    const half = ((max - min) * times) / 2;
    if (half * 2 >= most - least) whole();
    else plot.setScale("x", { min: Math.max(least, middle - half), max: Math.min(most, middle + half) });
  }

  const whole = () => plot?.setScale("x", { min: data[0][0], max: data[0].at(-1) });

  const observer = new ResizeObserver(() => {
    const width = Math.floor(box.clientWidth);
    if (width < 50) return;
    if (plot === null) draw(width);
    else if (plot.width !== width) plot.setSize({ width, height });
  });
  box.style.minHeight = `${height}px`;
  observer.observe(box);
  onTheme(() => plot?.redraw(false, true));
  const buttons = zoomable && h("div", { class: "tools" },
    h("button", { type: "button", onclick: () => zoom(0.5) }, "Zoom in"),
    h("button", { type: "button", onclick: () => zoom(2) }, "Zoom out"),
    h("button", { type: "button", onclick: whole }, "Whole run"));
  return {
    element: h("div", { class: "charted" }, buttons, box, line),
    stop: () => {
      observer.disconnect();
      plot?.destroy();
    },
  };
}
