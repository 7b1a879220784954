// Sizes: how large the blocks of each operation are, as a histogram, how many of them were gone when their call
// ended, and what its reallocations had to copy.

import { compare, total } from "../data/number.js";
import { operationNames, OUTSIDE } from "../data/names.js";
import { bytes, bytesAndExact, count, percent, plural } from "../data/units.js";
import { share } from "../data/number.js";
import { barList } from "./bars.js";
import { bytesColumn, countColumn, nameColumn } from "./columns.js";
import { detailsPanel } from "./details.js";
import { h, name, reason, section, svg } from "./dom.js";
import { dataTable } from "./table.js";

const POWERS = 64;

/** The section; null where the report says nothing of sizes. */
export function sizes(report) {
  if (report.sizes.length === 0) return null;
  const names = operationNames(report.operations);
  const rows = report.sizes.map((row) => ({
    ...row,
    shown: row.operation == null ? OUTSIDE : names[row.operation] ?? "[unknown]",
    allocations: total(row.classes.map((each) => each.allocations)),
  }));
  const hasClasses = rows.some((row) => row.classes.length > 0);
  const details = detailsPanel("Sizes of the operation's blocks");
  const table = dataTable({
    caption: "Sizes of blocks, by operation", noun: "operations", rows,
    words: (row) => row.shown,
    columns: [
      nameColumn("Operation", (row) => row.shown, (row) => row.shown, { width: 300 }),
      hasClasses && { id: "spread", label: "Small to large", width: 220, value: (row) => row.allocations, cell: (row) => spark(row.classes) },
      hasClasses && countColumn("allocations", "Allocations", (row) => row.allocations, { width: 130 }),
      hasClasses && bytesColumn("common", "Most are about", (row) => most(row.classes)?.least_bytes, { width: 140, about: "The class of sizes that has most allocations begins here", lacks: "Not recorded" }),
      hasClasses && countColumn("temporary", "Temporary", (row) => row.temporary_blocks, { width: 120, about: "Allocations whose blocks were freed within the same call" }),
      hasClasses && bytesColumn("temporary-bytes", "Temporary bytes", (row) => row.temporary_bytes, { width: 150, about: "The bytes of these blocks" }),
      countColumn("moved", "Moved reallocations", (row) => row.moved_reallocations, { width: 170, about: "Reallocations after which the block was elsewhere" }),
      bytesColumn("copied", "Copied at most", (row) => row.copied_bytes, { width: 140, about: "What these reallocations had to keep" }),
    ].filter(Boolean),
    sort: { id: hasClasses ? "allocations" : "copied", descending: true },
    onopen: (row) => details.open(detailsOf(row, details.head)),
  });
  const hint = reason(hasClasses
    ? "What each operation allocated by itself. A class goes from a power of two up to the next; an operation opens with its histogram."
    : "What reallocations copied. Sizes of blocks are recorded with heap_analysis.block_sizes.");
  return { element: section("sizes", "Block sizes", hint, table.element, details.element), stop: table.stop };
}

const most = (classes) => classes.reduce((most, each) => (most === null || each.allocations > most.allocations ? each : most), null);

function detailsOf(row, head) {
  const classes = [...row.classes].sort((a, b) => compare(a.least_bytes, b.least_bytes));
  const bars = classes.map((each) => ({
    name: range(each.least_bytes), value: each.allocations, text: count(each.allocations), note: percent(share(each.allocations, row.allocations)),
    full: plural(each.allocations, "allocation"),
  }));
  return [
    head(name(row.shown)),
    bars.length > 0 && h("p", {}, temporary(row)),
    h("p", {}, `${plural(row.moved_reallocations, "reallocation")} moved, ${bytesAndExact(row.copied_bytes)} copied at most`),
    bars.length > 0 ? barList(`Allocations of ${row.shown} by size`, bars) : reason("Sizes of blocks were not recorded."),
  ];
}

/** How many blocks lived no longer than the call that made them, and how sure that is. */
function temporary(row) {
  const known = `${count(row.temporary_blocks)} of ${plural(row.allocations, "allocation")} (${percent(share(row.temporary_blocks, row.allocations))}) were temporary, freed within the same call: ${bytesAndExact(row.temporary_bytes)}`;
  const unknown = row.temporary_error_blocks;
  return unknown > 0 ? `${known}. Up to ${count(unknown)} more may have been` : known;
}

/** `64 B to 127 B` */
const range = (least) => (least <= 1 ? bytes(least) : `${bytes(least)} to ${bytes(BigInt(least) * 2n - 1n)}`);

/** The histogram small enough for a cell: one place a power of two, from the least of all. */
function spark(classes) {
  if (classes.length === 0) return "";
  const largest = classes.reduce((largest, each) => Math.max(largest, Number(each.allocations)), 1);
  const words = `${classes.map((each) => `${count(each.allocations)} of ${range(each.least_bytes)}`).join(", ")}`;
  const picture = svg("svg", { viewBox: `0 0 ${POWERS / 2} 24`, preserveAspectRatio: "none", class: "spark", role: "img", "aria-label": words });
  for (const each of classes) {
    const at = Math.min(POWERS / 2 - 1, Math.floor(Math.log2(Math.max(1, Number(each.least_bytes)))));
    const height = Math.max(1, (Number(each.allocations) / largest) * 22);
    picture.append(svg("rect", { x: at + 0.08, y: 23 - height, width: 0.84, height, class: "block" }));
  }
  return picture;
}
