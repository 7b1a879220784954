// The page: reads the reports out of the file and puts the sections together.

import { read } from "./data/reports.js";
import "./style/colors.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/table.css";
import "./style/pictures.css";
import "./style/print.css";
import { callTree } from "./view/calltree.js";
import { comparison } from "./view/comparison.js";
import { h, reason, section } from "./view/dom.js";
import { external } from "./view/external.js";
import { flow } from "./view/flow.js";
import { growth } from "./view/growth.js";
import { held } from "./view/held.js";
import { leaks } from "./view/leaks.js";
import { masthead, topBar } from "./view/masthead.js";
import { operations } from "./view/operations.js";
import { overview } from "./view/overview.js";
import { resident } from "./view/resident.js";
import { sizes } from "./view/sizes.js";
import { spread } from "./view/spread.js";
import { forgetPainters } from "./view/theme.js";
import { timeline } from "./view/timeline.js";

const reports = read();
const bar = topBar();
const main = h("main", { id: "main", tabIndex: -1 });
let shown = [];

/** A section; where the report is not what it expects, it says so and the others stand. */
function part(title, make) {
  try {
    return make();
  } catch (error) {
    console.error(error);
    return { element: section(title.toLowerCase().replaceAll(" ", "-"), title, reason(`This cannot be shown, the report is not as it should be: ${error.message}`)) };
  }
}

/** Shows the new or the old report; the comparison, where there is one, is always from old to new. */
function show(which) {
  for (const { stop } of shown) stop?.();
  forgetPainters();
  const { report: latest, old, comparison: block } = reports;
  const report = which === "old" ? old : latest;
  const look = (word) => tree.look?.(word);
  const table = part("Operations", () => operations(report, { look }));
  const tree = part("Call tree", () => callTree(report, which === "old" ? null : old));
  shown = [
    block && part("Comparison", () => comparison(block, old, latest, look)),
    part("Overview", () => overview(report, { open: (index) => table.open?.(index) })),
    table, tree,
    part("Timeline", () => timeline(report)),
    part("Calls", () => spread(report)),
    part("Block sizes", () => sizes(report)),
    part("Growth", () => growth(report)),
    part("Leaks", () => leaks(report)),
    part("Still held", () => held(report)),
    part("Flow", () => flow(report)),
    part("External memory", () => external(report)),
    part("Resident memory", () => resident(report)),
  ].filter(Boolean);
  const choice = old && { chosen: which, onchange: again };
  main.replaceChildren(masthead(report, choice), ...shown.map((part) => part.element));
  bar.setSections(shown.map((part) => part.element));
}

/** The same for the reader who has chosen: the focus stays on what was chosen. */
function again(which) {
  show(which);
  main.querySelector(".masthead :checked").focus({ preventScroll: true });
}

document.getElementById("page").replaceChildren(bar.element, main, h("footer", {}, "Written by memprof. Everything on this page is in this one file."));
show("new");
