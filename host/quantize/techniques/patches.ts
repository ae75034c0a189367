import type { ModelData, Node } from "../../core/model.js";
import { writeQbin } from "../../format/write.js";
import { findOp } from "../../ops/index.js";
import type { CalibrateOptions } from "../calibrate.js";
import { follow, runSample, type Samples } from "../samples.js";

/** What a layer's weights were multiplied with, at some positions of some samples: rows of taps of channels. */
export interface Patches {
  readonly rows: number;
  /** Height times width of the window. */
  readonly taps: number;
  /** Channels of the layer's input. */
  readonly channels: number;
  /** float32[rows, taps, channels], padding as 0. */
  readonly data: Float32Array;
}

/** Patches of a layer: enough for its weights to be decided by data, few enough to keep for all layers. */
const ROWS = 1024;
/** Samples they are taken from. */
const SAMPLES = 64;

interface Collector {
  readonly node: Node;
  readonly input: string;
  readonly shape: readonly number[];
  readonly output: readonly number[];
  readonly window: readonly [number, number];
  readonly data: Float32Array;
  rows: number;
}

/**
 * Runs the float model on the first samples and keeps patches from evenly spread positions of each layer's input, by node
 * name: for convolutions and matrix products.
 */
export async function collectPatches(
  graph: ModelData,
  samples: Samples,
  { module, maxMemory }: CalibrateOptions,
): Promise<ReadonlyMap<string, Patches>> {
  const collectors = graph.nodes.flatMap((node) => collectorOf(graph, node) ?? []);
  const { load } = await import("../../index.js");
  const options = { keepAll: true, ...(module && { module }), ...(maxMemory && { maxMemory }) };
  const model = await load(writeQbin(graph), options);
  let state = 1;
  for await (const { sample, index } of follow(samples, {})) {
    if (index === SAMPLES) break;
    runSample(model, sample, index);
    for (const collector of collectors) {
      const values = model.tensor(collector.input).data as Float32Array;
      for (let n = 0; n < ROWS / SAMPLES; n++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        copyPatch(collector, values, state / 2 ** 32);
      }
    }
  }
  model.dispose();
  return new Map(
    collectors.map(({ node, rows, window, shape, data }) => {
      const [taps, channels] = [window[0] * window[1], shape.at(-1) as number];
      return [node.name, { rows, taps, channels, data: data.subarray(0, rows * taps * channels) }];
    }),
  );
}

function collectorOf({ tensors }: ModelData, node: Node): Collector | undefined {
  const isConv = node.op === "conv2d" || node.op === "depthwise_conv2d";
  if (!isConv && node.op !== "fully_connected") return undefined;
  const [input, weights] = node.inputs.map((index) => tensors[index]);
  if (!input || !weights?.data || findOp(node.op)?.channelAxis === undefined) return undefined;
  const window = isConv ? ([weights.shape[1] as number, weights.shape[2] as number] as const) : ([1, 1] as const);
  const data = new Float32Array(ROWS * window[0] * window[1] * (input.shape.at(-1) as number));
  const output = tensors[node.outputs[0] as number]?.shape as readonly number[];
  return { node, input: input.name, shape: input.shape, output, window, data, rows: 0 };
}

/** Copies the patch of the output position at `share` of all of them. */
function copyPatch(collector: Collector, values: Float32Array, share: number): void {
  const { node, shape, output, window, data } = collector;
  const channels = shape.at(-1) as number;
  const at = collector.rows++ * window[0] * window[1] * channels;
  const position = Math.floor(share * (output.reduce((a, b) => a * b, 1) / (output.at(-1) as number)));
  if (node.op === "fully_connected") {
    data.set(values.subarray(position * channels, (position + 1) * channels), at);
    return;
  }
  const [, height, width] = shape as [number, number, number];
  const [, outputHeight, outputWidth] = output as [number, number, number];
  const pair = (name: string) => node.attributes[name] as readonly [number, number];
  const [stride, dilation, padding] = [pair("stride"), pair("dilation"), pair("padding")];
  const [image, y, x] = [
    Math.floor(position / (outputHeight * outputWidth)),
    Math.floor(position / outputWidth) % outputHeight,
    position % outputWidth,
  ];
  for (let tap = 0; tap < window[0] * window[1]; tap++) {
    const row = y * stride[0] + Math.floor(tap / window[1]) * dilation[0] - padding[0];
    const column = x * stride[1] + (tap % window[1]) * dilation[1] - padding[1];
    if (row < 0 || row >= height || column < 0 || column >= width) continue;
    const from = ((image * height + row) * width + column) * channels;
    data.set(values.subarray(from, from + channels), at + tap * channels);
  }
}
