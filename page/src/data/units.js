// Units: numbers as people read them, in the same form as in memprof's tables.
//
// Bytes below 10 KiB are exact; above, they have three digits and a binary unit, rounded to the nearest. All
// arithmetic is on integers, so that no figure is off by a float's rounding.

const EXACT_BELOW_BYTES = 10n * 1024n;
const BYTE_UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB"];

/** What stands in the place of a figure that was not counted. */
export const NOT_AVAILABLE = "n/a";

/** A count with separators: `1,234,567`. */
export function count(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Bytes for a cell: `9,999 B`, `-12.3 MiB`. */
export function bytes(number) {
  const big = BigInt(number);
  if (big < 0n) return `-${bytes(-big)}`;
  if (big < EXACT_BELOW_BYTES) return `${count(big)} B`;
  let unit = 1n;
  for (const name of BYTE_UNITS) {
    unit *= 1024n;
    const figure = threeDigits(big, unit, 1024n);
    if (figure !== null) return `${figure} ${name}`;
  }
  return `${count(big)} B`;
}

/** Every digit: `12,897,485 bytes`. */
export const exactBytes = (number) => (number == 1 ? "1 byte" : `${count(number)} bytes`);

/** Both, where the first is rounded. */
export function bytesAndExact(number) {
  const big = BigInt(number);
  const isRounded = (big < 0n ? -big : big) >= EXACT_BELOW_BYTES;
  return isRounded ? `${bytes(big)} (${exactBytes(big)})` : exactBytes(big);
}

/** `1 block`, `45 blocks` */
export const plural = (number, noun) => `${count(number)} ${noun}${number == 1 ? "" : "s"}`;

/** A time: `532 ns`, `1.24 s`, `2 min 3 s`. */
export function duration(ns) {
  const big = BigInt(ns);
  const second = 1_000_000_000n;
  if (big < 1000n) return `${big} ns`;
  for (const [name, unit, end] of [["µs", 1000n, 1000n], ["ms", 1_000_000n, 1000n], ["s", second, 60n]]) {
    const figure = threeDigits(big, unit, end);
    if (figure !== null) return `${figure} ${name}`;
  }
  const seconds = (big + second / 2n) / second;
  const hours = seconds / 3600n;
  const minutes = (seconds / 60n) % 60n;
  return hours === 0n ? `${minutes} min ${seconds % 60n} s` : `${count(hours)} h ${minutes} min`;
}

/** A share for people: `12.3 %`; what is not nothing is never shown as nothing. */
export function percent(part) {
  if (!Number.isFinite(part)) return NOT_AVAILABLE;
  const hundred = part * 100;
  const size = Math.abs(hundred);
  if (size === 0) return "0 %";
  if (size < 0.01) return hundred < 0 ? "> -0.01 %" : "< 0.01 %";
  return `${hundred.toFixed(size < 10 ? 2 : size < 1000 ? 1 : 0)} %`;
}

/** `number` in units of `unit`, rounded to three digits (four from 1000 on); null where the next unit is due. */
function threeDigits(number, unit, end) {
  const rounded = (scale) => (number * scale + unit / 2n) / unit;
  const [hundredths, tenths, whole] = [rounded(100n), rounded(10n), rounded(1n)];
  if (hundredths < 1000n) return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
  const most = end * 10n < 1000n ? end * 10n : 1000n;
  if (tenths < most) return `${tenths / 10n}.${tenths % 10n}`;
  return whole < end ? String(whole) : null;
}
