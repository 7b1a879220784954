// The tree: the call tree of operations, and below a path the call stacks that were recorded under it.
//
// A node's `self` is its own figure and its `value` includes what is below it; over the whole tree they add up
// to the report's paths exactly. Estimates of sampled stacks are scaled to the figure of their path, as in
// memprof's other formats. Nothing here recurses: a path may be ten thousand operations deep.

import { add, compare, exact, subtract } from "./number.js";
import { OUTSIDE, TRUNCATED, frameName, framePlace, operationNames, place, shown } from "./names.js";

/**
 * The tree of a report for a metric: its root node, with `depth` of the deepest and `count` of all nodes. Without
 * `library` the frames of libraries are left out.
 *
 * A node is `{ name, place, kind, depth, parent, children, self, value, estimated }`; `kind` is `all`,
 * `operation`, `outside` or `frame`. Children are sorted by value, the largest first.
 */
export function tree(report, metric, library = true) {
  const names = operationNames(report.operations);
  const stacksOf = stacksByPath(report);
  const root = node("All", "", "all", null);
  const nodes = [root];
  const child = (parent, key, make) => {
    let found = parent.byKey.get(key);
    if (found === undefined) {
      found = make();
      parent.byKey.set(key, found);
      nodes.push(found);
    }
    return found;
  };
  report.paths.forEach((row, index) => {
    const figure = metric.of(row);
    if (figure == null || figure == 0) return;
    let at = root;
    for (const step of steps(report, row, names)) {
      at = child(at, step.key, () => node(step.name, step.place, step.kind, at, step.operation));
    }
    const stacks = stacksOf.get(index) ?? [];
    const { parts, rest } = split(figure, stacks.map((stack) => metric.stack(stack)), stacks.some(isEstimate));
    at.self = add(at.self, rest);
    stacks.forEach((stack, number) => {
      if (parts[number] == 0) return;
      let below = at;
      if (stack.truncated) below = child(below, "truncated", () => node(TRUNCATED, "", "frame", at));
      for (const frame of shownFrames(report, stack, library).reverse()) {
        const shape = report.frames[frame];
        below = child(below, `frame ${frame}`, () => node(frameName(shape), framePlace(shape), "frame", below));
        below.estimated ||= isEstimate(stack);
      }
      below.self = add(below.self, parts[number]);
    });
  });
  // Every node stands behind its parent, so that backwards all is summed up before it is needed.
  let depth = 0;
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const at = nodes[index];
    at.value = add(at.value, at.self);
    at.children = [...at.byKey.values()].sort((a, b) => compare(b.value, a.value) || compare(a.name, b.name));
    at.byKey = null;
    depth = Math.max(depth, at.depth);
    if (at.parent) at.parent.value = add(at.parent.value, at.value);
  }
  return { root, nodes, depth };
}

function node(name, place, kind, parent, operation = null) {
  const depth = parent ? parent.depth + 1 : 0;
  return {
    name, place, kind, parent, depth, operation, children: [], byKey: new Map(), self: 0, value: 0, estimated: false,
  };
}

/** The operations of a path, the one that was entered once more as the last. */
function steps(report, row, names) {
  const listed = row.path.map((name, position) => {
    const index = row.operations[position];
    const operation = report.operations[index];
    const known = operation !== undefined && operation.name === name;
    return {
      key: known ? `operation ${index}` : `name ${name}`,
      name: known ? names[index] : shown(name),
      place: known ? place(operation) : "",
      operation: known ? index : null,
      kind: "operation",
    };
  });
  if (row.reentered != null) {
    const again = listed[row.path.lastIndexOf(row.reentered)];
    const name = again?.name ?? shown(row.reentered);
    listed.push({
      ...(again ?? { place: "", operation: null, kind: "operation" }),
      key: `again ${again?.key ?? row.reentered}`,
      name: `${name} (re-entered)`,
    });
  }
  if (listed.length === 0) listed.push({ key: "outside", name: OUTSIDE, place: "", kind: "outside", operation: null });
  return listed;
}

/** The names of a path for a line of text. */
export function pathText(report, row, names) {
  return steps(report, row, names).map((step) => step.name).join(" › ");
}

/** The stacks of each path by its index. Those that refer to what is not there are left out. */
export function stacksByPath(report) {
  const stacksOf = new Map();
  for (const stack of report.stacks ?? []) {
    if (!isWhole(report, stack)) continue;
    if (!stacksOf.has(stack.path)) stacksOf.set(stack.path, []);
    stacksOf.get(stack.path).push(stack);
  }
  return stacksOf;
}

/** The frames of a stack, without those of libraries if there are others and they are not wanted. */
export function shownFrames(report, stack, library) {
  const own = library ? [] : stack.frames.filter((frame) => !report.frames[frame].library);
  return own.length > 0 ? own : [...stack.frames];
}

/** Whether path and frames of a stack are in the report. */
export const isWhole = (report, stack) =>
  stack.path < report.paths.length && stack.frames.every((frame) => frame < report.frames.length);

export const isEstimate = (stack) => stack.relative_standard_error !== 0;

/** A path's figure, split over its stacks (`parts`), and what has no stack (`rest`). */
export function split(figure, known, estimated) {
  let parts = known.map((part) => part ?? 0);
  const sum = parts.reduce(add, 0);
  if (sum > 0 && (estimated || sum > figure)) parts = scaled(parts, sum, figure);
  return { parts, rest: subtract(figure, parts.reduce(add, 0)) };
}

/** Scaled so that they add up to the figure. What rounding down leaves goes to those that lost most. */
function scaled(parts, sum, figure) {
  const [whole, wanted] = [BigInt(sum), BigInt(figure)];
  const products = parts.map((part) => BigInt(part) * wanted);
  const down = products.map((product) => product / whole);
  const left = wanted - down.reduce((a, b) => a + b, 0n);
  const lost = products.map((product, index) => ({ lost: product % whole, index }));
  lost.sort((a, b) => compare(b.lost, a.lost) || a.index - b.index);
  for (const { index } of lost.slice(0, Number(left))) down[index] += 1n;
  return down.map(exact);
}
