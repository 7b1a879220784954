// The operations: one row a site, all its figures, self and inclusive and per call.

import { compare } from "../data/number.js";
import { operationNames, place, shown } from "../data/names.js";
import { pathText } from "../data/tree.js";
import { bytes, bytesAndExact, count, plural } from "../data/units.js";
import { bytesColumn, countColumn, nameColumn } from "./columns.js";
import { detailsPanel } from "./details.js";
import { h, name, section, reason, switches } from "./dom.js";
import { dataTable } from "./table.js";

const GROUPS = [
  { id: "self", label: "Self" },
  { id: "inclusive", label: "Inclusive" },
  { id: "allocated-call", label: "Allocated per call", on: false },
  { id: "peak-call", label: "Peak per call", on: false },
  { id: "counts", label: "Counts", on: false },
];
const NEEDS_OWNERSHIP = "Not counted: the allocator was without ownership";
const NO_CALL = "No call has finished";
const PATHS_LISTED = 20;

/** The section. `look(word)` finds a word in the call tree; `open(index)` of the result opens an operation. */
export function operations(report, { look }) {
  const names = operationNames(report.operations);
  const rows = report.operations.map((row, index) => ({ ...row, index, shown: names[index] }));
  const never = rows.filter((row) => row.calls == 0).length;
  if (rows.length === 0) {
    return { element: section("operations", "Operations", reason("The report has no operations: the program has no tracked site.")) };
  }
  const counted = report.run.allocator.installed;
  const bounds = areBounds(report);
  let withNever = never === rows.length;
  const details = detailsPanel("Figures of the operation");
  const open = (row) => details.open(detailsOf(report, row, names, counted, look, details.head));
  const table = dataTable({
    caption: "Operations, one row a site",
    noun: "operations",
    placeholder: "name, module, file",
    columns: columns(counted, bounds),
    groups: GROUPS,
    rows,
    words: (row) => [row.shown, row.name, row.module, row.function, row.file].join("\n"),
    sort: { id: "self-allocated", descending: true },
    keep: (row) => withNever || row.calls != 0,
    onopen: open,
    extra: [
      never > 0 && switches("Rows", [{ id: "never", label: `never called (${count(never)})`, on: withNever }], (_, on) => {
        withNever = on;
        table.arrange();
      }),
    ],
  });
  const hint = reason("Bytes are rounded; the exact number stands in a cell's tooltip, and all of an operation's figures open with its name.");
  return { element: section("operations", "Operations", hint, table.element, details.element), stop: table.stop, open: (index) => open(rows[index]) };
}

function columns(counted, bounds) {
  const figure = (value) => (row) => (counted ? value(row) : null);
  const self = (id, label, value, more) =>
    bytesColumn(`self-${id}`, label, figure(value), { group: "self", width: 104, spoken: `self ${label.toLowerCase()}`, ...more });
  const inclusive = (id, label, value, more) => bytesColumn(id, label, figure(value), { group: "inclusive", width: 104, ...more });
  const counts = (id, label, value, more) => countColumn(id, label, figure(value), { group: "counts", ...more });
  const perCall = (group, field) =>
    ["min", "p50", "p95", "p99", "max"].map((part) =>
      bytesColumn(`${group}-${part}`, part, (row) => row.per_call?.[field]?.[part], {
        group, lacks: NO_CALL, width: 84, spoken: `${part} of ${field === "peak_bytes" ? "peak" : "allocated"} per call`,
        full: (number, row) => standing(number, row.per_call[field], part, bounds),
      }),
    );
  return [
    nameColumn("Operation", (row) => row.shown, (row) => [row.shown, place(row), where(row)].filter(Boolean).join("\n"), { width: 236 }),
    countColumn("calls", "Calls", (row) => row.calls, { width: 88,
      full: (number, row) => `${plural(number, "call")}${row.open_calls == 0 ? "" : `, ${count(row.open_calls)} of them open`}`,
      text: (number, row) => count(number) + (row.open_calls == 0 ? "" : ` (${count(row.open_calls)} open)`),
    }),
    self("allocated", "Allocated", (row) => row.self.allocated_bytes),
    self("deallocated", "Deallocated", (row) => row.self.deallocated_bytes, { width: 116 }),
    self("net", "Net", (row) => row.self.net_bytes, { width: 96 }),
    self("retained", "Retained", (row) => row.self.retained_bytes, { lacks: NEEDS_OWNERSHIP }),
    inclusive("allocated", "Allocated", (row) => row.allocated_bytes),
    inclusive("deallocated", "Deallocated", (row) => row.deallocated_bytes, { width: 116 }),
    inclusive("net", "Net", (row) => row.net_bytes, { width: 96 }),
    inclusive("peak", "Peak", (row) => row.peak_bytes, { width: 92, about: "The highest growth above its entry level that one of its calls reached" }),
    inclusive("retained", "Retained", (row) => row.retained_bytes, { lacks: NEEDS_OWNERSHIP, about: "Allocated by it and not yet freed, whoever will free it" }),
    ...perCall("allocated-call", "allocated_bytes"),
    ...perCall("peak-call", "peak_bytes"),
    counts("self-allocations", "Self allocations", (row) => row.self.allocations, { width: 136 }),
    counts("allocations", "Allocations", (row) => row.allocations, { width: 116 }),
    counts("deallocations", "Deallocations", (row) => row.deallocations, { width: 132 }),
    counts("reallocations", "Reallocations", (row) => row.reallocations, { width: 132 }),
    counts("retained-blocks", "Retained blocks", (row) => row.retained_blocks, { width: 140, lacks: NEEDS_OWNERSHIP }),
  ];
}

const where = (row) => [row.module, row.function].filter(Boolean).map(shown).join("::");

/** Whether percentiles are the larger ones of several processes, with the true ones somewhere below. */
const areBounds = (report) => report.warnings.some(({ code }) => code === "percentiles-merged");

/** `8.00 MiB (8,388,608 bytes), within 12.5 %` */
function standing(number, spread, part, bounds) {
  const exact = spread.exact || part === "min" || part === "max";
  const within = bounds ? "an upper bound" : `within ${(spread.max_relative_error * 100).toFixed(1)} %`;
  return `${bytesAndExact(number)}, ${exact ? "exact" : within}`;
}

/** Every figure of an operation, exactly, and the paths that it is on. */
function detailsOf(report, row, names, counted, look, head) {
  const list = (pairs) =>
    h("dl", { class: "pairs" }, pairs.map(([label, text]) => h("div", {}, h("dt", {}, label), h("dd", {}, text))));
  const size = (number) => (!counted || number == null ? "n/a" : bytesAndExact(number));
  const number = (value) => (!counted || value == null ? "n/a" : count(value));
  const parts = ["min", "p50", "p95", "p99", "max"];
  const spread = (field) =>
    row.per_call == null
      ? [["", NO_CALL]]
      : [...parts.map((part) => [part, standing(row.per_call[field][part], row.per_call[field], part, areBounds(report))]),
        ["mean", row.per_call[field].mean == null ? "n/a" : bytes(Math.round(row.per_call[field].mean))]];
  const paths = report.paths.filter((path) => path.operations.includes(row.index));
  paths.sort((a, b) => compare(b.allocated_bytes, a.allocated_bytes));
  const part = (title, pairs) => h("div", {}, h("h4", {}, title), list(pairs));
  return [
    head(name(row.shown), h("button", { type: "button", onclick: () => look(row.shown) }, "Show in the call tree")),
    h("p", {}, name([place(row), where(row)].filter(Boolean).join(" · ")), ` · ${plural(row.calls, "call")}, ${count(row.open_calls)} open`),
    h("div", { class: "parts" },
      part("Inclusive", [
        ["Allocated", `${size(row.allocated_bytes)} in ${number(row.allocations)}`],
        ["Deallocated", `${size(row.deallocated_bytes)} in ${number(row.deallocations)}`],
        ["Net", size(row.net_bytes)], ["Peak", size(row.peak_bytes)],
        ["Retained", `${size(row.retained_bytes)} in ${number(row.retained_blocks)} blocks`],
        ["Reallocated", `${number(row.reallocations)} times, ${size(row.reallocated_old_bytes)} → ${size(row.reallocated_new_bytes)}`],
      ]),
      part("Self", [
        ["Allocated", `${size(row.self.allocated_bytes)} in ${number(row.self.allocations)}`],
        ["Deallocated", `${size(row.self.deallocated_bytes)} in ${number(row.self.deallocations)}`],
        ["Net", size(row.self.net_bytes)],
        ["Retained", `${size(row.self.retained_bytes)} in ${number(row.self.retained_blocks)} blocks`],
      ]),
      part("Allocated per call", spread("allocated_bytes")),
      part("Peak per call", spread("peak_bytes"))),
    h("h4", {}, `On ${plural(paths.length, "path")} (self figures)`),
    h("ul", {}, paths.slice(0, PATHS_LISTED).map((path) =>
      h("li", {}, name(pathText(report, path, names)), ` · ${size(path.allocated_bytes)} allocated`))),
    paths.length > PATHS_LISTED && reason(`and ${count(paths.length - PATHS_LISTED)} more`),
  ];
}
