// The comparison: what has become of each operation since the old report.

import { differenceOf, figure, isBytes, metricLabel, rowsOf, shareOf, signed, VERDICTS, verdictOf } from "../data/comparison.js";
import { shown } from "../data/names.js";
import { bytesAndExact, count, percent, plural } from "../data/units.js";
import { nameColumn } from "./columns.js";
import { detailsPanel } from "./details.js";
import { h, name, reason, section, switches } from "./dom.js";
import { dataTable } from "./table.js";

/** What has a column of its own; the others are in a row's details. */
const METRICS = ["allocated_bytes", "allocations", "peak_bytes", "net_bytes", "retained_bytes", "calls"];

/** The section. `comparison` is the page's block: a diff, or why there is none. */
export function comparison(block, old, report, look) {
  const title = "Comparison";
  const sides = h("p", { class: "sides" }, "From ", side(old), " to ", side(report));
  if (!block.diff) {
    const reasons = (block.refusal ?? []).map((text) => h("li", {}, name(shown(text))));
    return { element: section("comparison", title, sides, reason("These reports cannot be compared figure by figure:"), h("ul", { class: "notices" }, reasons)) };
  }
  const rows = rowsOf(block.diff);
  const process = rows.find((row) => row.kind === "process");
  const subjects = rows.filter((row) => row.kind !== "process");
  const numbers = new Map(VERDICTS.map(({ id }) => [id, subjects.filter((row) => row.verdict === id).length]));
  const there = VERDICTS.filter(({ id }) => numbers.get(id) > 0);
  const off = new Set(there.length > 1 ? ["unchanged"] : []);
  const details = detailsPanel("What changed");
  const table = dataTable({
    caption: "What has become of each operation", noun: "operations", placeholder: "name, module, file", rows: subjects,
    words: (row) => [row.subject.name, row.subject.module, row.subject.function, row.subject.file].filter(Boolean).join("\n"),
    columns: columns(),
    sort: { id: "verdict", descending: false },
    keep: (row) => !off.has(row.verdict),
    onopen: (row) => details.open(detailsOf(row, look, details.head)),
    extra: [switches("Verdicts", there.map(({ id, label, sign }) => ({ id, label: `${sign} ${label} (${count(numbers.get(id))})`, on: !off.has(id) })), (id, on) => {
      if (on) off.delete(id);
      else off.add(id);
      table.arrange();
    })],
  });
  const chips = h("ul", { class: "chips" }, there.map(({ id, label, tone, sign }) =>
    h("li", { class: tone }, h("b", {}, `${sign} ${count(numbers.get(id))}`), ` ${label.toLowerCase()}`)));
  const notices = block.diff.notices.length > 0 && h("ul", { class: "notices" }, block.diff.notices.map((text) => h("li", {}, name(shown(text)))));
  return {
    element: section("comparison", title, sides, chips, notices, process && processOf(process), subjects.length > 0 ? table.element : reason("No operation was called in either run."), details.element),
    stop: table.stop,
  };
}

const side = (report) => h("b", {}, name(shown(report.run.name)), when(report));

function when({ run }) {
  const started = new Date(Number(run.started_unix_ns) / 1e6);
  return run.started_unix_ns == 0 || Number.isNaN(Number(started)) ? "" : ` (${started.toISOString().slice(0, 16).replace("T", " ")} UTC)`;
}

function columns() {
  return [
    nameColumn("Operation", (row) => row.shown, (row) => [row.shown, row.place].filter(Boolean).join("\n"), { width: 260 }),
    {
      id: "verdict", label: "Verdict", width: 150, descending: false, words: true,
      value: (row) => row.rank, cell: (row) => badge(row.verdict), orders: ["the worst first", "the best first"],
    },
    ...METRICS.map((metric) => ({
      id: metric, label: metricLabel(metric).replace(/^./, (letter) => letter.toUpperCase()), width: 170,
      value: (row) => { const change = row.by.get(metric); return change ? differenceOf(change) ?? change.new ?? 0 : 0; },
      cell: (row) => changeCell(row.by.get(metric), metric),
      spoken: `change of ${metricLabel(metric)}`,
    })),
  ];
}

function badge(verdict) {
  const { label, tone, sign } = verdictOf(verdict);
  return h("span", { class: `badge ${tone}` }, h("span", { "aria-hidden": "true" }, `${sign} `), label);
}

function changeCell(change, metric) {
  if (!change) return h("span", { class: "same" }, "=");
  if (change.old == null || change.new == null) return h("span", { class: "muted" }, figure(metric, change.new ?? change.old));
  const part = shareOf(change);
  return h("span", { class: verdictOf(change.verdict).tone, title: `${long(metric, change.old)} → ${long(metric, change.new)}` },
    signed(metric, differenceOf(change)), part != null && h("small", {}, ` ${part > 0 ? "+" : ""}${percent(part)}`));
}

const long = (metric, number) => (number == null ? "–" : isBytes(metric) ? bytesAndExact(number) : count(number));

function changesTable(changes) {
  return h("div", { class: "scroll small", tabIndex: 0, role: "region", "aria-label": "Changed figures" }, h("table", { class: "data plain" },
    h("thead", {}, h("tr", {}, ["Figure", "Old", "New", "Change", "", "Verdict"].map((label) => h("th", { scope: "col" }, label)))),
    h("tbody", {}, changes.map((change) => h("tr", {},
      h("th", { scope: "row" }, metricLabel(change.metric)),
      h("td", {}, long(change.metric, change.old)), h("td", {}, long(change.metric, change.new)),
      h("td", { class: verdictOf(change.verdict).tone }, signed(change.metric, differenceOf(change))),
      h("td", {}, shareOf(change) == null ? "" : percent(shareOf(change))),
      h("td", {}, badge(change.verdict), change.error != 0 && ` within ± ${figure(change.metric, change.error)}`))))));
}

function processOf(row) {
  if (row.changes.length === 0) return h("p", {}, "The figures of the whole process are the same.");
  return [h("h3", {}, "The whole process"), changesTable(row.changes), h("h3", {}, "Operations")];
}

function detailsOf(row, look, head) {
  return [
    head(name(row.shown), h("button", { type: "button", onclick: () => look(row.shown) }, "Show in the call tree")),
    h("p", {}, badge(row.verdict), " ", name(row.place)),
    row.reason && reason(shown(row.reason)),
    row.changes.length > 0 ? changesTable(row.changes) : reason("Every figure is as it was."),
    reason(plural(row.changes.length, "figure") + " changed"),
  ];
}
