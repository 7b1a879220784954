// A browser parses each flame graph as XML and shows its frames, whose figures are the report's.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch } from "../../browser/chromium.mjs";
import { expected, grouped } from "../expected.mjs";
import { files, folders } from "../folders.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** The titles of the frames that are drawn, and whether they can be seen. */
const FRAMES = `[...document.querySelectorAll("#frames g")].map((frame) => ({
  title: frame.querySelector("title").textContent,
  width: frame.querySelector("rect").getBoundingClientRect().width,
}))`;

/** The figure of a title ` (1,234 bytes, 5%)`. */
const number = (title) => Number(/^ \(([\d,]+) /.exec(title)?.[1].replaceAll(",", ""));

/** Narrower frames are left out of the picture. */
const DRAWN = 0.01;

for (const folder of folders) {
  const weights = expected(join(folder, "report.json"));
  const pictures = files(folder, ".svg");

  test(`there is a flame graph of each weight of ${folder}`, () => {
    assert.deepEqual(pictures.map(([weight]) => weight).sort(), [...weights.keys()].sort());
  });

  for (const [weight, file] of pictures) {
    test(`the browser shows ${file}`, async () => {
      const page = await browser.open(pathToFileURL(file).href);
      assert.equal(await page.evaluate("document.documentElement.namespaceURI"), "http://www.w3.org/2000/svg");
      assert.equal(await page.evaluate("document.querySelectorAll('parsererror').length"), 0);
      const { total, operations } = weights.get(weight);
      const shown = await page.evaluate(FRAMES);
      const unit = weight.split("-").pop().replace("peak", "bytes");
      const titles = shown.map((frame) => frame.title);
      assert.ok(titles.includes(`all (${grouped(total)} ${unit}, 100%)`), titles.join("\n"));
      for (const [name, figure] of operations) {
        // Which has another meaning between the frames of a folded stack.
        const operation = name.replaceAll(";", ":");
        const own = titles.filter((title) => title.startsWith(`${operation} (`));
        // On several paths it is as many frames; entered once more, it is a frame on itself, which counts twice.
        const figures = own.map((title) => number(title.slice(operation.length)));
        const sum = figures.reduce((a, b) => a + b, 0);
        const isShown = figures.includes(figure) || sum === figure;
        if (figure >= total * DRAWN) assert.ok(isShown, `${operation}: ${figure}, not ${figures}`);
      }
      assert.ok(shown.every((frame) => frame.width > 0));
      assert.deepEqual(page.errors, []);
      await page.close();
    });
  }
}
