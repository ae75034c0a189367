import type { ModelData, Tensor } from "../../host/toolchain.js";

function activation(name: string, shape: readonly number[]): Tensor {
  return { name, dtype: "int8", shape, quantization: { scale: [0.5], zeroPoint: 0 } };
}

const HEAD = { description: "", numerics: "xnnpack", labels: [] } as const;

/** Two inputs, and two outputs that show which file went where: each input's rows, turned into columns. */
export function twoByTwo(): ModelData {
  const transpose = (name: string, input: number, output: number) => ({
    op: "transpose",
    name,
    inputs: [input],
    outputs: [output],
    attributes: { permutation: [1, 0] },
    numerics: "xnnpack" as const,
  });
  return {
    ...HEAD,
    name: "two by two",
    inputs: [0, 1],
    outputs: [2, 3],
    preprocessing: [undefined, undefined],
    tensors: [activation("a", [2, 3]), activation("b", [1, 4]), activation("x", [3, 2]), activation("y", [4, 1])],
    nodes: [transpose("turn a", 0, 2), transpose("turn b", 1, 3)],
  };
}

/** A small file with tensors of a gigabyte. */
export function gigantic(): ModelData {
  const shape = [1, 2 ** 15, 2 ** 15, 1];
  return {
    ...HEAD,
    name: "gigantic",
    inputs: [0],
    outputs: [1],
    preprocessing: [undefined],
    tensors: [activation("plain", shape), activation("flipped", shape)],
    nodes: [
      {
        op: "transpose",
        name: "flip",
        inputs: [0],
        outputs: [1],
        attributes: { permutation: [0, 2, 1, 3] },
        numerics: "xnnpack",
      },
    ],
  };
}

/** Float in, float out, int8 between: three nodes that are not int8, each for another reason. */
export function mixed(): ModelData {
  const float = (name: string): Tensor => ({ name, dtype: "float32", shape: [1, 4] });
  const node = (op: string, input: number, attributes: ModelData["nodes"][number]["attributes"] = {}) => ({
    op,
    name: op,
    inputs: [input],
    outputs: [input + 1],
    attributes,
    numerics: "xnnpack" as const,
  });
  return {
    ...HEAD,
    name: "mixed",
    inputs: [0],
    outputs: [4],
    preprocessing: [undefined],
    tensors: [
      float("wide"),
      activation("narrow", [1, 4]),
      activation("turned", [4, 1]),
      { ...float("wide again"), shape: [4, 1] },
      { ...float("curved"), shape: [4, 1] },
    ],
    nodes: [
      node("quantize", 0),
      node("transpose", 1, { permutation: [1, 0] }),
      node("dequantize", 2),
      node("tanh", 3, { unsigned: false }),
    ],
  };
}
