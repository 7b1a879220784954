// A page in the driven browser: real keys and real clicks, what it says and asks for, and pictures of it.

import { writeFileSync } from "node:fs";

const KEYS = {
  ArrowDown: 40, ArrowUp: 38, ArrowLeft: 37, ArrowRight: 39, Enter: 13, Escape: 27, Tab: 9, Backspace: 8,
  Home: 36, End: 35, PageDown: 34, PageUp: 33, " ": 32,
};
const TYPED = { Enter: "\r", " ": " " };
/** Where what the console says goes, by its level. */
const LEVELS = { error: "errors", assert: "errors", warning: "warnings" };
const PATIENCE_MS = 60_000;
const PAUSE_MS = 25;

export class Page {
  /** Errors of the console, uncaught exceptions, dialogs, and what the page's policy refused. */
  errors = [];
  /** Warnings of the console. */
  warnings = [];
  /** Every address that was asked for. */
  requests = [];
  #wire;
  #session;
  #target;
  #waits = [];

  constructor(wire, session, target) {
    this.#wire = wire;
    this.#session = session;
    this.#target = target;
    wire.listen(session, (method, params) => this.#event(method, params));
  }

  /**
   * Opens an address in a tab of its own and waits until it has loaded. `settle` is a function of the page
   * that has to become true then.
   */
  static async open(wire, url, { width = 1360, height = 900, dark = false, settle } = {}) {
    const { targetId } = await wire.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await wire.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(wire, sessionId, targetId);
    for (const domain of ["Page", "Runtime", "DOM", "Log", "Network"]) await page.send(`${domain}.enable`);
    await page.resize(width, height);
    await page.setDark(dark);
    await page.send("Performance.enable", { timeDomain: "threadTicks" });
    const loaded = page.once("Page.loadEventFired");
    const { errorText } = await page.send("Page.navigate", { url });
    if (errorText) throw new Error(`failed to open ${url}: ${errorText}`);
    await loaded;
    if (settle) await page.until(settle);
    return page;
  }

  send(method, params) {
    return this.#wire.send(method, params, this.#session);
  }

  once(method) {
    return new Promise((resolve) => this.#waits.push({ method, resolve }));
  }

  #event(method, params) {
    if (method === "Runtime.exceptionThrown") {
      const { text, exception } = params.exceptionDetails;
      this.errors.push(exception?.description ?? text);
    } else if (method === "Runtime.consoleAPICalled" && LEVELS[params.type]) {
      this[LEVELS[params.type]].push(params.args.map((arg) => arg.value ?? arg.description).join(" "));
    } else if (method === "Log.entryAdded" && LEVELS[params.entry.level]) {
      this[LEVELS[params.entry.level]].push(`${params.entry.text} ${params.entry.url ?? ""}`.trim());
    } else if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    else if (method === "Page.javascriptDialogOpening") this.errors.push(`a dialog: ${params.message}`);
    this.#waits = this.#waits.filter((wait) => wait.method !== method || wait.resolve(params));
  }

  /** Seconds of processor time that the page's thread has taken so far: other programs have no part in it. */
  async busySeconds() {
    const { metrics } = await this.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  }

  resize(width, height) {
    return this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** What the system wishes, on the screen or on paper. */
  setDark(dark, { print = false } = {}) {
    const features = [
      { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
      // Nothing may still be moving when it is clicked on.
      { name: "prefers-reduced-motion", value: "reduce" },
    ];
    return this.send("Emulation.setEmulatedMedia", { media: print ? "print" : "", features });
  }

  /** What a function gives that runs in the page with these arguments. */
  async evaluate(code, ...args) {
    const expression = typeof code === "string" ? code : `(${code})(...${JSON.stringify(args)})`;
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until a function of the page, or an expression, gives something true; what it gives. */
  async until(code, ...args) {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const value = await this.evaluate(code, ...args);
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    const shown = (await this.text()).slice(0, 2000);
    throw new Error(`never became true: ${code}\nThe page shows:\n${shown}\n${this.errors.join("\n")}`);
  }

  /** All that can be read on the page. */
  text() {
    return this.evaluate("document.body?.innerText ?? document.documentElement.textContent");
  }

  /** Waits until what was asked of the page is drawn. */
  drawn() {
    return this.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0)))));
  }

  /** The middle of an element, scrolled into sight. */
  async #middle(selector) {
    const place = await this.evaluate((selector) => {
      const element = document.querySelector(selector);
      if (!element) return null;
      element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2, left, top, width, height };
    }, selector);
    if (!place) throw new Error(`there is no ${selector}`);
    return place;
  }

  async #mouse(type, x, y, more = {}) {
    await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", buttons: 1, clickCount: 1, ...more });
  }

  async click(selector) {
    const { x, y } = await this.#middle(selector);
    await this.#mouse("mouseMoved", x, y, { buttons: 0, button: "none" });
    await this.#mouse("mousePressed", x, y);
    await this.#mouse("mouseReleased", x, y);
    await this.drawn();
  }

  async hover(selector) {
    const { x, y } = await this.#middle(selector);
    await this.#mouse("mouseMoved", x, y, { buttons: 0, button: "none" });
    await this.drawn();
  }

  /** Drags over an element, from one share of its width to another. */
  async drag(selector, from, to) {
    const { left, width, y } = await this.#middle(selector);
    const at = (share) => left + width * share;
    await this.#mouse("mouseMoved", at(from), y, { buttons: 0, button: "none" });
    await this.#mouse("mousePressed", at(from), y);
    for (const part of [0.3, 0.6, 1]) await this.#mouse("mouseMoved", at(from + (to - from) * part), y);
    await this.#mouse("mouseReleased", at(to), y);
    await this.drawn();
  }

  async press(key, times = 1) {
    const code = KEYS[key] ?? key.toUpperCase().charCodeAt(0);
    const text = TYPED[key] ?? (key.length === 1 ? key : undefined);
    for (let round = 0; round < times; round += 1) {
      await this.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", key, code: key, windowsVirtualKeyCode: code, text });
      await this.send("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, windowsVirtualKeyCode: code });
    }
    await this.drawn();
  }

  async type(selector, text) {
    await this.evaluate((selector) => document.querySelector(selector).focus(), selector);
    await this.send("Input.insertText", { text });
    await this.drawn();
  }

  /** Puts a file into the file input that the selector finds, as if the user had chosen it. */
  async chooseFile(selector, file) {
    const { root } = await this.send("DOM.getDocument");
    const { nodeId } = await this.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    if (!nodeId) throw new Error(`there is no ${selector}`);
    await this.send("DOM.setFileInputFiles", { nodeId, files: [file] });
  }

  /** A picture of what is in sight, or of one element whole. */
  async screenshot(path, selector) {
    const options = { format: "png" };
    if (selector) {
      const box = await this.evaluate((selector) => {
        const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
        return { x: left + scrollX, y: top + scrollY, width, height };
      }, selector);
      Object.assign(options, { clip: { ...box, scale: 1 }, captureBeyondViewport: true });
    }
    const { data } = await this.send("Page.captureScreenshot", options);
    writeFileSync(path, Buffer.from(data, "base64"));
  }

  async pdf(path) {
    const { data } = await this.send("Page.printToPDF", { printBackground: true, preferCSSPageSize: true });
    if (path) writeFileSync(path, Buffer.from(data, "base64"));
    return Buffer.from(data, "base64");
  }
  async close() {
    await this.#wire.send("Target.closeTarget", { targetId: this.#target });
  }
}
