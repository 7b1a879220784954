// The spread: what one call of an operation takes, from the least to the most.
//
// The report has five marks of each distribution, so that is what is drawn: between the marks stand 50, 45, 4
// and 1 % of the calls, each block as dark as it is dense. The axis is logarithmic, and the same for all rows.

import { compare } from "../data/number.js";
import { operationNames } from "../data/names.js";
import { bytes, exactBytes, plural } from "../data/units.js";
import { choice, h, name, reason, searchField, section, svg } from "./dom.js";
import { hideTip, showTip } from "./tip.js";

const MARKS = ["min", "p50", "p95", "p99", "max"];
const BLOCKS = [["min", "p50", "50 % of the calls"], ["p50", "p95", "45 %"], ["p95", "p99", "4 %"], ["p99", "max", "1 %"]];
const FIGURES = [{ id: "allocated_bytes", label: "Allocated per call" }, { id: "peak_bytes", label: "Peak per call" }];
const ROWS = 30;
const WIDTH = 1000;
const HEIGHT = 22;

export function spread(report) {
  const names = operationNames(report.operations);
  const rows = report.operations.map((row, index) => ({ ...row, shown: names[index] })).filter((row) => row.per_call != null);
  const title = "Calls";
  if (rows.length === 0) return { element: section("calls", title, reason("No call of an operation has finished, so there is nothing to say of single calls.")) };
  const state = { figure: "allocated_bytes", word: "", most: ROWS };
  const list = h("div", { class: "spread" });
  const more = h("button", { type: "button", onclick: () => { state.most += 10 * ROWS; show(); } }, "");
  const status = h("p", { class: "status", role: "status" });

  function show() {
    const word = state.word.trim().toLowerCase();
    const found = rows.filter((row) => row.shown.toLowerCase().includes(word));
    found.sort((a, b) => compare(b.per_call[state.figure].max, a.per_call[state.figure].max));
    const listed = found.slice(0, state.most);
    list.replaceChildren(...drawn(listed, state.figure));
    status.textContent = `${plural(listed.length, "operation")} of ${found.length}, the largest call first`;
    more.hidden = listed.length === found.length;
    more.textContent = `Show ${Math.min(10 * ROWS, found.length - listed.length)} more`;
  }

  const tools = h("div", { class: "tools" },
    choice("Of", FIGURES, state.figure, (id) => { state.figure = id; show(); }),
    searchField("Filter", (word) => { state.word = word; show(); }, { placeholder: "operation" }));
  const hint = reason("How finished calls spread: the least, the half, 95 and 99 of 100, and the most. Least and most are exact, the marks between within 12.5 %. At the right the half and the most.");
  show();
  return { element: section("calls", title, hint, legend(), tools, status, list, more) };
}

function legend() {
  return h("p", { class: "legend", "aria-hidden": "true" },
    BLOCKS.map(([, , words], index) => h("span", {}, h("i", { class: `block b${index}` }), index === 0 ? words : `the next ${words}`)));
}

function drawn(rows, figure) {
  const most = rows.reduce((most, row) => Math.max(most, Number(row.per_call[figure].max)), 1);
  const top = Math.ceil(Math.log2(most + 1));
  const x = (value) => (Math.log2(Number(value) + 1) / top) * WIDTH;
  const list = h("ul", {}, rows.map((row) => rowOf(row, row.per_call[figure], x)));
  return [list, scale(top, x)];
}

function rowOf(row, figures, x) {
  const words = figures.exact
    ? `always ${exactBytes(figures.min)}`
    : MARKS.map((mark) => `${mark} ${bytes(figures[mark])}`).join(", ");
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": words });
  BLOCKS.forEach(([from, to], index) => {
    const [left, right] = [x(figures[from]), x(figures[to])];
    if (right > left) picture.append(svg("rect", { x: left, y: 4, width: right - left, height: HEIGHT - 8, class: `block b${index}` }));
  });
  for (const mark of ["min", "max"]) {
    picture.append(svg("rect", { x: Math.min(WIDTH - 2, Math.max(0, x(figures[mark]) - 1)), y: 2, width: 2, height: HEIGHT - 4, class: "mark" }));
  }
  const half = x(figures.p50);
  picture.append(svg("rect", { x: Math.min(WIDTH - 3, Math.max(0, half - 1.5)), y: 0, width: 3, height: HEIGHT, class: "half" }));
  const tip = (event) => showTip(event, [
    row.shown, ["Calls", plural(row.calls, "call")],
    ...(figures.exact ? [["Every call", exactBytes(figures.min)]] : MARKS.map((mark) => [mark, exactBytes(figures[mark])])),
    figures.mean != null && ["mean", bytes(Math.round(figures.mean))],
  ]);
  return h("li", { onmousemove: tip, onmouseleave: hideTip },
    h("span", { class: "what" }, name(row.shown)),
    picture,
    h("span", { class: "value" }, figures.exact ? bytes(figures.max) : `${bytes(figures.p50)} … ${bytes(figures.max)}`));
}

/** The axis below: powers of two with room between. */
function scale(top, x) {
  const step = Math.max(1, Math.ceil(top / 8));
  const marks = [];
  for (let power = 0; power <= top; power += step) {
    const mark = h("span", {}, bytes(2 ** power));
    mark.style.left = `${(x(2 ** power) / WIDTH) * 100}%`;
    marks.push(mark);
  }
  return h("div", { class: "scale", "aria-hidden": "true" }, h("span", { class: "what" }), h("div", { class: "marks" }, marks), h("span", { class: "value" }));
}
