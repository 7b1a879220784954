// The change: how the nodes of a report's tree were in an older report, where there is one.
//
// Nodes are the same where the names on their path are; indexes differ between reports and are not looked at.

import { share, subtract } from "./number.js";

/** Gives each node of the tree `before`: its value in the old tree, 0 where it was not there. */
export function compareTrees(tree, old) {
  const match = (node, former) => {
    node.before = former ? former.value : 0;
    return former;
  };
  const open = [[tree.root, match(tree.root, old.root)]];
  while (open.length > 0) {
    const [node, former] = open.pop();
    const byName = new Map((former?.children ?? []).map((child) => [nameKey(child), child]));
    for (const child of node.children) open.push([child, match(child, byName.get(nameKey(child)))]);
  }
}

const nameKey = (node) => `${node.kind} ${node.name}`;

/** New − old of a node; null without an old report. */
export const difference = (node) => (node.before === undefined ? null : subtract(node.value, node.before));

/** From -1 (gone down to nothing) to 1 (new): the difference as a part of the larger of both. */
export function strength(node) {
  const larger = node.value > node.before ? node.value : node.before;
  return share(difference(node), larger);
}
