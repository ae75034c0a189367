import type { ModelData, Node, Tensor } from "../core/model.js";
import { elementCount } from "../core/shape.js";
import type { ModuleName } from "../wasm/kernel.js";
import { loadFacets } from "./facets.js";
import { createSession, type SessionOptions, type TeamLayout } from "./session.js";

// One chunk of what is needed once per process, and on some machines only.
export { startContest } from "../wasm/measure.js";

const SIZE = 6;
const CHANNELS = 36;
const ROW = 68;
/** Memory that could be shared, and nobody else there. */
const ALONE: TeamLayout = { adapt: (plan) => plan, room: (programBytes) => programBytes };

/**
 * Known answers on the operands that saturate first, for every kernel that relies on what the probe found: all
 * activations 127 or −128, weights 127 and −127 by output channel. With an output scale of depth · 127 every output is
 * the activation or its negative. In every family that may be preferred. Returns the name of a kernel that is wrong, or
 * undefined.
 */
export async function selfTest(
  name: ModuleName,
  module: WebAssembly.Module,
  isShared: boolean,
): Promise<string | undefined> {
  const model = buildModel();
  await loadFacets(model);
  const families = name === "relaxed-ss" ? (["relaxed", "extmul"] as const) : [undefined];
  for (const family of families) {
    const wrong = wrongKernel(model, name, module, { ...(isShared && { team: ALONE }), family });
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongKernel(
  model: ModelData,
  name: ModuleName,
  module: WebAssembly.Module,
  options: Pick<SessionOptions, "family" | "team">,
): string | undefined {
  const session = createSession(model, name, [module], { ...options, maxBytes: 2 ** 24 });
  const data = new Int8Array(session.memory.buffer);
  const valuesOf = (index: number) => {
    const start = session.plan.tensors[index]!;
    return data.subarray(start, start + elementCount(model.tensors[index]!.shape));
  };
  for (const activation of [127, -128]) {
    for (const index of model.inputs) valuesOf(index).fill(activation);
    session.execute(0, session.steps.length);
    for (const step of session.steps) {
      // Channel counts are even, so that outputs alternate all through.
      const outputs = valuesOf(model.nodes[step.node]!.outputs[0]!);
      for (let i = 0; i < outputs.length; i += 2)
        if (outputs[i] !== activation || outputs[i + 1] !== Math.min(-activation, 127)) return step.kernel;
    }
  }
  return undefined;
}

/** 1×1 and 3×3 convolution, depthwise 3×3 with strides 1 and 2, fully connected: one node each, outputs kept. */
function buildModel(): ModelData {
  const tensors: Tensor[] = [int8("image", [1, SIZE, SIZE, CHANNELS], 1), int8("row", [1, ROW], 1)];
  const nodes: Node[] = [];
  const add = (op: string, input: number, weights: number[], output: number[], window: object) => {
    const outC = output.at(-1)!;
    const data = new Int8Array(elementCount(weights)).fill(127);
    const depth = data.length / outC;
    // Depthwise weights have the channel innermost.
    if (op === "depthwise_conv2d") for (let i = 1; i < data.length; i += 2) data[i] = -127;
    else for (let i = depth; i < data.length; i += 2 * depth) data.fill(-127, i, i + depth);
    tensors.push({ ...int8(op, weights, 1), data: new Uint8Array(data.buffer) }, int8(op, output, depth * 127));
    const at = tensors.length;
    const attributes = { ...window, activation: "none", unsigned: false };
    nodes.push({ op, name: op, inputs: [input, at - 2], outputs: [at - 1], attributes, numerics: "xnnpack" });
  };
  const window = (stride: number) => ({ stride: [stride, stride], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 });
  add("conv2d", 0, [24, 1, 1, CHANNELS], [1, SIZE, SIZE, 24], window(1));
  add("conv2d", 0, [24, 3, 3, CHANNELS], [1, 4, 4, 24], window(1));
  add("depthwise_conv2d", 0, [1, 3, 3, CHANNELS], [1, 4, 4, CHANNELS], window(1));
  add("depthwise_conv2d", 0, [1, 3, 3, CHANNELS], [1, 2, 2, CHANNELS], window(2));
  add("fully_connected", 1, [48, ROW], [1, 48], {});
  return {
    name: "self-test",
    description: "",
    numerics: "xnnpack",
    tensors,
    nodes,
    inputs: [0, 1],
    outputs: nodes.map(({ outputs }) => outputs[0]!),
    labels: [],
    preprocessing: [undefined, undefined],
  };
}

function int8(name: string, shape: readonly number[], scale: number): Tensor {
  return { name, dtype: "int8", shape, quantization: { scale: [scale], zeroPoint: 0 } };
}
