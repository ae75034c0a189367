import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

interface Entry {
  readonly at: number;
  readonly length: number;
}

/** A tensor as NumPy had it. */
export interface NodeTestTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** One of ONNX's own tests: a model of one operator, inputs and outputs. */
export interface NodeTest {
  readonly name: string;
  readonly operator: string;
  /** What ONNX Runtime made of it; only in runtime-tests. */
  readonly operators?: readonly string[];
  readonly rtol: number;
  readonly atol: number;
  readonly model: Uint8Array;
  readonly inputs: readonly NodeTestTensor[];
  readonly outputs: readonly NodeTestTensor[];
}

type Stored<T> = Omit<T, "model" | "inputs" | "outputs"> & {
  readonly model: Entry;
  readonly inputs: readonly (Omit<NodeTestTensor, "values"> & Entry)[];
  readonly outputs: readonly (Omit<NodeTestTensor, "values"> & Entry)[];
};

const ARRAYS: Readonly<Record<string, new (buffer: ArrayBuffer) => ArrayLike<number | bigint>>> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
};

/** Types that JavaScript has no array for stay bytes; no test of theirs gets as far as being compared. */
const BYTES = Uint8Array;

/** The tests that `test/models/onnx/make_node_tests.py` packed, or make_runtime_tests.py. */
export function nodeTests(pack: "node-tests" | "runtime-tests" = "node-tests"): readonly NodeTest[] {
  const file = gunzipSync(readFileSync(join(import.meta.dirname, `../../models/onnx/${pack}.bin.gz`)));
  const length = file.readUInt32LE(0);
  const index: { tests: Stored<NodeTest>[] } = JSON.parse(file.subarray(4, 4 + length).toString());
  const bytes = ({ at, length: size }: Entry) => new Uint8Array(file.subarray(4 + length + at, 4 + length + at + size));
  const tensor = ({ name, type, shape, ...entry }: Stored<NodeTest>["inputs"][number]): NodeTestTensor => {
    const array = new (ARRAYS[type] ?? BYTES)(bytes(entry).buffer as ArrayBuffer);
    const values = Array.from(array, Number);
    return { name, type, shape, values: type === "float16" ? values.map(halfToNumber) : values };
  };
  return index.tests.map(({ model, inputs, outputs, ...rest }) => ({
    ...rest,
    model: bytes(model),
    inputs: inputs.map(tensor),
    outputs: outputs.map(tensor),
  }));
}

/** IEEE binary16. */
function halfToNumber(bits: number): number {
  const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
}
