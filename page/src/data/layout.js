// The layout: where each node of a tree stands in an icicle, as shares of its width.
//
// d3-hierarchy's partition does it, without recursion. What is drawn of it is the view's affair; here every
// node gets its place: `from` and `to` (0 to 1), `position` among its siblings, and the rows by depth.

import { hierarchy, partition } from "d3-hierarchy";

/** Places the nodes of a tree. Gives the rows: for each depth its nodes from left to right. */
export function layOut(tree) {
  const placed = partition()(hierarchy(tree.root).sum((node) => Number(node.self)));
  const rows = Array.from({ length: tree.depth + 1 }, () => []);
  placed.each(({ data, x0, x1 }) => {
    data.from = x0;
    data.to = x1;
    data.index = rows[data.depth].push(data) - 1;
  });
  for (const node of tree.nodes) node.children.forEach((child, position) => { child.position = position; });
  tree.root.position = 0;
  return rows;
}

/** The index of the first node of a row that ends behind `at`. */
export function firstAfter(row, at) {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row[middle].to > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
