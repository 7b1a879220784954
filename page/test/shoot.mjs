// Pictures of every view, in light and dark, for whoever changes the page to look at.
//
//     node test/shoot.mjs FOLDER [REPORT.json [NEW.json]]     without a report: the tests' own

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../../browser/chromium.mjs";
import { pages } from "./pages.mjs";
import { full } from "./reports.mjs";

const [folder = "pictures", ...given] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const made = pages();
const shots = given.length > 0 ? { page: given } : { page: [full()], comparison: [full(), full(0.12)] };
const browser = await launch();
for (const [kind, reports] of Object.entries(shots)) {
  const address = made.page(kind, ...reports);
  await shoot(kind, address, false);
  await shoot(kind, address, true);
}
await browser.close();

async function shoot(kind, address, dark) {
  const tone = `${kind}-${dark ? "dark" : "light"}`;
  const page = await browser.open(address, { dark });
  await page.drawn();
  await page.screenshot(join(folder, `${tone}-top.png`));
  for (const id of await page.evaluate(() => [...document.querySelectorAll("section")].map(({ id }) => id))) {
    await page.evaluate((id) => document.getElementById(id).scrollIntoView({ behavior: "instant" }), id);
    await page.drawn();
    await page.screenshot(join(folder, `${tone}-${id}.png`), `#${id}`);
  }
  for (const error of [...page.errors, ...page.warnings]) console.log(`${tone}: ${error}`);
  if (!dark) await page.pdf(join(folder, `${tone}.pdf`));
}
