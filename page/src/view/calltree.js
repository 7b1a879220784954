// The call tree: where the bytes went, path by path, as an icicle or as a flame graph.

import { compareTrees, difference, strength } from "../data/change.js";
import { lack, METRICS } from "../data/metrics.js";
import { share, total } from "../data/number.js";
import { tree } from "../data/tree.js";
import { percent, plural } from "../data/units.js";
import { choice, h, name, reason, searchField, section } from "./dom.js";
import { icicle } from "./icicle.js";

const SHAPES = [{ id: "icicle", label: "Icicle" }, { id: "flame", label: "Flame graph" }];
const COLOURS = [{ id: "operation", label: "Operation" }, { id: "change", label: "Change" }];
const FRAMES = [{ id: "own", label: "Program" }, { id: "all", label: "With libraries" }];
const HELP = "Click or Enter zooms in, Esc out; arrow keys walk along the tree.";

/** The section. `old` is the report that this one is compared with, if any. `look(word)` finds a word in the tree. */
export function callTree(report, old) {
  const metrics = METRICS.map((metric) => ({ ...metric, lacks: lack(report, metric) }));
  const first = metrics.find((metric) => !metric.lacks);
  if (!first) {
    return { element: section("tree", "Call tree", reason(`No call tree to show: ${metrics[0].lacks}.`)), look() {} };
  }
  const state = { metric: first, tree: null, colours: old ? "change" : "operation", word: "", library: false };
  const crumbs = h("ol", { class: "crumbs", "aria-label": "Zoomed to" });
  const line = h("p", { class: "line", role: "status" });
  const found = h("p", { class: "reason", role: "status" });
  const words = wordsOf(state);
  const view = icicle({
    label: "Call tree",
    text: (node) => `${node.name} ${state.metric.short(node.value)}`,
    spoken: (node) => words(node).map((part) => (Array.isArray(part) ? part.join(" ") : part)).join(", "),
    tip: words,
    paint: (element, node) => paint(element, node, state),
    onactive: (node) => line.replaceChildren(...lineOf(words(node))),
    onzoom: (node) => crumbs.replaceChildren(...crumbsOf(node, (to) => view.zoom(to))),
  });

  function show() {
    state.tree = treeOf(report, old, state.metric, state.library);
    if (state.tree.root.value == 0) {
      empty.hidden = false;
      drawn.hidden = true;
      empty.textContent = `Nothing to show: ${state.metric.label.toLowerCase()} is 0 on every path.`;
      return;
    }
    empty.hidden = true;
    drawn.hidden = false;
    view.show(state.tree);
    line.textContent = HELP;
    search();
  }

  function search() {
    const word = state.word.trim().toLowerCase();
    const nodes = view.find(word ? (node) => node.kind !== "all" && `${node.name}\n${node.place}`.toLowerCase().includes(word) : null);
    found.textContent = nodes ? foundText(nodes, state) : "";
  }

  const empty = reason("");
  const drawn = h("div", { class: "drawn" }, crumbs, view.element, line);
  const input = searchField("Find", (word) => {
    state.word = word;
    search();
  }, { placeholder: "operation, function, file" });
  const tools = h("div", { class: "tools" },
    choice("Show", metrics, first.id, (id) => {
      state.metric = metrics.find((metric) => metric.id === id);
      show();
    }),
    choice("As", SHAPES, "icicle", (id) => view.setFlame(id === "flame")),
    report.frames.some((frame) => frame.library) && choice("Frames", FRAMES, "own", (id) => {
      state.library = id === "all";
      show();
    }),
    old && choice("Colour", COLOURS, state.colours, (id) => {
      state.colours = id;
      view.repaint();
    }),
    input, found);
  const element = section("tree", "Call tree", hintOf(report, old), tools, empty, drawn);
  show();
  return {
    element,
    stop: view.stop,
    /** Marks a word in the tree and goes there. */
    look(word) {
      input.querySelector("input").value = word;
      state.word = word;
      search();
      element.scrollIntoView();
      view.element.focus({ preventScroll: true });
    },
  };
}

function treeOf(report, old, metric, library) {
  const made = tree(report, metric, library);
  if (old && !lack(old, metric)) compareTrees(made, tree(old, metric, library));
  return made;
}

function hintOf(report, old) {
  const stacks = report.stacks.length > 0
    ? "Below an operation stand the call stacks recorded under it, in grey; sampled ones are scaled to its exact figure."
    : "One bar a path of operations; its width includes what is nested in it.";
  return reason(old ? `${stacks} Red has grown since the old report, green has shrunk.` : stacks);
}

const wordsOf = (state) => (node) => {
  const { metric } = state;
  const whole = state.tree.root.value;
  const change = difference(node);
  const about = node.estimated ? "about " : "";
  return [
    node.name,
    node.place && node.place,
    [metric.label, `${about}${metric.long(node.value)}`],
    node !== state.tree.root && ["Of all", percent(share(node.value, whole))],
    node.parent && node.parent !== state.tree.root && ["Of its caller", percent(share(node.value, node.parent.value))],
    node.children.length > 0 && node.kind !== "all" && ["Self", metric.long(node.self)],
    change !== null && ["Before", metric.long(node.before)],
    change !== null && change != 0 && ["Change", `${change > 0 ? "+" : "−"}${metric.long(change < 0 ? -change : change)}`],
  ].filter(Boolean);
};

function lineOf([title, ...rest]) {
  return [h("b", {}, name(title)), ...rest.map((part) =>
    h("span", {}, Array.isArray(part) ? [`${part[0]} `, h("b", {}, part[1])] : name(part)))];
}

function crumbsOf(node, zoom) {
  const path = [];
  for (let at = node; at; at = at.parent) path.unshift(at);
  return path.map((at) => h("li", {}, at === node
    ? h("span", { "aria-current": "true" }, name(at.name))
    : h("button", { type: "button", onclick: () => zoom(at) }, name(at.name))));
}

/** What was found: each byte once, though one found node may stand below another. */
function foundText(nodes, { metric, tree }) {
  const isBelowOther = (node) => {
    for (let at = node.parent; at; at = at.parent) if (nodes.has(at)) return true;
    return false;
  };
  const sum = total([...nodes].filter((node) => !isBelowOther(node)).map((node) => node.value));
  return `${plural(nodes.size, "bar")} found: ${metric.long(sum)}, ${percent(share(sum, tree.root.value))} of all`;
}

function paint(element, node, state) {
  if (state.colours === "change" && node.before !== undefined) {
    const change = strength(node);
    element.classList.add("changed");
    element.style.setProperty("--hue", change > 0 ? "25" : "150");
    element.style.setProperty("--strength", Math.sqrt(Math.abs(change)).toFixed(3));
  } else if (node.kind === "operation") element.style.setProperty("--hue", String(hue(node.name)));
}

/** A hue that a name keeps in every report. */
function hue(text) {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  return (hash >>> 0) % 360;
}
