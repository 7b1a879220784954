// Builds the page's bundle: one script, one style, and the policy that allows these two by their hashes.
//
//     node build.mjs [FOLDER]     FOLDER: where they go, by default where memprof-report includes them from
//
// The same source and lock file give the same bytes on every machine; `cargo xtask ci --only page` relies on it.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, "../memprof-report/src/formats/html"));

/** The libraries in the bundle, with their licences: a notice has to go with every copy of them. */
const libraries = Object.keys(JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies);
const notice = libraries.map((library) => {
  const folder = join(here, "node_modules", library);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${library} ${version}:\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}`;
}).join("\n\n");
const banner = `/*! Built from page/ of memprof (MIT OR Apache-2.0); not to be edited. With:\n\n${notice}\n*/`;

const built = await build({
  absWorkingDir: here,
  entryPoints: { page: "src/main.js" },
  outdir: target,
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: ["chrome123", "firefox121", "safari17.5"],
  legalComments: "none",
  banner: { js: banner },
  write: false,
});

const text = (ending) => {
  const { text } = built.outputFiles.find((file) => file.path.endsWith(ending));
  // Inside of an HTML element, either would end it or change how it is read.
  for (const end of ["</script", "</style", "<!--"]) {
    if (text.includes(end)) throw new Error(`page${ending} holds ${end}`);
  }
  return text;
};
const files = { "page.js": text(".js"), "page.css": text(".css") };
const hash = (name) => `'sha256-${createHash("sha256").update(files[name]).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash("page.js")}`,
  `style-src ${hash("page.css")}`,
  // The empty icon: without one, browsers ask the server for it.
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  // Where browsers know it: nothing may make markup of text.
  "require-trusted-types-for 'script'",
];
files["policy.txt"] = `${policy.join("; ")}\n`;

mkdirSync(target, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(target, name), text);
console.log(Object.entries(files).map(([name, text]) => `${name}: ${text.length} bytes`).join("\n"));
