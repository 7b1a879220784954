// The tip: a small box beside the pointer. What it says can always be had without a pointer too.

import { h } from "./dom.js";

const AWAY = 14;
let box = null;

/** Shows lines, `[label, text]` or text alone, beside the pointer. */
export function showTip(event, lines) {
  if (box === null) {
    box = h("div", { class: "tip", "aria-hidden": "true" });
    document.body.append(box);
  }
  box.replaceChildren(...lines.filter(Boolean).map((line) =>
    Array.isArray(line) ? h("div", {}, h("span", {}, line[0]), h("b", {}, line[1])) : h("p", {}, line),
  ));
  box.hidden = false;
  const { innerWidth, innerHeight } = window;
  const { offsetWidth, offsetHeight } = box;
  const left = event.clientX + AWAY + offsetWidth > innerWidth ? event.clientX - AWAY - offsetWidth : event.clientX + AWAY;
  const top = event.clientY + AWAY + offsetHeight > innerHeight ? event.clientY - AWAY - offsetHeight : event.clientY + AWAY;
  box.style.left = `${Math.max(0, left)}px`;
  box.style.top = `${Math.max(0, top)}px`;
}

export function hideTip() {
  if (box) box.hidden = true;
}
