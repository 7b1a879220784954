// The theme: light or dark, the system's unless the reader chooses. What is painted on a canvas has to be
// painted again then; it asks here.

import { choice, h } from "./dom.js";

const painters = new Set();
const dark = window.matchMedia("(prefers-color-scheme: dark)");
let chosen = "auto";
const known = new Map();
const probe = h("span", { hidden: true });

/** Calls `paint` whenever the colours change. */
export function onTheme(paint) {
  painters.add(paint);
}

/** Forgets all painters, since what they painted has left the page. */
export const forgetPainters = () => painters.clear();

/** A colour of the style sheet by its name without `--`, as a canvas understands it. */
export function color(name) {
  if (!known.has(name)) {
    // Only an element that bears a colour tells which of its two it is now.
    probe.style.color = `var(--${name})`;
    if (!probe.isConnected) document.body.append(probe);
    known.set(name, getComputedStyle(probe).color);
  }
  return known.get(name);
}

export function themeSwitch() {
  const options = [
    { id: "auto", label: "System" },
    { id: "light", label: "Light" },
    { id: "dark", label: "Dark" },
  ];
  const set = (theme) => {
    chosen = theme;
    apply(theme);
  };
  return choice("Colours", options, "auto", set);
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
  known.clear();
  for (const paint of painters) paint();
}

dark.addEventListener("change", () => apply(chosen));
// Paper is white.
window.addEventListener("beforeprint", () => apply("light"));
window.addEventListener("afterprint", () => apply(chosen));
