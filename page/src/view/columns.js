// Columns that several tables have: bytes, counts, names.

import { bytes, count, exactBytes } from "../data/units.js";

export const bytesColumn = (id, label, value, more = {}) => ({
  id, label, value, text: (number) => bytes(number), full: (number) => exactBytes(number), bar: true, ...more,
});

export const countColumn = (id, label, value, more = {}) => ({
  id, label, value, text: (number) => count(number), full: (number) => count(number), bar: true, ...more,
});

/** The header of its row. `text(row)` is what is shown, `full(row)` what is told besides. */
export const nameColumn = (label, text, full, more = {}) => ({
  id: "name", label, width: 280, descending: false, orders: ["A to Z", "Z to A"],
  value: (row) => text(row).toLowerCase(), text: (_, row) => text(row), full: (_, row) => full(row), ...more,
});
