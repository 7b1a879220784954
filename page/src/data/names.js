// Names: what the program calls its things, as they are shown.
//
// What cannot be seen or turns the direction of writing is shown as its escape, as in memprof's tables. That a
// name is never markup is not done here but by never making markup of text at all (see view/dom.js).

// Control characters; marks and overrides of direction; line separators; what no document may hold.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g;
const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** The text as it can be seen; never blank. */
export function shown(text) {
  const seen = String(text).replace(UNSEEN, (char) => SHORT[char] ?? `\\u{${char.charCodeAt(0).toString(16)}}`);
  return seen.trim() === "" ? "[unnamed]" : seen;
}

/** What stands for the root path. */
export const OUTSIDE = "[outside any operation]";

/** What stands for the callers of a stack that was cut off. */
export const TRUNCATED = "[call stack cut off: stack_trace_depth]";

/** What the operations are called: by name, and by place too where several bear one name. */
export function operationNames(operations) {
  const bearers = new Map();
  const onLine = new Map();
  const line = (row) => JSON.stringify([row.name, row.file, row.line]);
  for (const row of operations) {
    bearers.set(row.name, (bearers.get(row.name) ?? 0) + 1);
  }
  const shared = operations.filter((row) => bearers.get(row.name) > 1);
  for (const row of shared) onLine.set(line(row), (onLine.get(line(row)) ?? 0) + 1);
  return operations.map((row) => {
    if (bearers.get(row.name) === 1) return shown(row.name);
    const column = onLine.get(line(row)) > 1 ? `:${row.column}` : "";
    return `${shown(row.name)} (${shown(row.file)}:${row.line}${column})`;
  });
}

/** `src/index.rs:30:1` */
export const place = (row) => (row.file ? `${shown(row.file)}:${row.line}:${row.column}` : "");

/** What a frame of a call stack is called: by what is known of it. */
export function frameName(frame) {
  if (!frame) return "[unknown]";
  const object = frame.object != null ? ` (in ${shown(frame.object)})` : "";
  if (frame.function != null) return shown(frame.function);
  if (frame.object_offset != null && frame.object != null) return `${shown(frame.object.replace(/^.*[\\/]/, ""))}+0x${BigInt(frame.object_offset).toString(16)}`;
  if (frame.address != null) return `0x${BigInt(frame.address).toString(16)}${object}`;
  return `[unknown]${object}`;
}

/** Where a frame stands; empty where that is not known. */
export function framePlace(frame) {
  if (!frame || frame.file == null) return "";
  return shown(frame.file) + (frame.line != null ? `:${frame.line}` : "");
}
