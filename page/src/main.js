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
import { h } from "./view/dom.js";
import { external } from "./view/external.js";
import { growth } from "./view/growth.js";
import { held } from "./view/held.js";
import { masthead, topBar } from "./view/masthead.js";
import { operations } from "./view/operations.js";
import { overview } from "./view/overview.js";
import { spread } from "./view/spread.js";
import { forgetPainters } from "./view/theme.js";
import { timeline } from "./view/timeline.js";

const reports = read();
const bar = topBar();
const main = h("main", { id: "main", tabIndex: -1 });
let shown = [];

/** Shows the new or the old report; the comparison, where there is one, is always from old to new. */
function show(which) {
  for (const part of shown) part.stop?.();
  forgetPainters();
  const { report: latest, old, comparison: block } = reports;
  const report = which === "old" ? old : latest;
  const look = (word) => tree.look(word);
  const table = operations(report, { look });
  const tree = callTree(report, which === "old" ? null : old);
  const compared = block && comparison(block, old, latest, look);
  shown = [
    compared,
    overview(report, { open: table.open }),
    table, tree, timeline(report), spread(report), growth(report), held(report), external(report),
  ].filter(Boolean);
  const choice = old && { chosen: which, onchange: show };
  main.replaceChildren(masthead(report, choice), ...shown.map((part) => part.element));
  bar.setSections(shown.map((part) => part.element));
}

document.getElementById("page").replaceChildren(bar.element, main, h("footer", {}, "Written by memprof. Everything on this page is in this one file."));
show("new");
