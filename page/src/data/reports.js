// The reports: what the file holds as JSON, with the sections that a writer may leave out as empty.

import { parse } from "./number.js";

const LISTS = ["operations", "paths", "frames", "stacks", "timeline", "violations", "warnings", "external", "leaks", "sizes", "flow"];

/** `{ report, old, comparison }`; the latter two are null where the file is of one report. */
export function read() {
  return { report: whole(block("report"), block("library")), old: whole(block("old"), block("old-library")), comparison: block("diff") };
}

function block(id) {
  const element = document.getElementById(id);
  return element && parse(element.textContent);
}

function whole(report, library) {
  if (report) for (const list of LISTS) report[list] ??= [];
  for (const index of library ?? []) if (report?.frames[index]) report.frames[index].library = true;
  return report;
}
