// Makes elements. Text is always a text node: there is no way in here to have markup of somebody else's parsed.

import { shown } from "./words.js";

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "hidden"]);

/** An element with these attributes and children; null, undefined and false children are left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (PROPERTIES.has(key)) element[key] = value;
    else element.setAttribute(key, value);
  }
  return fill(element, ...children);
}

/** The same element with these children instead of its own. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The same, but not while the keyboard's focus is in there: it would be lost. */
export function refill(element, ...children) {
  if (!element.contains(document.activeElement)) fill(element, ...children);
}

/** A section of a page under a heading of its own; what `tools` holds stands beside the heading. */
export function card(title, { tools = [], name = "" } = {}, ...children) {
  const id = `head-${title.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  return h("section", { class: `card ${name}`, "aria-labelledby": id },
    h("header", {}, h("h2", { id }, title), ...tools),
    ...children);
}

/** A table with these heads; a cell is a text or an element. `numbers` names the columns that stand to the right. */
export function table(caption, heads, rows, numbers = []) {
  const side = (column) => (numbers.includes(column) ? "n" : undefined);
  const cells = (row) => row.map((cell, column) => h("td", { role: "cell", class: side(column), "data-head": heads[column] }, cell));
  return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    // On a phone the rows are drawn as blocks, which must not take from them what they are.
    h("table", { role: "table", class: heads.length > 3 ? "many" : undefined },
      h("caption", { class: "unseen" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads.map((head, column) => h("th", { role: "columnheader", scope: "col", class: side(column) }, head)))),
      h("tbody", { role: "rowgroup" }, rows.length
        ? rows.map((row) => h("tr", { role: "row" }, cells(row)))
        : h("tr", { role: "row" }, h("td", { role: "cell", colspan: heads.length, class: "dim" }, "Nothing yet.")))));
}

/** Names and values, one under the other; a value is a text or an element. */
export function facts(pairs) {
  return h("dl", { class: "facts" },
    pairs.filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, typeof value === "string" ? shown(value) : value))));
}

/** A button that does something here. */
export function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, label);
}

/** An input under its label, with what there is to say about it. */
export function field(label, input, hint = "") {
  const id = `field-${label.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" },
    h("label", { for: id }, label), input, hint && h("p", { class: "dim hint", id: `${id}-hint` }, hint));
}
