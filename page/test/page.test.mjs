// The page in a real browser: what it shows, what it does, and what it must never do.
//
//     npm test            needs chromium, and cargo for the program that writes the pages

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../../browser/chromium.mjs";
import { pages } from "./pages.mjs";
import { empty, full, HOSTILE, many } from "./reports.mjs";

const made = pages();
let browser;
before(async () => { browser = await launch(); });
after(async () => {
  await browser?.close();
  made.remove();
});

/** Opens a page, does what is to be done there, and holds it to its promises: no error, no request. */
async function on(address, work, options) {
  const page = await browser.open(address, options);
  await page.drawn();
  await work(page);
  assert.deepEqual([...page.errors, ...page.warnings], [], "the console stays silent");
  const elsewhere = page.requests.filter((url) => url !== address && !url.startsWith("data:"));
  assert.deepEqual(elsewhere, [], "no request leaves the page");
}

const texts = (page, selector) => page.evaluate((selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent), selector);
const count = (page, selector) => page.evaluate((selector) => document.querySelectorAll(selector).length, selector);
const names = (page) => texts(page, "#operations tbody th .name");
const bar = (text) => `[...document.querySelectorAll('#tree .bar.operation, #tree .bar.frame')].find((bar) => bar.textContent.startsWith(${JSON.stringify(text)}))`;

const single = made.page("single", full());
const compared = made.page("compared", full(), full(0.12));

test("a report is shown with all its sections and exact totals", () => on(single, async (page) => {
  assert.equal(await page.evaluate(() => document.title), "memprof: hybrid_search");
  const sections = await texts(page, "section > h2");
  for (const section of ["Overview", "Operations", "Call tree", "Timeline", "Calls", "Still held", "External memory"]) assert.ok(sections.includes(section), section);
  const { process } = full();
  const tiles = await texts(page, ".tiles .exact");
  assert.equal(tiles[0], `${process.allocated_bytes.toLocaleString("en-US")} bytes`);
  const findings = await texts(page, ".findings strong");
  assert.deepEqual(findings, ["Violation: ", "Warning: "]);
}));

test("a real report is shown, every operation and path of it", () => {
  const file = process.env.MEMPROF_REPORT ?? fileURLToPath(new URL("../../memprof-report/tests/fixtures/report-v1.json", import.meta.url));
  const report = JSON.parse(readFileSync(file, "utf8"));
  return on(made.page("real", file), async (page) => {
    assert.equal(await page.evaluate(() => document.querySelector("h1").textContent), report.run.name);
    assert.equal((await texts(page, ".tiles .exact"))[0], `${report.process.allocated_bytes.toLocaleString("en-US")} bytes`);
    const called = report.operations.filter((row) => row.calls > 0);
    assert.match((await texts(page, "#operations .status"))[0], new RegExp(`^${called.length} of ${report.operations.length} operations`));
    assert.ok((await count(page, "#tree .bar")) > 1);
  });
});

test("integers beyond a float's precision keep every digit", () => {
  const report = full();
  report.process.allocated_bytes = 18446744073709551615n;
  report.operations[1].self.allocated_bytes = 9007199254740993n;
  return on(made.page("large", report), async (page) => {
    assert.equal((await texts(page, ".tiles .exact"))[0], "18,446,744,073,709,551,615 bytes");
    assert.equal((await names(page))[0], "Insert Vector");
    assert.equal(await page.evaluate(() => document.querySelector("#operations td.part").title), "9,007,199,254,740,993 bytes");
  });
});

test("operations sort by a click on a header, both ways, and say so", () => on(single, async (page) => {
  assert.equal((await names(page))[0], "Insert Vector");
  const header = '#operations [data-column="calls"]';
  await page.click(header);
  assert.equal((await names(page))[0], "Tokenize");
  const direction = () => page.evaluate(() => document.querySelector('#operations [data-column="calls"]').closest("th").getAttribute("aria-sort"));
  assert.equal(await direction(), "descending");
  await page.press("Enter");
  assert.equal(await direction(), "ascending", "the header keeps the focus, so that Enter turns the order");
  assert.equal((await names(page))[0], "Indexing Operation");
}));

test("operations are filtered by a word of their name, module or file", () => on(single, async (page) => {
  await page.type("#operations input[type=search]", "RERANK");
  assert.deepEqual(await names(page), ["Rank (src/rerank.rs:9)"]);
  assert.match((await texts(page, "#operations .status"))[0], /^1 of 12 operations/);
}));

test("column groups and never called operations are switched", () => on(single, async (page) => {
  assert.ok(!(await names(page)).includes("Never Called"));
  await page.click("#operations input[value=never]");
  assert.ok((await names(page)).includes("Never Called"));
  const before = await count(page, "#operations thead button");
  await page.click("#operations input[value=peak-call]");
  assert.equal(await count(page, "#operations thead button"), before + 5);
}));

test("an operation opens with every exact figure, by the keyboard alone", () => on(single, async (page) => {
  await page.evaluate(() => document.querySelector("#operations tbody button").focus());
  await page.press("ArrowDown");
  await page.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.querySelector("h3").textContent), "Commit Text");
  assert.match((await texts(page, "#operations .details"))[0], /148,897,792 bytes/);
  await page.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Commit Text", "and gives the focus back");
}));

test("a percentile says how far off it may be, and that of several processes that it is a bound", async () => {
  const standing = (address) => {
    let told;
    return on(address, async (page) => {
      await page.evaluate(() => document.querySelector("#operations tbody button").focus());
      await page.press("ArrowDown");
      await page.press("Enter");
      told = (await texts(page, "#operations .details"))[0];
    }).then(() => told);
  };
  const alone = await standing(single);
  assert.match(alone, /, within 12\.5 %/);
  assert.doesNotMatch(alone, /an upper bound/);
  const report = full();
  report.warnings.push({ code: "percentiles-merged", message: "upper bounds" });
  const merged = await standing(made.page("merged", report));
  assert.match(merged, /, an upper bound/);
  assert.doesNotMatch(merged, /within/);
});

test("the call tree switches its figure, zooms and comes back", () => on(single, async (page) => {
  const root = () => page.evaluate(() => document.querySelector("#tree .bar.all").textContent);
  const whole = { allocated: await root() };
  for (const metric of ["retained", "peak", "count"]) {
    await page.click(`#tree input[value=${metric}]`);
    whole[metric] = await root();
  }
  assert.equal(new Set(Object.values(whole)).size, 4, JSON.stringify(whole));
  await page.click("#tree input[value=allocated]");
  const width = () => page.evaluate(`${bar("Commit Text")}.getBoundingClientRect().width`);
  const narrow = await width();
  await page.evaluate(`${bar("Commit Text")}.setAttribute("data-test", "aim")`);
  await page.click("#tree [data-test=aim]");
  assert.ok((await width()) > narrow * 1.5);
  assert.deepEqual(await texts(page, "#tree .crumbs li"), ["All", "Indexing Operation", "Commit Text"]);
  await page.click("#tree .crumbs button");
  assert.equal(await width(), narrow);
}));

test("the call tree is walked with the keyboard and read aloud", () => on(single, async (page) => {
  const active = () => page.evaluate(() => document.getElementById(document.querySelector("#tree [role=tree]").getAttribute("aria-activedescendant"))?.getAttribute("aria-label"));
  await page.evaluate(() => document.querySelector("#tree [role=tree]").focus());
  await page.press("ArrowDown", 2);
  assert.match(await active(), /^Insert Vector, .*Allocated 432 MiB/);
  await page.press("ArrowRight");
  assert.match(await active(), /^Commit Text, /);
  await page.press("Enter");
  assert.deepEqual(await texts(page, "#tree .crumbs li"), ["All", "Indexing Operation", "Commit Text"]);
  await page.press("Escape", 2);
  assert.deepEqual(await texts(page, "#tree .crumbs li"), ["All"]);
  assert.match((await texts(page, "#tree .line"))[0], /^All/);
}));

test("a flame graph is the icicle upside down", () => on(single, async (page) => {
  const isAbove = () => page.evaluate(`document.querySelector("#tree .bar.all").getBoundingClientRect().top < ${bar("Insert Vector")}.getBoundingClientRect().top`);
  assert.equal(await isAbove(), true);
  await page.click("#tree input[value=flame]");
  assert.equal(await isAbove(), false);
}));

test("a word is found in the call tree, each byte of it counted once", () => on(single, async (page) => {
  await page.type("#tree input[type=search]", "tokenize");
  assert.match((await texts(page, "#tree .tools [role=status]"))[0], /^2 bars found: .*of all$/);
  assert.ok((await count(page, "#tree .bar.found")) >= 1);
}));

test("the timeline marks the peak, is zoomed by dragging and by keys, and reads its points", () => on(single, async (page) => {
  const label = await page.evaluate(() => document.querySelector("#timeline .chart").getAttribute("aria-label"));
  assert.match(label, /peak of the process 58\.5 MiB, ± 256 KiB/);
  const pixels = () => page.evaluate(() => document.querySelector("#timeline canvas").toDataURL());
  const whole = await pixels();
  await page.drag("#timeline .u-over", 0.2, 0.5);
  const zoomed = await pixels();
  assert.notEqual(zoomed, whole);
  await page.evaluate(() => document.querySelector("#timeline .chart").focus());
  await page.press("Escape");
  await page.press("Home");
  await page.press("ArrowRight", 2);
  assert.match((await texts(page, "#timeline .line"))[0], /^199 ms: .* live$/);
  await page.press("+");
  assert.notEqual(await pixels(), whole);
  assert.match((await texts(page, "#timeline .barlist .value"))[0], /^29\.0 MiB$/);
}));

test("block sizes are a histogram an operation", () => on(single, async (page) => {
  assert.deepEqual(await texts(page, "#sizes tbody th .name"), ["Tokenize", "Insert Vector", "[outside any operation]"]);
  await page.click("#sizes tbody tr:nth-child(3) button");
  assert.deepEqual((await texts(page, "#sizes .barlist .what")).slice(0, 2), ["16 B to 31 B", "32 B to 63 B"]);
  assert.equal((await texts(page, "#sizes .barlist .value"))[2], "61,000");
}));

test("blocks that are gone when their call ends are told", () => on(single, async (page) => {
  const temporary = (id) => texts(page, `#sizes tbody tr:nth-child(2) td:nth-child(${id})`);
  assert.deepEqual([await temporary(5), await temporary(6)], [["1,200"], ["62.5 KiB"]]);
  await page.click("#sizes tbody tr:nth-child(3) button");
  const [told] = await texts(page, "#sizes .details p");
  assert.equal(told, "90,000 of 118,432 allocations (76.0 %) were temporary, freed within the same call: 30.0 MiB (31,457,280 bytes). Up to 3 more may have been");
}));

test("the flow says who frees whose blocks, as a matrix and as a table", () => on(single, async (page) => {
  assert.equal((await texts(page, "#flow .matrix thead th"))[0], "Insert Vector");
  assert.equal(await count(page, "#flow .matrix td.heat"), 6);
  assert.match((await texts(page, "#flow .reason"))[0], /^Blocks by who .* 189 MiB/);
  assert.equal((await texts(page, "#flow .table tbody td"))[0], "Insert Vector");
}));

test("leaks have their verdict, their course and their stacks", () => on(single, async (page) => {
  assert.deepEqual(await texts(page, "#leaks td .badge"), ["▲ Growing", "= Saturating", "• Recent", "? Undetermined"]);
  assert.equal(await count(page, "#leaks td .spark"), 4);
  await page.click("#leaks tbody button");
  await page.until(() => document.querySelector("#leaks canvas"));
  assert.match(await page.evaluate(() => document.querySelector("#leaks .chart").getAttribute("aria-label")), /1\.20 MiB after 400, .*12\.0 MiB after 4,000/);
  assert.match((await texts(page, "#leaks .stack h4"))[0], /^9\.00 MiB in/);
  await page.click('#leaks [data-column="class"]');
  assert.equal((await texts(page, "#leaks td .badge"))[0], "▲ Growing");
}));

test("growth is drawn with its class, and against what was declared", () => on(single, async (page) => {
  assert.deepEqual(await texts(page, "#growth .card h3"), ["Insert Vector", "Commit Text", "Vector Search"]);
  assert.deepEqual(await texts(page, "#growth .badge"), ["steeper than declared", "as declared"]);
  await page.until(() => document.querySelectorAll("#growth canvas").length === 3);
  await page.click("#growth input[value=allocations]");
  await page.until(() => document.querySelectorAll("#growth canvas").length === 3);
  assert.match(await page.evaluate(() => document.querySelector("#growth .chart").getAttribute("aria-label")), /Allocations of a call of Insert Vector: O\(n log n\)/);
}));

test("what is held opens with the call stacks that hold it", () => on(single, async (page) => {
  await page.click("#held tbody button");
  const stacks = await texts(page, "#held .stack h4");
  assert.match(stacks[0], /^9\.00 MiB in .* blocks ± 5\.00 %, from 400 samples$/);
  assert.equal((await texts(page, "#held .stack code"))[2], "search::index::Graph::connect");
}));

test("calls are shown from the least to the most", () => on(single, async (page) => {
  const [first] = await page.evaluate(() => [...document.querySelectorAll("#calls svg")].map((svg) => svg.getAttribute("aria-label")));
  assert.equal(first, "always 754,974,720 bytes");
  await page.click("#calls input[value=peak_bytes]");
  assert.match((await texts(page, "#calls li .what"))[0], /Indexing Operation/);
}));

test("external memory is shown by name and path", () => on(single, async (page) => {
  assert.deepEqual(await texts(page, "#external tbody th .name"), ["shared ring", "device"]);
  assert.equal((await texts(page, "#external tbody td"))[0], "Indexing Operation › Insert Vector");
}));

test("resident memory is shown in its parts", () => on(single, async (page) => {
  assert.deepEqual(await texts(page, "#resident h3"), ["Now", "At the peak"]);
  assert.match((await texts(page, "#resident .pairs"))[0], /Other users2\.00 MiB \(2,097,152 bytes\)/);
  assert.match((await texts(page, "#resident .pairs"))[0], /Unused6\.00 MiB \(6,291,456 bytes\)/);
}));

test("two reports are compared, and each can be looked at", () => on(compared, async (page) => {
  assert.deepEqual(await texts(page, "#comparison .chips li"), ["▲ 3 regressed", "= 8 unchanged"]);
  const worst = () => texts(page, "#comparison > .table tbody th");
  assert.equal((await worst()).length, 3);
  await page.click("#comparison input[value=unchanged]");
  assert.equal((await worst()).length, 11);
  const allocated = () => texts(page, "#overview .tiles .exact");
  const latest = (await allocated())[0];
  await page.click(".masthead input[value=old]");
  assert.notEqual((await allocated())[0], latest);
  assert.equal(await page.evaluate(() => document.activeElement.value), "old", "the focus stays on the choice");
  await page.click(".masthead input[value=new]");
  assert.equal((await allocated())[0], latest);
  assert.equal(await page.evaluate(`${bar("Commit Text")}.classList.contains("changed")`), true);
}));

test("reports of unlike builds say why they are not compared", () => {
  const other = full();
  other.run.profile = "debug";
  return on(made.page("unlike", full(), other), async (page) => {
    assert.match((await texts(page, "#comparison .notices li"))[0], /profile/);
    assert.ok((await names(page)).length > 0);
  });
});

test("names that are markup stay text, wherever they stand", () => {
  const report = full();
  report.run.name = report.run.executable = HOSTILE;
  for (const row of [...report.operations, ...report.frames]) Object.assign(row, { function: HOSTILE, file: HOSTILE });
  for (const row of report.operations) Object.assign(row, { name: `${HOSTILE}${row.line}`, module: HOSTILE });
  for (const row of report.paths) row.path = row.operations.map((index) => report.operations[index].name);
  report.warnings = [{ code: HOSTILE, message: HOSTILE }];
  Object.assign(report.violations[0], { operation: HOSTILE, message: HOSTILE, file: HOSTILE, path: [HOSTILE, HOSTILE] });
  return on(made.page("hostile", report, report), async (page) => {
    await page.click("#operations tbody button");
    await page.click("#held tbody button");
    await page.hover("#tree .bar.operation");
    assert.equal(await count(page, "img, iframe, object, #page script, #page style"), 0);
    assert.match(await page.evaluate(() => document.title), /^memprof: <\/script><img/);
    assert.ok((await names(page)).every((name) => name.startsWith(HOSTILE)));
  });
});

test("an empty report says what is missing instead of showing zeros", () => on(made.page("empty", empty()), async (page) => {
  assert.match((await texts(page, ".findings"))[0], /allocator-not-installed/);
  assert.equal((await texts(page, ".tiles dt + dd"))[0], "n/a");
  assert.ok((await texts(page, "section .reason")).length >= 5);
}));

// In processor time of the page's thread, so that the load of the machine decides nothing.
test("10,000 operations load within two seconds and scroll to any of them", async () => {
  const address = made.page("many", many(10_000));
  await on(address, async (page) => {
    const work = await page.busySeconds();
    const wall = await page.evaluate(() => performance.timing.loadEventEnd - performance.timing.navigationStart);
    console.log(`# 10,000 operations: ${work.toFixed(2)} s of work, loaded after ${wall / 1000} s`);
    assert.ok(work > 0 && work < 2, `${work} s of work`);
    assert.ok((await count(page, "#operations tbody tr")) < 200, "only rows in sight are in the document");
    assert.equal(await page.evaluate(() => document.querySelector("#operations table").getAttribute("aria-rowcount")), "10003");
    const pages = 60;
    const before = await page.busySeconds();
    await page.evaluate(async (pages) => {
      const box = document.querySelector("#operations .scroll");
      for (let step = 1; step <= pages; step += 1) {
        box.scrollTop = (box.scrollHeight * step) / pages;
        await new Promise(requestAnimationFrame);
      }
    }, pages);
    const each = ((await page.busySeconds()) - before) / pages;
    console.log(`# 10,000 operations: ${(each * 1000).toFixed(0)} ms of work for a page further`);
    assert.ok(each < 0.2, `${each} s of work for a page further`);
    await page.drawn();
    assert.equal((await names(page)).at(-1), "Everything", "the last row is there");
    await page.type("#operations input[type=search]", "operation 07777");
    assert.deepEqual(await names(page), ["Operation 07777"]);
    assert.ok((await count(page, "#tree .bar")) < 2000, "bars too narrow to see stand together");
    const shown = await count(page, "#tree .bar.operation");
    await page.click("#tree .bar.smaller");
    const opened = await count(page, "#tree .bar.operation");
    assert.ok(opened > shown + 100, `and open by a click: ${shown}, then ${opened}`);
    await page.press("Escape", 2);
    await page.evaluate(() => document.querySelector("#tree [role=tree]").focus());
    await page.press("ArrowDown", 2);
    await page.press("ArrowRight");
    const active = await page.evaluate(() => document.querySelector("#tree .bar.active")?.getBoundingClientRect().width);
    assert.ok(active >= 10, `the keyboard opens them too: ${active} px`);
  });
});

test("light and dark follow the system until the reader chooses", () => on(single, async (page) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.setDark(false);
  const light = await ground();
  assert.notEqual(dark, light);
  await page.click(".top input[value=dark]");
  assert.equal(await ground(), dark);
}, { dark: true }));

test("controls have names, headings are in order, ids are unique", () => on(compared, async (page) => {
  const faults = await page.evaluate(() => {
    const faults = [];
    const named = (element) => element.getAttribute("aria-label") || element.labels?.[0]?.textContent.trim() || element.textContent.trim();
    for (const element of document.querySelectorAll("button, input, a, [tabindex='0'], [role=region], [role=tree], svg[role=img]")) {
      if (!named(element)) faults.push(`no name: ${element.outerHTML.slice(0, 120)}`);
    }
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
      const next = Number(heading.tagName[1]);
      if (next > level + 1) faults.push(`${heading.tagName} after H${level}: ${heading.textContent}`);
      level = next;
    }
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`twice: ${id}`);
    for (const element of document.querySelectorAll("[aria-labelledby], [for]")) {
      const id = element.getAttribute("aria-labelledby") ?? element.getAttribute("for");
      if (!document.getElementById(id)) faults.push(`refers to nothing: ${id}`);
    }
    return faults;
  });
  assert.deepEqual(faults, []);
}));

for (const dark of [false, true]) {
  test(`words stand out from their ground (${dark ? "dark" : "light"})`, () => on(single, async (page) => {
    const weak = await page.evaluate(() => {
      const rgb = (color) => color.match(/^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/)?.slice(1).map((part) => Number(part ?? 1));
      const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
      };
      const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
          const style = getComputedStyle(at);
          if (style.opacity !== "1") return null;
          const color = rgb(style.backgroundColor);
          if (!color) return null;
          if (color[3] !== 0) return color;
        }
        return [255, 255, 255];
      };
      const weak = new Set();
      for (const element of document.querySelectorAll("body *")) {
        if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !element.checkVisibility()) continue;
        const [words, behind] = [rgb(getComputedStyle(element).color), ground(element)];
        if (!words || !behind) continue;
        const [high, low] = [light(words), light(behind)].sort((a, b) => b - a);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < 4.5) weak.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}: ${element.textContent.slice(0, 30)}`);
      }
      return [...weak];
    });
    assert.deepEqual(weak, []);
  }, { dark }));
}

test("it is printed whole, on white", () => on(made.page("printed", many(300)), async (page) => {
  const rows = await page.evaluate(() => {
    const rows = () => document.querySelectorAll("#operations tbody th .name").length;
    addEventListener("beforeprint", () => { document.body.dataset.rows = rows(); });
    return rows();
  });
  assert.ok(rows < 301, "on the screen only rows in sight are in the document");
  const pdf = await page.pdf();
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  assert.ok(pdf.length > 20_000);
  assert.equal(await page.evaluate(() => document.body.dataset.rows), "301");

  const cut = () => page.evaluate(() => [...document.querySelectorAll(".scroll")].filter((box) => box.scrollHeight !== box.clientHeight).length);
  assert.ok((await cut()) > 0, "on the screen a long table scrolls");
  await page.setDark(true, { print: true });
  assert.equal(await cut(), 0, "on paper nothing is left to scroll to");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
}, { dark: true }));

test("a narrow window has no sideways scrolling", () => on(single, async (page) => {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0);
}, { width: 420 }));
