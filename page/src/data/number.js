// Numbers: figures of 64 bits and sums of them, exactly.
//
// A figure is a Number where that holds it, else a BigInt. The two compare with each other as they are; for
// arithmetic they go through here.

/** The smallest form of an integer. */
export const exact = (big) =>
  big >= BigInt(Number.MIN_SAFE_INTEGER) && big <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(big) : big;

export function add(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return exact(BigInt(a) + BigInt(b));
}

export function subtract(a, b) {
  return add(a, typeof b === "bigint" ? -b : -b || 0);
}

/** The sum; null as soon as one is not known. */
export function total(figures) {
  let sum = 0;
  for (const figure of figures) {
    if (figure == null) return null;
    sum = add(sum, figure);
  }
  return sum;
}

/** For sorting. What is not known comes last, whatever the direction. */
export function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** a / b as a Number that is good enough to draw or to round; 0 where b is 0. */
export const share = (a, b) => (b == 0 ? 0 : Number(a) / Number(b));

/**
 * JSON with integers of any size. Those that a Number does not hold are BigInts.
 *
 * Keys of a report are fixed words, and within a string a quote has a backslash before it; so what looks like
 * a key with its number is one, and text of the program is never touched.
 */
export function parse(json) {
  const wrapped = json.replace(/(?<=[a-z0-9_])":\s*(-?\d{16,})(?=\s*[,}])/g, '":{"$int":"$1"}');
  const value = JSON.parse(wrapped);
  if (wrapped.length !== json.length) unwrap(value);
  return value;
}

/** In place, and without recursion: a report's depth is its writer's affair. */
function unwrap(root) {
  const open = [root];
  while (open.length > 0) {
    const holder = open.pop();
    for (const key in holder) {
      const value = holder[key];
      if (value === null || typeof value !== "object") continue;
      if (value.$int === undefined) open.push(value);
      else holder[key] = exact(BigInt(value.$int));
    }
  }
}
