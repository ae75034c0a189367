import type { OpInputs } from "../../host/core/op.js";
import { findOp } from "../../host/ops/index.js";
import type { Random } from "./mutate.js";

// biome-ignore lint/suspicious/noExplicitAny: any JSON value may be anywhere once a file is edited
type Json = any;

/**
 * Edits of the header that take along what must agree with them, so that most of what they leave is a valid file which
 * says something odd: what validation must not refuse and kernels must withstand.
 */
export const AGREEING_EDITS: Readonly<Record<string, (header: Json, random: Random) => void>> = {
  /** Another scale, from end to end of what a file may say, for every tensor that had the same one. */
  scale(header, random) {
    const scales = header.tensors.map((tensor: Json) => tensor.quantization?.scale);
    const numbers = scales.filter((scale: unknown) => typeof scale === "number");
    if (numbers.length === 0) return;
    const from = numbers[random(numbers.length)];
    const exponent = random(3) === 0 ? random(254) - 126 : random(40) - 30;
    const to = Math.fround((1 + random(4) / 4 + random(2) / 7) * 2 ** exponent);
    header.tensors.forEach((tensor: Json, i: number) => {
      if (scales[i] === from && random(16) > 0) tensor.quantization.scale = to;
    });
  },
  zeroPoint(header, random) {
    const to = [-128, -127, -1, 0, 1, 126, 127][random(7)] as number;
    for (const { quantization, dtype } of header.tensors) {
      if (typeof quantization?.scale === "number") quantization.zeroPoint = dtype === "uint8" ? to + 128 : to;
    }
  },
  /** Another size of an input. */
  size(header, random) {
    const input = header.tensors[header.inputs[random(header.inputs.length)]];
    if (!Array.isArray(input?.shape)) return;
    const sizes = [1, 2, 3, 5, 8, 15, 16, 17, 33, 64, 100, 257, 1025];
    input.shape[random(input.shape.length)] = sizes[random(sizes.length)];
    reinfer(header);
  },
  /** Other strides, paddings, dilations, filters, axes, sizes. */
  window(header, random) {
    const { attributes } = header.nodes[random(header.nodes.length)] ?? {};
    const lists = Object.values(attributes ?? {}).filter((value) => Array.isArray(value)) as number[][];
    for (let i = random(3); i >= 0; i--) {
      const list = lists[random(lists.length)];
      if (list) list[random(list.length)] = random(4) === 0 ? [0, 7, 31, 65535][random(4)]! : random(5);
    }
    reinfer(header);
  },
  batch(header, random) {
    const batch = 1 + random(4);
    for (const index of header.inputs)
      if (header.tensors[index]?.shape?.length > 1) header.tensors[index].shape[0] = batch;
    reinfer(header);
  },
};

/** Gives computed tensors the shapes that inputs and attributes imply, as far as they imply any. */
function reinfer({ tensors, nodes }: Json): void {
  for (const { op, inputs, outputs, attributes } of nodes) {
    try {
      const types: OpInputs = inputs.map((index: number) => (index < 0 ? undefined : tensors[index]));
      findOp(op)!
        .infer(types, attributes)
        .forEach((shape, i) => {
          tensors[outputs[i]].shape = [...shape];
        });
    } catch {
      return;
    }
  }
}
