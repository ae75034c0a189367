/** Float builds differ in the last bits (fused multiply-add or not). More than this, relative to the largest output, is wrong. */
const FLOAT_TOLERANCE = 1e-4;

/**
 * Runs golden case u1 once and compares every output with XNNPACK's.
 *
 * @param {import("../peers/index.mjs").Instance} instance
 * @param {import("./cases.mjs").Case} golden
 * @param {number} [steps] how far an integer may be off
 */
export function checkAnswer(instance, golden, steps = 0) {
  golden.inputs.forEach((bytes, i) => {
    instance.setInput(i, bytes);
  });
  instance.run();
  const outputs = golden.expected.map((_, i) => instance.output(i));
  return compareOutputs(outputs, golden, steps);
}

/**
 * @param {Uint8Array[]} outputs
 * @param {import("./cases.mjs").Case} golden
 * @returns {{ ok: boolean, text: string }}
 *   "equal", every byte; "near 2", "differs 3/10 by up to 9": of an integer model, the largest error in steps; "close 2e-7" or
 *   "differs by 3e-2" of a float model, the largest error relative to the largest output
 */
export function compareOutputs(outputs, { expected, integer, isSigned }, steps = 0) {
  if (outputs.some((bytes, i) => bytes.length !== expected[i].length)) return { ok: false, text: "differs in size" };
  const wrong = countWrong(outputs.flatMap(bytesOf), expected.flatMap(bytesOf));
  if (wrong === 0) return { ok: true, text: "equal" };
  if (integer) {
    const most = farthest(outputs.flatMap(bytesOf), expected.flatMap(bytesOf), isSigned);
    if (most <= steps) return { ok: true, text: `near ${most}` };
    return { ok: false, text: `differs ${wrong}/${expected.flatMap(bytesOf).length} by up to ${most}` };
  }
  const error = relativeError(outputs.flatMap(floatsOf), expected.flatMap(floatsOf));
  const ok = error <= FLOAT_TOLERANCE; // false for NaN
  return { ok, text: `${ok ? "close" : "differs by"} ${error.toExponential(0)}` };
}

const countWrong = (actual, wanted) => actual.filter((value, i) => value !== wanted[i]).length;

/** The largest difference of two lists of bytes, read as int8 or as uint8. */
function farthest(actual, wanted, isSigned) {
  const read = (byte) => (isSigned ? (byte << 24) >> 24 : byte);
  return Math.max(...actual.map((byte, i) => Math.abs(read(byte) - read(wanted[i]))));
}

const relativeError = (actual, wanted) =>
  Math.max(...actual.map((value, i) => Math.abs(value - wanted[i]))) / Math.max(...wanted.map(Math.abs));

const bytesOf = (bytes) => [...bytes];

/** Of a copy, because an output need not start at a multiple of four. */
const floatsOf = (bytes) => [...new Float32Array(new Uint8Array(bytes).buffer)];
