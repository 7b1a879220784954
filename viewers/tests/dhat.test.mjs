// Valgrind's own `dh_view.html` loads each DHAT document and shows the report's totals and operations.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch } from "../../browser/chromium.mjs";
import { expected, grouped } from "../expected.mjs";
import { files, folders } from "../folders.mjs";

const PLACES = [process.env.DH_VIEW, "/usr/libexec/valgrind/dh_view.html", "/usr/lib/valgrind/dh_view.html"];
const viewer = PLACES.find((place) => place && existsSync(place));
if (!viewer) throw new Error("no dh_view.html was found: install Debian's `valgrind`, or name it in $DH_VIEW");

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** Opens the viewer with the file, and gives its page and what it then shows. */
async function view(file) {
  const page = await browser.open(pathToFileURL(viewer).href);
  await page.chooseFile("input[type=file]", file);
  await page.until("document.body.innerText.includes('PP 1/') || /\\berror\\b/i.test(document.body.innerText)");
  return [page, await page.text()];
}

for (const folder of folders) {
  const weights = expected(join(folder, "report.json"));

  test(`there are DHAT documents of ${folder}`, () => {
    const wanted = ["allocated-bytes", "retained-bytes"].filter((weight) => weights.has(weight));
    assert.deepEqual(files(folder, ".dhat.json").map(([weight]) => weight).sort(), wanted);
  });

  for (const [weight, file] of files(folder, ".dhat.json")) {
    test(`dh_view.html shows ${file}`, async () => {
      const [page, text] = await view(file);
      const [bytes, blocks] = [weights.get(weight), weights.get(weight === "allocated-bytes" ? "allocations" : "retained-blocks")];
      const [, ...shown] = /PP 1\/1 .*\n\s*Total:\s+([\d,]+) bytes \(100%.*\) in ([\d,]+) blocks \(100%/.exec(text) ?? [];
      assert.deepEqual(shown, [grouped(bytes.total), grouped(blocks.total)], text);
      // Operations that have a good part of it are in the tree as it opens.
      for (const [operation, figure] of bytes.operations) {
        if (figure > bytes.total / 10) assert.ok(text.includes(operation), `${operation}\n${text}`);
      }
      assert.deepEqual(page.errors, []);
      await page.close();
    });
  }

  for (const [, file] of files(folder, "dhat-heap.json")) {
    test(`dh_view.html shows dhat's own ${file}`, async () => {
      const [page, text] = await view(file);
      assert.ok(/Total:\s+[\d,]+ bytes \(100%/.test(text), text.slice(0, 2000));
      assert.deepEqual(page.errors, []);
      await page.close();
    });
  }
}
