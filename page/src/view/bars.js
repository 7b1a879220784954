// A list of bars: a name, a bar as long as its value, the value in words.

import { share } from "../data/number.js";
import { h, name } from "./dom.js";

/** `rows`: `{ name, value, text, note, full, rest, onopen }`, the longest bar is the largest value. */
export function barList(label, rows) {
  const most = rows.reduce((most, row) => (!row.rest && row.value > most ? row.value : most), 1);
  return h("ul", { class: "barlist", "aria-label": label }, rows.map((row) => {
    const bar = h("span", { class: row.rest ? "length rest" : "length", "aria-hidden": "true" });
    bar.style.width = `${Math.min(1, share(row.value, most)) * 100}%`;
    return h("li", { title: row.full ?? null },
      row.onopen ? h("button", { type: "button", class: "open", onclick: row.onopen }, name(row.name)) : h("span", { class: "what" }, name(row.name)),
      h("span", { class: "track" }, bar),
      h("span", { class: "value" }, row.text),
      h("span", { class: "share" }, row.note ?? ""));
  }));
}
