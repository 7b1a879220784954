// The folders to check, each with a `report.json` and its files in every format: `$VIEWERS_FOLDERS`, separated as
// paths are.

import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

export const folders = (process.env.VIEWERS_FOLDERS ?? "").split(delimiter).filter(Boolean);
if (folders.length === 0) throw new Error("no folder was given in $VIEWERS_FOLDERS");

/** The files of a folder that end so, with what stands before that. */
export function files(folder, ending) {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.map((name) => [name.slice(0, -ending.length), join(folder, name)]);
}
