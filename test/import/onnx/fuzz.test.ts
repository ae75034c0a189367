import fc from "fast-check";
import { expect, test } from "vitest";
import { viewOf } from "../../../host/core/dtype.js";
import type { ModelData } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import { supportedOnnxOperators } from "../../../host/import/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import { attempt, type Outcome } from "./attempt.js";
import { type AttributeSpec, FLOAT, INT64, type NodeSpec, type TensorSpec, writeOnnx } from "./write-onnx.js";

const RUNS = 10_000;
const [UINT8, INT8] = [2, 3];
const SEED = 11;

/** Well-formed files that say odd things: any operators on any values with any attributes. */
const dims: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.constantFrom<readonly number[]>(
    [1, 2, 4, 4],
    [1, 2, 4, 4],
    [1, 4, 3, 3],
    [2, 3, 8],
    [1, 8],
    [4],
    [],
    [2, 2, 2, 2, 2],
  ),
  fc.array(fc.constantFrom(1, 1, 1, 1, 2, 2, 3, 4, 4, 0, -1), { maxLength: 5 }),
);
const small = fc.integer({ min: -2, max: 4 });
const weights: fc.Arbitrary<TensorSpec> = fc
  .record({
    dims,
    value: fc.constantFrom(1, 0.5, -2, 0, Number.NaN, 1e30),
    type: fc.constantFrom(FLOAT, FLOAT, FLOAT, 6, 9, INT8, UINT8),
  })
  .map(({ dims: shape, value, type }) => {
    const count = Math.abs(shape.reduce((product, d) => product * d, 1));
    const values = new Array<number>(count).fill(value);
    return type === FLOAT ? { dims: shape, floats: values } : { dims: shape, type, int32s: values.map(() => 1) };
  });
/** Axes, shapes, sizes, pads. */
const parameter: fc.Arbitrary<TensorSpec> = fc
  .oneof(
    fc.constantFrom([0], [1], [2], [-1], [1, -1], [2, 2], [0, 0, 1, 1, 0, 0, 1, 1], [1, 2, 4, 4], [0, 3, 1, 2]),
    fc.array(small, { maxLength: 4 }),
  )
  .map((values) => ({ dims: [values.length], int64s: values }));
const attribute: fc.Arbitrary<AttributeSpec> = fc.oneof(
  small,
  fc.record({ float: fc.constantFrom(1, 0.5, 0, -3, Number.NaN, 1e30) }),
  fc.oneof(
    fc.constantFrom([1, 1], [2, 2], [3, 3], [3], [0, 0, 1, 1], [1, 1, 1, 1], [0, 2, 3, 1], [1]),
    fc.array(small, { maxLength: 4 }),
  ),
  fc.constantFrom("SAME_UPPER", "constant", "reflect", "edge", "linear", "nearest", "asymmetric", "CRD", "tanh"),
);
const NAMES = (
  "axis axes kernel_shape strides pads dilations group auto_pad ceil_mode count_include_pad perm keepdims alpha beta mode " +
  "size blocksize transA transB split starts ends steps to shape value epsilon output_shape output_padding approximate"
).split(" ");
const { converted, folded } = supportedOnnxOperators();
const operator = fc.record({
  op: fc.constantFrom(...converted, ...converted, ...folded, "Einsum"),
  reads: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  outputs: fc.constantFrom(1, 1, 1, 1, 2, 3),
  attributes: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...NAMES), attribute, { maxKeys: 3 }) },
  ),
});
const file = fc
  .record({
    inputs: fc.array(fc.record({ dims, type: fc.constantFrom(FLOAT, FLOAT, FLOAT, INT64, INT8, UINT8) }), {
      minLength: 1,
      maxLength: 2,
    }),
    constants: fc.array(fc.oneof(weights, parameter, parameter), { minLength: 2, maxLength: 4 }),
    operators: fc.array(operator, { minLength: 1, maxLength: 4 }),
    opset: fc.constantFrom(9, 11, 13, 18, 21),
  })
  .map(({ inputs, constants, operators, opset }) => {
    const values = [...inputs.map((_, i) => `x${i}`), ...constants.map((_, i) => `c${i}`)];
    const nodes = operators.map(({ op, reads, outputs, attributes }, n): NodeSpec => {
      // What was made last is read first, so that operators follow on each other.
      const read = reads.map((at, i) =>
        i === 0 ? values.at(-1 - (at % 2) * (at % values.length)) : values[at % values.length],
      );
      const made = Array.from({ length: outputs }, (_, i) => `v${n}_${i}`);
      values.push(made[0] as string);
      return { op, inputs: read as string[], outputs: made, attributes };
    });
    return writeOnnx({
      nodes,
      inputs: inputs.map(({ dims: shape, type }, i) => [`x${i}`, shape, type] as const),
      outputs: [values.at(-1) as string],
      initializers: constants.map((constant, i) => ({ name: `c${i}`, ...constant })),
      opset,
    });
  });

/** Runs small graphs as they are and prepared: nothing may throw, and shapes stay. */
function run(model: ModelData): void {
  const sizes = model.tensors.map((tensor) => elementCount(tensor.shape));
  if (sizes.some((size) => size > 4096)) return;
  const inputs = model.inputs.map((index) => {
    const { dtype, shape } = model.tensors[index]!;
    return viewOf(dtype, new ArrayBuffer(8 * elementCount(shape)), 0, elementCount(shape));
  });
  const values = runReference(model, inputs);
  const prepared = prepare(model);
  const again = runReference(prepared, inputs);
  expect(prepared.outputs.map((index) => again[index]!.length)).toEqual(
    model.outputs.map((index) => values[index]!.length),
  );
}

test("random graphs are refused in one line, or run", () => {
  const outcomes: Record<Outcome, number> = { malformed: 0, unsupported: 0, imported: 0 };
  let slowest = 0;
  fc.assert(
    fc.property(file, (bytes) => {
      const start = performance.now();
      outcomes[attempt(bytes, run)]++;
      slowest = Math.max(slowest, performance.now() - start);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(outcomes.imported).toBeGreaterThan(RUNS / 20);
  expect(outcomes.unsupported).toBeGreaterThan(RUNS / 10);
  expect(slowest, "milliseconds of the slowest").toBeLessThan(3000);
});
