// `go tool pprof -top` shows each sample type of the profile, with the figures of the report.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { expected } from "../expected.mjs";
import { folders } from "../folders.mjs";

/** The sample types, and the weights that they show. */
const TYPES = {
  alloc_objects: "allocations",
  alloc_space: "allocated-bytes",
  inuse_objects: "retained-blocks",
  inuse_space: "retained-bytes",
  peak_space: "bytes-at-peak",
};

/** All functions, the most inclusive first, in bytes or counts that are not rounded. */
const TOP = ["-top", "-cum", "-nodefraction=0", "-nodecount=100000", "-unit=B"];

function pprof(...options) {
  return execFileSync("go", ["tool", "pprof", ...options], { encoding: "utf8", stdio: "pipe" });
}

/** Of the text that `-top` prints, the total and each function's cumulative figure. */
function parsed(text) {
  const total = /of (\d+)B? total/.exec(text);
  const rows = text.split("\n").map((line) => {
    return /^\s*\d+B?\s+\S+%\s+\S+%\s+(\d+)B?\s+\S+%\s+(.*)$/.exec(line);
  });
  const functions = rows.filter(Boolean).map((row) => [row[2].trim(), Number(row[1])]);
  return { total: Number(total?.[1] ?? 0), functions: new Map(functions) };
}

for (const folder of folders) {
  const file = join(folder, "report.pb.gz");
  const weights = expected(join(folder, "report.json"));

  test(`pprof has the sample types of ${folder}`, () => {
    const raw = pprof("-raw", file);
    const types = Object.entries(TYPES).filter(([, weight]) => weights.has(weight));
    const units = types.map(([type]) => `${type}/${type.endsWith("space") ? "bytes" : "count"}`);
    const line = raw.split("\n")[raw.split("\n").indexOf("Samples:") + 1];
    const shown = line.trim().split(/\s+/).map((it) => it.replace("[dflt]", ""));
    assert.deepEqual(shown, units);
  });

  for (const [type, weight] of Object.entries(TYPES)) {
    if (!weights.has(weight)) continue;
    const { total, operations } = weights.get(weight);
    test(`pprof -top -sample_index=${type} of ${folder}`, () => {
      const shown = parsed(pprof(...TOP, `-sample_index=${type}`, file));
      assert.equal(shown.total, total);
      for (const [operation, figure] of operations) {
        assert.equal(shown.functions.get(operation) ?? 0, figure, operation);
      }
    });
  }

  test(`pprof -top shows retained bytes of ${folder} first`, () => {
    const weight = weights.has("retained-bytes") ? "retained-bytes" : "allocated-bytes";
    assert.equal(parsed(pprof(...TOP, file)).total, weights.get(weight).total);
  });
}
