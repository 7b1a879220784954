// The details: a panel below a table that shows all of one row. It takes the focus when it opens, and gives it
// back to where it came from when it closes, by its button or by Esc.

import { h } from "./dom.js";

/** `label`: what the panel is; `onclose`: what has to end with it. */
export function detailsPanel(label, onclose = () => {}) {
  let from = null;
  const element = h("div", {
    class: "details", role: "region", "aria-label": label, tabIndex: -1, hidden: true,
    onkeydown: (event) => { if (event.key === "Escape" && event.target === element) close(); },
  });

  function open(...children) {
    if (!element.contains(document.activeElement)) from = document.activeElement;
    element.replaceChildren(...children.flat(Infinity).filter(Boolean));
    element.hidden = false;
    element.focus();
  }

  function close() {
    onclose();
    element.hidden = true;
    element.replaceChildren();
    if (from?.isConnected) from.focus();
  }

  /** The head of the panel, with more buttons if there are. */
  const head = (title, ...buttons) =>
    h("div", { class: "bar-line" }, h("h3", {}, title), buttons, h("button", { type: "button", onclick: close }, "Close"));
  return { element, open, head };
}
