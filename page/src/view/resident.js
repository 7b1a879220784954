// Resident memory: what it consists of, now and at the peak, so that one sees what of it is of no use.

import { share, total } from "../data/number.js";
import { shown } from "../data/names.js";
import { bytes, bytesAndExact, percent } from "../data/units.js";
import { h, name, reason, section } from "./dom.js";
import { hideTip, showTip } from "./tip.js";

/** The parts of what the allocator holds and of what is beside it, in their order. */
const PARTS = [
  { id: "live_bytes", label: "Live", about: "asked for and not given back", kind: "p0" },
  { id: "overhead_bytes", label: "memprof", about: "memprof's own", kind: "p1" },
  { id: "rounding_bytes", label: "Rounding", about: "size classes, headers, footers", kind: "p2" },
  { id: "other_bytes", label: "Other users", about: "blocks that other code took of the same allocator, such as C code", kind: "p5" },
  { id: "unused_bytes", label: "Unused", about: "held by the allocator, in no block", kind: "p3" },
  { id: "outside_bytes", label: "Outside", about: "code, stacks, mapped files, memprof's tables", kind: "p4" },
];

/** The section; null where the allocator was not asked. */
export function resident(report) {
  const parts = report.process.fragmentation;
  if (parts == null || parts.now == null) return null;
  return {
    element: section("resident", "Resident memory",
      reason("What the allocator holds of the system, and what is resident beside it. Unused and rounding are of no use to the program."),
      h("p", { class: "sub" }, "Allocator ", h("b", {}, name(shown(parts.allocator)))),
      legend(),
      moment("Now", parts.now),
      parts.at_peak == null ? reason("At the peak nobody looked.") : moment("At the peak", parts.at_peak)),
  };
}

const legend = () => h("p", { class: "legend", "aria-hidden": "true" }, PARTS.map(({ label, about, kind }) =>
  h("span", {}, h("i", { class: `piece ${kind}` }), `${label}: ${about}`)));

function moment(title, parts) {
  const known = PARTS.filter(({ id }) => parts[id] != null && parts[id] > 0);
  const sum = total(known.map(({ id }) => parts[id]));
  const bar = h("div", { class: "stacked", "aria-hidden": "true", onmouseleave: hideTip }, known.map(({ id, label, about, kind }) => {
    const part = share(parts[id], sum);
    const piece = h("span", {
      class: `piece ${kind}`,
      onmousemove: (event) => showTip(event, [label, about, ["Bytes", bytesAndExact(parts[id])], ["Of the bar", percent(part)]]),
    }, part > 0.08 ? `${label} ${bytes(parts[id])}` : "");
    piece.style.width = `${part * 100}%`;
    return piece;
  }));
  const row = (label, number) => h("div", {}, h("dt", {}, label), h("dd", {}, number == null ? "not told" : bytesAndExact(number)));
  return h("div", { class: "moment" }, h("h3", {}, title), bar, h("dl", { class: "pairs" },
    row("Resident", parts.rss_bytes), row("Held by the allocator", parts.held_bytes),
    PARTS.map(({ id, label }) => row(label, parts[id])), row("Held, not resident (at least)", parts.absent_bytes)));
}
