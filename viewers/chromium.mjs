// A headless Chromium, driven over its debugging pipe, without any package.
//
// `launch()` finds and starts it, `browser.open(url)` gives a page; a page evaluates scripts, waits for what it
// should show, takes files into file inputs and collects what went wrong in it. `browser.close()` ends it all.
//
// The browser is `$CHROMIUM`, else the first of Chromium's and Chrome's usual names on the path.

import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const WAIT_MS = 60_000;

/** The path of the browser; an error that says what to install where there is none. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not this one.
      }
    }
  }
  throw new Error("no Chromium was found: install Debian's `chromium`, or name one in $CHROMIUM");
}

export async function launch() {
  const profile = mkdtempSync(join(tmpdir(), "memprof-chromium-"));
  const flags = [
    "--headless=new",
    "--remote-debugging-pipe",
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    // Pages read files beside them, and a container's root has no sandbox.
    "--allow-file-access-from-files",
    "--no-sandbox",
    "--window-size=1400,1000",
  ];
  const child = spawn(findChromium(), flags, { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
  return new Browser(child, profile);
}

class Browser {
  #child;
  #profile;
  #calls = new Map();
  #pages = new Map();
  #last = 0;
  #rest = "";
  #said = "";
  #gone = null;

  constructor(child, profile) {
    this.#child = child;
    this.#profile = profile;
    child.stderr.on("data", (data) => (this.#said = (this.#said + data).slice(-4000)));
    child.stdio[3].on("error", () => {});
    child.stdio[4].setEncoding("utf8").on("data", (text) => this.#read(text));
    child.on("error", (error) => this.#fail(error));
    child.on("exit", (code) => this.#fail(new Error(`Chromium ended (${code}):\n${this.#said}`)));
  }

  /** Opens `url` and waits until it is loaded. */
  async open(url) {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    this.#pages.set(sessionId, page);
    for (const domain of ["Page", "Runtime", "DOM", "Log"]) await page.call(`${domain}.enable`);
    await page.goto(url);
    return page;
  }

  /** A call of the DevTools protocol. */
  call(method, params = {}, sessionId = undefined) {
    if (this.#gone) return Promise.reject(this.#gone);
    const id = ++this.#last;
    const answer = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#calls.delete(id);
        reject(new Error(`Chromium does not answer \`${method}\`:\n${this.#said}`));
      }, WAIT_MS);
      this.#calls.set(id, { resolve, reject, timer });
    });
    this.#child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return answer;
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    if (!this.#gone) {
      this.call("Browser.close").catch(() => {});
      const timer = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #read(text) {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop();
    for (const message of messages) this.#take(JSON.parse(message));
  }

  #take({ id, result, error, sessionId, method, params }) {
    const call = this.#calls.get(id);
    if (!call) {
      this.#pages.get(sessionId)?.notice(method, params);
      return;
    }
    this.#calls.delete(id);
    clearTimeout(call.timer);
    if (error) call.reject(new Error(`${error.message} ${error.data ?? ""}`.trim()));
    else call.resolve(result);
  }

  #fail(error) {
    this.#gone ??= error;
    for (const { reject, timer } of this.#calls.values()) {
      clearTimeout(timer);
      reject(this.#gone);
    }
    this.#calls.clear();
  }
}

class Page {
  /** What went wrong in the page: uncaught exceptions, errors on the console, what could not be loaded. */
  errors = [];
  /** Every address that the page asked for, once `watchRequests` was called. */
  requests = [];
  #browser;
  #session;
  #target;
  #loaded = null;

  constructor(browser, session, target) {
    this.#browser = browser;
    this.#session = session;
    this.#target = target;
  }

  call(method, params = {}) {
    return this.#browser.call(method, params, this.#session);
  }

  async goto(url) {
    const loaded = new Promise((resolve) => (this.#loaded = resolve));
    const { errorText } = await this.call("Page.navigate", { url });
    if (errorText) throw new Error(`failed to open \`${url}\`: ${errorText}`);
    await loaded;
  }

  async watchRequests() {
    await this.call("Network.enable");
  }

  /** The value of a script in the page, which may be a promise. It has to be JSON. */
  async evaluate(script) {
    const options = { expression: script, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails: failed } = await this.call("Runtime.evaluate", options);
    if (failed) throw new Error(failed.exception?.description ?? failed.text);
    return result.value;
  }

  /** Waits until the script's value is true, and returns it. */
  async until(script, what = script) {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const value = await this.evaluate(script);
      if (value) return value;
      if (Date.now() > end) {
        const text = await this.text();
        throw new Error(`the page never showed ${what}; it shows:\n${text.slice(0, 2000)}\n${this.errors.join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** All that can be read on the page. */
  text() {
    return this.evaluate("document.body?.innerText ?? document.documentElement.textContent");
  }

  /** Puts a file into the file input that the selector finds, as if the user had chosen it. */
  async chooseFile(selector, file) {
    const { root } = await this.call("DOM.getDocument");
    const { nodeId } = await this.call("DOM.querySelector", { nodeId: root.nodeId, selector });
    if (!nodeId) throw new Error(`the page has no \`${selector}\``);
    await this.call("DOM.setFileInputFiles", { nodeId, files: [file] });
  }

  /** Presses keys, a character each. */
  async type(text) {
    for (const key of text) {
      await this.call("Input.dispatchKeyEvent", { type: "keyDown", key, text: key });
      await this.call("Input.dispatchKeyEvent", { type: "keyUp", key });
    }
  }

  /** A picture of what is visible, as PNG. */
  async screenshot() {
    const { data } = await this.call("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  async close() {
    await this.#browser.call("Target.closeTarget", { targetId: this.#target });
  }

  notice(method, params) {
    if (method === "Page.loadEventFired") this.#loaded?.();
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown") {
      const { exception, text } = params.exceptionDetails;
      this.errors.push(exception?.description ?? text);
    }
    if (method === "Runtime.consoleAPICalled" && ["error", "assert"].includes(params.type)) {
      this.errors.push(params.args.map((it) => it.description ?? String(it.value)).join(" "));
    }
    if (method === "Log.entryAdded" && params.entry.level === "error") {
      this.errors.push(`${params.entry.text} ${params.entry.url ?? ""}`.trim());
    }
  }
}
