// The head: which run it was, its totals, and what the reader has to know before believing them.

import { total } from "../data/number.js";
import { shown } from "../data/names.js";
import { isWhole } from "../data/tree.js";
import { bytes, bytesAndExact, count, duration, exactBytes, NOT_AVAILABLE, plural } from "../data/units.js";
import { h, name } from "./dom.js";

/** The title and the facts of a run. */
export function runFacts(report) {
  const { run } = report;
  const allocator = !run.allocator.installed
    ? "not installed: nothing was counted"
    : run.allocator.ownership ? "counts, with ownership" : "counts, without ownership";
  const started = run.started_unix_ns == 0 ? "" : new Date(Number(run.started_unix_ns) / 1e6);
  const facts = [
    ["Duration", duration(run.duration_ns)],
    ["Build", [run.profile, run.target].filter(Boolean).map(shown).join(", ")],
    ["Allocator", allocator],
    ["Threads", count(run.threads)],
    ["Process", run.pid ? String(run.pid) : ""],
    ["Started", Number.isNaN(Number(started)) || started === "" ? "" : started.toISOString().replace("T", " ").replace(/\..*/, " UTC")],
    ["Executable", run.executable && shown(run.executable)],
    ["memprof", run.memprof_version && shown(run.memprof_version)],
    ["rustc", run.rustc_version && shown(run.rustc_version)],
  ];
  return h("dl", { class: "facts" }, facts.filter(([, fact]) => fact).map(([label, fact]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, name(fact))),
  ));
}

/** The totals of the process. */
export function totals(report) {
  const { process, run } = report;
  const counted = run.allocator.installed;
  const root = report.paths.find((row) => row.path.length === 0);
  const held = report.operations.map((row) => row.self.retained_bytes);
  const retained = run.allocator.ownership ? total(held) : null;
  const exact = process.peak_error_bytes == 0;
  const tiles = [
    tile("Allocated", counted && process.allocated_bytes, plural(process.allocations, "allocation")),
    tile("Deallocated", counted && process.deallocated_bytes, plural(process.deallocations, "deallocation")),
    tile("Live", counted && process.live_bytes, plural(process.live_blocks, "block")),
    tile("Peak", counted && process.peak_live_bytes, exact ? "exact" : `± ${bytes(process.peak_error_bytes)}`),
    tile("Retained by operations", counted && retained, retained == null ? "needs ownership" : "not yet freed"),
    root && tile("Outside any operation", counted && root.allocated_bytes, plural(root.allocations, "allocation")),
    process.external_bytes != null && tile("External", process.external_bytes, process.peak_external_bytes == null ? "declared by the program" : `declared; at most ${bytes(process.peak_external_bytes)}`),
    process.rss_bytes != null && tile("Resident", process.rss_bytes, highest(process.peak_rss_bytes)),
    process.rss_bytes == null && process.peak_rss_bytes != null && tile("Resident at most", process.peak_rss_bytes, "by the system"),
    tile("Overhead", process.overhead_bytes, "memprof's own, in no other figure"),
  ];
  return h("dl", { class: "tiles" }, tiles);
}

const highest = (peak) => (peak == null ? "by the system" : `at most ${bytes(peak)}`);

function tile(label, number, note) {
  const known = number !== false && number != null;
  return h(
    "div",
    { title: known ? exactBytes(number) : null },
    h("dt", {}, label),
    h("dd", {}, known ? bytes(number) : NOT_AVAILABLE),
    h("dd", { class: "exact" }, known && bytes(number) !== `${count(number)} B` ? exactBytes(number) : ""),
    h("dd", { class: "note" }, known || note === "needs ownership" ? note : ""),
  );
}

/** Limits that were passed, and warnings; null where there is nothing to say. */
export function findings(report) {
  const violations = report.violations.map((violation) => {
    const place = violation.file ? ` (${shown(violation.file)}${violation.line ? `:${violation.line}` : ""})` : "";
    const where = violation.operation != null ? ` in “${shown(violation.operation)}”${place}` : "";
    const limit = `${bytesAndExact(violation.actual_bytes)}, the limit is ${bytesAndExact(violation.limit_bytes)}`;
    const path = violation.path?.length > 1 ? ` Under ${violation.path.map(shown).join(" › ")}.` : "";
    return item("violation", "Violation", shown(violation.threshold) + where, sentence(violation.message || limit) + path, violation.limit_bytes == 0 ? null : limit);
  });
  const warnings = [...warned(report)].map(({ code, message }) => item("warning", "Warning", shown(code), shown(message)));
  if (violations.length + warnings.length === 0) return null;
  return h("ul", { class: "findings", "aria-label": "Violations and warnings" }, violations, warnings);
}

const sentence = (text) => shown(text).replace(/[^.!?]$/, "$&.");

function item(kind, word, title, text, hint) {
  return h("li", { class: kind, title: hint ?? null }, h("strong", {}, `${word}: `), name(title), h("br"), name(text));
}

/** The report's warnings, and what only the page can know. */
function* warned(report) {
  const installed = "allocator-not-installed";
  if (!report.run.allocator.installed && !report.warnings.some(({ code }) => code === installed)) {
    yield { code: installed, message: "no byte was counted; the byte figures of this report mean nothing" };
  }
  yield* report.warnings;
  const torn = (report.stacks ?? []).filter((stack) => !isWhole(report, stack)).length;
  if (torn > 0) {
    const message = `${plural(torn, "call stack")} of the report refer to paths or frames that are not in it; left out`;
    yield { code: "stacks-left-out", message };
  }
}
