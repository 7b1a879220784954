// A call stack under which something was allocated that is still held: its frames, the allocating one first.

import { TRUNCATED, frameName, framePlace } from "../data/names.js";
import { isEstimate, shownFrames } from "../data/tree.js";
import { bytes, count, percent, plural } from "../data/units.js";
import { compare } from "../data/number.js";
import { h, name, reason } from "./dom.js";

const STACKS_LISTED = 20;

/** The stacks with what each holds, the most first; why there are none, where there are none. */
export function stackList(report, stacks) {
  if (stacks.length === 0) return [reason("No call stack was recorded for what this path holds.")];
  const sorted = [...stacks].sort((a, b) => compare(b.retained_bytes, a.retained_bytes));
  const left = sorted.length - STACKS_LISTED;
  return [...sorted.slice(0, STACKS_LISTED).map((stack) => stackOf(report, stack)), left > 0 && reason(`and ${count(left)} more stacks`)];
}

function stackOf(report, stack) {
  const bound = isEstimate(stack) ? ` ± ${percent(stack.relative_standard_error)}, from ${plural(stack.samples, "sample")}` : "";
  const own = shownFrames(report, stack, false);
  return h("div", { class: "stack" },
    h("h4", {}, `${bytes(stack.retained_bytes)} in ${plural(stack.retained_blocks ?? 0, "block")}${bound}`),
    framesOf(report, stack, own),
    own.length < stack.frames.length && h("details", {},
      h("summary", {}, `with frames of libraries (${count(stack.frames.length)} frames)`),
      framesOf(report, stack, stack.frames)));
}

function framesOf(report, stack, frames) {
  return h("ol", {}, frames.map((index) => {
    const frame = report.frames[index];
    return h("li", { class: frame.inlined ? "inlined" : null }, h("code", {}, name(frameName(frame))),
      framePlace(frame) && h("span", { class: "place" }, name(framePlace(frame))));
  }), stack.truncated && h("li", {}, TRUNCATED));
}
