/**
 * Every kernel variant on the layers of real networks: GMAC/s, and the fraction of what this machine can do at all, measured
 * in the same windows by a loop that never leaves the registers (peak.mjs).
 */
import { choose, MODULES, runBench, wholeNumber } from "../lib/options.mjs";
import { bundleSuite } from "./bundle.mjs";
import { PEAKS, peakMacs, writePeaks } from "./peak.mjs";
import { classTable, jsonLine, networkTable, peakLines } from "./report.mjs";
import { NETWORKS, readShapes } from "./shapes.mjs";

const USAGE = `  --shapes a,b   lists of bench/shapes: ${NETWORKS.join(", ")} (all)
  --modules a,b  ${MODULES.join(", ")} (all that the engine runs but scalar)
  --dtype a,b    int8, float32 (int8)
  --filter TEXT  cases whose name contains it
  --rounds N     timed windows of half a millisecond per kernel and layer, at least 10 (60)
  --assert       exit status 1 if a picked kernel is more than 5 % slower than another that fits`;

/** Steps of a peak loop per call: a few microseconds. */
const PEAK_STEPS = 1000;

const options = {
  shapes: { type: "string" },
  modules: { type: "string" },
  dtype: { type: "string" },
  filter: { type: "string", default: "" },
  rounds: { type: "string" },
  assert: { type: "boolean", default: false },
};

await runBench("kernels", { usage: USAGE, options }, async ({ options: given, engine, say, emit, progress }) => {
  const networks = choose("--shapes", given.shapes, NETWORKS);
  const modules = choose("--modules", given.modules, MODULES, MODULES.slice(1));
  const dtypes = choose("--dtype", given.dtype, ["int8", "float32"], ["int8"]);
  const rounds = wholeNumber("--rounds", given.rounds, 60, 10);
  const lists = networks.map((network) => [network, casesOf(network, dtypes, given.filter)]);
  const cases = new Map(lists.flatMap(([, list]) => list.map((one) => [one.id, one])));
  await writePeaks();
  const peaks = Object.entries(PEAKS).flatMap(([kind, loops]) =>
    dtypes.map((dtype) => ({ dtype, kind, n: PEAK_STEPS, macs: peakMacs(loops[dtype], PEAK_STEPS) })),
  );
  let last;
  const rows = await engine.measure(
    await bundleSuite(),
    { layers: [...cases.values()], modules, rounds, peaks },
    ({ id }) => {
      if (id !== last) progress(id);
      last = id;
    },
  );
  for (const row of rows) emit(jsonLine(row));
  for (const [network, list] of lists) {
    const ofNetwork = list.flatMap(({ id, layer }) =>
      rows.filter((row) => row.id === id).map((row) => ({ ...row, layer })),
    );
    if (ofNetwork.length > 0) say(`${networkTable(network, ofNetwork)}\n`);
  }
  const withLayers = rows.map((row) => ({ ...row, layer: cases.get(row.id).layer }));
  say(`${classTable(withLayers)}\n\n${peakLines(rows).join("\n")}`);
  judge(rows, given.assert, say);
});

/** @returns {{ id: string, dtype: string, layer: import("./shapes.mjs").Layer }[]} */
function casesOf(network, dtypes, filter) {
  const prefixes = { int8: { int8: "qs8", uint8: "qu8" }, float32: { int8: "f32", uint8: "f32" } };
  const all = dtypes.flatMap((dtype) =>
    readShapes(network).map((layer) => ({ id: `${prefixes[dtype][layer.weights]}_${layer.shape}`, dtype, layer })),
  );
  return all.filter(({ id }) => id.includes(filter));
}

function judge(rows, isAsserted, say) {
  const wrong = rows.filter((row) => row.wrong);
  for (const { id, module, kernel, median } of wrong) {
    const rivals = rows.filter((row) => row.id === id && row.module === module);
    const best = rivals.reduce((a, b) => (a.median < b.median ? a : b));
    const line = `${id}: ${module} picks ${kernel}, ${best.kernel} takes ${(best.median / median).toFixed(2)} of its time`;
    if (isAsserted) console.error(`assert: ${line}`);
    else say(line);
  }
  if (isAsserted && wrong.length > 0) process.exitCode = 1;
  else if (wrong.length === 0) say("\nno pick is more than 5 % slower than another variant that fits");
}
