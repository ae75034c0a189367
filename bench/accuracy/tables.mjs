/** What is measured for each table of docs/accuracy.md. */

const CALIBRATORS = ["min-max", "moving-average", "percentile", "entropy", "mse"];
const SCALES = ["per-channel", "per-tensor"];

/** Modes with activations in integers whose ranges a calibrator chooses. */
const CALIBRATED = ["static-int8", "power-of-two"];
/** The others, with the options that change what is stored. */
const OTHERS = [
  ["`int16`", { mode: "int16" }],
  ["`dynamic-range`, per channel", { mode: "dynamic-range" }],
  ["`dynamic-range`, per tensor", { mode: "dynamic-range", weights: "per-tensor" }],
  ["`weight-only`", { mode: "weight-only" }],
  ["`weight-only`, 4 bits, groups of 32", { mode: "weight-only", weightBits: 4 }],
  ["`weight-only`, 4 bits, groups of 128", { mode: "weight-only", weightBits: 4, group: 128 }],
  ["`codebook`, groups of 32", { mode: "codebook" }],
  ["`float16`", { mode: "float16" }],
  ["`float32`", { mode: "float32" }],
];

const points = (value) => value.toFixed(2);

/** All modes by all calibrators. */
export async function modesTable(measure) {
  const rows = [];
  for (const mode of CALIBRATED) {
    for (const weights of SCALES) {
      const found = [];
      for (const calibrator of CALIBRATORS) found.push(await measure({ mode, weights, calibrator }));
      const cells = found.map(({ percent }) => points(percent));
      const microseconds = Math.min(...found.map((one) => one.microseconds));
      rows.push([`\`${mode}\`, ${weights.replace("-", " ")}`, ...cells, ...costs({ ...found[0], microseconds })]);
    }
  }
  for (const [what, options] of OTHERS) {
    const found = await measure(options);
    rows.push([what, points(found.percent), ...CALIBRATORS.slice(1).map(() => ""), ...costs(found)]);
  }
  return table(["", ...CALIBRATORS.map((name) => `\`${name}\``), "KiB", "µs"], rows);
}

function costs({ bytes, microseconds }) {
  return [(bytes / 1024).toFixed(1), microseconds.toFixed(0)];
}

/** Techniques, one added after the other, as switches of `static-int8`. */
const STEPS = [
  ["naive", {}],
  ["weights clipped", { weightClip: "mse" }],
  ["bias corrected", { correctBias: true }],
  ["rounded adaptively", { rounding: "adaptive" }],
  ["rounded adaptively, bias corrected", { rounding: "adaptive", correctBias: true }],
  ["equalized", { equalize: true }],
  ["equalized, weights clipped", { equalize: true, weightClip: "mse" }],
  ["equalized, bias corrected", { equalize: true, correctBias: true }],
  ["equalized, rounded adaptively", { equalize: true, rounding: "adaptive" }],
  ["equalized, rounded adaptively, bias corrected", { equalize: true, rounding: "adaptive", correctBias: true }],
];
const WIDTHS = [8, 4, 3].flatMap((weightBits) => SCALES.map((weights) => ({ weightBits, weights })));

/** What each technique gains, with 8 bits of a weight and with fewer. */
export async function techniquesTable(measure) {
  const rows = [["float32", ...(await floatCells(measure))]];
  for (const [what, techniques] of STEPS) {
    const cells = [];
    for (const width of WIDTHS) {
      const { percent, decibels } = await measure({ correctBias: false, ...width, ...techniques });
      cells.push(`${points(percent)} (${decibels.toFixed(1)})`);
    }
    rows.push([what, ...cells]);
  }
  return table(
    ["", ...WIDTHS.map(({ weightBits, weights }) => `${weightBits} bits, ${weights.replace("-", " ")}`)],
    rows,
  );
}

async function floatCells(measure) {
  const plain = await measure({ mode: "float32" });
  const equalized = await measure({ mode: "float32", equalize: true });
  const { unclipped } = equalized.report;
  const note = unclipped.length > 0 ? [`${points(equalized.percent)} without relu6 in ${unclipped.length} layers`] : [];
  const cells = [points(plain.percent), ...note];
  return [...cells, ...WIDTHS.slice(cells.length).map(() => "")];
}

/** The same model through other quantizers; `peers` is this model's part of peers.json. */
export async function peersTable(measure, { onnxruntime, pytorch }) {
  const rows = [];
  const add = async (who, theirs, options, ours) => {
    const { percent } = await measure(options);
    const equalized = await measure({ ...options, equalize: true });
    rows.push([who, points(theirs), ours, points(percent), points(equalized.percent)]);
  };
  await add("float32, ONNX Runtime", onnxruntime.float32, { mode: "float32" }, "float32");
  for (const { peer, name, options, ours } of PEERS) {
    const theirs = peer === "ONNX Runtime" ? onnxruntime[name] : pytorch[name];
    await add(`${peer}, ${name}`, theirs, options, ours);
  }
  return table(["", "theirs", "qbin with", "ours", "ours, equalized"], rows);
}

/** Ways of theirs, and the ones of ours that are alike; all else is as each has it by default. */
export const PEERS = [
  ...SCALES.flatMap((weights) =>
    [
      ["minmax", { calibrator: "min-max" }],
      ["entropy", { calibrator: "entropy" }],
      ["percentile", { calibrator: "percentile" }],
    ].map(([name, options]) => ({
      peer: "ONNX Runtime",
      name: `${name} ${weights}`,
      options: { weights, ...options },
      ours: `${options.calibrator}, ${weights}`,
    })),
  ),
  { peer: "PyTorch", name: "x86", options: {}, ours: "defaults, per-channel" },
  { peer: "PyTorch", name: "qnnpack", options: { weights: "per-tensor" }, ours: "defaults, per-tensor" },
];

function table(header, rows) {
  const lines = [header, header.map((_, i) => (i === 0 ? "---" : "--:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
