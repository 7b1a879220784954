// The data table: rows that are sorted by any column and filtered by a word.
//
// Beyond a few hundred rows only those in sight are in the document, so that ten thousand are as fluid as ten;
// rows have one height for that. It stays a table: headers with buttons and `aria-sort`, row headers, a caption,
// and `aria-rowcount` for what is not in the document.

import { compare, share } from "../data/number.js";
import { count, NOT_AVAILABLE } from "../data/units.js";
import { h, name, searchField, switches } from "./dom.js";

const ROW_HEIGHT = 30;
/** So many rows are in the document all at once, which keeps the browser's own search useful. */
const ALL_UP_TO = 200;
const BESIDE_SIGHT = 10;
const PRINTED_UP_TO = 1000;

/**
 * `columns`: `{ id, label, group, width, about, value(row), text(value, row), full(value, row), cell(row), tone(row) }`
 * where `value` is what is sorted by. The first one is the header of its row; with `onopen` it is a button.
 * One with `bar` shows its share of the largest value while it is sorted by; `orders` are the words of both.
 * `groups`: `{ id, label, on }`, each can be switched. `words(row)` is what the filter looks through.
 */
export function dataTable({ caption, noun, columns, groups = [], rows, words, sort, onopen, extra = [], keep, placeholder = "name" }) {
  const state = { sort, word: "", shown: rows, columns: [], first: 0, last: 0 };
  const off = new Set(groups.filter((group) => group.on === false).map((group) => group.id));
  const lower = new Map();
  const wordsOf = (row) => {
    if (!lower.has(row)) lower.set(row, words(row).toLowerCase());
    return lower.get(row);
  };

  const status = h("p", { role: "status", class: "status" });
  const body = h("tbody");
  const head = h("thead");
  const widths = h("colgroup");
  const table = h("table", { class: "data" }, h("caption", {}, caption), widths, head, body);
  const box = h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": caption }, table);
  const above = h("tr", { class: "space", "aria-hidden": "true" });
  const below = h("tr", { class: "space", "aria-hidden": "true" });
  let inDocument = new Map();
  let everything = false;

  function layOut() {
    state.columns = columns.filter((column) => !off.has(column.group));
    const wide = state.columns.map((column) => column.width ?? 92);
    widths.replaceChildren(...wide.map((width) => {
      const col = h("col");
      col.style.width = `${width}px`;
      return col;
    }));
    table.style.width = `${wide.reduce((a, b) => a + b, 0)}px`;
    head.replaceChildren(...headRows());
    arrange();
  }

  function headRows() {
    const titles = [];
    for (const column of state.columns) {
      const group = groups.find((group) => group.id === column.group);
      if (titles.length > 0 && titles.at(-1).group === group) titles.at(-1).span += 1;
      else titles.push({ group, span: 1 });
    }
    const top = h("tr", { class: "groups" }, titles.map(({ group, span }) =>
      group
        ? h("th", { scope: "colgroup", colspan: span }, group.label)
        : h("td", { colspan: span }),
    ));
    const row = h("tr", {}, state.columns.map(headCell));
    return groups.length > 0 ? [top, row] : [row];
  }

  function headCell(column, index) {
    const sorted = state.sort.id === column.id;
    const direction = !sorted ? "none" : state.sort.descending ? "descending" : "ascending";
    const mark = { none: "", descending: "▼", ascending: "▲" }[direction];
    const button = h(
      "button",
      { type: "button", title: column.about ?? null, onclick: () => sortBy(column) },
      column.label,
      h("span", { "aria-hidden": "true", class: "mark" }, mark),
    );
    button.dataset.column = column.id;
    return h("th", { scope: "col", "aria-sort": direction, class: index === 0 ? "first" : column.words ? "words" : null }, button);
  }

  function sortBy(column) {
    const first = column.text === undefined && column.cell === undefined ? false : column.descending !== false;
    const descending = state.sort.id === column.id ? !state.sort.descending : first;
    state.sort = { id: column.id, descending };
    head.replaceChildren(...headRows());
    head.querySelector(`[data-column="${column.id}"]`).focus();
    arrange();
  }

  /** Filters, sorts and begins at the top. */
  function arrange() {
    const column = columns.find((column) => column.id === state.sort.id);
    const word = state.word.trim().toLowerCase();
    let found = keep ? rows.filter(keep) : rows;
    if (word) found = found.filter((row) => wordsOf(row).includes(word));
    const keyed = found.map((row) => ({ row, key: column.value(row) }));
    const turn = state.sort.descending ? -1 : 1;
    keyed.sort((a, b) => {
      if (a.key == null || b.key == null) return (a.key == null) - (b.key == null);
      return turn * compare(a.key, b.key);
    });
    state.shown = keyed.map(({ row }) => row);
    state.most = column.bar ? keyed.reduce((most, { key }) => (key != null && key > most ? key : most), 1) : 1;
    status.textContent =
      `${count(found.length)} of ${count(rows.length)} ${noun}, by ${column.spoken ?? column.label.toLowerCase()}, ` +
      (column.orders ?? ["lowest first", "highest first"])[state.sort.descending ? 1 : 0];
    table.setAttribute("aria-rowcount", String(found.length + head.rows.length));
    inDocument = new Map();
    body.replaceChildren(above, below);
    state.first = state.last = -1;
    box.scrollTop = 0;
    show();
  }

  /** Puts the rows in sight into the document and takes out the others. */
  function show() {
    const number = state.shown.length;
    let [first, last] = [0, number];
    if (everything) last = Math.min(number, PRINTED_UP_TO);
    else if (number > ALL_UP_TO) {
      const sight = Math.ceil((box.clientHeight || 600) / ROW_HEIGHT);
      const top = Math.floor(box.scrollTop / ROW_HEIGHT);
      first = Math.max(0, Math.min(top, number - sight) - BESIDE_SIGHT);
      last = Math.min(number, first + sight + 2 * BESIDE_SIGHT);
    }
    if (first === state.first && last === state.last) return;
    const next = new Map();
    for (let index = first; index < last; index += 1) {
      next.set(index, inDocument.get(index) ?? rowOf(state.shown[index], index));
    }
    for (const [index, row] of inDocument) if (!next.has(index)) row.remove();
    // In order, and without moving what is there: a row that has the focus keeps it.
    let before = above;
    for (const row of next.values()) {
      if (before.nextSibling !== row) before.after(row);
      before = row;
    }
    inDocument = next;
    [state.first, state.last] = [first, last];
    above.style.height = `${first * ROW_HEIGHT}px`;
    below.style.height = `${everything ? 0 : (number - last) * ROW_HEIGHT}px`;
    if (number === 0) body.replaceChildren(h("tr", {}, h("td", { colspan: state.columns.length }, "Nothing found.")));
  }

  function rowOf(row, index) {
    return h(
      "tr",
      { "aria-rowindex": index + 1 + head.rows.length, class: index % 2 ? "odd" : null },
      state.columns.map((column, position) => cellOf(column, row, index, position)),
    );
  }

  function cellOf(column, row, index, position) {
    if (position === 0) {
      const text = column.text(column.value(row), row);
      const full = column.full?.(column.value(row), row) ?? text;
      const inside = onopen
        ? h("button", { type: "button", class: "open", onclick: () => onopen(row), onkeydown: (event) => step(event, index) }, name(text))
        : name(text);
      return h("th", { scope: "row", class: "first", title: full }, inside);
    }
    const tone = column.tone?.(row) ?? null;
    if (column.cell) return h("td", { class: [tone, column.words && "words"].filter(Boolean).join(" ") || null }, column.cell(row));
    const value = column.value(row);
    if (value == null) return h("td", { class: "lacking", title: column.lacks ?? null }, NOT_AVAILABLE);
    const full = column.full?.(value, row) ?? null;
    const hasPart = column.bar && column.id === state.sort.id && value > 0;
    const kinds = [tone, column.words && "words", hasPart && "part"].filter(Boolean).join(" ");
    const cell = h("td", { class: kinds || null, title: full }, column.text(value, row));
    if (hasPart) cell.style.setProperty("--part", share(value, state.most).toFixed(4));
    return cell;
  }

  /** The arrow keys go from row to row, also to those that are not in the document yet. */
  function step(event, index) {
    const far = Math.max(1, Math.floor(box.clientHeight / ROW_HEIGHT) - 3);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: far, PageUp: -far, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(state.shown.length - 1, index + by));
    const top = to * ROW_HEIGHT;
    const room = box.clientHeight - head.offsetHeight - 2 * ROW_HEIGHT;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top > box.scrollTop + room) box.scrollTop = top - room;
    show();
    inDocument.get(to)?.querySelector("button")?.focus({ preventScroll: true });
  }

  let waiting = false;
  box.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      show();
    });
  });
  const printed = h("p", { class: "printed" });
  const forPaper = (paper) => {
    everything = paper;
    const left = state.shown.length - PRINTED_UP_TO;
    printed.textContent = paper && left > 0 ? `${count(left)} further rows are not printed.` : "";
    show();
  };
  const stop = new AbortController();
  window.addEventListener("beforeprint", () => forPaper(true), { signal: stop.signal });
  window.addEventListener("afterprint", () => forPaper(false), { signal: stop.signal });

  const named = groups.filter((group) => group.label);
  const tools = h(
    "div",
    { class: "tools" },
    words && searchField("Filter", (word) => {
      state.word = word;
      arrange();
    }, { placeholder }),
    named.length > 0 && switches("Columns", named.map((group) => ({ ...group, on: !off.has(group.id) })), (id, on) => {
      if (on) off.delete(id);
      else off.add(id);
      layOut();
    }),
    extra,
  );
  layOut();
  // Only with a place in the document is it known how many rows are in sight.
  if (window.ResizeObserver) new ResizeObserver(() => show()).observe(box);
  return { element: h("div", { class: "table" }, tools, status, box, printed), arrange, stop: () => stop.abort() };
}
