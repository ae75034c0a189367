/** Tables of the kernel bench: every row per network, then what was demanded of each class of layers. */
import { formatNumber, formatTable, formatUs, microseconds, rounded } from "../lib/report.mjs";
import { median } from "../lib/timing.mjs";

/**
 * @typedef {object} Row  one kernel on one layer
 * @property {string} id  "qs8_gemm(m=196,n=384,k=64)"
 * @property {"int8" | "float32"} dtype
 * @property {import("./shapes.mjs").Layer} layer
 * @property {string} kernel  @property {string} module
 * @property {boolean} pick   what the planner takes when nothing is forced
 * @property {boolean} wrong  the pick, and more than 5 % slower than another
 * @property {number} median  @property {number} p90  @property {number} iterations  milliseconds
 * @property {number} gmacs   @property {number} peak  multiply-accumulates per nanosecond
 */

/**
 * What a pick should reach. Depthwise targets are given in GMAC/s for a machine whose peak is 130 (relaxed) and 60 (SIMD128)
 * and scaled to this one's.
 */
const CLASSES = [
  { name: "dense, K and N at least 64", least: 0.85, has: ({ m, n, k }) => m > 1 && n >= 64 && k >= 64 },
  { name: "dense, K of 24 to 32", least: 0.6, has: ({ m, k }) => m > 1 && k >= 24 && k <= 32 },
  { name: "dense, others", has: ({ m }) => m > 1 },
  { name: "one row", has: ({ m }) => m === 1 },
];
const DEPTHWISE = { name: "depthwise 3x3", relaxed: 27 / 130, simd: 17 / 60 };

/** Layers of one network, every kernel that fits, the pick marked. */
export function networkTable(network, rows) {
  const lines = rows.map((row, i) => [
    row.id === rows[i - 1]?.id ? "" : `${row.id}${row.layer.layers > 1 ? ` × ${row.layer.layers}` : ""}`,
    row.kernel,
    row.module,
    formatUs(row.median),
    formatNumber(row.gmacs),
    percent(row.gmacs / row.peak),
    row.pick ? `<--${row.wrong ? " slower than another" : ""}` : "",
  ]);
  return formatTable([[network, "kernel", "module", "median µs", "GMAC/s", "of peak", ""], ...lines], 3);
}

/** Per module and class: the picks' fractions of the peak, beside what is wanted. */
export function classTable(rows) {
  const picks = rows.filter(({ pick, dtype, module }) => pick && dtype === "int8" && module !== "scalar");
  const lines = [...new Set(picks.map(({ module }) => module))].flatMap((module) =>
    [...CLASSES.map(({ name }) => name), DEPTHWISE.name].flatMap((name) => {
      const inClass = picks.filter((row) => row.module === module && classOf(row) === name);
      if (inClass.length === 0) return [];
      const fractions = inClass.map(({ gmacs, peak }) => gmacs / peak);
      const least = leastOf(name, module);
      const below = least === undefined ? [] : inClass.filter(({ gmacs, peak }) => gmacs / peak < least);
      const range = [Math.min(...fractions), median(fractions), Math.max(...fractions)].map(percent);
      const judged = least === undefined ? ["", ""] : [percent(least), String(below.length)];
      return [[module, name, String(inClass.length), ...range, ...judged]];
    }),
  );
  return formatTable([["module", "class", "shapes", "least", "median", "most", "wanted", "below"], ...lines], 2);
}

/** Machine peaks as they were between the kernels: median over all layers. */
export function peakLines(rows) {
  const keys = [...new Set(rows.map(({ dtype, module }) => `${dtype} ${module}`))];
  return keys.map((key) => {
    const peaks = rows.filter(({ dtype, module }) => `${dtype} ${module}` === key).map(({ peak }) => peak);
    return `peak of ${key}: ${formatNumber(median(peaks))} GMAC/s`;
  });
}

/** @param {Row} row */
export function jsonLine({ id, kernel, module, pick, median: ms, p90, iterations, gmacs, peak }) {
  const times = { medianUs: microseconds(ms), p90Us: microseconds(p90), iterations };
  return { case: id, kernel, module, pick, ...times, gmacs: rounded(gmacs), peakGmacs: rounded(peak) };
}

function classOf({ layer }) {
  if (layer.op === "depthwise_conv2d") return DEPTHWISE.name;
  return CLASSES.find(({ has }) => has(layer)).name;
}

function leastOf(name, module) {
  if (name === DEPTHWISE.name) return DEPTHWISE[module.split("-")[0]];
  return CLASSES.find((candidate) => candidate.name === name).least;
}

const percent = (fraction) => `${(100 * fraction).toFixed(0)} %`;
