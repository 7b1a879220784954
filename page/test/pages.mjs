// Pages for the tests, written by memprof-report's own example: what is tested is what users get.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { toJson } from "./reports.mjs";

const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * A folder for pages. `page(name, …reports)` writes one of a report, or of an old and a new one, and gives its
 * address; `remove()` takes all of them away.
 */
export function pages() {
  const folder = mkdtempSync(join(tmpdir(), "memprof-pages-"));
  const program = writer();
  return {
    remove: () => rmSync(folder, { recursive: true, force: true }),
    page(name, ...reports) {
      const files = reports.map((report, index) => {
        if (typeof report === "string") return report;
        const file = join(folder, `${name}-${index}.json`);
        writeFileSync(file, toJson(report));
        return file;
      });
      const page = join(folder, `${name}.html`);
      execFileSync(program, [page, ...files], { stdio: ["ignore", "ignore", "inherit"] });
      return pathToFileURL(page).href;
    },
  };
}

/** Builds the example; cargo tells where it is. */
function writer() {
  const built = execFileSync("cargo", [
    "build", "--quiet", "--package", "memprof-report", "--features", "html", "--example", "page", "--message-format", "json",
  ], { cwd: repository, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26, encoding: "utf8" });
  const messages = built.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const program = messages.find(({ target, executable }) => target?.name === "page" && executable)?.executable;
  if (!program) throw new Error("cargo built no example `page`");
  return program;
}
