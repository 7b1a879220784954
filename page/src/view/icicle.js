// The icicle: a tree as nested bars, each as wide as its part of the whole; upside down it is a flame graph.
//
// Only what is in sight and at least a pixel wide is in the document; narrower neighbours stand together as one
// bar that opens to them. It is one stop of the keyboard with an active node in it: arrows walk along the tree,
// Enter zooms in, Escape out, and the active node is read aloud.

import { firstAfter, layOut } from "../data/layout.js";
import { count } from "../data/units.js";
import { fresh, h } from "./dom.js";
import { hideTip, showTip } from "./tip.js";

const ROW_HEIGHT = 24;
const ROWS_IN_SIGHT = 22;
const ROWS_BESIDE = 4;
const NARROWEST_PX = 2;
const WITH_TEXT_PX = 28;
/** So wide a run of narrow ones may be, so that a click on one always leads nearer. */
const WIDEST_RUN_PX = 80;
/** As wide a node becomes that the keyboard comes to and that was too narrow to see. */
const REACHED_PX = 12;

/**
 * `text(node)`: the words of a bar; `spoken(node)`: what is read aloud; `tip(node)`: lines of its tip;
 * `paint(element, node)`: its colours; `onactive(node)`, `onzoom(node)`: where the reader is.
 */
export function icicle({ label, text, spoken, tip, paint, onactive, onzoom }) {
  const state = { rows: [], root: null, base: null, from: 0, to: 1, active: null, found: null, flame: false, paper: false };
  const ids = fresh("node");
  const idOf = (node) => `${ids}-${node.depth}-${node.index}`;
  const canvas = h("div", { class: "bars" });
  const box = h("div", {
    class: "icicle", tabIndex: 0, role: "tree", "aria-label": label,
    onkeydown: (event) => key(event), onfocus: () => activate(state.active ?? state.base),
    onmousemove: (event) => point(event), onmouseleave: hideTip, onclick: (event) => press(event), onscroll: () => later(),
  }, canvas);
  /** What each element in the document stands for. */
  const meant = new Map();

  function show(tree) {
    Object.assign(state, { rows: layOut(tree), root: tree.root, active: null, found: null });
    zoom(tree.root);
  }

  function zoom(node, from = node.from, to = node.to) {
    Object.assign(state, { base: node, from, to });
    if (state.active === null || !isUnder(state.active, node)) state.active = node;
    layRows();
    box.scrollTop = state.flame ? box.scrollHeight : 0;
    render();
    onzoom?.(node);
  }

  function layRows() {
    const deepest = deepestIn(state);
    state.rowsShown = deepest + 1;
    const rows = state.paper ? state.rowsShown : Math.min(state.rowsShown, ROWS_IN_SIGHT);
    canvas.style.height = `${state.rowsShown * ROW_HEIGHT}px`;
    box.style.height = `${rows * ROW_HEIGHT + 2}px`;
  }

  function render() {
    const width = box.clientWidth || 1000;
    const span = state.to - state.from;
    meant.clear();
    const bars = [];
    for (let depth = 0; depth < state.rowsShown; depth += 1) {
      const top = (state.flame ? state.rowsShown - 1 - depth : depth) * ROW_HEIGHT;
      if (!state.paper && !isInSight(top)) continue;
      for (const bar of barsOf(state.rows[depth], width / span)) {
        const element = bar.node ? nodeBar(bar) : smallerBar(bar);
        const left = Math.max(0, (bar.from - state.from) / span);
        const right = Math.min(1, (bar.to - state.from) / span);
        element.style.top = `${top}px`;
        element.style.left = `${left * 100}%`;
        element.style.width = `${(right - left) * 100}%`;
        if ((right - left) * width < WITH_TEXT_PX) element.textContent = "";
        meant.set(element, bar);
        bars.push(element);
      }
    }
    canvas.replaceChildren(...bars);
    markActive();
  }

  function isInSight(top) {
    const beside = ROWS_BESIDE * ROW_HEIGHT;
    return top > box.scrollTop - beside - ROW_HEIGHT && top < box.scrollTop + (box.clientHeight || 600) + beside;
  }

  /** The nodes of a row that are in sight; runs of those too narrow to see as one. */
  function* barsOf(row, perShare) {
    let run = null;
    const [from, to] = sight(state);
    for (let index = firstAfter(row, from); index < row.length && row[index].from < to; index += 1) {
      const node = row[index];
      if ((node.to - node.from) * perShare >= NARROWEST_PX) {
        if (run) yield run;
        run = null;
        yield { node, from: node.from, to: node.to };
      } else if (run && node.parent === run.parent && (node.to - run.from) * perShare <= WIDEST_RUN_PX) {
        run.to = node.to;
        run.number += 1;
      } else {
        if (run) yield run;
        run = { node: null, parent: node.parent, first: node, from: node.from, to: node.to, number: 1 };
      }
    }
    if (run) yield run;
  }

  function nodeBar({ node }) {
    const isAbove = node.depth < state.base.depth;
    const siblings = node.parent?.children.length ?? 1;
    const element = h("div", {
      id: idOf(node), role: "treeitem", "aria-level": node.depth + 1, "aria-setsize": siblings,
      "aria-posinset": node.position + 1, "aria-selected": "false", "aria-label": spoken(node),
      "aria-expanded": node.children.length > 0 ? "true" : null,
      class: `bar ${node.kind}${isAbove ? " above" : ""}${state.found ? (state.found.has(node) ? " found" : " dim") : ""}`,
    }, text(node));
    paint(element, node);
    return element;
  }

  function smallerBar({ number }) {
    return h("div", { class: "bar smaller", "aria-hidden": "true" }, `${count(number)} smaller`);
  }

  function markActive() {
    for (const old of canvas.querySelectorAll(".active")) {
      old.classList.remove("active");
      old.setAttribute("aria-selected", "false");
    }
    const element = state.active && document.getElementById(idOf(state.active));
    if (element && canvas.contains(element)) {
      element.classList.add("active");
      element.setAttribute("aria-selected", "true");
      box.setAttribute("aria-activedescendant", element.id);
    } else box.removeAttribute("aria-activedescendant");
  }

  function activate(node) {
    if (!node) return;
    state.active = node;
    const top = (state.flame ? state.rowsShown - 1 - node.depth : node.depth) * ROW_HEIGHT;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW_HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_HEIGHT - box.clientHeight;
    if (!document.getElementById(idOf(node))) reveal(node);
    markActive();
    onactive?.(node);
  }

  /** Scrolls to a node, or opens the icicle around one that is too narrow to be seen. */
  function reveal(node) {
    const width = box.clientWidth || 1000;
    const span = ((node.to - node.from) * width) / REACHED_PX;
    if (span >= state.to - state.from || !node.parent) {
      render();
      return;
    }
    const { from, to } = node.parent;
    const start = Math.max(from, Math.min((node.from + node.to - span) / 2, to - span));
    zoom(node.parent, start, Math.min(to, start + span));
    state.active = node;
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !state.active) return;
    const deeper = state.flame ? "ArrowUp" : "ArrowDown";
    const moves = {
      [deeper]: () => activate(firstShown(state.active.children) ?? state.active),
      [deeper === "ArrowUp" ? "ArrowDown" : "ArrowUp"]: () => outward(),
      ArrowRight: () => sideways(1),
      ArrowLeft: () => sideways(-1),
      Home: () => activate(state.base),
      Enter: () => zoom(state.active),
      " ": () => zoom(state.active),
      Escape: () => zoom(state.base.parent ?? state.root),
      Backspace: () => zoom(state.base.parent ?? state.root),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    hideTip();
    move();
    if (event.key === "Enter" || event.key === " " || event.key === "Escape" || event.key === "Backspace") activate(state.base);
  }

  const isShown = (node) => node.from < sight(state)[1] && node.to > sight(state)[0];
  const isInBase = (node) => node.from < state.base.to && node.to > state.base.from;
  const firstShown = (nodes) => nodes.find(isShown);

  function outward() {
    if (!state.active.parent) return;
    // Above the node that is zoomed to, the icicle has to open again.
    if (state.active === state.base) zoom(state.base.parent);
    activate(state.active.parent);
  }

  function sideways(by) {
    const next = state.rows[state.active.depth][state.active.index + by];
    if (next && (isShown(next) || isInBase(next))) activate(next);
  }

  function point(event) {
    const bar = meant.get(event.target.closest?.(".bar"));
    if (!bar) hideTip();
    else if (bar.node) showTip(event, tip(bar.node));
    else showTip(event, [`${count(bar.number)} that are too narrow to be seen. A click opens them.`]);
  }

  function press(event) {
    const bar = meant.get(event.target.closest?.(".bar"));
    if (!bar) return;
    hideTip();
    if (bar.node) {
      state.active = bar.node;
      zoom(bar.node);
      onactive?.(bar.node);
    } else zoom(bar.parent, bar.from, bar.to);
  }

  /** Marks nodes; null marks none. */
  function find(matches) {
    state.found = matches && new Set(state.rows.flat().filter(matches));
    render();
    return state.found;
  }

  function setFlame(flame) {
    state.flame = flame;
    layRows();
    box.scrollTop = flame ? box.scrollHeight : 0;
    render();
  }

  let waiting = false;
  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (state.root) render();
    });
  }

  const stop = new AbortController();
  const forPaper = (paper) => {
    state.paper = paper;
    if (!state.root) return;
    layRows();
    render();
  };
  window.addEventListener("beforeprint", () => forPaper(true), { signal: stop.signal });
  window.addEventListener("afterprint", () => forPaper(false), { signal: stop.signal });
  new ResizeObserver(later).observe(box);
  return { element: box, show, zoom, find, setFlame, repaint: render, stop: () => stop.abort() };
}

function isUnder(node, above) {
  for (let at = node; at; at = at.parent) if (at === above) return true;
  return false;
}

/** The range in sight without its very edges, where sums of shares differ by a rounding. */
function sight({ from, to }) {
  const edge = (to - from) * 1e-6;
  return [from + edge, to - edge];
}

/** The depth of the deepest node that is in sight. */
function deepestIn({ rows, ...range }) {
  const [from, to] = sight(range);
  for (let depth = rows.length - 1; depth > 0; depth -= 1) {
    const node = rows[depth][firstAfter(rows[depth], from)];
    if (node && node.from < to) return depth;
  }
  return 0;
}
