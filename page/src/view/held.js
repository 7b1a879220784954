// What is held: bytes that are allocated and not yet freed, by the path that allocated them, with its stacks.

import { share, total } from "../data/number.js";
import { frameName, operationNames } from "../data/names.js";
import { pathText, stacksByPath } from "../data/tree.js";
import { bytesAndExact, percent, plural } from "../data/units.js";
import { bytesColumn, countColumn, nameColumn } from "./columns.js";
import { detailsPanel } from "./details.js";
import { h, name, reason, section } from "./dom.js";
import { stackList } from "./stack.js";
import { dataTable } from "./table.js";

export function held(report) {
  const title = "Still held";
  if (!report.run.allocator.installed) return alone(title, "Nothing is known: memprof's allocator was not installed.");
  if (!report.run.allocator.ownership) return alone(title, "Nobody knows who allocated what still lives: the report was recorded without ownership.");
  const names = operationNames(report.operations);
  const stacksOf = stacksByPath(report);
  const rows = report.paths
    .map((row, index) => ({ ...row, index, shown: pathText(report, row, names), stacks: (stacksOf.get(index) ?? []).filter((stack) => stack.retained_bytes > 0) }))
    .filter((row) => row.retained_bytes > 0);
  if (rows.length === 0) return alone(title, "Nothing: every block that was allocated has been freed.");
  const sum = total(rows.map((row) => row.retained_bytes));
  const blocks = total(rows.map((row) => row.retained_blocks ?? 0));
  const details = detailsPanel("Where it was allocated");
  const hasStacks = rows.some((row) => row.stacks.length > 0);
  const table = dataTable({
    caption: "Bytes still held, by the path that allocated them", noun: "paths", placeholder: "operation, function", rows,
    words: (row) => [row.shown, ...row.stacks.flatMap((stack) => stack.frames.map((frame) => frameName(report.frames[frame])))].join("\n"),
    columns: [
      nameColumn("Allocated by", (row) => row.shown, (row) => row.shown, { width: 420 }),
      bytesColumn("held", "Held", (row) => row.retained_bytes, { bar: true, width: 120 }),
      { id: "share", label: "Of all held", width: 100, value: (row) => row.retained_bytes, text: (number) => percent(share(number, sum)) },
      countColumn("blocks", "Blocks", (row) => row.retained_blocks),
      bytesColumn("block", "Per block", (row) => perOne(row.retained_bytes, row.retained_blocks), { about: "The mean size of a block that is held" }),
      countColumn("calls", "Calls", (row) => row.calls),
      bytesColumn("call", "Per call", (row) => perOne(row.retained_bytes, row.calls), { about: "Held bytes over the calls of this path", lacks: "The path has no call" }),
      { id: "of-allocated", label: "Of its allocated", width: 130, value: (row) => share(row.retained_bytes, row.allocated_bytes), text: percent, about: "How much of what the path allocated is still held" },
      hasStacks && countColumn("stacks", "Stacks", (row) => row.stacks.length),
    ].filter(Boolean),
    sort: { id: "held", descending: true },
    onopen: (row) => details.open(detailsOf(report, row, details.head)),
  });
  const hint = reason(`${bytesAndExact(sum)} in ${plural(blocks, "block")}. It is a leak only if the program should have freed it by now; `
    + (hasStacks ? "a path opens with the call stacks of what it holds." : "record call stacks (sample_rate, sample_interval) to see which lines hold it."));
  return { element: section("held", title, hint, table.element, details.element), stop: table.stop };
}

const alone = (title, why) => ({ element: section("held", title, reason(why)) });

const perOne = (bytes, number) => (number == null || number == 0 ? null : Math.round(share(bytes, number)));

function detailsOf(report, row, head) {
  return [
    head(name(row.shown)),
    h("p", {}, `${bytesAndExact(row.retained_bytes)} in ${plural(row.retained_blocks ?? 0, "block")}`),
    ...stackList(report, row.stacks),
  ];
}
