// The flow: who frees whose blocks, as a matrix of the operations that move most, and as a table of all.

import { add, compare, share, total } from "../data/number.js";
import { operationNames, OUTSIDE } from "../data/names.js";
import { bytes, bytesAndExact, percent, plural } from "../data/units.js";
import { bytesColumn, countColumn, nameColumn } from "./columns.js";
import { h, name, reason, section } from "./dom.js";
import { dataTable } from "./table.js";

const SIDE = 12;

/** The section; null where the flow was not recorded. */
export function flow(report) {
  if (report.flow.length === 0) return null;
  const names = operationNames(report.operations);
  const nameOf = (operation) => (operation == null ? OUTSIDE : names[operation] ?? "[unknown]");
  const rows = report.flow.map((row) => ({ ...row, source: nameOf(row.from), target: nameOf(row.to) }));
  const elsewhere = total(rows.filter((row) => row.from !== row.to).map((row) => row.bytes));
  const sum = total(rows.map((row) => row.bytes));
  const table = dataTable({
    caption: "Who frees whose blocks", noun: "pairs", placeholder: "operation", rows,
    words: (row) => `${row.source}\n${row.target}`,
    columns: [
      nameColumn("Allocated in", (row) => row.source, (row) => row.source),
      nameColumn("Freed in", (row) => row.target, (row) => row.target, { id: "to", words: true }),
      bytesColumn("bytes", "Bytes", (row) => row.bytes, { width: 140 }),
      { id: "share", label: "Of all freed", width: 120, value: (row) => row.bytes, text: (number) => percent(share(number, sum)) },
      countColumn("blocks", "Blocks", (row) => row.blocks, { width: 120 }),
    ],
    sort: { id: "bytes", descending: true },
  });
  const hint = reason(`Blocks by who allocated and who freed or reallocated them. ${bytesAndExact(elsewhere)}, ${percent(share(elsewhere, sum))} of what was freed, changed hands.`);
  return { element: section("flow", "Flow", hint, matrix(rows), table.element), stop: table.stop };
}

/** Rows allocate, columns free; those that move most come first. */
function matrix(rows) {
  const moved = new Map();
  for (const row of rows) for (const side of [row.source, row.target]) moved.set(side, add(moved.get(side) ?? 0, row.bytes));
  const sides = [...moved].sort(([, a], [, b]) => compare(b, a)).slice(0, SIDE).map(([side]) => side);
  const cells = new Map();
  for (const row of rows) {
    const key = JSON.stringify([row.source, row.target]);
    const { bytes: known = 0, blocks = 0 } = cells.get(key) ?? {};
    cells.set(key, { bytes: add(known, row.bytes), blocks: add(blocks, row.blocks) });
  }
  const largest = rows.reduce((largest, row) => (row.bytes > largest ? row.bytes : largest), 1);
  const cellOf = (source, target) => {
    const found = cells.get(JSON.stringify([source, target]));
    if (!found) return h("td", {}, "");
    const cell = h("td", { class: "heat", title: `${source} → ${target}: ${bytesAndExact(found.bytes)} in ${plural(found.blocks, "block")}` }, bytes(found.bytes));
    cell.style.setProperty("--part", Math.sqrt(share(found.bytes, largest)).toFixed(3));
    return cell;
  };
  return h("div", { class: "scroll small matrix", tabIndex: 0, role: "region", "aria-label": "Matrix of who frees whose blocks" },
    h("table", { class: "data plain" },
      h("caption", {}, `Rows allocate, columns free; the ${sides.length} operations that move most`),
      h("thead", {}, h("tr", {}, h("td", {}, "allocated in ↓ freed in →"), sides.map((side) => h("th", { scope: "col" }, name(side))))),
      h("tbody", {}, sides.map((source) => h("tr", {}, h("th", { scope: "row", class: "first" }, name(source)), sides.map((target) => cellOf(source, target)))))));
}
