// speedscope, from its npm package, loads the file and shows each of its profiles with the report's figures.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "../../browser/chromium.mjs";
import { expected } from "../expected.mjs";
import { folders } from "../folders.mjs";

const app = join(dirname(createRequire(import.meta.url).resolve("speedscope/package.json")), "dist/release");

/** The profiles in the order of the file, by how their names begin. */
const PROFILES = {
  "Allocated bytes": "allocated-bytes",
  "Allocations": "allocations",
  "Retained bytes": "retained-bytes",
  "Retained blocks": "retained-blocks",
  "Bytes at peak": "bytes-at-peak",
};
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json" };

let browser, server, origin;
before(async () => {
  // The app under `/`, the files of folder n under `/n/`.
  server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const number = /^\/(\d+)\/(.*)$/.exec(path);
    const file = number ? join(folders[Number(number[1])], number[2]) : join(app, path);
    try {
      const content = readFileSync(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** As speedscope writes figures. */
function shown(figure, unit) {
  if (unit === "none") return figure.toLocaleString("en-US");
  if (figure < 1024) return `${figure.toFixed(0)} B`;
  const size = Math.min(Math.floor(Math.log(figure) / Math.log(1024)), 4);
  return `${(figure / 1024 ** size).toFixed(2)} ${["B", "KB", "MB", "GB", "TB"][size]}`;
}

/** The texts of the cells of all tables that are there: the list of profiles, and that of symbols. */
const ROWS = `[...document.querySelectorAll("tr")].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))`;

folders.forEach((folder, number) => {
  test(`speedscope shows every profile of ${folder}`, async () => {
    const weights = expected(join(folder, "report.json"));
    const document = JSON.parse(readFileSync(join(folder, "report.speedscope.json"), "utf8"));
    const { profiles } = document;
    const weightOf = (name) => weights.get(PROFILES[/^[^(]*[^( ]/.exec(name)[0]]);
    assert.equal(profiles.length, weights.size);

    const url = encodeURIComponent(`${origin}/${number}/report.speedscope.json`);
    const page = await browser.open(`${origin}/index.html#profileURL=${url}`);
    await page.until(`document.body.innerText.includes("Sandwich")`);
    // Keys: the sandwich view, then the next profile.
    await page.press("3");
    for (const [index, { name, unit }] of profiles.entries()) {
      if (index > 0) await page.press("n");
      const heading = JSON.stringify(`${name} (${index + 1}/${profiles.length})`);
      const isThere = (heading) => `document.body.innerText.includes(${heading}) && ${ROWS}.some((row) => row[2] === "Symbol Name")`;
      // A single one is not numbered.
      await page.until(isThere(profiles.length > 1 ? heading : JSON.stringify(name)));
      const { operations } = weightOf(name);
      const rows = await page.until(settled());
      const symbols = new Map(rows.filter((row) => / \(/.test(row[0])).map((row) => [row[2], row[0].replace(/ \(.*/, "")]));
      for (const [operation, figure] of operations) {
        const wanted = figure > 0 || symbols.has(operation) ? shown(figure, unit) : undefined;
        assert.equal(symbols.get(operation), wanted, `${name}: ${operation}`);
      }
    }

    // The list of profiles, with the total of each.
    const list = (await page.evaluate(ROWS)).filter((row) => /^\d+$/.test(row[0]));
    const totals = profiles.map(({ name, unit }, index) => [`${index + 1}`, name, shown(weightOf(name).total, unit)]);
    assert.deepEqual(profiles.length > 1 ? list : totals, totals);
    assert.deepEqual(page.errors, []);
    await page.close();
  });
});

/** The rows, once they stay the same for a while: the view is drawn after its heading. */
function settled() {
  return `(async () => {
    const now = ${ROWS};
    await new Promise((resolve) => setTimeout(resolve, 300));
    return JSON.stringify(now) === JSON.stringify(${ROWS}) && now;
  })()`;
}
