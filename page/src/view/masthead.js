// The masthead: whose run it was, the way to each section, and the choices that hold for the whole page.

import { shown } from "../data/names.js";
import { choice, h, name } from "./dom.js";
import { runFacts } from "./head.js";
import { themeSwitch } from "./theme.js";

/** The bar that stays in sight. `sections` come by `setSections`. */
export function topBar() {
  const links = h("ul");
  const nav = h("nav", { "aria-label": "Sections" }, links);
  const element = h("header", { class: "top" },
    h("a", { class: "skip", href: "#main" }, "Skip to the report"),
    h("span", { class: "brand" }, "memprof"), nav, themeSwitch());
  let watch = null;

  function setSections(sections) {
    watch?.disconnect();
    const inSight = new Set();
    const items = new Map();
    links.replaceChildren(...sections.map((section) => {
      const link = h("a", { href: `#${section.id}` }, section.querySelector("h2").textContent);
      items.set(section, link);
      return h("li", {}, link);
    }));
    watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inSight.add(target);
        else inSight.delete(target);
      }
      const first = sections.find((section) => inSight.has(section));
      for (const [section, link] of items) {
        if (section === first) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "-64px 0px -55% 0px" });
    for (const section of sections) watch.observe(section);
  }
  return { element, setSections };
}

/** Title and facts of a run; with two reports, the choice of which one is looked at. */
export function masthead(report, which) {
  return h("div", { class: "masthead" },
    h("div", { class: "bar-line" },
      h("h1", {}, name(shown(report.run.name))),
      which && choice("Report", [{ id: "new", label: "New" }, { id: "old", label: "Old" }], which.chosen, which.onchange)),
    runFacts(report));
}
