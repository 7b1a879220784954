// External memory: what the program declared that no allocator sees, by name and path.

import { operationNames, shown } from "../data/names.js";
import { pathText } from "../data/tree.js";
import { bytesAndExact } from "../data/units.js";
import { bytesColumn, countColumn, nameColumn } from "./columns.js";
import { reason, section } from "./dom.js";
import { dataTable } from "./table.js";

/** The section; null where the program declared none. */
export function external(report) {
  if (report.external.length === 0) return null;
  const names = operationNames(report.operations);
  const rows = report.external.map((row) => {
    const path = report.paths[row.path];
    return { ...row, shown: shown(row.name), under: path ? pathText(report, path, names) : "" };
  });
  const now = report.process.external_bytes;
  const hint = reason(`Mapped files, device memory and the like, declared by the program and in no other figure${now == null ? "" : `: ${bytesAndExact(now)} now`}.`);
  const table = dataTable({
    caption: "External memory, by name and path", noun: "regions", rows,
    words: (row) => `${row.shown}\n${row.under}`,
    columns: [
      nameColumn("Name", (row) => row.shown, (row) => row.shown),
      nameColumn("Declared under", (row) => row.under, (row) => row.under, { id: "under", width: 360, words: true }),
      bytesColumn("bytes", "Now", (row) => row.bytes, { bar: true, width: 120 }),
      bytesColumn("peak", "Peak", (row) => row.peak_bytes, { width: 120 }),
      countColumn("regions", "Regions", (row) => row.regions),
    ],
    sort: { id: "bytes", descending: true },
  });
  return { element: section("external", "External memory", hint, table.element), stop: table.stop };
}
