import fc from "fast-check";
import { expect, test } from "vitest";
import { importCaffeWithNotes } from "../../../host/import/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import { prototxt, writeCaffemodel } from "./write-caffe.js";

interface Grid {
  readonly bits: number;
  readonly fraction: number;
}

/** Ristretto's trimming, in doubles, which hold every number of these layers. */
function trim(x: number, { bits, fraction }: Grid, ties: "even" | "up" | "away"): number {
  const units = Math.min(Math.max(x * 2 ** fraction, -(2 ** (bits - 1))), 2 ** (bits - 1) - 1);
  const below = Math.floor(units);
  const rest = units - below;
  const isUp = rest > 0.5 || (rest === 0.5 && (ties === "even" ? below % 2 !== 0 : ties === "up" || units > 0));
  return Math.min(isUp ? below + 1 : below, 2 ** (bits - 1) - 1) * 2 ** -fraction;
}

/** A square picture of 4 by 4 pixels, and kernels of 2 by 2. */
const [SIZE, KERNEL] = [4, 2];
const CHANNELS = 4;
const LAYERS = {
  convolution: { type: "ConvolutionRistretto", groups: 1, outputs: 3, edge: 3 },
  grouped: { type: "ConvolutionRistretto", groups: 2, outputs: 6, edge: 3 },
  depthwise: { type: "ConvolutionRistretto", groups: 4, outputs: 4, edge: 3 },
  deconvolution: { type: "DeconvolutionRistretto", groups: 1, outputs: 3, edge: 5 },
  product: { type: "FcRistretto", groups: 1, outputs: 5, edge: 1 },
} as const;
type Kind = keyof typeof LAYERS;

/** Every output as the list of input pixels and weights that it sums up. */
function taps(kind: Kind): [input: number, weight: number][][] {
  const { groups, outputs, edge } = LAYERS[kind];
  const inGroup = CHANNELS / groups;
  const at = (c: number, y: number, x: number) => (c * SIZE + y) * SIZE + x;
  const result: [number, number][][] = [];
  for (let o = 0; o < outputs; o++) {
    for (let oy = 0; oy < edge; oy++) {
      for (let ox = 0; ox < edge; ox++) {
        const list: [number, number][] = [];
        if (kind === "product") {
          for (let i = 0; i < CHANNELS * SIZE * SIZE; i++) list.push([i, o * CHANNELS * SIZE * SIZE + i]);
        } else {
          for (let c = 0; c < inGroup; c++) {
            for (let ky = 0; ky < KERNEL; ky++) {
              for (let kx = 0; kx < KERNEL; kx++) {
                const isBack = kind === "deconvolution";
                const [y, x] = isBack ? [oy - ky, ox - kx] : [oy + ky, ox + kx];
                if (y < 0 || x < 0 || y >= SIZE || x >= SIZE) continue;
                const channel = Math.floor(o / (outputs / groups)) * inGroup + c;
                const row = isBack ? c * outputs + o : o * inGroup + c;
                list.push([at(channel, y, x), (row * KERNEL + ky) * KERNEL + kx]);
              }
            }
          }
        }
        result.push(list);
      }
    }
  }
  return result;
}

const grid = (bits: fc.Arbitrary<number>, most = 6): fc.Arbitrary<Grid> =>
  fc.record({ bits, fraction: fc.integer({ min: -4, max: most }) });
const often8 = (max: number) => fc.oneof({ weight: 3, arbitrary: fc.constant(8) }, fc.integer({ min: 2, max }));
const layer = fc.record({
  kind: fc.constantFrom(...(Object.keys(LAYERS) as Kind[])),
  input: grid(fc.oneof({ weight: 4, arbitrary: often8(12) }, fc.integer({ min: 13, max: 16 }))),
  parameters: grid(often8(10), 9),
  output: grid(often8(16)),
  hasBias: fc.boolean(),
  relu: fc.constantFrom("none", "in place", "own"),
  way: fc.constantFrom("even" as const, "away" as const),
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
});

/** Numbers from −1 to 1. */
function noise(seed: number, count: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

const counts = { int8: 0, rectified: 0, sums: 0, float: 0, int16: 0 };

test("any layer on any grids has the very numbers of Ristretto's arithmetic", () => {
  fc.assert(
    fc.property(layer, ({ kind, input, parameters, output, hasBias, relu, seed, way }) => {
      const { type, groups, outputs } = LAYERS[kind];
      const rows = kind === "product" ? CHANNELS * SIZE * SIZE : (CHANNELS / groups) * KERNEL * KERNEL;
      // A little beyond the range of each grid, so that some saturate.
      const reach = ({ bits, fraction }: Grid) => 1.1 * 2 ** (bits - 1 - fraction);
      const x = noise(seed, CHANNELS * SIZE * SIZE).map((v) => v * reach(input));
      const weights = noise(seed + 1, outputs * rows).map((v) => v * reach(parameters));
      const bias = noise(seed + 2, outputs).map((v) => v * reach(parameters));
      const dims =
        kind === "product"
          ? [outputs, rows]
          : kind === "deconvolution"
            ? [CHANNELS, outputs, KERNEL, KERNEL]
            : [outputs, CHANNELS / groups, KERNEL, KERNEL];
      const blobs = [{ dims, data: [...weights] }, ...(hasBias ? [{ dims: [outputs], data: [...bias] }] : [])];
      const window = kind === "product" ? "" : `kernel_size: ${KERNEL} group: ${groups}`;
      const parametersName = kind === "product" ? "inner_product_param" : "convolution_param";
      const grids = (
        [
          ["layer_in", input],
          ["params", parameters],
          ["layer_out", output],
        ] as const
      ).map(([role, { bits, fraction }]) => `bw_${role}: ${bits} fl_${role}: ${fraction}`);
      const rectified = relu === "in place" ? "out" : "y";
      const net = prototxt(
        [1, CHANNELS, SIZE, SIZE],
        `layer { name: "layer" type: "${type}" bottom: "data" top: "out"
           ${parametersName} { num_output: ${outputs} bias_term: ${hasBias} ${window} } quantization_param { ${grids.join(" ")} } }
         ${relu === "none" ? "" : `layer { name: "relu" type: "ReLU" bottom: "out" top: "${rectified}" }`}`,
      );
      const { model, notes } = importCaffeWithNotes(net, writeCaffemodel({ layer: blobs }), { ties: way });
      const reason = notes[0]?.reason ?? "";
      const ties = reason.includes("ties of its sums round up") ? "up" : way;
      // What float32 does not hold is rounded by Ristretto too, in an order that nobody knows.
      const isFloat = notes.some(({ node }) => node === "layer/sums") && ties === way;
      const bits = input.bits + parameters.bits - 2 + Math.ceil(Math.log2(rows + 2 ** Math.max(0, input.fraction))) + 4;
      fc.pre(!isFloat || bits <= 24);
      const isSum = notes.some(({ node }) => node === "layer/scaled");
      const isNudged = model.tensors.some(({ quantization }) =>
        quantization?.scale.some((s) => Math.log2(s) % 1 !== 0),
      );
      counts[isFloat ? "float" : isSum ? "sums" : ties === "up" ? "int16" : isNudged ? "rectified" : "int8"]++;

      const own = [...x].map((v) => trim(v, input, way));
      const w = [...weights].map((v) => trim(v, parameters, way));
      const expected = taps(kind).map((list, i, all) => {
        const addend = hasBias ? trim(bias[Math.floor(i / (all.length / outputs))] as number, parameters, way) : 0;
        const sum = list.reduce((total, [at, k]) => total + (own[at] as number) * (w[k] as number), addend);
        const y = trim(sum, output, ties);
        return relu === "none" ? y : Math.max(y, 0);
      });
      for (const data of [model, prepare(model)]) {
        const values = runReference(data, [x]);
        const results = [...(values[data.outputs[0]!] as Float32Array)];
        expect(results.map((v) => v + 0)).toEqual(expected.map((v) => v + 0));
      }
    }),
    { numRuns: 2_000, seed: 20261121 },
  );
  // Every way to compute a layer occurs: int8 from end to end, up to a ReLU, int32 sums, float32, and int16.
  for (const [way, count] of Object.entries(counts)) expect(count, way).toBeGreaterThan(20);
});
