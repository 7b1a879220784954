// Reports for the tests: one that has every section, and one with very many operations.

export const HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><!--";

const figures = (allocated, freed, more = {}) => ({
  allocations: Math.ceil(allocated / 640), allocated_bytes: allocated, deallocations: Math.ceil(freed / 640), deallocated_bytes: freed,
  net_bytes: allocated - freed, ...more,
});

/** An operation with calls whose figures follow from what it allocated and freed by itself and nested. */
function operation(name, at, { calls, self, nested = [0, 0], peak, spread }) {
  const [allocated, freed] = [self[0] + nested[0], self[1] + nested[1]];
  const held = self[2] ?? 0;
  const marks = (mean) => ({
    min: Math.round(mean * spread[0]), max: Math.round(mean * spread[4]), mean, p50: Math.round(mean * spread[1]),
    p95: Math.round(mean * spread[2]), p99: Math.round(mean * spread[3]), exact: spread[0] === spread[4], max_relative_error: spread[0] === spread[4] ? 0 : 0.125,
  });
  return {
    name, module: `search::${at.file.replace(/^src\/|\.rs$/g, "")}`, function: name.toLowerCase().replace(/\W+/g, "_"), ...at, calls,
    ...figures(allocated, freed), reallocations: Math.ceil(allocated / 9000),
    reallocated_old_bytes: Math.ceil(allocated / 8), reallocated_new_bytes: Math.ceil(allocated / 4), peak_bytes: peak,
    self: figures(self[0], self[1], { retained_blocks: Math.ceil(held / 480), retained_bytes: held }),
    per_call: calls === 0 ? null : { allocated_bytes: marks(allocated / calls), peak_bytes: marks(peak / 3) },
    open_calls: 0, retained_blocks: Math.ceil((held + (nested[2] ?? 0)) / 480), retained_bytes: held + (nested[2] ?? 0),
  };
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** A report with every section. `grown` is the part by which some operations take more, for a comparison. */
export function full(grown = 0) {
  const more = (bytes) => Math.round(bytes * (1 + grown));
  const wide = [0.2, 0.9, 1.6, 2.4, 4.1];
  const even = [1, 1, 1, 1, 1];
  const operations = [
    operation("Indexing Operation", { file: "src/index.rs", line: 18, column: 1 }, { calls: 1, self: [13 * MIB, 12 * MIB, 900 * KIB], nested: [707 * MIB, 684 * MIB, 21 * MIB], peak: 61 * MIB, spread: even }),
    operation("Insert Vector", { file: "src/index.rs", line: 90, column: 1 }, { calls: 4000, self: [418 * MIB, 406 * MIB, 12 * MIB], peak: 133 * KIB, spread: wide }),
    operation("Commit Text", { file: "src/text.rs", line: 40, column: 1 }, { calls: 12, self: [more(142 * MIB), more(132 * MIB), more(9 * MIB)], peak: more(17 * MIB), spread: [0.4, 0.8, 1.3, 1.9, 2.2] }),
    operation("Embed", { file: "src/embed.rs", line: 7, column: 1 }, { calls: 4008, self: [16 * MIB, 16 * MIB], peak: 11 * KIB, spread: wide }),
    operation("Tokenize", { file: "src/text.rs", line: 88, column: 5 }, { calls: 184_300, self: [131 * MIB, 131 * MIB], peak: 4 * KIB, spread: [0.02, 0.7, 2.2, 3.9, 9.5] }),
    operation("Hybrid Search", { file: "src/search.rs", line: 12, column: 1 }, { calls: 8, self: [0, 0], nested: [more(1340 * KIB), 1300 * KIB, 724], peak: 80 * KIB, spread: wide }),
    operation("Vector Search", { file: "src/search.rs", line: 31, column: 1 }, { calls: 8, self: [more(742 * KIB), 741 * KIB], peak: 67 * KIB, spread: wide }),
    operation("Full Text Search", { file: "src/search.rs", line: 55, column: 1 }, { calls: 8, self: [428 * KIB, 427 * KIB, 724], nested: [89 * KIB, 89 * KIB], peak: 80 * KIB, spread: wide }),
    operation("Rank", { file: "src/search.rs", line: 80, column: 1 }, { calls: 8, self: [89 * KIB, 89 * KIB], peak: 12 * KIB, spread: even }),
    operation("Rank", { file: "src/rerank.rs", line: 9, column: 1 }, { calls: 4, self: [9 * KIB, 9 * KIB], peak: 2 * KIB, spread: even }),
    operation(HOSTILE, { file: "src/hostile.rs", line: 3, column: 1 }, { calls: 2, self: [70 * KIB, 60 * KIB, 10 * KIB], peak: 20 * KIB, spread: wide }),
    operation("Never Called", { file: "src/never.rs", line: 1, column: 1 }, { calls: 0, self: [0, 0], peak: 0, spread: even }),
  ];
  operations[1].growth = growthOf("O(n log n)", "O(n)", (n) => 90 * n * Math.log2(n));
  operations[2].growth = growthOf("O(n)", "O(n)", (n) => 1200 * n + 4000);
  operations[6].growth = growthOf(null, "O(n)", (n) => 300 * n ** 1.4);
  const chain = (...indexes) => ({ path: indexes.map((index) => operations[index].name), operations: indexes });
  const path = (at, index, part, peak, reentered = null) => {
    const self = operations[index]?.self ?? { ...figures(300 * KIB, 100 * KIB), retained_blocks: 5, retained_bytes: 200 * KIB };
    const scaled = Object.fromEntries(Object.entries(self).map(([key, value]) => [key, Math.round(value * part)]));
    return {
      ...at, reentered, calls: Math.round((operations[index]?.calls ?? 0) * part), open_calls: 0, ...scaled,
      reallocations: 0, reallocated_old_bytes: 0, reallocated_new_bytes: 0, at_peak_bytes: peak,
    };
  };
  const paths = [
    path(chain(), -1, 1, 210 * KIB),
    path(chain(0), 0, 1, 3 * MIB),
    path(chain(0, 1), 1, 1, 24 * MIB),
    path(chain(0, 1, 3), 3, 0.9, 300 * KIB),
    path(chain(0, 2), 2, 1, more(29 * MIB)),
    path(chain(0, 2, 4), 4, 0.96, 2 * MIB),
    path(chain(0, 2), 4, 0.02, 0, operations[0].name),
    path(chain(5), 5, 1, 0),
    path(chain(5, 6), 6, 1, 0),
    path(chain(5, 6, 3), 3, 0.1, 0),
    path(chain(5, 7), 7, 1, 0),
    path(chain(5, 7, 4), 4, 0.02, 0),
    path(chain(5, 7, 8), 8, 1, 0),
    path(chain(5, 9), 9, 1, 0),
    path(chain(10), 10, 1, 10 * KIB),
  ];
  const sum = (field) => paths.reduce((sum, row) => sum + row[field], 0);
  const peak = sum("at_peak_bytes");
  return {
    schema_version: 1,
    run: {
      name: "hybrid_search", pid: 4242, executable: "/opt/search/hybrid_search", started_unix_ns: 1760000000123456789n + BigInt(Math.round(grown * 1e15)),
      duration_ns: 23_900_000_000, target: "x86_64-unknown-linux-gnu", profile: "release", memprof_version: "0.1.0", rustc_version: "1.88.0",
      allocator: { installed: true, ownership: true }, threads: 4,
    },
    process: {
      allocations: sum("allocations"), allocated_bytes: sum("allocated_bytes"), deallocations: sum("deallocations"), deallocated_bytes: sum("deallocated_bytes"),
      reallocations: 210, live_blocks: sum("retained_blocks"), live_bytes: sum("retained_bytes"), peak_live_bytes: peak, peak_error_bytes: 262144,
      external_bytes: 64 * MIB, rss_bytes: 39 * MIB, peak_rss_bytes: 63 * MIB, overhead_bytes: 91 * KIB, fragmentation: fragmentation(),
    },
    operations, paths, external: external(), leaks: leaks(), sizes: sizes(), flow: flow(), ...stacks(), timeline: timelineTo(peak, sum("retained_bytes")),
    violations: [{
      threshold: "max_peak_usage_mb", operation: "Commit Text", path: ["Indexing Operation", "Commit Text"], file: "src/text.rs", line: 40,
      limit_bytes: 16 * MIB, actual_bytes: more(17 * MIB), message: "peak of 17.0 MiB is above the limit of 16.0 MiB",
    }],
    warnings: [{ code: "late-events", message: "12 events came after the end of their thread; they are counted outside any operation" }],
  };
}

function growthOf(found, declared, at) {
  const fit = (scale) => ({ class: found, exponent: 1.2, rms: 0.02, points: [10, 100, 1000, 10_000].map((n) => [n, Math.round(at(n) * scale)]) });
  return { declared, allocated_bytes: fit(1), peak_bytes: fit(0.4), allocations: fit(0.01) };
}

function stacks() {
  const frame = (name, file, line, inlined = false) => ({
    function: name, object: "/opt/search/hybrid_search", file, line, column: 9, address: 0x5555_0000 + line, inlined,
  });
  const frames = [
    frame("alloc::raw_vec::RawVec<T,A>::grow_one", "alloc/src/raw_vec.rs", 340),
    frame("alloc::vec::Vec<T,A>::push", "alloc/src/vec/mod.rs", 2049, true),
    frame("search::index::Graph::connect", "src/index.rs", 131),
    frame("search::index::insert_vector", "src/index.rs", 97),
    frame("alloc::string::String::push_str", "alloc/src/string.rs", 1100),
    frame("search::text::Postings::add", "src/text.rs", 61),
    frame("search::text::commit", "src/text.rs", 48),
    frame(null, null, 4096),
  ];
  const stack = (path, list, allocated, retained) => ({
    path, frames: list, samples: 400, allocations: Math.ceil(allocated / 900), allocated_bytes: allocated,
    retained_blocks: Math.ceil(retained / 900), retained_bytes: retained, relative_standard_error: 0.05,
  });
  return {
    frames,
    stacks: [
      stack(2, [0, 1, 2, 3], 260 * MIB, 9 * MIB), stack(2, [0, 1, 3], 120 * MIB, 3 * MIB), stack(2, [7, 3], 30 * MIB, 0),
      stack(4, [4, 5, 6], 90 * MIB, 6 * MIB), stack(4, [0, 5, 6], 50 * MIB, 3 * MIB),
    ],
  };
}

/** A run that climbs in steps, peaks at two thirds and comes down. */
function timelineTo(peak, end) {
  const points = [];
  for (let index = 0; index <= 240; index += 1) {
    const at = index / 240;
    const climb = at < 0.66 ? (at / 0.66) ** 1.4 : Math.max(end / peak, 1 - (at - 0.66) * 4);
    const wave = at < 0.66 ? 0.06 * Math.sin(index / 2.3) * climb : 0.01 * Math.sin(index);
    points.push({ elapsed_ns: Math.round(at * 23_900_000_000), live_bytes: Math.max(0, Math.round(peak * Math.min(1, climb + wave) * 0.995)) });
  }
  return points;
}

/** As many operations as asked for, each on a path of its own, all below one. */
export function many(number) {
  const report = full();
  const root = operation("Everything", { file: "src/main.rs", line: 1, column: 1 }, { calls: 1, self: [0, 0], peak: 0, spread: [1, 1, 1, 1, 1] });
  const operations = [root];
  const paths = [{ ...report.paths[1], path: ["Everything"], operations: [0], reentered: null }];
  for (let index = 1; index <= number; index += 1) {
    const bytes = 1000 + ((index * 7919) % number) * 97;
    const name = `Operation ${String(index).padStart(5, "0")}`;
    operations.push(operation(name, { file: `src/module_${index % 97}.rs`, line: index, column: 1 }, {
      calls: 1 + (index % 50), self: [bytes, bytes >> 1, bytes >> 1], peak: bytes, spread: [0.3, 0.9, 1.4, 2, 3],
    }));
    paths.push({ ...report.paths[1], ...operations[index].self, path: ["Everything", name], operations: [0, index], calls: 1 + (index % 50), at_peak_bytes: bytes >> 2 });
  }
  return { ...report, operations, paths, frames: [], stacks: [], leaks: [], sizes: [], flow: [], violations: [], warnings: [] };
}

/** A report in which nothing was recorded. */
export function empty() {
  const { run, process, schema_version } = full();
  return {
    schema_version, run: { ...run, allocator: { installed: false, ownership: false } },
    process: Object.fromEntries(Object.keys(process).map((key) => [key, ["external_bytes", "rss_bytes", "peak_rss_bytes", "fragmentation"].includes(key) ? null : 0])),
    operations: [], paths: [], frames: [], stacks: [], leaks: [], sizes: [], flow: [], timeline: [], violations: [], warnings: [],
  };
}

/** JSON in which integers of any size stay integers. */
export function toJson(report) {
  return JSON.stringify(report, (_, value) => (typeof value === "bigint" ? `#${value}#` : value)).replace(/"#(-?\d+)#"/g, "$1");
}

/** A leak, a cache and what is left of the last calls. */
function leaks() {
  const points = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const leak = (operation, path, kind, calls, held, tail, at) => {
    const trend = points.map((tenth) => ({
      calls: Math.round((calls * tenth) / 10), retained_blocks: Math.ceil((held * at(tenth / 10)) / 480), retained_bytes: Math.round(held * at(tenth / 10)),
    }));
    const figures = { class: kind, calls, retained_blocks: Math.ceil(held / 480), retained_bytes: held, bytes_per_call: held / calls, tail_blocks: Math.ceil(tail / 480), tail_bytes: tail };
    return { operation, ...figures, paths: [{ path, ...figures, trend }] };
  };
  return [
    leak(1, 2, "growing", 4000, 12 * MIB, Math.round(1.2 * MIB), (part) => part),
    leak(2, 4, "saturating", 4000, 9 * MIB, 0, (part) => Math.min(1, part * 2.5)),
    leak(0, 1, "recent", 20, 900 * KIB, 860 * KIB, (part) => (part < 1 ? 0.04 : 1)),
    leak(10, 14, "undetermined", 2, 10 * KIB, 5 * KIB, (part) => part),
  ];
}

function sizes() {
  const classes = (...numbers) => numbers.map((allocations, index) => ({ least_bytes: 2 ** (index + 3), allocations })).filter((each) => each.allocations > 0);
  return [
    { operation: null, moved_reallocations: 0, copied_bytes: 0, ...temporary(0, 0), classes: classes(10, 4) },
    { operation: 1, moved_reallocations: 4000, copied_bytes: 48 * MIB, ...temporary(90_000, 30 * MIB, 3), classes: classes(0, 120, 9000, 61_000, 40_000, 8000, 300, 0, 12) },
    { operation: 4, moved_reallocations: 12, copied_bytes: 9000, ...temporary(1200, 64_000), classes: classes(180_000, 60_000, 4000) },
  ];
}

function temporary(blocks, bytes, unknown = 0) {
  return { temporary_blocks: blocks, temporary_bytes: bytes, temporary_error_blocks: unknown };
}

function flow() {
  return [
    { from: 1, to: 1, blocks: 600_000, bytes: 380 * MIB }, { from: 1, to: 0, blocks: 9000, bytes: 26 * MIB },
    { from: 2, to: 2, blocks: 90_000, bytes: 100 * MIB }, { from: 2, to: null, blocks: 800, bytes: 32 * MIB },
    { from: 4, to: 2, blocks: 170_000, bytes: 131 * MIB }, { from: null, to: 0, blocks: 5, bytes: 100 * KIB },
  ];
}

function fragmentation() {
  const parts = (live, unused) => ({
    rss_bytes: live + unused + 11 * MIB, held_bytes: live + unused + 3 * MIB, live_bytes: live, overhead_bytes: 91 * KIB,
    rounding_bytes: 1 * MIB - 91 * KIB, other_bytes: 2 * MIB, unused_bytes: unused, outside_bytes: 9 * MIB, absent_bytes: MIB,
  });
  return { allocator: "glibc", now: parts(22 * MIB, 6 * MIB), at_peak: parts(58 * MIB, 2 * MIB) };
}

function external() {
  return [
    { name: "shared ring", path: 2, regions: 3, bytes: 48 * MIB, peak_bytes: 64 * MIB },
    { name: "device", path: 0, regions: 1, bytes: 16 * MIB, peak_bytes: 16 * MIB },
  ];
}
