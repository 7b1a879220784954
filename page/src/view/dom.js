// Elements. The only way in which this page makes any: text goes in as text and is never read as markup.

const SVG = "http://www.w3.org/2000/svg";
// Their elements have no attribute of that name, or it is not the same thing.
const PROPERTIES = new Set(["checked", "disabled", "hidden", "value", "textContent", "tabIndex", "open"]);

/** `h("p", { class: "note", onclick }, "text", element)`; null and false children are left out. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A name of the program: its direction of writing stays its own. */
export const name = (text) => h("bdi", { class: "name" }, text);

let ids = 0;
/** An id that no other element has. */
export const fresh = (prefix) => `${prefix}-${(ids += 1)}`;

/** A choice of one of several, as radio buttons. `options`: `{ id, label, lacks }`. */
export function choice(legend, options, chosen, onchange) {
  const group = fresh("choice");
  return h(
    "fieldset",
    { class: "choice" },
    h("legend", {}, legend),
    options.map(({ id, label, lacks }) =>
      h(
        "label",
        { title: lacks || null, class: lacks ? "lacking" : null },
        h("input", {
          type: "radio", name: group, value: id, checked: id === chosen, disabled: Boolean(lacks),
          onchange: () => onchange(id),
        }),
        label,
      ),
    ),
  );
}

/** Choices that are on or off. `options`: `{ id, label, on }`. */
export function switches(legend, options, onchange) {
  return h(
    "fieldset",
    { class: "choice several" },
    h("legend", {}, legend),
    options.map(({ id, label, on }) =>
      h(
        "label",
        {},
        h("input", { type: "checkbox", checked: on, value: id, onchange: (event) => onchange(id, event.target.checked) }),
        label,
      ),
    ),
  );
}

/** A field to type a word into that is looked for. */
export function searchField(label, oninput, attributes = {}) {
  const id = fresh("search");
  return h(
    "span",
    { class: "search" },
    h("label", { for: id }, label),
    h("input", {
      type: "search", id, autocomplete: "off", spellcheck: "false",
      oninput: (event) => oninput(event.target.value), ...attributes,
    }),
  );
}

/** A part of the page under its heading. */
export function section(id, title, ...children) {
  return h("section", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), children);
}

/** Why there is nothing to see. */
export const reason = (text) => h("p", { class: "reason" }, text);
