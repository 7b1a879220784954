// Chromium without a window, driven over two pipes by its own protocol: no package is needed for that.
//
//     const browser = await launch();
//     const page = await browser.open("file:///…/page.html");
//     await page.click("#button");
//     await page.evaluate(() => document.title);
//     page.errors; page.warnings;        // what the console said
//     page.requests;                     // what was asked for
//     await browser.close();
//
// The program is $CHROMIUM, else the first of the usual names that is on the PATH.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Page } from "./page.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const FLAGS = [
  "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
  "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb", "--lang=en-US",
];
const PATIENCE_MS = 60_000;
const CLOSING_MS = 10_000;
/** So much of what the browser says is kept, for when it ends by itself. */
const SAID_LENGTH = 4000;

/** The browser's program; null where there is none. */
export function findChromium() {
  for (const name of [process.env.CHROMIUM, ...NAMES].filter(Boolean)) {
    try {
      execFileSync(name, ["--version"], { stdio: ["ignore", "pipe", "ignore"] });
      return name;
    } catch {
      // Not this one.
    }
  }
  return null;
}

/** Starts a browser with a profile of its own, which goes when it is closed. */
export async function launch({ flags = [] } = {}) {
  const program = findChromium();
  if (program === null) throw new Error(`no browser: install chromium, or name it in CHROMIUM (tried ${NAMES.join(", ")})`);
  const profile = mkdtempSync(join(tmpdir(), "memprof-chromium-"));
  // As root it has no sandbox to offer, and says so by not starting.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const child = spawn(program, [...FLAGS, ...asRoot, ...flags, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
  });
  const wire = new Wire(child);
  const closed = new Promise((resolve) => child.once("exit", resolve));
  return {
    wire,
    /** A tab of its own. `width`, `height`, `dark`, `settle`: see `Page.open`. */
    open: (url, options) => Page.open(wire, url, options),
    async close() {
      const slow = setTimeout(() => child.kill("SIGKILL"), CLOSING_MS);
      await wire.send("Browser.close").catch(() => child.kill());
      await closed;
      clearTimeout(slow);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Messages of the protocol: JSON, each ended by a zero byte. */
class Wire {
  #child;
  #next = 1;
  #waiting = new Map();
  #listeners = new Map();

  constructor(child) {
    this.#child = child;
    let rest = [];
    let said = "";
    child.stderr.on("data", (text) => { said = (said + text).slice(-SAID_LENGTH); });
    child.stdio[4].on("data", (chunk) => {
      for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0)) {
        this.#take(JSON.parse(Buffer.concat([...rest, chunk.subarray(0, end)]).toString()));
        rest = [];
        chunk = chunk.subarray(end + 1);
      }
      rest.push(chunk);
    });
    const gone = (why) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the browser is gone: ${why}`));
      this.#waiting.clear();
    };
    child.once("error", (error) => gone(error.message));
    child.once("exit", (code) => gone(`it ended with ${code}\n${said}`));
    child.stdio[3].on("error", (error) => gone(error.message));
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`${method} had no answer after ${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      const settle = (end) => (value) => { clearTimeout(timer); end(value); };
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Calls `listener(method, params)` for every event of a session. */
  listen(sessionId, listener) {
    this.#listeners.set(sessionId, listener);
  }

  #take({ id, method, params, result, error, sessionId }) {
    if (id === undefined) this.#listeners.get(sessionId)?.(method, params);
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result);
  }
}
