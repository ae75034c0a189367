/** Float builds differ in the last bits (fused multiply-add or not). More than this, relative to the largest output, is wrong. */
const FLOAT_TOLERANCE = 1e-4;

/**
 * Runs golden case u1 once and compares every output with XNNPACK's.
 *
 * @param {import("../peers/index.mjs").Instance} instance
 * @param {import("./cases.mjs").Case} golden
 */
export function checkAnswer(instance, golden) {
  golden.inputs.forEach((bytes, i) => {
    instance.setInput(i, bytes);
  });
  instance.run();
  const outputs = golden.expected.map((_, i) => instance.output(i));
  return compareOutputs(outputs, golden);
}

/**
 * @param {Uint8Array[]} outputs
 * @param {import("./cases.mjs").Case} golden
 * @returns {{ ok: boolean, text: string }}
 *   "equal", every byte; "differs 3/10", elements of an integer model; "close 2e-7" or "differs by 3e-2" of a float
 *   model, the largest error relative to the largest output
 */
export function compareOutputs(outputs, { expected, integer }) {
  if (outputs.some((bytes, i) => bytes.length !== expected[i].length)) return { ok: false, text: "differs in size" };
  const wrong = countWrong(outputs.flatMap(bytesOf), expected.flatMap(bytesOf));
  if (wrong === 0) return { ok: true, text: "equal" };
  if (integer) return { ok: false, text: `differs ${wrong}/${expected.flatMap(bytesOf).length}` };
  const error = relativeError(outputs.flatMap(floatsOf), expected.flatMap(floatsOf));
  const ok = error <= FLOAT_TOLERANCE; // false for NaN
  return { ok, text: `${ok ? "close" : "differs by"} ${error.toExponential(0)}` };
}

const countWrong = (actual, wanted) => actual.filter((value, i) => value !== wanted[i]).length;

const relativeError = (actual, wanted) =>
  Math.max(...actual.map((value, i) => Math.abs(value - wanted[i]))) / Math.max(...wanted.map(Math.abs));

const bytesOf = (bytes) => [...bytes];

/** Of a copy, because an output need not start at a multiple of four. */
const floatsOf = (bytes) => [...new Float32Array(new Uint8Array(bytes).buffer)];
