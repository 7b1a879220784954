// The growth: the classes of growth, their shapes, and what a fit says of what was declared.
//
// The report has the fit; here is only what it takes to draw it and to say it in words.

/** From the flattest to the steepest, each with its shape. */
const SHAPES = [
  ["O(1)", () => 1],
  ["O(log n)", (n) => Math.log2(Math.max(n, 1))],
  ["O(n)", (n) => n],
  ["O(n log n)", (n) => n * Math.log2(Math.max(n, 1))],
  ["O(n²)", (n) => n ** 2],
  ["O(n³)", (n) => n ** 3],
];

const shapeOf = (notation) => SHAPES.find(([known]) => known === notation)?.[1];
const rank = (notation) => SHAPES.findIndex(([known]) => known === notation);

/** The curve of a class through points, as the constant that it is multiplied with; null where there is none. */
export function curve({ class: notation, points }) {
  const shape = shapeOf(notation);
  if (!shape) return null;
  // Of relative errors, as the fit has it: the mean of the ratios.
  const ratios = points.map(([n, y]) => [Number(y), shape(Number(n))]).filter(([y, at]) => y > 0 && at > 0).map(([y, at]) => y / at);
  if (ratios.length === 0) return null;
  const factor = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return (n) => factor * shape(n);
}

/** `O(n)`, else the exponent between the last two sizes, else that nothing is known. */
export function words({ class: notation, exponent }) {
  if (notation != null) return notation;
  return exponent == null ? "no growth known" : `no class, about n^${exponent.toFixed(2)} at the end`;
}

/** Whether it keeps what was declared: `within`, `exceeded`, or null where that is not said. */
export function verdict(growth, declared) {
  if (declared == null || growth.class == null || growth.points.length < 4) return null;
  return rank(growth.class) > rank(declared) ? "exceeded" : "within";
}
